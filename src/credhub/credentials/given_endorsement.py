"""What a partner says of a hub or of an achievement: signed by itself, or confirmed here.

``SignedStatement`` is read from an Open Badges EndorsementCredential of the partner.
``Confirmation`` is the word of the hub that the partner said so through its account: nobody signs
it, and it is no credential, so that no software can take it for the partner's signature.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from credhub import instants
from credhub.credentials.claims import check_name, check_text, check_uri
from credhub.credentials.partner_endorsement import TYPE
from credhub.errors import InvalidClaimError, MalformedInstantError
from credhub.jsontypes import JsonObject, JsonValue

CONFIRMATION_TYPE: Final = "CredhubConfirmation"
MAX_COMMENT: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedStatement:
    """What an endorsement that a partner signed says. Its proof is checked elsewhere.

    Attributes:
        endorser: Whose word it is.
        endorsed: What it is about.
        valid_until: When it ends by itself, if it does.
    """

    endorser: str
    endorsed: str
    comment: str | None
    valid_until: datetime | None

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read a signed document.

        Raises:
            InvalidClaimError: It is no endorsement, is about several things, or has a status of
                its own, of which nobody here would hear when it changes.

        Source:
            Open Badges 3.0, appendix B (EndorsementCredential and EndorsementSubject).
        """
        if TYPE not in _listed(document.get("type")):
            raise InvalidClaimError("type", f"must name {TYPE}.")
        if "credentialStatus" in document:
            raise InvalidClaimError(
                "credentialStatus", "must not be there: an endorsement is withdrawn here."
            )
        subject = document.get("credentialSubject")
        if not isinstance(subject, dict):
            raise InvalidClaimError("credentialSubject", "must be one object.")
        issuer = document.get("issuer")
        until = document.get("validUntil")
        return cls(
            endorser=_text("issuer", issuer.get("id") if isinstance(issuer, dict) else issuer),
            endorsed=_text("credentialSubject.id", subject.get("id")),
            comment=_comment(subject.get("endorsementComment")),
            valid_until=None if until is None else _moment("validUntil", until),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What a hub says that a partner said through its account.

    Attributes:
        id: The address of the confirmation.
        hub: Whose word it is: the DID of the hub.
        endorser: The DID of the partner.
        name: What the hub called the partner then.
        endorsed: What it is about.
    """

    id: str
    hub: str
    endorser: str
    name: str
    endorsed: str
    comment: str | None
    confirmed_at: datetime
    valid_until: datetime

    def __post_init__(self) -> None:
        for member in ("id", "hub", "endorser", "endorsed"):
            check_uri(member, getattr(self, member))
        check_name("name", self.name)
        _comment(self.comment)
        if self.valid_until <= self.confirmed_at:
            raise InvalidClaimError("validUntil", "must be later than now.")

    def to_document(self) -> JsonObject:
        """Make what is published and what the ledger has the digest of."""
        document: JsonObject = {
            "type": CONFIRMATION_TYPE,
            "id": self.id,
            "hub": self.hub,
            "partner": {"id": self.endorser, "name": self.name},
            "endorsed": self.endorsed,
            "confirmedAt": instants.text_of(self.confirmed_at),
            "validUntil": instants.text_of(self.valid_until),
        }
        if self.comment is not None:
            document["comment"] = self.comment
        return document

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read what was published.

        Raises:
            InvalidClaimError: It is something else.
        """
        partner = document.get("partner")
        if document.get("type") != CONFIRMATION_TYPE or not isinstance(partner, dict):
            raise InvalidClaimError("type", f"must be {CONFIRMATION_TYPE}, of a partner.")
        return cls(
            id=_text("id", document.get("id")),
            hub=_text("hub", document.get("hub")),
            endorser=_text("partner.id", partner.get("id")),
            name=_text("partner.name", partner.get("name")),
            endorsed=_text("endorsed", document.get("endorsed")),
            comment=_comment(document.get("comment")),
            confirmed_at=_moment("confirmedAt", document.get("confirmedAt")),
            valid_until=_moment("validUntil", document.get("validUntil")),
        )


def _comment(value: JsonValue) -> str | None:
    if value is None:
        return None
    text = _text("endorsementComment", value)
    check_text("endorsementComment", text, limit=MAX_COMMENT)
    return text


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _text(member: str, value: JsonValue) -> str:
    if not isinstance(value, str):
        raise InvalidClaimError(member, "must be a text.")
    return value


def _moment(member: str, value: JsonValue) -> datetime:
    try:
        return instants.parse(_text(member, value))
    except MalformedInstantError as error:
        raise InvalidClaimError(member, "must be a time.") from error
