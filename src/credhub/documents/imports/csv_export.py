"""A table of credentials that another system exported."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from credhub.credentials.claims import check_name
from credhub.credentials.draft import Evidence, Recipient, Result
from credhub.documents.imports import old_names, provenance, scores, states
from credhub.documents.imports.choices import Column, ImportChoices
from credhub.documents.imports.faults import ImportCode, credential_refused
from credhub.documents.imports.old_columns import OldColumns
from credhub.documents.imports.old_days import OldDay, OldDays, ShortYears
from credhub.documents.imports.outcome import OldAchievement, OldCredential, PassedOver, Why
from credhub.documents.imports.sources import Source, is_known, source_of
from credhub.documents.rows import claims, names
from credhub.documents.rows.blocks import blocks
from credhub.documents.rows.choices import DateOrder, Encoding, Field
from credhub.documents.rows.csv_out import undefended
from credhub.documents.rows.days import Days
from credhub.documents.rows.faults import Code, file_refused
from credhub.documents.rows.grid import Grid
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import RowFault, RowRefusedError

_Read = TypeVar("_Read")

MAX_COLUMNS: Final = 1_000
"""A gradebook has some for each assignment."""

Item = OldCredential | PassedOver | RowFault


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvExport:
    """What was read.

    Attributes:
        source: The system that was recognised.
        encoding: How it was read.
        columns: What was used, each with its header.
        unused: The headers of the rest.
        date_order: The only one in which all dates are days, if dates have shown it.
        items: Credentials, what is passed over, and faults, in the order of the rows.
    """

    source: Source
    encoding: Encoding
    columns: Mapping[Column, str]
    unused: tuple[str, ...]
    date_order: DateOrder | None
    items: tuple[Item, ...]


def read_csv(content: bytes, choices: ImportChoices) -> CsvExport:
    """Read a table; once more if its dates turn out to have one order of day and month.

    Raises:
        RowsError: The file cannot be read, or not any further.
    """
    years = ShortYears(are_last=choices.rows.date_order is not None)
    export, days = _read(content, choices, years)
    if choices.rows.date_order is not None:
        return export
    order = days.order if days.ambiguous else None
    if order is not None or (years.asked and years.shown_last):
        settled = replace(choices, rows=replace(choices.rows, date_order=order))
        export, _ = _read(content, settled, ShortYears(are_last=years.shown_last))
    return export


def _read(content: bytes, choices: ImportChoices, years: ShortYears) -> tuple[CsvExport, Days]:
    grid = Grid(
        blocks([content], most=choices.rows.max_bytes),
        choices.rows,
        lambda text: is_known(text) or text in choices.rows.columns,
        most_columns=MAX_COLUMNS,
    )
    grid.read_header()
    source = source_of(grid.headers)
    columns = OldColumns.of(grid.headers, source, choices, row=grid.header_row)
    days = Days(choices.rows.date_order)
    old_days = OldDays(days, choices.now, years if source.known_by else None)
    reader = _Reader(source, columns, old_days, choices)
    items = tuple(_capped(reader.items(grid), choices.rows.max_faults))
    used = {column: columns.headers[place] for column, place in columns.places.items()}
    export = CsvExport(
        source=source,
        encoding=grid.texts.encoding,
        columns=used,
        unused=columns.unused,
        date_order=days.order,
        items=items,
    )
    return export, days


def _capped(items: Iterator[Item], most: int) -> Iterator[Item]:
    faults = 0
    for item in items:
        faults += isinstance(item, RowFault)
        if faults > most:
            raise file_refused(Code.TOO_MANY_FAULTS, most=most)
        yield item


class _Reader:
    """Reads rows: (1) whether the credential stands, and if so, (2) what it says."""

    def __init__(
        self, source: Source, columns: OldColumns, days: OldDays, choices: ImportChoices
    ) -> None:
        self._source = source
        self._columns = columns
        self._days = days
        self._choices = choices

    def items(self, grid: Grid) -> Iterator[Item]:
        for number, read in grid:
            if isinstance(read, tuple):
                yield from read
            else:
                yield from self._row(number, read)

    def _row(self, row: int, cells: list[str]) -> Iterator[Item]:
        found = ((column, cells[place]) for column, place in self._columns.places.items())
        texts = {column: undefended(cell) for column, cell in found if cell}
        cell = _Cells(texts, row)
        why = self._why_not(cell)  # (1)
        made = PassedOver(row=row, why=why) if why else self._credential(cell)
        if made is None or cell.faults:
            for column, fault in cell.faults:
                yield replace(fault, row=row, column=self._columns.header(column))
        else:
            yield made

    def _why_not(self, cell: "_Cells") -> Why | None:
        texts = cell.texts
        if self._source.is_gradebook and old_names.is_nobody(texts):
            return Why.NOBODY
        if Column.COMPLETED in self._columns.places and Column.COMPLETED not in texts:
            return Why.NOT_COMPLETED
        if self._choices.minimum is not None:
            score = cell.read(Column.SCORE, scores.number)
            if score is None or score < self._choices.minimum:
                return Why.BELOW_MINIMUM
        if cell.read(Column.REVOKED, states.says_yes):
            return Why.REVOKED
        if cell.read(Column.EXPIRED, states.says_yes):
            return Why.EXPIRED
        return cell.read(Column.STATE, states.why_not)

    def _credential(self, cell: "_Cells") -> OldCredential | PassedOver | None:
        # (2) All of it is looked at, so that all that is wrong is told.
        row = cell.row
        column = Column.COMPLETED if Column.COMPLETED in cell.texts else Column.AWARDED_DATE
        awarded = cell.read(column, lambda text: self._days.awarded(text, row)) or self._awarded
        valid_until = cell.read(Column.VALID_UNTIL, lambda text: self._days.ends(text, row))
        achievement = self._achievement(cell)
        recipient = self._recipient(cell)
        key = cell.checked(Column.KEY, Field.KEY)
        evidence = self._evidence(cell, awarded, key)
        results = _results(cell)
        if cell.faults or achievement is None or recipient is None:
            return None
        if valid_until is not None and valid_until <= self._choices.now:
            return PassedOver(row=row, why=Why.EXPIRED)
        made = ReadRow(
            row=row,
            key=self._key(key or cell.texts.get(Column.URL), awarded),
            recipient=recipient,
            awarded_at=awarded.at if awarded else None,
            valid_until=valid_until,
            evidence=evidence,
            results=results,
        )
        return OldCredential(achievement=achievement, row=made)

    @property
    def _awarded(self) -> OldDay | None:
        said = self._choices.awarded_at
        return None if said is None else OldDay(at=said, day=said.date())

    def _achievement(self, cell: "_Cells") -> OldAchievement | None:
        texts = cell.texts
        name = (
            texts.get(Column.ACHIEVEMENT)
            or self._choices.achievement
            or texts.get(Column.ACHIEVEMENT_ID)
        )
        if name is None:
            cell.refuse(Column.ACHIEVEMENT, credential_refused(ImportCode.ACHIEVEMENT_MISSING))
            return None
        cell.attempt(Column.ACHIEVEMENT, lambda: claims.claim(check_name, "achievement", name))
        issuer = cell.read(Column.ISSUER, _name_of("issuer"))
        return OldAchievement(name=name, id=texts.get(Column.ACHIEVEMENT_ID), issuer=issuer)

    def _recipient(self, cell: "_Cells") -> Recipient | None:
        name = cell.attempt(self._name_column, lambda: self._name(cell.texts))
        email = cell.checked(Column.EMAIL, Field.EMAIL)
        external_id = cell.checked(Column.EXTERNAL_ID, Field.EXTERNAL_ID)
        if name is None or cell.faults:
            return None
        return Recipient(name=name, email=email, external_id=external_id)

    @property
    def _name_column(self) -> Column:
        known = (Column.NAME, Column.SORTED_NAME, Column.FAMILY_NAME)
        return next(column for column in known if column in self._columns.places)

    def _name(self, texts: Mapping[Column, str]) -> str:
        match self._name_column:
            case Column.NAME:
                name = texts.get(Column.NAME, "")
            case Column.SORTED_NAME:
                name = old_names.unsorted(texts.get(Column.SORTED_NAME, ""))
            case _:
                parts = (Column.GIVEN_NAME, Column.MIDDLE_NAME, Column.FAMILY_NAME)
                said = (texts.get(part, "") for part in parts)
                return old_names.whole(*said, may_be_whole=self._columns.are_parts_guessed)
        claims.check(Field.NAME, name)
        return name

    def _evidence(
        self, cell: "_Cells", awarded: OldDay | None, key: str | None
    ) -> tuple[Evidence, ...]:
        url = cell.checked(Column.URL, Field.EVIDENCE_URL)
        page = cell.checked(Column.EVIDENCE_URL, Field.EVIDENCE_URL)
        if cell.faults:
            return ()
        earlier = provenance.evidence_of(
            system=self._source.title,
            issuer=cell.texts.get(Column.ISSUER),
            awarded_on=awarded.day if awarded else None,
            identifier=None if self._source.has_learners_keys else key,
            url=url,
        )
        return (earlier,) if page in {None, url} else (earlier, Evidence(id=page))

    def _key(self, key: str | None, awarded: OldDay | None) -> str | None:
        if key is None:
            return None
        if not self._source.known_by:
            return provenance.in_full(key)
        day = awarded.day.isoformat() if awarded else ""
        own = f"{key}:{day}" if self._source.has_learners_keys and day else key
        return provenance.in_full(f"{self._source.key}:{own}")


class _Cells:
    """The texts of one row, and what is wrong with them."""

    def __init__(self, texts: dict[Column, str], row: int) -> None:
        self.texts = texts
        self.row = row
        self.faults: list[tuple[Column, RowFault]] = []

    def refuse(self, column: Column, error: RowRefusedError) -> None:
        self.faults.append((column, error.fault))

    def attempt(self, column: Column, make: Callable[[], _Read]) -> _Read | None:
        try:
            return make()
        except RowRefusedError as error:
            self.refuse(column, error)
            return None

    def read(self, column: Column, rule: Callable[[str], _Read]) -> _Read | None:
        text = self.texts.get(column)
        return None if text is None else self.attempt(column, lambda: rule(text))

    def checked(self, column: Column, field: Field) -> str | None:
        def rule(text: str) -> str:
            claims.check(field, text)
            return text

        return self.read(column, rule)


def _name_of(member: str) -> Callable[[str], str]:
    def rule(text: str) -> str:
        claims.claim(check_name, member, text)
        return text

    return rule


def _results(cell: _Cells) -> tuple[Result, ...]:
    texts = [cell.checked(column, Field.RESULT) for column in (Column.RESULT, Column.SCORE)]
    return tuple(
        Result(value=text) for text in texts if text and not names.stands_for_nothing(text)
    )
