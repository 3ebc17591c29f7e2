"""RDF quads in canonical form."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Quad

from credhub.proofs import rdfc10
from credhub.proofs.rdfc10 import Line


def canonical_quads(quads: Iterable[Quad], *, hashed: Callable[[bytes], Any] = sha256) -> bytes:
    """Write quads as canonical N-Quads.

    Args:
        quads: The quads.
        hashed: The hash function, as of hashlib.

    Raises:
        TooComplexError: There are more than 200 blank nodes, or telling them apart would take
            too long.
    """
    return rdfc10.canonical_text(map(line_of, quads), hashed=hashed).encode()


def canonical_labels(
    quads: Iterable[Quad], *, hashed: Callable[[bytes], Any] = sha256
) -> dict[BlankNode, int]:
    """Find the number of each blank node in the canonical form.

    Raises:
        TooComplexError: As ``canonical_quads``.

    Source:
        RDFC-1.0, section 4.4.3 (the canonical issuer's map).
    """
    labels = rdfc10.canonical_labels(set(map(line_of, quads)), hashed=hashed)
    return {
        BlankNode(node.removeprefix("_:")): int(label.removeprefix("_:c14n"))
        for node, label in labels.items()
    }


def line_of(quad: Quad) -> Line:
    """Write the terms of a quad, as N-Quads want them."""
    # Term by term: of a line as a whole a stranger could choose where a term ends.
    graph = quad.graph_name
    name = "" if isinstance(graph, DefaultGraph) else str(graph)
    return str(quad.subject), str(quad.predicate), str(quad.object), name
