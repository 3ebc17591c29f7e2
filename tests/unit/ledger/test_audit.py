"""T81: whatever is changed in the rows of a log is found, and named."""

from collections.abc import Callable

import pytest

from credhub.errors import LedgerFaultError, NoteError
from credhub.ledger.audit import audit_log
from credhub.ledger.entry import NO_HASH, Kind, LedgerEntry, chain_hash, leaf_hash
from credhub.ledger.merkle import EMPTY_ROOT
from credhub.ledger.note import VerifierKey
from credhub.ledger.rows import NodeRow
from tests.unit.ledger.builder import (
    LEDGER_KEY,
    ORIGIN,
    KeyOf,
    Ledger,
    changed,
    ledger_of,
    signed,
)

SIZE = 1_000


def copy_of(ledger: Ledger) -> Ledger:
    copy = Ledger(ledger.log.log)
    copy.log = ledger.log
    copy.entries = list(ledger.entries)
    copy.nodes = list(ledger.nodes)
    copy.checkpoints = list(ledger.checkpoints)
    copy.frontier = ledger.frontier.copy()
    return copy


ORIGINAL = ledger_of(SIZE)
SMALL = ledger_of(20, every=8)
KEPT = ORIGINAL.checkpoints[-1].note


def fault_of(ledger: Ledger, *kept: str) -> LedgerFaultError:
    with pytest.raises(LedgerFaultError) as caught:
        ledger.audit(*kept)
    return caught.value


def place(fault: LedgerFaultError) -> tuple[str, int | None, str | None]:
    assert fault.log == "2026"
    assert f"{fault.table}, log 2026" in str(fault)
    return fault.table, fault.seq, fault.column


def test_t81_a_log_without_a_fault_passes() -> None:
    summary = ORIGINAL.audit(KEPT)

    assert (summary.log, summary.origin) == ("2026", ORIGIN)
    assert summary.size == summary.signed_size == SIZE
    assert summary.root == ORIGINAL.frontier.root()
    assert (summary.checkpoints, summary.last_ms) == (11, 999_000)


@pytest.mark.parametrize("every", [1, 100])
def test_t81_an_empty_log_passes(every: int) -> None:
    assert ledger_of(0, every=every).audit().root == EMPTY_ROOT


def test_entries_that_are_not_signed_yet_are_counted() -> None:
    ledger = copy_of(SMALL)
    ledger.append_private(b"after the last checkpoint")

    summary = ledger.audit()

    assert (summary.size, summary.signed_size) == (21, 20)


def test_t81_each_of_1000_mutated_entries_is_found_at_its_seq() -> None:
    rows = ORIGINAL.entries
    ledger = copy_of(ORIGINAL)
    ledger.checkpoints = []

    for seq in range(SIZE):
        data = bytearray(rows[seq].entry)
        data[13 + seq % 32] ^= 1 << seq % 8
        ledger.entries = [*rows[:seq], rows[seq]._replace(entry=bytes(data)), *rows[seq + 1 :]]

        assert place(fault_of(ledger)) == ("ledger_entry", seq, "entry")


@pytest.mark.parametrize("seq", [0, 7, 19])
@pytest.mark.parametrize("column", ["entry", "leaf_hash", "prev_hash", "chain_hash"])
def test_t81_every_bit_of_a_row_is_covered(seq: int, column: str) -> None:
    for bit in range(len(getattr(SMALL.entries[seq], column)) * 8):
        ledger = copy_of(SMALL)
        data = bytearray(getattr(ledger.entries[seq], column))
        data[bit // 8] ^= 1 << bit % 8
        ledger.entries[seq] = changed(ledger.entries[seq], column, bytes(data))

        assert place(fault_of(ledger)) == ("ledger_entry", seq, column)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("seq", 6),
        ("seq", 8),
        ("kind", 2),
        ("kind", 0),
        ("kind", 900),
        ("time_ms", 6_999),
        ("time_ms", 7_001),
        ("time_ms", 1),
        ("time_ms", -1),
        ("entry", b""),
    ],
)
def test_t81_every_other_column_of_an_entry_is_covered(column: str, value: str | int) -> None:
    ledger = copy_of(SMALL)
    ledger.entries[7] = changed(ledger.entries[7], column, value)

    assert place(fault_of(ledger)) == ("ledger_entry", 7, column)


