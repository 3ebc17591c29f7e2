"""What a credential of ours claims, read back from the document that was signed."""

from dataclasses import dataclass, field
from datetime import datetime

from credhub import instants
from credhub.credentials.draft import Evidence, Result, ResultStatus
from credhub.credentials.reading import Reader
from credhub.errors import InvalidClaimError, MalformedInstantError
from credhub.jsontypes import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The claims about one learner.

    Attributes:
        did: The learner's own identifier, if it is named.
        identifiers: Salted hashes of addresses, as they stand there.
        awarded_at: When it was earned; if nothing is said of that, from when it was valid.
    """

    name: str = field(repr=False)
    did: str | None = field(repr=False)
    identifiers: tuple[JsonObject, ...] = field(repr=False)
    awarded_at: datetime
    valid_until: datetime | None
    evidence: tuple[Evidence, ...] = field(repr=False)
    results: tuple[Result, ...] = field(repr=False)

    @classmethod
    def of(cls, document: JsonObject) -> "Claimed":
        """Read a document that ``document.to_document`` wrote.

        Raises:
            InvalidClaimError: It was written otherwise.
        """
        credential = Reader(document)
        subject = credential.object("credentialSubject")
        return cls(
            name=subject.text("name"),
            did=subject.optional_text("id"),
            identifiers=tuple(one.document for one in subject.objects("identifier")),
            awarded_at=_instant(credential, "awardedDate")
            or _needed(_instant(credential, "validFrom")),
            valid_until=_instant(credential, "validUntil"),
            evidence=tuple(_evidence(item) for item in credential.objects("evidence")),
            results=tuple(_result(item) for item in subject.objects("result")),
        )


def _evidence(item: Reader) -> Evidence:
    return Evidence(
        id=item.optional_text("id"),
        name=item.optional_text("name"),
        description=item.optional_text("description"),
        narrative=item.optional_text("narrative"),
        genre=item.optional_text("genre"),
    )


def _result(item: Reader) -> Result:
    status = item.optional_text("status")
    if status is not None and status not in set(ResultStatus):
        raise InvalidClaimError(f"{item.path}status", "is none of the words for it.")
    return Result(
        value=item.optional_text("value"),
        status=None if status is None else ResultStatus(status),
        result_description=item.optional_text("resultDescription"),
        achieved_level=item.optional_text("achievedLevel"),
    )


def _instant(reader: Reader, member: str) -> datetime | None:
    text = reader.optional_text(member)
    try:
        return None if text is None else instants.parse(text)
    except MalformedInstantError as error:
        raise InvalidClaimError(member, "is not a time.") from error


def _needed(at: datetime | None) -> datetime:
    if at is None:
        raise InvalidClaimError("validFrom", "is missing.")
    return at
