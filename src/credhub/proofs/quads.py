"""RDF quads in canonical form, with the work bounded before it is done."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad

from credhub.errors import TooComplexError

MAX_BLANK_NODES: Final = 200
MAX_AMBIGUOUS: Final = 6

_Shape: TypeAlias = tuple[object, ...]


def canonical_quads(quads: Iterable[Quad]) -> bytes:
    """Write quads as canonical N-Quads.

    Raises:
        TooComplexError: Too many blank nodes, or too many that look the same from nearby.

    Source:
        W3C RDF Dataset Canonicalization 1.0 (RDFC-1.0), section 4.4.3; section 7.1 warns of
        datasets built to never finish.
    """
    dataset = Dataset(quads)
    check_complexity(dataset)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


def check_complexity(dataset: Iterable[Quad]) -> None:
    """Refuse a dataset whose canonical form could take long.

    Raises:
        TooComplexError: Too many blank nodes, or too many that look the same from nearby.
    """
    shapes: defaultdict[BlankNode, list[_Shape]] = defaultdict(list)
    for quad in dataset:
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        for node in {term for term in terms if isinstance(term, BlankNode)}:
            shapes[node].append(tuple(_seen_from(node, term) for term in terms))
    if len(shapes) > MAX_BLANK_NODES:
        raise TooComplexError(f"The document has more than {MAX_BLANK_NODES} unnamed nodes.")
    views = Counter(frozenset(Counter(seen).items()) for seen in shapes.values())
    if sum(count for count in views.values() if count > 1) > MAX_AMBIGUOUS:
        raise TooComplexError("The document has too many unnamed nodes that look the same.")


def _seen_from(node: BlankNode, term: object) -> object:
    if isinstance(term, BlankNode):
        return "this" if term == node else "other"
    return term
