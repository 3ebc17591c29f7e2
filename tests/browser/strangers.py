"""Credentials of issuers whom nobody here knows, each with something about it."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

from credhub.jsontypes import JsonObject, canonical
from credhub.proofs import data_integrity
from tests.unit import factories

STRANGER: Final = factories.MemorySigner(66)
ENDORSER: Final = factories.MemorySigner(67)
LISTED: Final[JsonObject] = {"registry": {ENDORSER.did: {"name": "Harbour Works"}}}
"""The list of issuers that the service of these tests believes."""

Change = Callable[[dict[str, Any]], object]


def credential(change: Change = lambda _: None) -> JsonObject:
    """Sign a credential as a stranger, after a change to it."""
    document: dict[str, Any] = deepcopy(factories.credential(did=STRANGER.did))
    for elsewhere in ("credentialStatus", "credentialSchema"):
        del document[elsewhere]
    document["issuer"]["name"] = "Valley Academy"
    change(document)
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=STRANGER,
        verification_method=STRANGER.method,
        created=factories.NOON,
    )


def over(document: dict[str, Any]) -> None:
    document["validFrom"], document["validUntil"] = "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"


def to_come(document: dict[str, Any]) -> None:
    document["validFrom"], document["validUntil"] = "2998-01-01T00:00:00Z", "2999-01-01T00:00:00Z"


def namesake(document: dict[str, Any]) -> None:
    document["issuer"]["name"] = "Riverside Learning Hub"


def nameless_method(document: dict[str, Any]) -> None:
    document["issuer"]["id"] = "did:example:nobody"


def status_in_unknown_words(document: dict[str, Any]) -> None:
    document["credentialStatus"] = {"type": "1EdTechRevocationList", "id": "urn:example:status"}


def right_to_left(document: dict[str, Any]) -> None:
    document["credentialSubject"]["name"] = "فاطمة الزهراء عبد الرحمن"
    document["issuer"]["name"] = "أكاديمية الوادي"
    document["credentialSubject"]["achievement"]["name"] = "فنية ألواح شمسية، المستوى الأول"


def long_words(document: dict[str, Any]) -> None:
    document["credentialSubject"]["name"] = "Wolfeschlegelsteinhausenbergerdorff" * 3
    document["credentialSubject"]["achievement"]["name"] = "Donaudampfschifffahrtskunde" * 5


def changed_later() -> JsonObject:
    document: dict[str, Any] = deepcopy(credential())
    document["credentialSubject"]["name"] = "Somebody Else"
    return document


UNKNOWN: Final = "Unaltered, issuer unknown"
FILES: Final[Mapping[str, tuple[str, str, Callable[[], JsonObject]]]] = {
    "unknown-issuer": ("unknownIssuer", UNKNOWN, credential),
    "namesake": (
        "unknownIssuer",
        "Be careful: a name we know, signed by somebody else",
        lambda: credential(namesake),
    ),
    "right-to-left": ("unknownIssuer", UNKNOWN, lambda: credential(right_to_left)),
    "long-words": ("unknownIssuer", UNKNOWN, lambda: credential(long_words)),
    "over": ("expired", "Expired, issuer unknown", lambda: credential(over)),
    "to-come": ("notYetValid", "Not in force yet, issuer unknown", lambda: credential(to_come)),
    "status-not-known": (
        "indeterminate",
        "Not fully checked, issuer unknown",
        lambda: credential(status_in_unknown_words),
    ),
    "changed": ("invalid", "Do not rely on this", changed_later),
    "signed-by-another": ("invalid", "Do not rely on this", lambda: credential(nameless_method)),
    "older-badge": (
        "indeterminate",
        "An older badge, not checked",
        lambda: {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "urn:x"},
    ),
    "no-credential": ("invalid", "Do not rely on this", lambda: {"hello": "world"}),
}
"""By name: the verdict, the headline, and what makes the file."""


def file(name: str) -> bytes:
    """Make one of the files."""
    return canonical(FILES[name][2]())
