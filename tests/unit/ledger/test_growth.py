from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import MerkleProofError
from credhub.ledger.growth import Growth
from credhub.ledger.merkle import Frontier, root
from credhub.ledger.merkle_proofs import verify_inclusion

sizes = st.integers(0, 40) | st.sampled_from((255, 256, 257, 511, 512, 513))


def leaves(count: int) -> list[bytes]:
    return [sha256(index.to_bytes(4, "big")).digest() for index in range(count)]


def grown(before: int, after: int) -> Growth:
    frontier = Frontier()
    for leaf_hash in leaves(before):
        frontier.push(leaf_hash)
    return Growth(frontier, leaves(after)[before:])


@given(sizes, st.integers(1, 40))
def test_every_new_leaf_is_proved(before: int, new: int) -> None:
    after = before + new
    growth = grown(before, after)

    assert growth.size == after
    for index in range(before, after):
        proof = growth.inclusion_proof(index)
        verify_inclusion(leaves(after)[index], index, after, proof, root(leaves(after)))


@pytest.mark.parametrize("index", [-1, 0, 6, 10])
def test_only_new_leaves_are_proved(index: int) -> None:
    with pytest.raises(MerkleProofError):
        grown(7, 10).inclusion_proof(index)
