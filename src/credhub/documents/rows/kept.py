"""A row as it is kept until it is issued: the members of JSON rows, without its number.

What was accepted is read back as it was. It is not judged again by rules that may have changed
since; those that every credential follows hold in any case.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final, TypeVar

from credhub import instants
from credhub.credentials.draft import Evidence, Recipient, Result, ResultStatus
from credhub.documents.rows.outcome import ReadRow
from credhub.jsontypes import JsonObject, JsonValue

_Made = TypeVar("_Made")

_RECIPIENT: Final = {"name": "name", "email": "email", "did": "did", "externalId": "external_id"}
_EVIDENCE: Final = {name: name for name in ("id", "name", "description", "narrative", "genre")}
_RESULT: Final = {
    "value": "value",
    "status": "status",
    "resultDescription": "result_description",
    "achievedLevel": "achieved_level",
}


def to_document(row: ReadRow) -> JsonObject:
    """Write a row."""
    made: dict[str, JsonValue | None] = {
        "key": row.key,
        "recipient": _written(row.recipient, _RECIPIENT),
        "awardedDate": _text_or_none(row.awarded_at),
        "validUntil": _text_or_none(row.valid_until),
        "evidence": [_written(item, _EVIDENCE) for item in row.evidence] or None,
        "results": [_written(item, _RESULT) for item in row.results] or None,
    }
    return {name: value for name, value in made.items() if value is not None}


def of_document(document: JsonObject, *, row: int) -> ReadRow:
    """Read what ``to_document`` wrote.

    Raises:
        InvalidClaimError: No credential can claim it any more.
    """
    kept: dict[str, Any] = dict(document)
    return ReadRow(
        row=row,
        key=kept.get("key"),
        recipient=_read(kept["recipient"], _RECIPIENT, Recipient),
        awarded_at=_instant_or_none(kept.get("awardedDate")),
        valid_until=_instant_or_none(kept.get("validUntil")),
        evidence=tuple(_all(kept.get("evidence"), _EVIDENCE, Evidence)),
        results=tuple(_all(kept.get("results"), _RESULT, _result)),
    )


def _result(*, status: str | None = None, **others: str) -> Result:
    return Result(status=None if status is None else ResultStatus(status), **others)


def _written(value: object, members: dict[str, str]) -> JsonObject:
    found = ((name, getattr(value, attribute)) for name, attribute in members.items())
    return {name: str(text) for name, text in found if text is not None}


def _all(
    items: list[dict[str, str]] | None, members: dict[str, str], make: Callable[..., _Made]
) -> Iterator[_Made]:
    return (_read(item, members, make) for item in items or ())


def _read(item: dict[str, str], members: dict[str, str], make: Callable[..., _Made]) -> _Made:
    return make(**{members[name]: text for name, text in item.items()})


def _text_or_none(at: datetime | None) -> str | None:
    return None if at is None else instants.text_of(at)


def _instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else instants.parse(text)
