"""Rows of JSON as rows of claims: the members of ``POST /v1/credentials``, and a key.

What that request takes as a learner, evidence and results is taken here, and nothing else; dates
may also be days. Names and keys must stand for something. Null stands for what is left out.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from credhub.credentials.claims import MAX_NAME, check_name, check_text, check_uri, check_url
from credhub.credentials.draft import Evidence, Recipient, Result, ResultStatus
from credhub.documents.rows import claims, days, names
from credhub.documents.rows.faults import Code, row_refused
from credhub.documents.rows.object_members import ObjectMembers
from credhub.documents.rows.outcome import ReadRow
from credhub.documents.rows.repeats import Identity, Repeats
from credhub.errors import RowFault
from credhub.jsontypes import JsonObject

_Check = Callable[[str], None]


def _follows(rule: Callable[[str, str], None], member: str) -> _Check:
    return partial(claims.claim, rule, member)


_LABEL: Final = _follows(partial(check_text, limit=MAX_NAME), "text")
_WORDS: Final = _follows(check_text, "text")
_URL: Final = _follows(check_url, "address")
_URI: Final = _follows(check_uri, "identifier")
_EXTERNAL_ID: Final = partial(claims.check_key, member="external id")


def read(row: int, value: JsonObject, repeats: Repeats) -> Iterator[ReadRow | RowFault]:
    """Read one row: what it says, or everything that is wrong with it."""
    members = ObjectMembers(value)
    key = members.text("key", claims.check_key)
    made = _row(row, key, members)
    if made is None:
        yield from (replace(one, row=row) for one in members.faults())
        return
    said = Identity(
        key=made.key,
        external_id=made.recipient.external_id,
        recipient=made.recipient,
        awarded_at=made.awarded_at,
    )
    column = "key" if made.key else "recipient.externalId"
    repeated = tuple(repeats.faults(row, said, column))
    yield from repeated or (made,)


def _row(row: int, key: str | None, members: ObjectMembers) -> ReadRow | None:
    members.require("recipient")
    learner = members.object("recipient")
    recipient = None if learner is None else _recipient(learner)
    awarded_at = members.read("awardedDate", days.iso_begins)
    valid_until = members.read("validUntil", days.iso_ends)
    evidence = tuple(map(_evidence, members.objects("evidence")))
    results = tuple(map(_result, members.objects("results")))
    if recipient is None:
        return None
    return members.made(
        lambda: ReadRow(
            row=row,
            key=key,
            recipient=recipient,
            awarded_at=awarded_at,
            valid_until=valid_until,
            evidence=tuple(item for item in evidence if item),
            results=tuple(item for item in results if item),
        )
    )


def _recipient(members: ObjectMembers) -> Recipient | None:
    members.require("name")
    name = members.text("name", names.check)
    email = members.text("email", claims.check_email_address)
    did = members.text("did", claims.check_did)
    external_id = members.text("externalId", _EXTERNAL_ID)
    if name is None:
        return None
    return members.made(lambda: Recipient(name=name, email=email, did=did, external_id=external_id))


def _evidence(members: ObjectMembers) -> Evidence | None:
    page = members.text("id", _URL)
    name = members.text("name", _LABEL)
    description = members.text("description", _WORDS)
    narrative = members.text("narrative", _WORDS)
    genre = members.text("genre", _LABEL)
    return members.made(
        lambda: Evidence(
            id=page, name=name, description=description, narrative=narrative, genre=genre
        )
    )


def _result(members: ObjectMembers) -> Result | None:
    value = members.text("value", _follows(check_name, "value"))
    status = members.read("status", _status)
    description = members.text("resultDescription", _URI)
    level = members.text("achievedLevel", _URI)
    return members.made(
        lambda: Result(
            value=value, status=status, result_description=description, achieved_level=level
        )
    )


def _status(text: str) -> ResultStatus:
    try:
        return ResultStatus(text)
    except ValueError as error:
        kind = f"one of {', '.join(ResultStatus)}"
        raise row_refused(Code.MEMBER_TYPE, value=text, kind=kind) from error
