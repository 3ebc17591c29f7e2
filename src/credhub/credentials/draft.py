"""The claims of one credential before it is signed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from credhub.credentials.claims import check_email, check_name, check_text, check_uri, check_url
from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject

MAX_ITEMS: Final = 20


class ResultStatus(StrEnum):
    """How an attempt ended (Open Badges 3.0, section B.3.9)."""

    COMPLETED = "Completed"
    ENROLLED = "Enrolled"
    FAILED = "Failed"
    IN_PROGRESS = "InProgress"
    ON_HOLD = "OnHold"
    PROVISIONAL = "Provisional"
    WITHDREW = "Withdrew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The learner as a credential names them.

    Attributes:
        email: Enters the credential as a salted hash only.
        did: The learner's own identifier, when known.
        external_id: The id in the hub's own software; never enters a credential.
    """

    name: str
    email: str | None = None
    did: str | None = None
    external_id: str | None = None

    def __post_init__(self) -> None:
        check_name("recipient.name", self.name)
        if self.email is not None:
            check_email("recipient.email", self.email)
        if self.did is not None:
            _check_did("recipient.did", self.did)
        if self.external_id is not None:
            check_name("recipient.externalId", self.external_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What shows that the criteria were met: a page, words, or both."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    narrative: str | None = None
    genre: str | None = None

    def __post_init__(self) -> None:
        if self.id is None and self.narrative is None:
            raise InvalidClaimError("evidence", "must have an id or a narrative.")
        if self.id is not None:
            check_url("evidence.id", self.id)
        for member, text in self.texts():
            check_text(f"evidence.{member}", text)

    def texts(self) -> tuple[tuple[str, str], ...]:
        """List the members that hold words and are given."""
        members = (
            ("name", self.name),
            ("description", self.description),
            ("narrative", self.narrative),
            ("genre", self.genre),
        )
        return tuple((member, text) for member, text in members if text is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A grade, a score or a level. A number is written as a text, as Open Badges wants it."""

    value: str | None = None
    status: ResultStatus | None = None
    result_description: str | None = None
    achieved_level: str | None = None

    def __post_init__(self) -> None:
        if self.value is None and self.status is None and self.achieved_level is None:
            raise InvalidClaimError("result", "must have a value, a status or a level.")
        if self.value is not None:
            check_name("result.value", self.value)
        if self.result_description is not None:
            check_uri("result.resultDescription", self.result_description)
        if self.achieved_level is not None:
            check_uri("result.achievedLevel", self.achieved_level)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialDraft:
    """Everything about one credential that is not its issuer or its achievement.

    Attributes:
        id: The permanent address.
        valid_until: The end; when absent, the achievement's validity decides.
        awarded_at: When it was earned, when that is not when it was issued.
        identifiers: What another credential says of who the learner is, to be said again. It
            holds hashes, of which nobody has to know what they were made of.
    """

    id: str
    recipient: Recipient
    valid_from: datetime
    valid_until: datetime | None = None
    awarded_at: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    results: tuple[Result, ...] = ()
    identifiers: tuple[JsonObject, ...] = ()

    def __post_init__(self) -> None:
        check_url("id", self.id)
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise InvalidClaimError("validUntil", "must be after the start.")
        if any(item.id == self.id for item in self.evidence):
            raise InvalidClaimError("evidence.id", "must not be the credential itself.")
        for member, items in (("evidence", self.evidence), ("results", self.results)):
            if len(items) > MAX_ITEMS:
                raise InvalidClaimError(member, f"must have at most {MAX_ITEMS} items.")


def _check_did(member: str, text: str) -> None:
    check_uri(member, text)
    if not text.startswith("did:"):
        raise InvalidClaimError(member, "must be a DID.")