def test_t81_bytes_that_are_no_entry_are_found_though_every_hash_fits() -> None:
    ledger = Ledger()
    row = SMALL.entries[0]
    leaf = leaf_hash(b"garbage")
    ledger.entries = [
        row._replace(entry=b"garbage", leaf_hash=leaf, chain_hash=chain_hash(NO_HASH, leaf))
    ]
    ledger.frontier.push(leaf)

    assert place(fault_of(ledger)) == ("ledger_entry", 0, "entry")


def test_t81_time_that_runs_backwards_is_found_though_every_hash_fits() -> None:
    ledger = copy_of(SMALL)
    ledger.append(LedgerEntry(kind=Kind.PRIVATE, time_ms=1, commitment=b"c" * 32))

    assert place(fault_of(ledger)) == ("ledger_entry", 20, "time_ms")


def delete(ledger: Ledger, seq: int) -> None:
    del ledger.entries[seq]


def duplicate(ledger: Ledger, seq: int) -> None:
    ledger.entries.insert(seq, ledger.entries[seq - 1])


def swap(ledger: Ledger, seq: int) -> None:
    ledger.entries[seq], ledger.entries[seq + 1] = ledger.entries[seq + 1], ledger.entries[seq]


@pytest.mark.parametrize("change", [delete, duplicate, swap])
@pytest.mark.parametrize("seq", [1, 7, 18])
def test_t81_a_deleted_repeated_or_moved_entry_is_found(
    change: Callable[[Ledger, int], None], seq: int
) -> None:
    ledger = copy_of(SMALL)
    change(ledger, seq)

    assert place(fault_of(ledger)) == ("ledger_entry", seq, "seq")


def truncated(size: int) -> Ledger:
    """Cut off the end and make everything in the database agree, as its owner can."""
    ledger = ledger_of(size)
    assert ledger.audit().size == size
    return ledger


@pytest.mark.parametrize("size", [0, 1, 255, 256, 500, 999])
def test_t81_a_cut_tail_is_found_against_a_kept_checkpoint(size: int) -> None:
    assert place(fault_of(truncated(size), KEPT)) == ("ledger_entry", size, "seq")


def test_t81_a_cut_tail_is_found_by_the_head_or_the_checkpoints_that_are_left() -> None:
    head_left = copy_of(SMALL)
    del head_left.entries[-1]

    checkpoint_left = copy_of(ledger_of(19))
    checkpoint_left.checkpoints = SMALL.checkpoints

    expected = ("ledger_entry", 19, "seq")
    assert place(fault_with_head_of(head_left, SMALL)) == expected
    assert place(fault_of(checkpoint_left)) == expected


def fault_with_head_of(ledger: Ledger, other: Ledger) -> LedgerFaultError:
    with pytest.raises(LedgerFaultError) as caught:
        audit_log(ledger.log, ledger.rows(other.head))
    return caught.value


def rewritten(key: KeyOf = LEDGER_KEY) -> Ledger:
    """Change entry 500 and compute everything after it again."""
    ledger = Ledger()
    for seq in range(SIZE):
        ledger.append_private(b"entry %d" % (seq if seq != 500 else 999_999))
        if (seq + 1) % 100 == 0:
            note = signed(ledger.frontier.size, ledger.frontier.root(), key=key)
            row = ORIGINAL.checkpoints[len(ledger.checkpoints)]
            ledger.checkpoints.append(row._replace(root=ledger.frontier.root(), note=note))
    return ledger


def test_t81_a_rewrite_with_the_ledger_s_key_is_found_against_a_kept_checkpoint() -> None:
    ledger = rewritten()

    assert ledger.audit().size == SIZE
    assert place(fault_of(ledger, KEPT)) == ("ledger_entry", 900, "entry")
    assert place(fault_of(ledger, KEPT, ORIGINAL.checkpoints[5].note))[1] == 500


def test_t81_a_rewrite_without_the_key_is_found_by_the_checkpoints() -> None:
    ledger = rewritten()
    ledger.checkpoints = ORIGINAL.checkpoints

    assert place(fault_of(ledger)) == ("ledger_entry", 500, "entry")
    assert place(fault_of(rewritten(KeyOf("thief")))) == ("ledger_checkpoint", 100, "note")


