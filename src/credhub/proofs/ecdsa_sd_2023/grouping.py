"""The statements of a document, and which of them pointers select."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import Quad

from credhub.errors import CanonicalizationError
from credhub.jsontypes import JsonObject
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.ecdsa_sd_2023.labels import (
    canonical_label,
    canonical_labels,
    keyed_digest,
    keyed_label,
    statements,
)
from credhub.proofs.ecdsa_sd_2023.pointers import select
from credhub.proofs.ecdsa_sd_2023.skolem import deskolemize, skolemize


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """The statements of a document.

    Attributes:
        statements: Its N-Quads with keyed labels, in order.
        mandatory: The numbers of those that are always shown.
        shown: The numbers of those that are shown now.
        labels: For each canonical label of the part that is shown, the keyed digest that stands
            in its place.
    """

    statements: tuple[str, ...]
    mandatory: tuple[int, ...]
    shown: tuple[int, ...]
    labels: tuple[bytes, ...]


class Grouping(Protocol):
    """Divides documents, here or in a worker process."""

    def group(
        self,
        document: JsonObject,
        *,
        hmac_key: bytes,
        mandatory: Collection[str],
        shown: Collection[str],
    ) -> Grouped:
        """Divide one document.

        Args:
            document: The document without a proof.
            hmac_key: What makes the labels of blank nodes unguessable.
            mandatory: Pointers to what is always shown.
            shown: Pointers to what is shown now; none when nothing is.
        """
        ...


class Reader(Canonicalizer, Protocol):
    """A canonicalizer that gives the quads too."""

    def quads(self, document: JsonObject) -> list[Quad]:
        """Read one document as quads."""
        ...


class LocalGrouping:
    """Divides documents in this process."""

    def __init__(self, canonicalizer: Reader) -> None:
        self._canonicalizer = canonicalizer

    def group(
        self,
        document: JsonObject,
        *,
        hmac_key: bytes,
        mandatory: Collection[str],
        shown: Collection[str],
    ) -> Grouped:
        """Divide one document.

        Raises:
            PointerError: A pointer leads nowhere.
            VerificationError: As the canonicalizer.
            CanonicalizationError: Likewise; or a part of the document cannot be shown by itself.

        Source:
            VC-DI-ECDSA 1.0, section 3.4.16 (canonicalizeAndGroup).
        """
        named = skolemize(document)
        quads = deskolemize(self._canonicalizer.quads(named))
        numbers = canonical_labels(quads)
        plain = statements(quads, {node: canonical_label(n) for node, n in numbers.items()})
        if "".join(plain).encode() != self._canonicalizer.canonical(document):
            raise CanonicalizationError("A part of the document cannot be shown by itself.")
        digests = {node: keyed_digest(hmac_key, number) for node, number in numbers.items()}
        labels = {node: keyed_label(digest) for node, digest in digests.items()}
        lines = statements(quads, labels)
        part = self._part(named, shown)
        places = sorted((number, node) for node, number in canonical_labels(part).items())
        return Grouped(
            statements=tuple(lines),
            mandatory=_numbers(lines, statements(self._part(named, mandatory), labels)),
            shown=_numbers(lines, statements(part, labels)),
            labels=tuple(digests[node] for _, node in places),
        )

    def _part(self, named: JsonObject, pointers: Collection[str]) -> list[Quad]:
        if not pointers:
            return []
        return deskolemize(self._canonicalizer.quads(select(named, pointers)))


def _numbers(lines: list[str], selected: list[str]) -> tuple[int, ...]:
    wanted = set(selected)
    return tuple(number for number, line in enumerate(lines) if line in wanted)
