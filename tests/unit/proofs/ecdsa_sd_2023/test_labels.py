"""The canonical label of each blank node, compared with those that the engine writes."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, NamedNode, Quad

from credhub.errors import TooComplexError
from credhub.proofs.ecdsa_sd_2023.labels import canonical_label, canonical_labels, statements
from credhub.proofs.quads import canonical_quads

P, Q = NamedNode("urn:p"), NamedNode("urn:q")


def edges(*pairs: tuple[int, int], predicate: NamedNode = P) -> list[Quad]:
    return [Quad(BlankNode(f"b{one}"), predicate, BlankNode(f"b{two}")) for one, two in pairs]


def ring(first: int, size: int) -> list[Quad]:
    nodes = range(first, first + size)
    pairs = [(node, first + (node - first + 1) % size) for node in nodes]
    return edges(*pairs, *[(two, one) for one, two in pairs])


def canonical(quads: list[Quad]) -> bytes:
    labels = canonical_labels(quads)
    named = {node: canonical_label(number) for node, number in labels.items()}
    return "".join(statements(quads, named)).encode()


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 1)), max_size=5),
    st.randoms(use_true_random=False),
)
def test_a_tree_gets_the_labels_that_the_engine_gives(
    branches: list[tuple[int, bool, int]], shuffled: random.Random
) -> None:
    # Each node hangs below an earlier one, so that many look alike.
    quads = [
        quad
        for child, (parent, kind, word) in enumerate(branches, 1)
        for quad in (
            *edges((parent % child, child), predicate=P if kind else Q),
            Quad(BlankNode(f"b{child}"), P, NamedNode(f"urn:word:{word}")),
        )
    ]
    shuffled.shuffle(quads)

    assert canonical(quads) == canonical_quads(quads)


def test_of_twins_the_first_gets_the_first_label() -> None:
    root = NamedNode("urn:root")
    quads = [Quad(root, P, BlankNode(f"b{number}")) for number in (2, 10, 1, 9)]

    labels = canonical_labels(quads)

    assert sorted(labels.items(), key=lambda pair: pair[1]) == [
        (BlankNode(f"b{number}"), place) for place, number in enumerate((1, 2, 9, 10))
    ]


def test_twins_with_children_are_not_mixed_up() -> None:
    root = NamedNode("urn:root")
    parents = [Quad(root, P, BlankNode(f"b{number}")) for number in (1, 2)]
    quads = [*parents, *edges((1, 4), (2, 3))]

    assert canonical(quads) == canonical_quads(quads)


def test_nodes_that_look_alike_and_are_not_are_told_apart() -> None:
    # A ring of six, and two of three: each node has two like neighbours.
    quads = [*ring(0, 6), *ring(6, 3), *ring(9, 3)]

    assert sorted(canonical_labels(quads).values()) == list(range(12))
    assert canonical(quads) == canonical_quads(quads)


def test_t31_many_that_look_alike_are_refused() -> None:
    everybody = edges(*((one, two) for one in range(8) for two in range(8) if one != two))

    with pytest.raises(TooComplexError, match="look the same"):
        canonical_labels(everybody)


def test_without_blank_nodes_there_are_no_labels() -> None:
    assert canonical_labels([Quad(NamedNode("urn:root"), P, Q)]) == {}
    assert canonical_labels([]) == {}


def test_labels_are_numbers_from_zero() -> None:
    labels = canonical_labels(edges((0, 1), (1, 2), (2, 3)))

    assert sorted(labels.values()) == [0, 1, 2, 3]
    assert re.fullmatch(r"c14n\d+", canonical_label(3))
