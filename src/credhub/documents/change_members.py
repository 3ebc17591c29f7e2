"""Rows of JSON as rows of changes: the name of a credential alone, or an object."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from credhub.documents.change_rows import AS_IT_IS, MOMENTS, ChangeRow, CorrectedClaims
from credhub.documents.rows import claims, days, names
from credhub.documents.rows.choices import Field
from credhub.documents.rows.faults import Code, fault
from credhub.documents.rows.object_members import ObjectMembers
from credhub.documents.rows.vocabularies import CORRECTED
from credhub.errors import RowFault
from credhub.jsontypes import JsonObject, JsonValue

_LISTED: Final = ", ".join(field for field in CORRECTED if not field.endswith("Name"))
"""A name is whole here."""


def read(
    row: int, value: JsonValue, *, reason: str, corrects: bool
) -> Iterator[ChangeRow | RowFault]:
    """Read one row: what it says, or everything that is wrong with it.

    Args:
        row: Its number.
        value: What stands there.
        reason: That of the batch; a row may have its own.
        corrects: Whether it must say what the credential should have said.
    """
    if isinstance(value, str):
        value = {Field.CREDENTIAL: value}
    if not isinstance(value, dict):
        yield fault(Code.NOT_AN_OBJECT, row=row)
        return
    members = ObjectMembers(value)
    members.require(Field.CREDENTIAL)
    named = members.text(Field.CREDENTIAL, lambda text: claims.check(Field.CREDENTIAL, text))
    own = members.read(Field.REASON, str)
    corrected = _claims(members, value) if corrects else AS_IT_IS
    faults = [replace(one, row=row) for one in members.faults()]
    if corrects and corrected == AS_IT_IS and not faults:
        faults.append(fault(Code.CORRECTION_MISSING, row=row, fields=_LISTED))
    yield from faults
    if named is not None and not faults:
        yield ChangeRow(row=row, credential=named, reason=own or reason, claims=corrected)


def _claims(members: ObjectMembers, value: JsonObject) -> CorrectedClaims:
    return CorrectedClaims(
        name=members.text(Field.NAME, names.check),
        awarded_at=members.read(Field.AWARDED_DATE, days.iso_begins),
        valid_until=members.read(Field.VALID_UNTIL, days.iso_ends),
        evidence_url=members.text(
            Field.EVIDENCE_URL, lambda text: claims.check(Field.EVIDENCE_URL, text)
        ),
        result=members.text(Field.RESULT, lambda text: claims.check(Field.RESULT, text)),
        days=frozenset(field.value for field in MOMENTS if days.is_day(str(value.get(field)))),
    )
