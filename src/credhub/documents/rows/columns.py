"""Which column holds what: as its sender says, else as its header lets one guess."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final, Self

from credhub.documents.rows.choices import MAX_HEADER, UNUSED, Field
from credhub.documents.rows.faults import Code, fault, shown
from credhub.documents.rows.folding import fold
from credhub.documents.rows.header_words import CREDENTIAL_RANKS, NAME_OR_PART
from credhub.documents.rows.outcome import ColumnUse, Origin
from credhub.documents.rows.vocabularies import LEARNERS, Vocabulary
from credhub.errors import RowFault, RowsError

# Comparing takes the square of a length.
_MAX_HINTED: Final = 30

_PARTS: Final = frozenset({Field.GIVEN_NAME, Field.FAMILY_NAME})
_ALL_NAMES: Final = frozenset({Field.NAME}) | _PARTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the columns of one file hold.

    Attributes:
        uses: One for each column, in their order.
        places: Of each field that is there, from 0.
    """

    uses: tuple[ColumnUse, ...]
    places: Mapping[Field, int]

    @classmethod
    def of(
        cls,
        headers: tuple[str, ...],
        chosen: Mapping[str, str],
        *,
        row: int,
        vocabulary: Vocabulary = LEARNERS,
    ) -> Self:
        """Match headers with fields.

        Raises:
            RowsError: With everything that is wrong: a field or a header that is not there, a
                field that two columns would hold, nothing that is needed.
        """
        faults = tuple(_faults_of_choice(headers, chosen, row, vocabulary))
        if faults:
            raise RowsError(faults)
        uses = _without_parts_of_a_whole(_uses(headers, chosen, vocabulary))
        faults = tuple(_faults_of_uses(uses, row, vocabulary))
        if faults:
            raise RowsError(faults)
        places = {use.field: use.number - 1 for use in uses if use.field is not None}
        return cls(uses=uses, places=MappingProxyType(places))

    @property
    def is_guess_of_part(self) -> bool:
        """Whether a column that may hold whole names was taken for a part of them."""
        return any(
            use.field in _PARTS
            and use.origin is Origin.GUESSED
            and fold(use.header) in NAME_OR_PART
            for use in self.uses
        )

    def header(self, field: Field) -> str:
        """Name the column of a field as the file does."""
        return self.uses[self.places[field]].header


def known(chosen: Mapping[str, str], vocabulary: Vocabulary = LEARNERS) -> Callable[[str], bool]:
    """Make the test whether a text is a header that somebody has a use for."""
    words = vocabulary.words.keys() | set(map(_folded, chosen))
    return lambda text: len(text) <= MAX_HEADER and fold(text) in words


def unused(headers: tuple[str, ...]) -> tuple[ColumnUse, ...]:
    """List columns of which nothing is known but their headers."""
    return tuple(_use(number, header, None, None) for number, header in enumerate(headers, 1))


def _folded(header: str) -> str:
    return fold(header) or header.strip()


def _said(headers: tuple[str, ...], chosen: Mapping[str, str]) -> dict[int, str]:
    """Find what is said of which column: by its very text, else by what is left of it folded."""
    alike: dict[int, str] = {}
    exact: dict[int, str] = {}
    for text, said in chosen.items():
        places = [number for number, header in enumerate(headers, 1) if header == text.strip()]
        exact |= dict.fromkeys(places, said)
        if not places:
            folded = _folded(text)
            near = [number for number, header in enumerate(headers, 1) if _folded(header) == folded]
            alike |= dict.fromkeys(near, said)
    return alike | exact


def _uses(
    headers: tuple[str, ...], chosen: Mapping[str, str], vocabulary: Vocabulary
) -> tuple[ColumnUse, ...]:
    said = _said(headers, chosen)
    guesses = _best(headers, _guesses(headers, said, vocabulary))
    return tuple(
        _use(number, header, said.get(number), guesses.get(number))
        for number, header in enumerate(headers, start=1)
    )


def _use(number: int, header: str, said: str | None, guess: Field | None) -> ColumnUse:
    if said is not None and said != UNUSED:
        return ColumnUse(number=number, header=header, field=Field(said), origin=Origin.CHOSEN)
    origin = Origin.UNUSED if guess is None or said == UNUSED else Origin.GUESSED
    field = guess if origin is Origin.GUESSED else None
    return ColumnUse(number=number, header=header, field=field, origin=origin)


