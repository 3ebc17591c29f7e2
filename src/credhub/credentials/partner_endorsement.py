"""A hub vouches for a partner: the Open Badges endorsement of the partner's DID."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from credhub import instants
from credhub.credentials.claims import check_name, check_text, check_uri
from credhub.credentials.document import CONTEXTS
from credhub.credentials.issuer import Issuer
from credhub.errors import InvalidClaimError, MalformedInstantError
from credhub.jsontypes import JsonObject, JsonValue

TYPE: Final = "EndorsementCredential"
TYPES: Final = ("VerifiableCredential", TYPE)
SUBJECT_TYPE: Final = "EndorsementSubject"

_DID: Final = "did:"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerEndorsement:
    """What a hub says of a partner.

    Attributes:
        id: The address of the endorsement.
        did: Whom the hub vouches for.
        name: What the hub calls the partner.
        comment: What it says beside that.
        valid_until: When it ends by itself. A copy that somebody kept ends then too.
    """

    id: str
    did: str
    name: str
    valid_from: datetime
    valid_until: datetime
    comment: str | None = None

    def __post_init__(self) -> None:
        check_uri("id", self.id)
        check_uri("did", self.did)
        if not self.did.startswith(_DID):
            raise InvalidClaimError("did", "must be a DID.")
        check_name("name", self.name)
        if self.comment is not None:
            check_text("comment", self.comment)
        if self.valid_until <= self.valid_from:
            raise InvalidClaimError("validUntil", "must be later than validFrom.")

    def to_document(self, issuer: Issuer) -> JsonObject:
        """Make the credential that is to be signed.

        Raises:
            InvalidClaimError: The issuer would vouch for itself.

        Source:
            Open Badges 3.0, appendix B (EndorsementCredential and EndorsementSubject).
        """
        _check_other(self.did, issuer.id)
        subject: JsonObject = {"id": self.did, "type": [SUBJECT_TYPE], "name": self.name}
        if self.comment is not None:
            subject["endorsementComment"] = self.comment
        return {
            "@context": list(CONTEXTS),
            "id": self.id,
            "type": list(TYPES),
            "name": f"{issuer.name}: {self.name}",
            "issuer": issuer.to_document(),
            "validFrom": instants.text_of(self.valid_from),
            "validUntil": instants.text_of(self.valid_until),
            "credentialSubject": subject,
        }

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read a signed endorsement. Nothing in it is to be believed before its proof is checked.

        Raises:
            InvalidClaimError: It is something else, or lacks what the endorsement of a partner has.
        """
        if TYPE not in _listed(document.get("type")):
            raise InvalidClaimError("type", f"must name {TYPE}.")
        subject = document.get("credentialSubject")
        if not isinstance(subject, dict) or SUBJECT_TYPE not in _listed(subject.get("type")):
            raise InvalidClaimError("credentialSubject", f"must be one {SUBJECT_TYPE}.")
        comment = subject.get("endorsementComment")
        endorsement = cls(
            id=_text("id", document.get("id")),
            did=_text("credentialSubject.id", subject.get("id")),
            name=_text("credentialSubject.name", subject.get("name")),
            comment=None if comment is None else _text("endorsementComment", comment),
            valid_from=_moment("validFrom", document.get("validFrom")),
            valid_until=_moment("validUntil", document.get("validUntil")),
        )
        _check_other(endorsement.did, issuer_id(document))
        return endorsement


def issuer_id(document: JsonObject) -> str:
    """Say who signed an endorsement by what it says itself.

    Raises:
        InvalidClaimError: It does not say.
    """
    issuer = document.get("issuer")
    return _text("issuer", issuer.get("id") if isinstance(issuer, dict) else issuer)


def issuer_name(document: JsonObject) -> str:
    """Say what the issuer of an endorsement calls itself.

    Raises:
        InvalidClaimError: It does not say, or in a way that cannot be shown.
    """
    issuer = document.get("issuer")
    name = _text("issuer.name", issuer.get("name") if isinstance(issuer, dict) else None)
    check_name("issuer.name", name)
    return name


def _check_other(did: str, issuer: str) -> None:
    if did == issuer:
        raise InvalidClaimError("did", "is the hub itself, and nobody vouches for himself.")


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
