"""Rows of cells as rows of claims."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from credhub.credentials.draft import Evidence, Recipient, Result
from credhub.documents.rows import claims, names
from credhub.documents.rows.choices import Field
from credhub.documents.rows.columns import Columns
from credhub.documents.rows.csv_out import undefended
from credhub.documents.rows.days import Days
from credhub.documents.rows.outcome import ReadRow
from credhub.documents.rows.repeats import Identity, Repeats
from credhub.errors import RowFault, RowRefusedError

_KEYS: Final = (Field.KEY, Field.EXTERNAL_ID)


class Table:
    """Reads the rows of one file, one after the other."""

    def __init__(self, columns: Columns, days: Days, repeats: Repeats) -> None:
        self._columns = columns
        self._days = days
        self._repeats = repeats
        self._is_guess_of_part = columns.is_guess_of_part
        self._places = tuple(columns.places.items())
        keys = (columns.header(field) for field in _KEYS if field in columns.places)
        self._key_header = next(keys, None)

    def read(self, row: int, cells: list[str]) -> Iterator[ReadRow | RowFault]:
        """Read one row: what it says, or everything that is wrong with it."""
        texts = {field: undefended(cells[place]) for field, place in self._places if cells[place]}
        times: dict[Field, datetime] = {}
        faults: list[RowFault] = []
        for field, _ in self._places:
            try:
                self._read_field(field, texts, times, row)
            except RowRefusedError as error:
                header = self._columns.header(field)
                faults.append(replace(error.fault, row=row, column=header))
        key = texts.get(Field.KEY)
        recipient = None if faults else _recipient(texts)
        said = Identity(
            key=key,
            external_id=texts.get(Field.EXTERNAL_ID),
            recipient=recipient,
            awarded_at=times.get(Field.AWARDED_DATE),
        )
        faults += self._repeats.faults(row, said, self._key_header)
        if faults or recipient is None:
            yield from faults
            return
        yield _row(row, key, recipient, texts, times)

    def _read_field(
        self, field: Field, texts: dict[Field, str], times: dict[Field, datetime], row: int
    ) -> None:
        text = texts.get(field, "")
        if field is Field.NAME:
            claims.check(field, text)
        elif field is Field.GIVEN_NAME:
            claims.check(field, text)
            family = texts.get(Field.FAMILY_NAME, "")
            whole = names.of_parts(text, family, may_be_whole=self._is_guess_of_part)
            texts[Field.NAME] = whole
        elif text:
            claims.check(field, text)
            if field is Field.AWARDED_DATE:
                times[field] = self._days.begins(text, row)
            elif field is Field.VALID_UNTIL:
                times[field] = self._days.ends(text, row)


def _recipient(texts: Mapping[Field, str]) -> Recipient:
    return Recipient(
        name=texts[Field.NAME],
        email=texts.get(Field.EMAIL),
        did=texts.get(Field.DID),
        external_id=texts.get(Field.EXTERNAL_ID),
    )


def _row(
    row: int,
    key: str | None,
    recipient: Recipient,
    texts: Mapping[Field, str],
    times: Mapping[Field, datetime],
) -> ReadRow:
    url = texts.get(Field.EVIDENCE_URL)
    result = texts.get(Field.RESULT)
    return ReadRow(
        row=row,
        key=key,
        recipient=recipient,
        awarded_at=times.get(Field.AWARDED_DATE),
        valid_until=times.get(Field.VALID_UNTIL),
        evidence=() if url is None else (Evidence(id=url),),
        results=() if result is None else (Result(value=result),),
        achievement=texts.get(Field.ACHIEVEMENT),
    )
