"""What was published of a log is part of it, or the log is refused."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import LedgerIntegrityError, NotInTreeError, RollbackDetectedError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.entry import leaf_hash
from credhub.ledger.merkle import EMPTY_ROOT, root
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.order import Prove, check_published

ORIGIN = "hub.example/ledger/riverside/2026"
MOST = 300


class Leaves:
    """A tree of that many leaves; another ``seed`` gives another tree."""

    def __init__(self, size: int, *, seed: bytes = b"") -> None:
        self._leaves = [leaf_hash(seed + number.to_bytes(2)) for number in range(size)]

    def tile(self, level: int, index: int, width: int) -> list[bytes]:
        if level == 0:
            return self._leaves[256 * index :][:width]
        return [root(self._leaves[256 * n :][:256]) for n in range(256 * index, width)]

    def at(self, size: int, origin: str = ORIGIN) -> Checkpoint:
        return Checkpoint(origin=origin, size=size, root=root(self._leaves[:size]))

    @property
    def prove(self) -> Prove:
        return partial(consistency_proof, source=self)


TREE, OTHER = Leaves(MOST), Leaves(MOST, seed=b"other")


@given(st.integers(0, MOST), st.lists(st.integers(0, MOST), max_size=4))
def test_every_smaller_tree_of_the_same_log_is_part_of_it(here: int, sizes: list[int]) -> None:
    published = [TREE.at(min(size, here)) for size in sizes]

    check_published(published, TREE.at(here), TREE.prove)


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_more_than_is_here_was_rolled_back(one: int, two: int) -> None:
    here, published = sorted((one, two))

    if here == published:
        check_published([TREE.at(published)], TREE.at(here), TREE.prove)
        return
    with pytest.raises(RollbackDetectedError, match=f"has {here} .* {published} were") as refusal:
        check_published([TREE.at(published)], TREE.at(here), TREE.prove)

    assert (refusal.value.origin, refusal.value.published) == (ORIGIN, published)
    assert refusal.value.here == here


@given(st.integers(1, MOST), st.integers(1, MOST))
def test_other_entries_contradict(one: int, two: int) -> None:
    published, here = sorted((one, two))

    with pytest.raises(RollbackDetectedError, match=f"does not begin with the {published} "):
        check_published([OTHER.at(published)], TREE.at(here), TREE.prove)


def test_the_largest_of_several_is_named() -> None:
    published = [TREE.at(11), TREE.at(12), TREE.at(9), OTHER.at(3)]

    with pytest.raises(RollbackDetectedError) as refusal:
        check_published(published, TREE.at(10), TREE.prove)

    assert refusal.value.published == 12
    assert isinstance(refusal.value, LedgerIntegrityError)


@pytest.mark.parametrize(
    "published",
    [
        TREE.at(5, origin="hub.example/ledger/hilltop/2026"),
        Checkpoint(origin=ORIGIN, size=0, root=bytes(32)),
        Checkpoint(origin=ORIGIN, size=10, root=EMPTY_ROOT),
    ],
)
def test_what_is_of_no_tree_of_this_log_contradicts(published: Checkpoint) -> None:
    with pytest.raises(RollbackDetectedError, match="does not begin"):
        check_published([published], TREE.at(10), TREE.prove)


def test_a_tree_that_cannot_prove_contradicts() -> None:
    def gone(_old: int, _new: int) -> tuple[bytes, ...]:
        raise NotInTreeError("gone")

    with pytest.raises(RollbackDetectedError):
        check_published([TREE.at(5)], TREE.at(10), gone)
