"""Which column of an export holds what: as is said, else as its system names it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from credhub.documents.imports.choices import Column, ImportChoices
from credhub.documents.imports.faults import ImportCode, import_fault
from credhub.documents.imports.sources import Source
from credhub.documents.rows.choices import UNUSED
from credhub.documents.rows.faults import Code, fault
from credhub.documents.rows.folding import fold
from credhub.documents.rows.header_words import NAME_OR_PART
from credhub.errors import RowFault, RowsError

_WHOLE_NAMES: Final = (Column.NAME, Column.SORTED_NAME)
_PARTS: Final = (Column.GIVEN_NAME, Column.FAMILY_NAME)
_STATE: Final = "state"
# What says that a state is a part of a country, or that another column is the state of a badge.
_NO_STATE: Final = frozenset({"country", "status", "badgestate", "badgestatus"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OldColumns:
    """What the columns of one export hold.

    Attributes:
        headers: As they stand in the file.
        places: Of each column that is used, from 0.
        are_parts_guessed: Whether one that was taken for a part of names may hold whole ones.
    """

    headers: tuple[str, ...]
    places: Mapping[Column, int]
    are_parts_guessed: bool = False

    @classmethod
    def of(
        cls, headers: tuple[str, ...], source: Source, choices: ImportChoices, *, row: int
    ) -> Self:
        """Match headers with what they hold.

        Raises:
            RowsError: With everything that is wrong.
        """
        faults = tuple(_faults_of_choice(headers, choices.rows.columns, row))
        if faults:
            raise RowsError(faults)
        held = _held(headers, source, choices.rows.columns)
        faults = tuple(_faults(headers, held, source, choices, row))
        if faults:
            raise RowsError(faults)
        places = {column: place for place, column in held.items()}
        return cls(
            headers=headers,
            places=MappingProxyType(places),
            are_parts_guessed=not source.known_by
            and not _said(choices.rows.columns) >= set(_PARTS),
        )

    def header(self, column: Column) -> str | None:
        """Name a column as the file does, if it is there."""
        return self.headers[self.places[column]] if column in self.places else None

    @property
    def unused(self) -> tuple[str, ...]:
        """List the headers of the columns that nothing uses; one without a text by its number."""
        used = set(self.places.values())
        return tuple(
            header or f"column {place + 1}"
            for place, header in enumerate(self.headers)
            if place not in used
        )


def _held(headers: tuple[str, ...], source: Source, chosen: Mapping[str, str]) -> dict[int, Column]:
    said = {fold(header): use for header, use in chosen.items()}
    taken = _said(chosen)
    held = {
        place: Column(use)
        for place, header in enumerate(headers)
        if (use := said.get(fold(header), UNUSED)) != UNUSED
    }
    for place, header in enumerate(headers):
        guess = _guess(header, headers, source)
        if guess is not None and guess not in taken and fold(header) not in said:
            held[place] = guess
    if not source.known_by and Column.NAME not in taken:
        held = _with_a_name_for_a_part(headers, held)
    return _without_what_is_said_twice(held, taken)


def _with_a_name_for_a_part(
    headers: tuple[str, ...], held: Mapping[int, Column]
) -> dict[int, Column]:
    """Take what is called “name”, beside one part of names, for the other part."""
    missing = set(_PARTS) - set(held.values())
    if len(missing) != 1:
        return dict(held)
    (other,) = missing
    return {
        place: other if column is Column.NAME and fold(headers[place]) in NAME_OR_PART else column
        for place, column in held.items()
    }


def _said(chosen: Mapping[str, str]) -> set[Column]:
    return {Column(use) for use in chosen.values() if use != UNUSED}


def _guess(header: str, headers: tuple[str, ...], source: Source) -> Column | None:
    folded = fold(header)
    if folded != _STATE:
        return source.columns.get(folded)
    others = frozenset(map(fold, headers))
    return None if others & _NO_STATE else Column.STATE


def _without_what_is_said_twice(held: dict[int, Column], taken: set[Column]) -> dict[int, Column]:
    """Pass over parts of names where a column holds the whole, and the other way round."""
    columns = set(held.values())
    dropped: frozenset[Column] = frozenset()
    if set(_PARTS) <= columns and not taken & set(_WHOLE_NAMES):
        dropped = frozenset(_WHOLE_NAMES)
    elif columns & set(_WHOLE_NAMES):
        dropped = frozenset({*_PARTS, Column.MIDDLE_NAME})
    return {place: column for place, column in held.items() if column not in dropped - taken}


def _faults_of_choice(
    headers: tuple[str, ...], chosen: Mapping[str, str], row: int
) -> Iterator[RowFault]:
    there = set(map(fold, headers))
    for header, use in chosen.items():
        if fold(header) not in there:
            words = {"named": header, "columns": _listed(headers), "hint": ""}
            yield fault(Code.COLUMN_UNKNOWN, row=row, **words)
        if use not in {*Column, UNUSED}:
            words = {"named": use, "fields": ", ".join([*Column, UNUSED]), "hint": ""}
            yield fault(Code.FIELD_UNKNOWN, row=row, column=header, **words)


def _faults(
    headers: tuple[str, ...],
    held: Mapping[int, Column],
    source: Source,
    choices: ImportChoices,
    row: int,
) -> Iterator[RowFault]:
    columns = list(held.values())
    for column in sorted(set(columns), key=columns.index):
        twice = [headers[place] for place, one in held.items() if one is column]
        if len(twice) > 1:
            yield fault(Code.COLUMN_TWICE, row=row, field=column, columns=_listed(twice))
    if not set(columns) & set(_WHOLE_NAMES) and not set(_PARTS) <= set(columns):
        yield fault(Code.COLUMN_MISSING, row=row, field=Column.NAME, columns=_listed(headers))
    names_it = {Column.ACHIEVEMENT, Column.ACHIEVEMENT_ID} & set(columns)
    if choices.achievement is None and not names_it:
        yield import_fault(ImportCode.ACHIEVEMENT_UNSAID, row=row)
    if source.is_gradebook and choices.minimum is None:
        yield import_fault(ImportCode.MINIMUM_UNSAID, row=row)
    if choices.minimum is not None and Column.SCORE not in columns:
        words = {"field": Column.SCORE, "columns": _listed(headers)}
        yield fault(Code.COLUMN_MISSING, row=row, **words)


def _listed(headers: Sequence[str]) -> str:
    return ", ".join(f"“{header}”" for header in headers if header)
