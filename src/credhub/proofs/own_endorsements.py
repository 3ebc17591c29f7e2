"""Endorsements of a document that stand in it: their subject is the document's own node.

Open Badges 3.0 lets a badge carry what others say of it. In RDF the badge then has the type and the
comment of those subjects too, and where they stood is not signed: a comment could be moved from one
endorsement to the other, or into the badge itself. It cannot where

- a subject is an id, a type and a comment, and nothing else,
- the badge does not say of itself that it is such a subject,
- all such subjects in it say the same,
- nothing else in it leads to the badge, so that no subject can be exchanged for a mere name, and
- each of these endorsements is described in one place, or has no name to be described by elsewhere.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from credhub.errors import DataLossError, EndorsementsNotToldApartError
from credhub.jsontypes import JsonObject, JsonValue

_SUBJECT: Final = "EndorsementSubject"
_MEMBERS: Final = frozenset({"id", "type", "endorsementComment"})


def subjects_in(
    body: JsonObject, *, identifying: frozenset[str], own_refresh: JsonObject | None
) -> tuple[JsonObject, ...]:
    """Find the subjects of endorsements that may describe the document's own node.

    Args:
        body: The document without its own ``@context``.
        identifying: The terms whose values can be identifiers.
        own_refresh: What may describe the node too, as ``refreshService``.

    Raises:
        DataLossError: The document says of itself what belongs to a subject.
        EndorsementsNotToldApartError: From what is signed nobody can tell which of them, or what
            else that leads to the document, was such a subject.
    """
    if "endorsement" in body and is_said(body.get("type"), _SUBJECT):
        raise DataLossError("The document says that it is the subject of an endorsement.")
    own = body.get("id")
    if not isinstance(own, str):
        return ()
    found = [
        (one, subject)
        for one in _listed(body.get("endorsement"))
        if isinstance(one, dict)
        and isinstance(subject := one.get("credentialSubject"), dict)
        and subject.get("id") == own
    ]
    subjects = tuple(subject for _, subject in found)
    if not subjects or not all(map(_is_plain, subjects)):
        return ()
    named = Counter(names(body, identifying, own_refresh))
    each_once = all(named[str(one.get("id"))] <= 1 for one, _ in found)
    comments = {subject.get("endorsementComment") for subject in subjects}
    if len(comments) > 1 or named[own] != 1 + len(subjects) or not each_once:
        raise EndorsementsNotToldApartError
    return subjects


def is_said(types: JsonValue, name: str) -> bool:
    """Say whether one of several types may be the one that is meant, by its name or its address."""
    return any(isinstance(one, str) and one.endswith(name) for one in _listed(types))


def _is_plain(subject: JsonObject) -> bool:
    return (
        subject.keys() <= _MEMBERS
        and _listed(subject.get("type")) == [_SUBJECT]
        and isinstance(subject.get("endorsementComment", ""), str)
    )


def names(
    members: JsonObject, identifying: frozenset[str], own_refresh: JsonObject | None
) -> Iterator[str]:
    """Give every text that may be an identifier, as often as it is there."""
    # Below a keyword, such as that of an ordered list, it is what the member around it is.
    for name, value in members.items():
        for item in _listed(value):
            if isinstance(item, str) and (name in identifying or name.startswith("@")):
                yield item
            elif isinstance(item, dict) and not (name == "refreshService" and item == own_refresh):
                yield from names(item, identifying, own_refresh)


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]