def test_a_kept_checkpoint_must_be_one_of_this_log() -> None:
    with pytest.raises(NoteError):
        SMALL.audit(signed(5, bytes(32), key=KeyOf("thief")))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("size", 9),
        ("root", bytes(32)),
        ("note", ""),
        ("note", SMALL.checkpoints[0].note.replace("\n8\n", "\n9\n")),
        ("note", SMALL.checkpoints[0].note.replace("\u2014", "-")),
    ],
)
def test_t81_every_column_of_a_checkpoint_is_covered(column: str, value: bytes | int) -> None:
    ledger = copy_of(SMALL)
    ledger.checkpoints[0] = changed(ledger.checkpoints[0], column, value)

    assert place(fault_of(ledger)) == ("ledger_checkpoint", ledger.checkpoints[0].size, column)


def test_nothing_covers_when_a_checkpoint_was_signed() -> None:
    ledger = copy_of(SMALL)
    ledger.checkpoints[0] = ledger.checkpoints[0]._replace(signed_ms=5)

    assert ledger.audit().size == 20


def test_t81_a_checkpoint_that_is_there_twice_is_found() -> None:
    ledger = copy_of(SMALL)
    ledger.checkpoints.insert(1, ledger.checkpoints[0])

    assert place(fault_of(ledger)) == ("ledger_checkpoint", 8, "size")


@pytest.mark.parametrize(
    ("column", "value"),
    [("origin", "evil.example"), ("vkey", ""), ("vkey", "a+b+c")],
)
def test_t81_the_columns_of_a_log_are_covered(column: str, value: str) -> None:
    ledger = copy_of(SMALL)
    ledger.log = changed(ledger.log, column, value)

    assert place(fault_of(ledger)) == ("ledger_log", None, column)


def test_t81_another_key_of_the_same_name_is_found_by_the_checkpoints() -> None:
    ledger = copy_of(SMALL)
    thief = VerifierKey(name=ORIGIN, public_key=KeyOf("thief").public_key)
    ledger.log = ledger.log._replace(vkey=thief.text())

    assert place(fault_of(ledger)) == ("ledger_checkpoint", 8, "note")


@pytest.mark.parametrize(
    ("column", "value"),
    [("size", 19), ("chain_hash", bytes(32)), ("frontier", b""), ("last_ms", 1), ("last_ms", 99)],
)
def test_t81_every_column_of_the_head_is_covered(column: str, value: bytes | int) -> None:
    with pytest.raises(LedgerFaultError) as caught:
        audit_log(SMALL.log, SMALL.rows(changed(SMALL.head, column, value)))
    assert place(caught.value) == ("ledger_head", None, column)


@pytest.mark.parametrize(
    ("row", "seq", "column"),
    [
        (ORIGINAL.nodes[1]._replace(hash=bytes(32)), 256, "hash"),
        (ORIGINAL.nodes[1]._replace(level=2), 256, "idx"),
        (ORIGINAL.nodes[1]._replace(idx=5), 256, "idx"),
        (ORIGINAL.nodes[1]._replace(idx=0), 0, "hash"),
        (ORIGINAL.nodes[0], 0, "idx"),
        (ORIGINAL.nodes[2], 256, "idx"),
    ],
)
def test_t81_every_column_of_a_node_is_covered(row: NodeRow, seq: int, column: str) -> None:
    ledger = copy_of(ORIGINAL)
    ledger.nodes[1] = row

    assert place(fault_of(ledger)) == ("ledger_node", seq, column)


def test_t81_a_deleted_node_is_found() -> None:
    ledger = copy_of(ORIGINAL)
    del ledger.nodes[1]

    assert place(fault_of(ledger)) == ("ledger_node", 256, "idx")


@pytest.mark.parametrize(
    ("row", "seq"),
    [
        (ORIGINAL.nodes[2], 512),
        (NodeRow(1, 3, bytes(32)), 768),
        (NodeRow(2, 0, bytes(32)), 0),
        (NodeRow(1, -1, bytes(32)), -256),
    ],
)
def test_t81_a_node_that_should_not_be_there_is_found(row: NodeRow, seq: int) -> None:
    ledger = copy_of(ORIGINAL)
    ledger.nodes.append(row)

    assert place(fault_of(ledger)) == ("ledger_node", seq, "idx")


@pytest.mark.parametrize("seq", [-1, 20, 1_000])
def test_t81_an_entry_that_the_head_does_not_count_is_found(seq: int) -> None:
    ledger = copy_of(SMALL)
    ledger.entries.append(ledger.entries[7]._replace(seq=seq))

    assert place(fault_of(ledger)) == ("ledger_head", None, "size")
