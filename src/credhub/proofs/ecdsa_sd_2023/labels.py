"""Which label each blank node gets in canonical form, and which one a base proof puts there."""

import hmac
from collections.abc import Iterable, Mapping
from typing import Final

from pyoxigraph import BlankNode, Quad

from credhub import base64url
from credhub.proofs.quads import canonical_labels

__all__ = ["canonical_label", "canonical_labels", "keyed_digest", "keyed_label", "statements"]

_CANONICAL: Final = "c14n"


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
