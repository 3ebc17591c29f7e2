"""Which label each blank node gets in canonical form, and which one a base proof puts there.

The engine that we use writes canonical quads but does not say which node became which. So both
sides are compared: nodes with equal surroundings have equal colours, over and over, until nothing
changes. Where several are still alike, one of each side is set apart. In a forest, which is all
that JSON-LD without labels can express, that finds the answer; what it finds is checked.
"""

import hmac
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad

from credhub import base64url
from credhub.errors import TooComplexError
from credhub.proofs.quads import check_complexity

_CANONICAL: Final = "c14n"

_Row: TypeAlias = tuple[object, ...]
_Colours: TypeAlias = dict[BlankNode, int]


def canonical_labels(quads: Collection[Quad]) -> dict[BlankNode, int]:
    """Find the number of each blank node in the canonical form.

    Raises:
        TooComplexError: The canonical form could take long, or the nodes cannot be told apart.

    Source:
        RDFC-1.0, section 4.4.3 (the canonical issuer's map).
    """
    dataset = Dataset(quads)
    check_complexity(dataset)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    canonical = {_row(quad) for quad in dataset}
    pairs = _paired({_row(quad) for quad in quads}, canonical)
    if {tuple(pairs.get(term, term) for term in _row(quad)) for quad in quads} != canonical:
        raise TooComplexError("The document has unnamed parts that cannot be told apart.")
    return {
        ours: int(theirs.value.removeprefix(_CANONICAL))
        for ours, theirs in pairs.items()
        if isinstance(ours, BlankNode) and theirs is not None
    }


def canonical_label(number: int) -> str:
    """Write the label of a number in the canonical form."""
    return f"{_CANONICAL}{number}"


def keyed_digest(key: bytes, number: int) -> bytes:
    """Compute what a base proof puts in the place of a canonical label.

    Source:
        VC-DI-ECDSA 1.0, section 3.4.4 (createHmacIdLabelMapFunction).
    """
    return hmac.digest(key, canonical_label(number).encode(), "sha256")


def keyed_label(digest: bytes) -> str:
    """Write such a digest as the label of a blank node."""
    return "u" + base64url.encode(digest)


def statements(quads: Iterable[Quad], labels: Mapping[BlankNode, str]) -> list[str]:
    """Write quads as N-Quads with these labels, in canonical order.

    Source:
        VC-DI-ECDSA 1.0, section 3.4.14 (relabelBlankNodes).
    """
    nodes = {node: BlankNode(label) for node, label in labels.items()}
    return sorted({f"{_relabelled(quad, nodes)} .\n" for quad in quads})


def _relabelled(quad: Quad, nodes: Mapping[BlankNode, BlankNode]) -> Quad:
    subject, thing = quad.subject, quad.object
    if isinstance(subject, BlankNode):
        subject = nodes[subject]
    if isinstance(thing, BlankNode):
        thing = nodes[thing]
    return Quad(subject, quad.predicate, thing, quad.graph_name)


def _row(quad: Quad) -> _Row:
    return (quad.subject, quad.predicate, quad.object, quad.graph_name)


def _paired(ours: set[_Row], theirs: set[_Row]) -> dict[object, BlankNode | None]:
    palette: dict[object, int] = {}
    our_rows, their_rows = _rows_of(ours), _rows_of(theirs)
    our_colours = _refined(our_rows, dict.fromkeys(our_rows, -1), palette)
    their_colours = _refined(their_rows, dict.fromkeys(their_rows, -1), palette)
    while alike := _first_alike(our_colours):
        apart = palette.setdefault(object(), len(palette))
        colour = our_colours[alike]
        twin = next((node for node, other in their_colours.items() if other == colour), alike)
        our_colours = _refined(our_rows, our_colours | {alike: apart}, palette)
        their_colours = _refined(their_rows, their_colours | {twin: apart}, palette)
    by_colour = {colour: node for node, colour in their_colours.items()}
    return {node: by_colour.get(colour) for node, colour in our_colours.items()}


def _rows_of(rows: set[_Row]) -> dict[BlankNode, list[_Row]]:
    found: defaultdict[BlankNode, list[_Row]] = defaultdict(list)
    for row in rows:
        for node in {term for term in row if isinstance(term, BlankNode)}:
            found[node].append(row)
    # In the order of their numbers, so that of twins always the same one comes first.
    return {node: found[node] for node in sorted(found, key=_number)}


def _number(node: BlankNode) -> tuple[int, str]:
    return len(node.value), node.value


def _refined(
    rows: Mapping[BlankNode, list[_Row]], colours: _Colours, palette: dict[object, int]
) -> _Colours:
    while True:
        finer = {
            node: palette.setdefault(_surroundings(node, mentions, colours), len(palette))
            for node, mentions in rows.items()
        }
        if len(set(finer.values())) == len({colours[node] for node in rows}):
            return finer
        colours = finer


def _surroundings(node: BlankNode, mentions: list[_Row], colours: _Colours) -> object:
    seen = Counter(tuple(_masked(term, node, colours) for term in row) for row in mentions)
    return colours[node], frozenset(seen.items())


def _masked(term: object, node: BlankNode, colours: _Colours) -> object:
    return (term == node, colours[term]) if isinstance(term, BlankNode) else term


def _first_alike(colours: _Colours) -> BlankNode | None:
    counts = Counter(colours.values())
    return next((node for node, colour in colours.items() if counts[colour] > 1), None)
