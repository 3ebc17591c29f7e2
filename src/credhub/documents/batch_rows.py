"""What one row of a batch asks for, as a JSON object.

Its members are those of ``POST /v1/credentials`` without ``achievement``, and ``key``. A row is
kept like this until it is issued, so what was accepted is read back as it was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from credhub import instants
from credhub.credentials.claims import check_name
from credhub.credentials.draft import Evidence, Recipient, Result, ResultStatus
from credhub.errors import InvalidClaimError, MalformedInstantError
from credhub.jsontypes import JsonObject, JsonValue

_Made = TypeVar("_Made")

_MEMBERS: Final = ("key", "recipient", "awardedDate", "validUntil", "evidence", "results")
_RECIPIENT: Final = {"name": "name", "email": "email", "did": "did", "externalId": "external_id"}
_EVIDENCE: Final = {name: name for name in ("id", "name", "description", "narrative", "genre")}
_RESULT: Final = {
    "value": "value",
    "status": "status",
    "resultDescription": "result_description",
    "achievedLevel": "achieved_level",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One row.

    Attributes:
        row: Its number, as whoever wrote it counts.
        key: Its own name; the same key never gives two credentials of one achievement.
    """

    row: int
    key: str | None = None
    recipient: Recipient
    awarded_at: datetime | None = None
    valid_until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    results: tuple[Result, ...] = ()

    def to_document(self) -> JsonObject:
        """Write it, without its number."""
        made: dict[str, JsonValue | None] = {
            "key": self.key,
            "recipient": _written(self.recipient, _RECIPIENT),
            "awardedDate": None if self.awarded_at is None else instants.text_of(self.awarded_at),
            "validUntil": None if self.valid_until is None else instants.text_of(self.valid_until),
            "evidence": [_written(item, _EVIDENCE) for item in self.evidence] or None,
            "results": [_written(item, _RESULT) for item in self.results] or None,
        }
        return {name: value for name, value in made.items() if value is not None}

    @classmethod
    def of_document(cls, document: JsonObject, *, row: int) -> "BatchRow":
        """Read it.

        Raises:
            InvalidClaimError: A member is unknown, of another kind, or cannot be in a credential.
        """
        _refuse_others("", document, _MEMBERS)
        recipient = _object("recipient", document.get("recipient"))
        return cls(
            row=row,
            key=_key(document.get("key")),
            recipient=_read("recipient", recipient, _RECIPIENT, Recipient),
            awarded_at=_instant("awardedDate", document.get("awardedDate")),
            valid_until=_instant("validUntil", document.get("validUntil")),
            evidence=tuple(
                _read("evidence", item, _EVIDENCE, Evidence)
                for item in _objects("evidence", document.get("evidence"))
            ),
            results=tuple(
                _read("results", item, _RESULT, _result)
                for item in _objects("results", document.get("results"))
            ),
        )


def _result(*, status: str | None = None, **others: str | None) -> Result:
    try:
        return Result(status=None if status is None else ResultStatus(status), **others)
    except ValueError as error:
        known = ", ".join(ResultStatus)
        raise InvalidClaimError("result.status", f"must be one of {known}.") from error


def _written(value: object, members: dict[str, str]) -> JsonObject:
    found = ((name, getattr(value, attribute)) for name, attribute in members.items())
    return {name: str(text) for name, text in found if text is not None}


def _read(
    where: str, document: JsonObject, members: dict[str, str], make: Callable[..., _Made]
) -> _Made:
    _refuse_others(f"{where}.", document, tuple(members))
    if where == "recipient" and document.get("name") is None:
        raise InvalidClaimError("recipient.name", "is missing.")
    return make(
        **{members[name]: _text(f"{where}.{name}", value) for name, value in document.items()}
    )


def _refuse_others(where: str, document: JsonObject, known: tuple[str, ...]) -> None:
    for name in document:
        if name not in known:
            shown = f"{where}{name}"
            raise InvalidClaimError(f"{shown:.60}", f"is not one of {', '.join(known)}.")


def _objects(member: str, value: JsonValue) -> Iterator[JsonObject]:
    if value is None:
        return
    if not isinstance(value, list):
        raise InvalidClaimError(member, "must be a list.")
    for item in value:
        yield _object(member, item)


def _object(member: str, value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise InvalidClaimError(member, "must be an object.")
    return value


def _text(member: str, value: JsonValue) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise InvalidClaimError(member, "must be a text.")


def _key(value: JsonValue) -> str | None:
    key = _text("key", value)
    if key is not None:
        check_name("key", key)
    return key


def _instant(member: str, value: JsonValue) -> datetime | None:
    text = _text(member, value)
    if text is None:
        return None
    try:
        return instants.parse(text)
    except MalformedInstantError as error:
        message = "must be a date and time with an offset, such as 2026-11-20T10:00:00Z."
        raise InvalidClaimError(member, message) from error
