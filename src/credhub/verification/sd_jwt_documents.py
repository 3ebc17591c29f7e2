"""What an SD-JWT says, as a document of the W3C data model, which the checks read."""

from typing import Final

from credhub import instants
from credhub.credentials import document as badge
from credhub.credentials.sd_jwt_claims import SUBJECT
from credhub.errors import ClaimMismatchError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import jwt_claims
from credhub.proofs.sd_jwt.profiles import DC, Profile
from credhub.status import token_reference
from credhub.verification.token_status import with_status

BASE_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
BASE_TYPE: Final = "VerifiableCredential"
SUBJECT_TYPE: Final = "AchievementSubject"

# What a document gets from claims of other names. Under these names it would have two readings.
_MADE: Final = ("@context", "id", "type", "name", "validFrom", "validUntil")


def document_of(claims: JsonObject, profile: Profile) -> JsonObject:
    """Read the claims of a credential.

    Raises:
        ClaimMismatchError: They say the same thing twice, and differently.
        StatusEntryError: The place where the status is published is malformed.
        MalformedTokenError: A claim has another shape.
    """
    document = _from_own_claims(claims) if profile is DC else _from_w3c(claims)
    return with_status(document, claims)


def _from_w3c(claims: JsonObject) -> JsonObject:
    document = jwt_claims.without_registered(claims)
    jwt_claims.check_agreement(claims, document)
    return document


def _from_own_claims(claims: JsonObject) -> JsonObject:
    said = jwt_claims.without_registered(claims)
    rest = {name: said[name] for name in said if name not in (token_reference.CLAIM, "vct")}
    subject = rest.get(SUBJECT)
    if isinstance(subject, dict) and SUBJECT_TYPE in _texts(subject.get("type")):
        return _badge(claims, rest, subject)
    return _anything(claims, rest)


def _badge(claims: JsonObject, rest: JsonObject, subject: JsonObject) -> JsonObject:
    """Put an Open Badges credential together again, as ``sd_jwt_claims`` took it apart."""
    for name in _MADE:
        if name in rest:
            raise ClaimMismatchError(name)
    achievement, issuer = subject.get("achievement"), rest.get("issuer", {})
    if not isinstance(issuer, dict) or "id" in issuer:
        raise ClaimMismatchError("iss")
    if not isinstance(achievement, dict) or achievement.get("id") != claims["vct"]:
        raise ClaimMismatchError("vct")
    return {
        "@context": list(badge.CONTEXTS),
        "type": list(badge.TYPES),
        "name": achievement.get("name"),
        **_frame(claims),
        **rest,
        "issuer": {"id": claims["iss"], **issuer},
    }


def _anything(claims: JsonObject, rest: JsonObject) -> JsonObject:
    """Make a credential of claims that are nobody's whom we know: all are about the subject."""
    subject = {"id": claims["sub"], **rest} if "sub" in claims else rest
    return {
        "@context": [BASE_CONTEXT],
        "type": [BASE_TYPE],
        "name": claims["vct"],
        "issuer": claims["iss"],
        **_frame(claims),
        "credentialSubject": subject,
    }


def _frame(claims: JsonObject) -> JsonObject:
    """Give the permanent address and the period, as far as the claims say them."""
    frame: JsonObject = {}
    if "jti" in claims:
        frame["id"] = claims["jti"]
    begins = jwt_claims.date_claim(claims, "nbf") or jwt_claims.date_claim(claims, "iat")
    ends = jwt_claims.date_claim(claims, "exp")
    if begins is not None:
        frame["validFrom"] = instants.text_of(begins)
    if ends is not None:
        frame["validUntil"] = instants.text_of(ends)
    return frame


def _texts(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]
