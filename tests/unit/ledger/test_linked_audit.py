"""Spans that others walked ahead: the same summary, and the same first fault, as walking alone.

Here a span is one tile.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credhub.errors import LedgerFaultError
from credhub.ledger.audit import AuditSummary
from credhub.ledger.rows import EntryRow
from credhub.ledger.span import Span, WalkedSpan, walk_span
from tests.unit.ledger.builder import Ledger, changed, ledger_of

WIDTH = 256
SIZE = 3 * WIDTH + 44
PLACES = (0, 1, 255, WIDTH - 1, WIDTH, WIDTH + 1, 2 * WIDTH - 1, 3 * WIDTH, SIZE - 1)
COLUMNS = ("kind", "time_ms", "entry", "leaf_hash", "prev_hash", "chain_hash")


ORIGINAL = ledger_of(SIZE, every=WIDTH // 2)


def copy_of(ledger: Ledger) -> Ledger:
    copy = Ledger(ledger.log.log)
    copy.entries = list(ledger.entries)
    copy.nodes = list(ledger.nodes)
    copy.checkpoints = list(ledger.checkpoints)
    copy.frontier = ledger.frontier.copy()
    return copy


def outcome(ledger: Ledger, *kept: str, parallel: bool, levels: int = 1) -> AuditSummary | str:
    """Audit, and give the summary or the text of the first fault."""

    def ahead(spans: Iterator[Span]) -> Iterator[WalkedSpan | None]:
        for span in spans:
            try:
                yield walk_span(ledger.log, ledger.rows(), span, None)
            except LedgerFaultError:
                yield None

    try:
        return ledger.audit(*kept, ahead=ahead if parallel else None, levels=levels)
    except LedgerFaultError as fault:
        return f"{fault.table} {fault.log} {fault.seq} {fault.column}: {fault}"


def agreed(ledger: Ledger, *kept: str) -> AuditSummary | str:
    alone = outcome(ledger, *kept, parallel=False)
    assert outcome(ledger, *kept, parallel=True) == alone
    return alone


def test_a_sound_log_of_several_spans() -> None:
    kept = ORIGINAL.checkpoints[1].note

    summary = agreed(ORIGINAL, kept)

    assert isinstance(summary, AuditSummary)
    assert (summary.size, summary.signed_size) == (SIZE, SIZE)
    assert summary.root == ORIGINAL.frontier.root()
    assert summary.checkpoints == len(ORIGINAL.checkpoints) + 1 == 8


@settings(max_examples=200, deadline=None)
@given(
    place=st.sampled_from(PLACES) | st.integers(0, SIZE - 1),
    column=st.sampled_from(COLUMNS),
    bit=st.integers(0, 12),
)
def test_t81_one_changed_column_is_the_same_fault_in_both(
    place: int, column: str, bit: int
) -> None:
    ledger = copy_of(ORIGINAL)
    ledger.entries[place] = flipped(ledger.entries[place], column, bit)

    assert str(agreed(ledger)).startswith(f"ledger_entry 2026 {place} ")


@pytest.mark.parametrize("place", PLACES)
def test_t81_a_removed_entry_is_the_same_fault_in_both(place: int) -> None:
    ledger = copy_of(ORIGINAL)
    del ledger.entries[place]

    assert str(agreed(ledger)).startswith(f"ledger_entry 2026 {place} seq")


def test_t81_a_chain_that_is_cut_between_two_spans_is_found_by_linking() -> None:
    # Every span fits together with itself, nodes too; only linking shows that two do not fit.
    ledger = ledger_of(WIDTH - 1, every=SIZE)
    ledger.append_private(b"another entry")
    ledger.entries += ORIGINAL.entries[WIDTH:]
    ledger.nodes += ORIGINAL.nodes[1:]
    ledger.frontier, ledger.checkpoints = ORIGINAL.frontier, []

    assert str(agreed(ledger)).startswith(f"ledger_entry 2026 {WIDTH} prev_hash")


def test_t81_two_faults_are_named_in_the_order_of_the_log() -> None:
    ledger = copy_of(ORIGINAL)
    for place in (2 * WIDTH + 5, WIDTH + 5):
        ledger.entries[place] = flipped(ledger.entries[place], "entry", 0)

    assert str(agreed(ledger)).startswith(f"ledger_entry 2026 {WIDTH + 5} entry")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_t81_a_changed_node_is_the_same_fault_in_both(place: int) -> None:
    ledger = copy_of(ORIGINAL)
    ledger.nodes[place] = ledger.nodes[place]._replace(hash=bytes(32))

    assert str(agreed(ledger)).startswith("ledger_node 2026 ")


def test_t81_a_rewritten_log_is_the_same_fault_in_both() -> None:
    ledger = copy_of(ORIGINAL)
    root, note = ledger.checkpoints[2].root, ledger.checkpoints[2].note
    ledger.checkpoints[3] = ledger.checkpoints[3]._replace(root=root, note=note)

    assert str(agreed(ledger)).startswith(f"ledger_checkpoint 2026 {2 * WIDTH} size")


def test_t81_nodes_over_several_spans_are_compared_where_they_are_linked() -> None:
    ledger = ledger_of(WIDTH**2 + 10, every=WIDTH**2)
    (place,) = (n for n, node in enumerate(ledger.nodes) if node.level == 2)

    ledger.nodes[place] = ledger.nodes[place]._replace(hash=bytes(32))
    assert str(outcome(ledger, parallel=False)).startswith("ledger_node 2026 0 hash")
    assert str(outcome(ledger, parallel=False, levels=2)).startswith("ledger_node 2026 0 hash")


def flipped(row: EntryRow, column: str, bit: int) -> EntryRow:
    value = getattr(row, column)
    if isinstance(value, bytes):
        number = int.from_bytes(value) ^ 1 << bit
        return changed(row, column, number.to_bytes(len(value)))
    return changed(row, column, value ^ 1 << bit)