def _guesses(
    headers: tuple[str, ...], said: Mapping[int, str], vocabulary: Vocabulary
) -> dict[int, Field]:
    """Guess what the columns hold of which nothing is said; what was chosen is not guessed."""
    taken = {Field(field) for field in said.values() if field != UNUSED}
    if Field.NAME in taken or taken >= _PARTS:
        taken |= _ALL_NAMES
    guesses = {
        number: vocabulary.words[fold(header)]
        for number, header in enumerate(headers, start=1)
        if fold(header) in vocabulary.words and number not in said
    }
    lacking = _PARTS - taken - set(guesses.values())
    if len(lacking) == 1:  # ``Nom`` beside ``Prénom``, ``Nome`` beside ``Cognome``.
        (part,) = lacking
        guesses |= {number: part for number in guesses if fold(headers[number - 1]) in NAME_OR_PART}
    return {number: field for number, field in guesses.items() if field not in taken}


def _best(headers: tuple[str, ...], guesses: Mapping[int, Field]) -> dict[int, Field]:
    """Of several columns that would name credentials, pass over all but the best."""
    ranks = {
        number: CREDENTIAL_RANKS[fold(headers[number - 1])]
        for number, field in guesses.items()
        if field is Field.CREDENTIAL
    }
    best = min(ranks.values(), default=0)
    return {number: field for number, field in guesses.items() if ranks.get(number, best) == best}


def _without_parts_of_a_whole(uses: tuple[ColumnUse, ...]) -> tuple[ColumnUse, ...]:
    """Pass over guessed parts of names where a column holds the whole."""
    if all(use.field is not Field.NAME for use in uses):
        return uses
    return tuple(
        _use(use.number, use.header, None, None)
        if use.field in _PARTS and use.origin is Origin.GUESSED
        else use
        for use in uses
    )


def _faults_of_choice(
    headers: tuple[str, ...], chosen: Mapping[str, str], row: int, vocabulary: Vocabulary
) -> Iterator[RowFault]:
    there = {_folded(header) for header in headers}
    for header, said in chosen.items():
        if _folded(header) not in there:
            near = _hint(header, [one for one in headers if one])
            words = {"named": shown(header), "hint": near}
            yield fault(Code.COLUMN_UNKNOWN, row=row, value=_listed(headers), **words)
        if said not in {*vocabulary.fields, UNUSED}:
            fields = [*vocabulary.fields, UNUSED]
            words = {"named": shown(said), "fields": ", ".join(fields), "hint": _hint(said, fields)}
            yield fault(Code.FIELD_UNKNOWN, row=row, column=header, **words)


def _faults_of_uses(
    uses: tuple[ColumnUse, ...], row: int, vocabulary: Vocabulary
) -> Iterator[RowFault]:
    held = [use.field for use in uses if use.field is not None]
    for field in sorted(set(held), key=held.index):
        if held.count(field) > 1:
            twice = _listed(use.header for use in uses if use.field is field)
            yield fault(Code.COLUMN_TWICE, row=row, field=field, columns=twice)
    lacking = _PARTS - set(held)
    headers = _listed(use.header for use in uses)
    needs_name = vocabulary.needed is Field.NAME
    if not needs_name and vocabulary.needed not in held:
        yield fault(Code.COLUMN_MISSING, row=row, value=headers, field=vocabulary.needed)
    if Field.NAME in held:
        if len(lacking) < len(_PARTS):
            yield fault(Code.FIELDS_CONFLICT, row=row)
    elif lacking and (needs_name or lacking != _PARTS):
        missing = Field.NAME if lacking == _PARTS else next(iter(lacking))
        yield fault(Code.COLUMN_MISSING, row=row, value=headers, field=missing)


def _listed(headers: Iterable[str]) -> str:
    return ", ".join(f"“{header}”" for header in headers if header)


def _hint(text: str, candidates: list[str]) -> str:
    if len(text) > _MAX_HINTED:
        return ""
    by_fold = {fold(one): one for one in candidates if len(one) <= _MAX_HINTED}
    near = get_close_matches(fold(text), by_fold, n=1)
    return f" Is “{by_fold[near[0]]}” meant?" if near else ""
