"""Credentials in older kinds of tokens, to be read only.

They are those of the W3C data model 1.1, whose credential is the claim ``vc``, and those of Open
Badges 3.0, whose credential is the content of the token. Both are of the type ``JWT``, or of none.

Source:
    W3C VCDM 1.1, section 6.3.1; Open Badges 3.0, section 8.2.4 (JSON Web Token proof format).
"""

from typing import Final

from credhub import instants
from credhub.errors import MalformedTokenError
from credhub.jsontypes import JsonObject
from credhub.proofs import jwt_claims

_V1: Final = "https://www.w3.org/2018/credentials/v1"
_V1_DATES: Final = ("issuanceDate", "expirationDate")
_V2_DATES: Final = ("validFrom", "validUntil")
_OWN: Final = frozenset({"@context", "type", "issuer", "credentialSubject", "id", "proof"})


def document_of(claims: JsonObject) -> JsonObject:
    """Take the credential out of the content of a token.

    Raises:
        ClaimMismatchError: The token says one thing about the credential, and it says another.
        MalformedTokenError: There is no credential, or there are two.
    """
    if "vp" in claims:
        raise MalformedTokenError("The token holds a presentation.")
    if "vc" not in claims:
        document = jwt_claims.without_registered(claims)
        _check(claims, document)
        return {**_dates(document, claims), **document}
    document = _in_claim(claims)
    _check(claims, document)
    return _completed(document, claims)


def _check(claims: JsonObject, document: JsonObject) -> None:
    jwt_claims.check_agreement(claims, document)
    jwt_claims.check_same_dates(claims, document)


def _in_claim(claims: JsonObject) -> JsonObject:
    document = claims["vc"]
    if not isinstance(document, dict) or _OWN & claims.keys():
        raise MalformedTokenError("The credential is in two places of the token, or in none.")
    return document


def _completed(document: JsonObject, claims: JsonObject) -> JsonObject:
    said: JsonObject = {
        "id": jwt_claims.text_claim(claims, "jti"),
        "issuer": jwt_claims.text_claim(claims, "iss"),
        **_dates(document, claims),
    }
    named = {name: value for name, value in said.items() if value is not None}
    subject, did = document.get("credentialSubject"), jwt_claims.text_claim(claims, "sub")
    if did is not None and isinstance(subject, dict):
        return {**named, **document, "credentialSubject": {"id": did, **subject}}
    return {**named, **document}


def _dates(document: JsonObject, claims: JsonObject) -> JsonObject:
    """Give the dates that the token says for the credential."""
    begin, end = _V1_DATES if _is_v1(document) else _V2_DATES
    said = {begin: _date(claims, "nbf"), end: _date(claims, "exp")}
    return {name: date for name, date in said.items() if date is not None}


def _is_v1(document: JsonObject) -> bool:
    contexts = document.get("@context")
    return contexts == _V1 or (isinstance(contexts, list) and contexts[:1] == [_V1])


def _date(claims: JsonObject, name: str) -> str | None:
    moment = jwt_claims.date_claim(claims, name)
    return None if moment is None else instants.text_of(moment)
