"""The audit since a kept checkpoint: few tiles, the new entries, and nothing else."""

from collections.abc import Sequence

import pytest

from credhub.errors import LedgerFaultError, NoteError, NotInTreeError
from credhub.ledger.audit import AuditSummary
from credhub.ledger.audit_since import audit_since
from credhub.ledger.merkle_proofs import NodeSource, frontier_of
from tests.unit.ledger.builder import KeyOf, Ledger, MemoryRows, Tiles, ledger_of, signed

SIZE = 1_000
ORIGINAL = ledger_of(SIZE)
SIZES = (0, 1, 255, 256, 257, 512, 800, 999, 1_000)


class Counting:
    """Tiles that count how often they are asked."""

    def __init__(self, source: NodeSource) -> None:
        self._source = source
        self.count = 0

    def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        self.count += 1
        return self._source.tile(level, index, width)


class NoTiles:
    def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        raise NotInTreeError(f"no {level}/{index}, {width} wide")


def tiles_of(ledger: Ledger) -> Tiles:
    return Tiles([row.leaf_hash for row in ledger.entries])


def since(ledger: Ledger, note: str, tiles: NodeSource | None = None) -> AuditSummary:
    return audit_since(ledger.log, ledger.rows(), tiles or tiles_of(ledger), note)


def note_at(size: int) -> str:
    return signed(size, ledger_of(size, every=SIZE).frontier.root())


def fault_of(ledger: Ledger, note: str, tiles: NodeSource | None = None) -> LedgerFaultError:
    with pytest.raises(LedgerFaultError) as caught:
        since(ledger, note, tiles)
    return caught.value


@pytest.mark.parametrize("size", SIZES)
def test_a_log_that_goes_on_from_a_kept_checkpoint_is_sound(size: int) -> None:
    tiles = Counting(tiles_of(ORIGINAL))

    summary = since(ORIGINAL, note_at(size), tiles)

    assert (summary.size, summary.root) == (SIZE, ORIGINAL.frontier.root())
    assert summary.signed_size == SIZE
    assert tiles.count <= 2


def test_only_entries_after_the_kept_tile_are_read() -> None:
    asked: list[tuple[int, int]] = []

    class Watched(MemoryRows):
        def entries(self, start: int, end: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as the one above it
            asked.append((start, end))
            return super().entries(start, end)

    rows = Watched(ORIGINAL, ORIGINAL.head)
    audit_since(ORIGINAL.log, rows, tiles_of(ORIGINAL), note_at(SIZE))

    assert asked == [(767, 768), (768, 1_000)]


@pytest.mark.parametrize("size", [100, 600, 1_000])
def test_t81_a_rewritten_log_is_refused_though_its_owner_signed_it_again(size: int) -> None:
    ledger = Ledger()
    for seq in range(SIZE):
        ledger.append_private(b"entry %d" % (seq if seq != 50 else 999_999))
    ledger.sign()
    assert ledger.audit().size == SIZE

    fault = fault_of(ledger, note_at(size))

    assert (fault.table, fault.seq) == ("ledger_entry", 0)


@pytest.mark.parametrize("size", [0, 700, 999])
def test_t82_a_log_that_is_shorter_than_the_kept_checkpoint_is_refused(size: int) -> None:
    fault = fault_of(ledger_of(size), note_at(SIZE))

    assert (fault.table, fault.seq, fault.column) == ("ledger_entry", size, "seq")


def test_t81_a_new_entry_that_was_changed_is_named() -> None:
    ledger = ledger_of(SIZE)
    ledger.entries[900] = ledger.entries[900]._replace(time_ms=1)

    assert fault_of(ledger, note_at(700)).seq == 900


def test_t81_an_entry_before_the_new_ones_that_is_gone_is_named() -> None:
    ledger = ledger_of(SIZE)
    del ledger.entries[767]

    assert fault_of(ledger, note_at(800), tiles_of(ORIGINAL)).seq == 767


def test_tiles_that_are_gone_are_a_fault() -> None:
    assert fault_of(ORIGINAL, note_at(800), NoTiles()).table == "ledger_node"


def test_a_note_of_another_key_is_refused() -> None:
    with pytest.raises(NoteError):
        since(ORIGINAL, signed(5, bytes(32), key=KeyOf("thief")))


@pytest.mark.parametrize("size", SIZES)
def test_a_frontier_is_rebuilt_from_tiles(size: int) -> None:
    assert frontier_of(size, tiles_of(ORIGINAL)).encode() == ledger_of(size).frontier.encode()
