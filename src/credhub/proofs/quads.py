"""RDF quads in canonical form, with the work bounded before it is done.

RDFC-1.0 names blank nodes by what is around them. Nodes that look alike from nearby are told
apart by trying orders, and that can take for ever. Only such nodes, and only those joined to
one another, cost anything: so each joined group is kept small. Six take under half a second in
the worst shape found, and far under a millisecond in any tree, which is all that JSON-LD
without labels can express; eight took four seconds, ten of them take longer than anyone waits.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad

from credhub.errors import TooComplexError

MAX_BLANK_NODES: Final = 200
MAX_ALIKE: Final = 6

_Neighbours = defaultdict[BlankNode, set[BlankNode]]


def canonical_quads(quads: Iterable[Quad]) -> bytes:
    """Write quads as canonical N-Quads.

    Raises:
        TooComplexError: More than 200 blank nodes, or more than six that look alike and are
            joined.

    Source:
        W3C RDF Dataset Canonicalization 1.0 (RDFC-1.0), section 4.4.3; section 7.1 warns of
        datasets that are built never to finish.
    """
    dataset = Dataset(quads)
    check_complexity(dataset)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


def check_complexity(dataset: Iterable[Quad]) -> None:
    """Refuse a dataset whose canonical form could take long.

    Raises:
        TooComplexError: More than 200 blank nodes, or more than six that look alike and are
            joined.
    """
    views, neighbours = _views(dataset)
    if len(views) > MAX_BLANK_NODES:
        raise TooComplexError(f"The document has more than {MAX_BLANK_NODES} unnamed parts.")
    counts = Counter(views.values())
    alike = {node for node, view in views.items() if counts[view] > 1}
    for group in _joined(alike, neighbours):
        if len(group) > MAX_ALIKE:
            raise TooComplexError("The document has too many unnamed parts that look the same.")


def _views(dataset: Iterable[Quad]) -> tuple[Mapping[BlankNode, object], _Neighbours]:
    # A view is what RDFC-1.0, section 4.6, hashes first: a node's quads, other nodes masked.
    seen: defaultdict[BlankNode, list[tuple[object, ...]]] = defaultdict(list)
    neighbours: _Neighbours = defaultdict(set)
    for quad in dataset:
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        nodes = {term for term in terms if isinstance(term, BlankNode)}
        for node in nodes:
            seen[node].append(tuple(_masked(term, node) for term in terms))
            neighbours[node] |= nodes
    views = {node: frozenset(Counter(view).items()) for node, view in seen.items()}
    return views, neighbours


def _masked(term: object, node: BlankNode) -> object:
    if isinstance(term, BlankNode):
        return term == node
    return term


def _joined(alike: set[BlankNode], neighbours: _Neighbours) -> Iterator[set[BlankNode]]:
    left = set(alike)
    while left:
        group: set[BlankNode] = set()
        new = {left.pop()}
        while new:
            group |= new
            reached = set[BlankNode]().union(*(neighbours[node] for node in new))
            new = (reached & alike) - group
        left -= group
        yield group
