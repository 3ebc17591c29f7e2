"""What a holder can never hide, unless the issuer decides otherwise."""

from collections.abc import Collection, Iterable
from typing import Final

from credhub.errors import PointerError
from credhub.jsontypes import JsonObject
from credhub.proofs.ecdsa_sd_2023.pointers import follow, tokens

JUDGED: Final = (
    "/issuer",
    "/validFrom",
    "/validUntil",
    "/issuanceDate",
    "/expirationDate",
    "/credentialStatus",
    "/credentialSchema",
    "/refreshService",
    "/termsOfUse",
)
"""What decides whether to believe a credential; without it an ended one would look lasting."""

ACHIEVEMENT: Final = (
    "/name",
    "/credentialSubject/type",
    "/credentialSubject/name",
    "/credentialSubject/achievement",
)
"""What the schema of a badge asks for: who earned what. Left to the holder are how it was proved
(evidence, results), when it was awarded, and by which e-mail address the learner is found."""


def pointers_for(document: JsonObject) -> tuple[str, ...]:
    """List those members of a document that its holder can never hide."""
    return (*judged(document), *_existing(document, ACHIEVEMENT))


def judged(document: JsonObject, *, besides: Collection[str] = ()) -> tuple[str, ...]:
    """List those members that decide whether to believe a document, besides others."""
    return tuple(one for one in _existing(document, JUDGED) if one not in besides)


def _existing(document: JsonObject, pointers: Iterable[str]) -> Iterable[str]:
    for pointer in pointers:
        try:
            follow(document, tokens(pointer))
        except PointerError:
            continue
        yield pointer
