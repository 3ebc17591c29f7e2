"""Everything that can be wrong with a file of rows: permanent codes, and a sentence for each.

A sentence speaks to whoever made the file, says what to do, and quotes nothing of a learner: that
is in the fault's ``value``.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from credhub.errors import RowFault, RowRefusedError, RowsError

MAX_SHOWN: Final = 100


class Code(StrEnum):
    """What is wrong. A code is never renamed."""

    FILE_TOO_LARGE = "file-too-large"
    TOO_MANY_ROWS = "too-many-rows"
    TOO_MANY_FAULTS = "too-many-faults"
    FILE_EMPTY = "file-empty"
    NO_ROWS = "no-rows"
    ENCODING_CONTRADICTED = "encoding-contradicted"
    FILE_CUT = "file-cut"
    QUOTE_UNCLOSED = "quote-unclosed"
    QUOTE_MISPLACED = "quote-misplaced"
    ROW_TOO_LONG = "row-too-long"
    TOO_MANY_COLUMNS = "too-many-columns"
    HEADER_IS_DATA = "header-is-data"
    HEADER_INVISIBLE = "header-invisible"
    HEADER_DISGUISED = "header-disguised"
    HEADER_TOO_LONG = "header-too-long"
    HEADER_AGAIN = "header-again"
    COLUMN_TWICE = "column-twice"
    COLUMN_UNKNOWN = "column-unknown"
    COLUMN_MISSING = "column-missing"
    FIELD_UNKNOWN = "field-unknown"
    FIELDS_CONFLICT = "fields-conflict"
    CELLS_MISSING = "cells-missing"
    CELLS_SURPLUS = "cells-surplus"
    CELL_TOO_LONG = "cell-too-long"
    CONTROL_CHARACTER = "control-character"
    MARK_INSIDE = "mark-inside"
    CHARACTER_LOST = "character-lost"
    NOT_UTF_8 = "not-utf-8"
    NOT_UTF_16 = "not-utf-16"
    NOT_WINDOWS_1252 = "not-windows-1252"
    SPREADSHEET_ERROR = "spreadsheet-error"
    NAME_MISSING = "name-missing"
    NAME_PART_MISSING = "name-part-missing"
    NAME_TWICE = "name-twice"
    NAME_PLACEHOLDER = "name-placeholder"
    NAME_TEMPLATE = "name-template"
    NAME_FORMULA = "name-formula"
    NAME_IS_ADDRESS = "name-is-address"
    NAME_WITHOUT_LETTERS = "name-without-letters"
    NAME_GARBLED = "name-garbled"
    KEY_PLACEHOLDER = "key-placeholder"
    EMAIL_MALFORMED = "email-malformed"
    DATE_MALFORMED = "date-malformed"
    DATE_IMPOSSIBLE = "date-impossible"
    DATE_AMBIGUOUS = "date-ambiguous"
    DATE_ORDER_MIXED = "date-order-mixed"
    DATE_WITHOUT_ZONE = "date-without-zone"
    DATE_IS_NUMBER = "date-is-number"
    DATE_SHORT_YEAR = "date-short-year"
    VALUE_REFUSED = "value-refused"
    DUPLICATE_KEY = "duplicate-key"
    DUPLICATE_LEARNER = "duplicate-learner"
    JSON_IS_UTF_8 = "json-is-utf-8"
    NOT_JSON = "not-json"
    NOT_AN_OBJECT = "not-an-object"
    NOT_AN_ARRAY = "not-an-array"
    ARRAY_BROKEN = "array-broken"
    MEMBER_UNKNOWN = "member-unknown"
    MEMBER_MISSING = "member-missing"
    MEMBER_TYPE = "member-type"
    TOO_MANY_ITEMS = "too-many-items"
    CREDENTIAL_MISSING = "credential-missing"
    CORRECTION_MISSING = "correction-missing"


_ISO: Final = "Write the year, the month and the day, such as 2026-11-20."
SENTENCES: Final[Mapping[Code, str]] = MappingProxyType(
    {
        Code.FILE_TOO_LARGE: "It has more than {most}. Send it in parts.",
        Code.TOO_MANY_ROWS: "There are more than {most:,} rows. Send them in parts.",
        Code.TOO_MANY_FAULTS: "There are more than {most:,} faults. Mend those first.",
        Code.FILE_EMPTY: "There is nothing in it.",
        Code.NO_ROWS: "It has no row beside the names of the columns.",
        Code.ENCODING_CONTRADICTED: "You say that it is {said}, but it begins with the mark of"
        " {found}. Say nothing, and it is read as what it is.",
        Code.FILE_CUT: "It ends in the middle of a character, so a part of it may be missing.",
        Code.QUOTE_UNCLOSED: "A quotation mark that opens in this row is never closed. Where a"
        " text holds a quotation mark, write it twice.",
        Code.QUOTE_MISPLACED: "A quotation mark stands inside a cell that does not begin with one,"
        " or something follows the one that closes. Put the whole cell in quotation marks, and"
        " write those inside it twice.",
        Code.ROW_TOO_LONG: "This row has more than {most:,} characters. A line break may be"
        " missing.",
        Code.TOO_MANY_COLUMNS: "There are {found:,} columns, and at most {most} are read.",
        Code.HEADER_IS_DATA: "This row must name the columns, but it looks like the row of a"
        " learner. Put a row above it, such as: name, email.",
        Code.HEADER_INVISIBLE: "The name of this column holds the invisible character U+{point}."
        " Type the name again.",
        Code.HEADER_DISGUISED: "The name of this column looks like “{alike}”, but some letters are"
        " those of another alphabet. Type the name again.",
        Code.HEADER_TOO_LONG: "The name of a column has more than {most} characters.",
        Code.HEADER_AGAIN: "This row repeats the names of the columns. Delete it.",
        Code.COLUMN_TWICE: "Two columns would be the {field}: {columns}. Say which one is.",
        Code.COLUMN_UNKNOWN: "There is no column “{named}”; those that there are, are shown.{hint}",
        Code.COLUMN_MISSING: "No column holds the {field}. Name one of those that are shown"
        " “{field}”, or say which one it is.",
        Code.FIELD_UNKNOWN: "A column cannot hold “{named}”. It can hold: {fields}.{hint}",
        Code.FIELDS_CONFLICT: "Choose either a column for the whole name, or one for the given and"
        " one for the family name.",
        Code.CELLS_MISSING: "This row ends after {found} of {width} columns.",
        Code.CELLS_SURPLUS: "This row goes on after the last of {width} columns. A text that holds"
        " the separator must stand in quotation marks.",
        Code.CELL_TOO_LONG: "This cell has more than {most:,} characters.",
        Code.CONTROL_CHARACTER: "This cell holds the control character U+{point}. Type the text"
        " again, or save the file as CSV UTF-8.",
        Code.MARK_INSIDE: "The mark that begins a file stands in the middle of it, so two files may"
        " have been joined. Take out the mark U+FEFF.",
        Code.CHARACTER_LOST: "A character of this text was lost before it came here. Type the text"
        " again.",
        Code.NOT_UTF_8: "This cell is not written in UTF-8. Save the file as CSV UTF-8. If all of"
        " it is windows-1252, say so; this cell is then the text shown.",
        Code.NOT_UTF_16: "This cell holds half of a character. Save the file as CSV UTF-8.",
        Code.NOT_WINDOWS_1252: "This cell is not written in windows-1252. Save the file as CSV"
        " UTF-8.",
        Code.SPREADSHEET_ERROR: "This is an error of the spreadsheet. Mend the formula there, and"
        " save the file again.",
        Code.NAME_MISSING: "The name is missing. A credential is made out to a name.",
        Code.NAME_PART_MISSING: "The given or the family name is missing. Learners who have one"
        " name are written in a column for the whole name.",
        Code.NAME_TWICE: "The same word is in both columns of the name, so one of them may hold the"
        " whole name. Say what each of them holds.",
        Code.NAME_PLACEHOLDER: "This stands for a name that is missing. Write the name.",
        Code.NAME_TEMPLATE: "This is a place in a template that was not filled. Write the name.",
        Code.NAME_FORMULA: "This begins as a formula of a spreadsheet does. Write the name.",
        Code.NAME_IS_ADDRESS: "This is an e-mail or web address. Write the name.",
        Code.NAME_WITHOUT_LETTERS: "There is no letter in this name. Is it the column of names?",
        Code.NAME_GARBLED: "The letters of this name were mixed up when the file was saved or"
        " read. The text shown may be meant.",
        Code.KEY_PLACEHOLDER: "This stands for a key that is missing. Write a key that no other row"
        " has, or leave all keys out.",
        Code.EMAIL_MALFORMED: "This is no e-mail address. Write one, such as ada@example.org, or"
        " leave the cell empty.",
        Code.DATE_MALFORMED: f"This is no date that is understood. {_ISO}",
        Code.DATE_IMPOSSIBLE: f"There is no such day. {_ISO}",
        Code.DATE_AMBIGUOUS: f"The day and the month could be the other way round. {_ISO} Or say"
        " which comes first in this file.",
        Code.DATE_ORDER_MIXED: "Here {order} comes first, and in row {other} it does not."
        f" {_ISO}",
        Code.DATE_WITHOUT_ZONE: "The time has no time zone. Write the day alone, or a time such as"
        " 2026-11-20T10:00:00Z.",
        Code.DATE_IS_NUMBER: "This is how a spreadsheet counts days. Format the column as a date,"
        " and save the file again.",
        Code.DATE_SHORT_YEAR: f"The year is not written in full, or is long past. {_ISO}",
        Code.VALUE_REFUSED: "The {member} {problem}",
        Code.DUPLICATE_KEY: "Row {first} has this key already. Two rows cannot have the same key.",
        Code.DUPLICATE_LEARNER: "Row {first} is for the same learner. Delete one of them.",
        Code.JSON_IS_UTF_8: "JSON is always written in UTF-8.",
        Code.NOT_JSON: "This row cannot be read: {problem}",
        Code.NOT_AN_OBJECT: "This row is JSON, but no object.",
        Code.NOT_AN_ARRAY: "It must be a JSON array of objects.",
        Code.ARRAY_BROKEN: "The array is broken here: {problem}",
        Code.MEMBER_UNKNOWN: "There is no such member.{hint}",
        Code.MEMBER_MISSING: "This member is missing.",
        Code.MEMBER_TYPE: "This member must be {kind}.",
        Code.TOO_MANY_ITEMS: "This member has more than {most} items.",
        Code.CREDENTIAL_MISSING: "No credential is named here. Write its address, its code or its"
        " id, or delete the row.",
        Code.CORRECTION_MISSING: "Nothing here says what a credential should say. There must be one"
        " of: {fields}.",
    }
)


def fault(
    code: Code,
    *,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    **words: object,
) -> RowFault:
    """Say what is wrong, in the sentence of its code."""
    return _fault(code, words, row, column, value)


def row_refused(
    code: Code, *, column: str | None = None, value: str | None = None, **words: object
) -> RowRefusedError:
    """Make the error of one row; who knows the row's number adds it."""
    return RowRefusedError(_fault(code, words, None, column, value))


def file_refused(code: Code, *, row: int | None = None, **words: object) -> RowsError:
    """Make the error that ends the reading of a file."""
    return RowsError((_fault(code, words, row, None, None),))


def shown(text: str) -> str:
    """Cut a text short, and put U+FFFD for what can neither be printed nor written as UTF-8."""
    cut = text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
    return "".join(one if one.isprintable() or one in "\n\t " else "\ufffd" for one in cut)


def _fault(
    code: Code,
    words: Mapping[str, object],
    row: int | None,
    column: str | None,
    value: str | None,
) -> RowFault:
    detail = SENTENCES[code].format_map(words)
    seen = None if value is None else shown(value)
    return RowFault(row=row, column=column, code=code.value, detail=detail, value=seen)
