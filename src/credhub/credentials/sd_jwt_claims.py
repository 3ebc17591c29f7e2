"""An Open Badges credential as the claims of a ``dc+sd-jwt``, and what of it may be hidden.

The claims are the members of the credential, by their own names and in their own places, except
for those that JWT has claims for: ``iss`` is the issuer's id, ``jti`` the permanent address,
``nbf`` and ``exp`` are the period, ``vct`` names the achievement. Nothing at the top can be hidden,
so whoever verifies can see that no end and no status was.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, TypeAlias

from credhub import instants
from credhub.jsontypes import JsonObject, JsonValue

Path: TypeAlias = tuple[str | int, ...]

SUBJECT: Final = "credentialSubject"

_OF_SUBJECT: Final = ("id", "name", "identifier")
_KEPT: Final = ("awardedDate", SUBJECT, "evidence")


def disclosable(document: JsonObject) -> frozenset[Path]:
    """List what a learner may hide: who they are, what they scored, and what shows it.

    Args:
        document: The unsigned credential, or its claims.
    """
    return frozenset(_disclosable(document))


def without_schema(document: JsonObject) -> JsonObject:
    """Leave out the schema: what a learner shows of a credential need not follow it."""
    return {name: value for name, value in document.items() if name != "credentialSchema"}


def to_claims(
    document: JsonObject,
    *,
    issued_at: datetime,
    status: JsonObject | None = None,
    holder_key: JsonObject | None = None,
) -> JsonObject:
    """Make the claims of a credential.

    Args:
        document: The unsigned credential, as ``document.to_document`` makes it.
        issued_at: When it is signed.
        status: The ``status`` claim; without one the status entry stays as it is.
        holder_key: The learner's key as a JSON Web Key, when there is one.

    Source:
        draft-ietf-oauth-sd-jwt-vc, section 3.2.2.
    """
    issuer = _object(document["issuer"])
    claims: JsonObject = {
        "iss": issuer["id"],
        "iat": _seconds(issued_at),
        "nbf": _seconds(instants.parse(str(document["validFrom"]))),
        "jti": document["id"],
        "vct": _object(_object(document[SUBJECT])["achievement"])["id"],
        "issuer": {name: value for name, value in issuer.items() if name != "id"},
    }
    if "validUntil" in document:
        claims["exp"] = _seconds(instants.parse(str(document["validUntil"])))
    if status is not None:
        claims["status"] = status
    elif "credentialStatus" in document:
        claims["credentialStatus"] = document["credentialStatus"]
    if holder_key is not None:
        claims["cnf"] = {"jwk": holder_key}
    return claims | {name: document[name] for name in _KEPT if name in document}


def _disclosable(document: JsonObject) -> Iterator[Path]:
    for path, subject in _subjects(document[SUBJECT]):
        for name in _OF_SUBJECT:
            if name in subject:
                yield (*path, name)
        yield from _items((*path, "result"), subject)
    yield from _items(("evidence",), document)


def _subjects(value: JsonValue) -> Iterator[tuple[Path, JsonObject]]:
    if not isinstance(value, list):
        yield (SUBJECT,), _object(value)
        return
    for index, item in enumerate(value):
        yield (SUBJECT, index), _object(item)


def _items(path: Path, holder: JsonObject) -> Iterator[Path]:
    items = holder.get(str(path[-1]), [])
    for index in range(len(items) if isinstance(items, list) else 0):
        yield (*path, index)


def _object(value: object) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError("A credential of ours has an object here.")
    return value


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
