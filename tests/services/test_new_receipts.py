"""Receipts of entries that were just recorded."""

import pytest

from credhub.ledger.growth import Growth
from credhub.ledger.merkle import Frontier
from credhub.services import receipts
from credhub.store.unit import Placement, SignedGrowth


def placed(seq: int, *, before: int, after: int) -> Placement:
    """Place one entry, when this process made the tree grow from and to these sizes."""
    frontier = Frontier()
    for leaf in range(before):
        frontier.push(bytes([leaf]) * 32)
    growth = Growth(frontier, [bytes([leaf]) * 32 for leaf in range(before, after)])
    return Placement(
        log="2026",
        seqs=(seq,),
        time_ms=0,
        checkpoint_size=after,
        signed=SignedGrowth(note="a note", growth=growth),
    )


@pytest.mark.parametrize(("before", "is_proved"), [(5, True), (6, True), (7, False)])
def test_an_entry_that_another_process_signed_first_is_proved_later(
    before: int, *, is_proved: bool
) -> None:
    receipt = receipts.of_new(
        placed(6, before=before, after=9),
        seq=6,
        learner_key=bytes(32),
        entry_id=bytes(16),
        payload=b"{}",
    )

    assert (receipt is not None) is is_proved
