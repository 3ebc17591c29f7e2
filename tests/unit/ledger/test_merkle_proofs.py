from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credhub.errors import MerkleProofError
from credhub.ledger.entry import leaf_hash
from credhub.ledger.merkle import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Frontier,
    hash_children,
    root,
    subtree_levels,
)
from credhub.ledger.merkle_proofs import (
    Subtrees,
    consistency_proof,
    frontier_of,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from credhub.recent import Recent
from tests.unit.ledger.builder import Tiles
from tests.unit.ledger.test_merkle import leaves_of, naive_root

LEAVES = leaves_of(1_030)
TILES = Tiles(LEAVES)
SIZES = st.integers(1, 300) | st.sampled_from([255, 256, 257, 511, 512, 513, 768, 1023, 1024, 1030])


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """The definition of RFC 6962, section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*naive_path(index, leaves[:split]), naive_root(leaves[split:])]
    return [*naive_path(index - split, leaves[split:]), naive_root(leaves[:split])]


@dataclass(frozen=True)
class Inclusion:
    leaf: bytes
    index: int
    size: int
    proof: tuple[bytes, ...]
    root: bytes

    def verify(self) -> None:
        verify_inclusion(self.leaf, self.index, self.size, self.proof, self.root)

    def mutations(self) -> Iterator["Inclusion"]:
        yield replace(self, leaf=flip(self.leaf))
        yield replace(self, root=flip(self.root))
        yield replace(self, leaf=self.leaf[:-1])
        yield replace(self, root=self.root + b"\0")
        yield replace(self, index=self.index - 1)
        yield replace(self, index=self.index + 1)
        yield replace(self, index=self.size)
        yield replace(self, index=self.index - self.size)
        yield replace(self, size=0)
        for proof in broken(self.proof):
            yield replace(self, proof=proof)


@dataclass(frozen=True)
class Consistency:
    old_size: int
    new_size: int
    proof: tuple[bytes, ...]
    old_root: bytes
    new_root: bytes

    def verify(self) -> None:
        verify_consistency(self.old_size, self.new_size, self.proof, self.old_root, self.new_root)

    def mutations(self) -> Iterator["Consistency"]:
        yield replace(self, old_root=flip(self.old_root))
        yield replace(self, new_root=flip(self.new_root))
        yield replace(self, old_root=self.old_root[:-1])
        yield replace(self, old_size=0)
        yield replace(self, old_size=-self.old_size)
        yield replace(self, old_size=self.new_size + 1)
        if self.old_size != self.new_size:
            yield replace(self, old_size=self.old_size - 1)
            yield replace(self, old_size=self.old_size + 1)
            yield replace(self, old_root=self.new_root, new_root=self.old_root)
        for proof in broken(self.proof):
            yield replace(self, proof=proof)


def flip(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def broken(proof: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    yield (*proof, bytes(32))
    yield (bytes(32), *proof)
    yield (*proof, *[bytes(32)] * 70)
    for at, item in enumerate(proof):
        yield (*proof[:at], flip(item), *proof[at + 1 :])
        yield (*proof[:at], *proof[at + 1 :])
        yield (*proof[:at], item[:-1], *proof[at + 1 :])
    if len(set(proof)) > 1:
        yield proof[::-1]


def inclusion_of(index: int, size: int) -> Inclusion:
    proof = inclusion_proof(index, size, TILES)
    return Inclusion(LEAVES[index], index, size, proof, root(LEAVES[:size]))


def consistency_of(old_size: int, new_size: int) -> Consistency:
    proof = consistency_proof(old_size, new_size, TILES)
    return Consistency(old_size, new_size, proof, root(LEAVES[:old_size]), root(LEAVES[:new_size]))


@given(st.data(), SIZES)
def test_an_inclusion_proof_is_that_of_the_definition(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))

    inclusion = inclusion_of(index, size)

    assert list(inclusion.proof) == naive_path(index, LEAVES[:size])
    inclusion.verify()


@given(st.data(), st.lists(SIZES, min_size=2, max_size=8))
def test_a_proof_from_remembered_tiles_is_the_same(data: st.DataObject, sizes: list[int]) -> None:
    recent = Recent[tuple[int, int], Subtrees](3)
    largest = max(sizes)

    def recall(level: int, index: int, width: int) -> Subtrees:
        stored = largest >> level * TILE_HEIGHT
        whole = min(TILE_WIDTH, stored - index * TILE_WIDTH)
        assert whole >= width
        return recent.get((level, index), lambda: subtree_levels(TILES.tile(level, index, whole)))

    for size in sizes:
        index = data.draw(st.integers(0, size - 1))
        assert inclusion_proof(index, size, TILES, recall) == inclusion_of(index, size).proof


@settings(max_examples=50)
@given(st.data(), SIZES)
def test_t81_no_mutation_of_an_inclusion_proof_holds(data: st.DataObject, size: int) -> None:
    inclusion = inclusion_of(data.draw(st.integers(0, size - 1)), size)

    for mutation in inclusion.mutations():
        with pytest.raises(MerkleProofError):
            mutation.verify()


def test_all_consistency_proofs_between_small_trees_hold() -> None:
    for new_size in range(1, 40):
        for old_size in range(1, new_size + 1):
            consistency_of(old_size, new_size).verify()


@settings(max_examples=50)
@given(st.data(), SIZES)
def test_t81_no_mutation_of_a_consistency_proof_holds(data: st.DataObject, size: int) -> None:
    consistency = consistency_of(data.draw(st.integers(1, size)), size)
    consistency.verify()

    for mutation in consistency.mutations():
        with pytest.raises(MerkleProofError):
            mutation.verify()


def test_a_tree_of_seven_is_proved_as_in_the_example_of_the_standard() -> None:
    d0, d1, d2, d3, d4, d5, d6 = LEAVES[:7]
    g, h, i = hash_children(d0, d1), hash_children(d2, d3), hash_children(d4, d5)
    k = hash_children(g, h)
    tail = hash_children(i, d6)

    # RFC 6962, section 2.1.3.
    assert inclusion_proof(0, 7, TILES) == (d1, h, tail)
    assert inclusion_proof(3, 7, TILES) == (d2, g, tail)
    assert inclusion_proof(4, 7, TILES) == (d5, d6, k)
    assert inclusion_proof(6, 7, TILES) == (i, k)
    assert consistency_proof(3, 7, TILES) == (d2, d3, g, tail)
    assert consistency_proof(4, 7, TILES) == (tail,)
    assert consistency_proof(6, 7, TILES) == (i, d6, k)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(MerkleProofError):
        inclusion_proof(index, size, TILES)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_there_is_no_consistency_proof_from_nothing_or_backwards(old: int, new: int) -> None:
    with pytest.raises(MerkleProofError):
        consistency_proof(old, new, TILES)


def test_equal_trees_are_consistent_without_a_proof() -> None:
    assert consistency_proof(5, 5, TILES) == ()

    consistency_of(5, 5).verify()
    verify_consistency(0, 0, (), root([]), root([]))


def test_only_the_hash_of_nothing_is_the_root_of_an_empty_tree() -> None:
    with pytest.raises(MerkleProofError):
        verify_consistency(0, 0, (), bytes(32), bytes(32))


def test_a_frontier_is_rebuilt_from_tiles() -> None:
    sizes = {0, 1, 2, 3, 255, 256, 257, 511, 512, 767, 65535, 65536, 65537, 65791, 66000}
    leaves = [leaf_hash(n.to_bytes(4)) for n in range(max(sizes))]
    tiles, grown = Tiles(leaves), Frontier()

    for size in range(len(leaves) + 1):
        if size in sizes:
            assert frontier_of(size, tiles).encode() == grown.encode(), size
        if size < len(leaves):
            grown.push(leaves[size])
