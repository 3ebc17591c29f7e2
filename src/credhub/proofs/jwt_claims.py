"""What a JWT says beside the credential in it: who, whom, from when and until when.

Source:
    RFC 7519, section 4.1.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from credhub import instants
from credhub.errors import (
    ClaimMismatchError,
    MalformedInstantError,
    MalformedTokenError,
    TokenExpiredError,
    TokenNotYetValidError,
)
from credhub.jsontypes import JsonObject, JsonValue

REGISTERED: Final = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "nonce"})
"""The claims that are about the token, and no part of a credential."""

_YEAR_10000: Final = 253_402_300_800


def without_registered(claims: JsonObject) -> JsonObject:
    """Give the members that are a document's own."""
    return {name: value for name, value in claims.items() if name not in REGISTERED}


def date_claim(claims: JsonObject, name: str) -> datetime | None:
    """Read a date of the token; absent is ``None``.

    Raises:
        MalformedTokenError: It is not a number of seconds in our era.
    """
    if name not in claims:
        return None
    value = claims[name]
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise MalformedTokenError(f"The claim {name} of the token is not a number of seconds.")
    if not 0 <= value < _YEAR_10000:
        raise MalformedTokenError(f"The claim {name} of the token is not in our era.")
    return datetime.fromtimestamp(int(value), UTC)


def text_claim(claims: JsonObject, name: str) -> str | None:
    """Read a text of the token; absent is ``None``.

    Raises:
        MalformedTokenError: It is something else.
    """
    if name not in claims:
        return None
    value = claims[name]
    if not isinstance(value, str):
        raise MalformedTokenError(f"The claim {name} of the token is not a text.")
    return value


def check_in_force(claims: JsonObject, now: datetime) -> None:
    """Check that a genuine token has begun and has not ended.

    Raises:
        TokenExpiredError: It has ended.
        TokenNotYetValidError: It has not begun.
        MalformedTokenError: Its dates are none.
    """
    ends, begins = date_claim(claims, "exp"), date_claim(claims, "nbf")
    if ends is not None and now >= ends:
        raise TokenExpiredError("The token has ended.")
    if begins is not None and now < begins:
        raise TokenNotYetValidError("The token has not begun.")


def check_agreement(claims: JsonObject, document: JsonObject) -> None:
    """Check that token and document name the same parties where both name them.

    Raises:
        ClaimMismatchError: They do not.
        MalformedTokenError: A claim has another shape.
    """
    for name, said in _texts_of(document):
        claimed = text_claim(claims, name)
        if claimed is not None and said != claimed:
            raise ClaimMismatchError(name)


def check_same_dates(claims: JsonObject, document: JsonObject) -> None:
    """Check that the dates of a token are those of the credential in it, where both have them.

    That is so in older tokens. In ``vc+jwt`` and ``vc+sd-jwt`` the dates of the token are those
    of the signature, which may end before the credential does.

    Raises:
        ClaimMismatchError: They are not.
        MalformedTokenError: A claim has another shape.

    Source:
        Open Badges 3.0, section 8.2.2 (JWT payload format); W3C VC-JOSE-COSE, section 3.1.3.
    """
    for name, member in _dates_of(document):
        moment = date_claim(claims, name)
        if moment is not None and _seconds(member) != moment:
            raise ClaimMismatchError(name)


def _texts_of(document: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    if "issuer" in document:
        yield "iss", id_of(document["issuer"])
    if "holder" in document:
        yield "iss", id_of(document["holder"])
    if "id" in document:
        yield "jti", document["id"]
    subject = document.get("credentialSubject")
    for one in subject if isinstance(subject, list) else [subject]:
        if isinstance(one, dict) and "id" in one:
            yield "sub", one["id"]


def _dates_of(document: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    for name, members in (
        ("nbf", ("validFrom", "issuanceDate")),
        ("exp", ("validUntil", "expirationDate")),
    ):
        yield from ((name, document[member]) for member in members if member in document)


def id_of(value: JsonValue) -> JsonValue:
    """Give the identifier of somebody who is named by it, or by an object with it."""
    return value.get("id") if isinstance(value, dict) else value


def _seconds(member: JsonValue) -> datetime | None:
    try:
        return instants.parse(str(member)).replace(microsecond=0)
    except MalformedInstantError:
        return None
