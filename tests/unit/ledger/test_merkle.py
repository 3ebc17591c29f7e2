from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import LedgerError
from credhub.ledger.merkle import EMPTY_ROOT, TILE_WIDTH, Frontier, TileNode, hash_children, root

LEAVES = st.lists(st.binary(min_size=32, max_size=32), max_size=40)


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hash_children(naive_root(leaves[:split]), naive_root(leaves[split:]))


def leaves_of(size: int) -> list[bytes]:
    return [sha256(b"leaf %d" % number).digest() for number in range(size)]


def frontier_of(size: int) -> Frontier:
    frontier = Frontier()
    for leaf in leaves_of(size):
        frontier.push(leaf)
    return frontier


@given(LEAVES)
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert root(leaves) == naive_root(leaves)


def test_the_roots_of_all_small_trees_are_those_of_the_definition() -> None:
    leaves, frontier = leaves_of(520), Frontier()
    assert frontier.root() == EMPTY_ROOT

    for size in range(1, 520):
        frontier.push(leaves[size - 1])

        if size < 70 or size % 64 < 2:
            assert frontier.root() == naive_root(leaves[:size])


@given(LEAVES, LEAVES)
def test_a_frontier_grows_on_as_if_it_had_never_been_stored(
    before: list[bytes], after: list[bytes]
) -> None:
    frontier = Frontier()
    for leaf in before:
        frontier.push(leaf)

    stored = Frontier.decode(frontier.size, frontier.encode())
    for leaf in after:
        stored.push(leaf)

    assert stored.size == len(before) + len(after)
    assert stored.root() == naive_root(before + after)


def test_a_copy_grows_apart() -> None:
    frontier = frontier_of(5)
    before = frontier.encode()

    copy = frontier.copy()
    copy.push(bytes(32))

    assert (frontier.size, frontier.encode()) == (5, before)
    assert copy.size == 6


@pytest.mark.parametrize(("size", "length"), [(-1, 0), (0, 32), (1, 0), (1, 33), (3, 32), (3, 96)])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, length: int) -> None:
    with pytest.raises(LedgerError):
        Frontier.decode(size, bytes(length))


def test_every_full_tile_gives_its_root_once_and_in_order() -> None:
    leaves, frontier = leaves_of(TILE_WIDTH * TILE_WIDTH + 1), Frontier()

    nodes = [node for leaf in leaves for node in frontier.push(leaf)]

    first = [TileNode(1, n, root(leaves[n * 256 : n * 256 + 256])) for n in (0, 1, 255)]
    assert [nodes[0], nodes[1], nodes[255]] == first
    assert [(node.level, node.idx) for node in nodes] == [(1, n) for n in range(256)] + [(2, 0)]
    assert nodes[256].hash == root(node.hash for node in nodes[:256])


def test_a_leaf_that_fills_no_tile_gives_nothing() -> None:
    frontier = frontier_of(TILE_WIDTH - 2)

    assert frontier.push(bytes(32)) == ()
    assert [node.idx for node in frontier.push(bytes(32))] == [0]
    assert frontier.push(bytes(32)) == ()


def test_subtrees_grow_a_tree_as_their_leaves_do() -> None:
    leaves = [sha256(b"%d" % n).digest() for n in range(768)]
    for first in (0, 256, 512):
        single, whole = Frontier(), Frontier()
        nodes = [node for leaf in leaves[:first] for node in single.push(leaf)]
        grown = list(nodes)
        for leaf in leaves[:first]:
            whole.push(leaf)
        nodes += [node for leaf in leaves[first : first + 256] for node in single.push(leaf)]
        grown += whole.push_subtree(root(leaves[first : first + 256]), 8)

        assert (whole.size, whole.encode(), grown) == (single.size, single.encode(), nodes)


def test_a_subtree_begins_only_where_its_height_allows() -> None:
    frontier = Frontier()
    frontier.push(bytes(32))

    with pytest.raises(LedgerError):
        frontier.push_subtree(bytes(32), 1)


@pytest.mark.parametrize("count", [1, 2, 3, 100, 256])
def test_a_root_may_be_computed_from_that_of_the_rest(count: int) -> None:
    leaves = [sha256(b"%d" % n).digest() for n in range(512 + count)]
    frontier = Frontier()
    for leaf in leaves[:512]:
        frontier.push(leaf)

    assert frontier.root_with(root(leaves[512:])) == root(leaves)
