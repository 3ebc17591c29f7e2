"""Rosters: the CSV file in which a hub lists who has earned what."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Final

from credhub.credentials.claims import check_email, check_name, check_url
from credhub.errors import InvalidClaimError, RosterError, RosterFault

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 50_000
MAX_FAULTS: Final = 100
COLUMNS: Final = ("external_id", "name", "email", "achievement", "awarded_date", "evidence_url")
REQUIRED_COLUMNS: Final = COLUMNS[:5]
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One row: a learner and what this learner has earned.

    Attributes:
        row: Its number as spreadsheets count, the header being 1.
        external_id: The learner's id in the hub's own software.
        name: The learner's name, as it shall be printed.
        email: Where the learner is told, if known.
        achievement: The key of the achievement.
        awarded_on: When it was awarded, if not on the day of issue.
        evidence_url: A page that shows the work, if there is one.
    """

    row: int
    external_id: str
    name: str
    email: str | None
    achievement: str
    awarded_on: date | None
    evidence_url: str | None


def read_roster(content: bytes) -> tuple[RosterRow, ...]:
    """Read a roster, all of it or nothing.

    The file is UTF-8, with or without a byte order mark, separated by commas. Its first row names
    the columns, in any order; ``evidence_url`` may be left out. ``email``, ``awarded_date`` and
    ``evidence_url`` may be empty in a row. Rows with no text at all are passed over.

    Raises:
        RosterError: With the first hundred faults, by row and column.

    Source:
        RFC 4180.
    """
    rows: list[RosterRow] = []
    faults: list[RosterFault] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in _records(_text(content)):
        row, found = _row(number, cells)
        faults += found
        if row is not None:
            first = seen.setdefault((row.external_id, row.achievement), number)
            if first != number:
                faults.append(RosterFault(row=number, problem=f"repeats row {first}."))
            rows.append(row)
        if len(faults) >= MAX_FAULTS:
            break
    if faults:
        raise RosterError(tuple(faults[:MAX_FAULTS]))
    return tuple(rows)


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _of_file("has more than 10 MiB.")
    if b"\0" in content:
        raise _of_file("holds a NUL byte, so it is no text file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _of_file(f"is not UTF-8 (line {line}); save it as CSV UTF-8.") from error


def _records(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    number = 1
    try:
        header = _header(next(reader, []))
        for number, record in enumerate(reader, start=2):
            cells = [cell.strip() for cell in record]
            if not any(cells):
                continue
            if number > MAX_ROWS + 1:
                raise _of_file("has more than 50,000 rows.")
            if len(cells) != len(header):
                problem = f"has {len(cells)} cells, but the header has {len(header)}."
                raise RosterError((RosterFault(row=number, problem=problem),))
            yield number, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise RosterError((RosterFault(row=number + 1, problem=f"is no CSV: {error}."),)) from error


def _header(record: list[str]) -> list[str]:
    header = [cell.strip() for cell in record]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise _of_header("must be separated by commas.")
    if missing := [name for name in REQUIRED_COLUMNS if name not in header]:
        raise _of_header(f"lacks {', '.join(missing)}.")
    if unknown := [name for name in header if name not in COLUMNS]:
        raise _of_header(f"has the unknown column {unknown[0]:.40}.")
    if len(set(header)) != len(header):
        raise _of_header("names a column twice.")
    return header


def _row(number: int, cells: dict[str, str]) -> tuple[RosterRow | None, list[RosterFault]]:
    checks: dict[str, Callable[[str, str], None]] = {
        "external_id": check_name,
        "name": check_name,
        "email": check_email,
        "achievement": check_name,
        "awarded_date": _check_date,
        "evidence_url": check_url,
    }
    faults = []
    for column, cell in cells.items():
        if not cell and column in ("email", "awarded_date", "evidence_url"):
            continue
        try:
            checks[column](column, cell)
        except InvalidClaimError as error:
            faults.append(RosterFault(row=number, column=column, problem=error.message))
    return (None if faults else _made(number, cells)), faults


def _made(number: int, cells: dict[str, str]) -> RosterRow:
    awarded = cells["awarded_date"]
    return RosterRow(
        row=number,
        external_id=cells["external_id"],
        name=cells["name"],
        email=cells["email"] or None,
        achievement=cells["achievement"],
        awarded_on=date.fromisoformat(awarded) if awarded else None,
        evidence_url=cells.get("evidence_url") or None,
    )


def _check_date(column: str, cell: str) -> None:
    try:
        if not _DATE.fullmatch(cell):
            raise ValueError  # noqa: TRY301  the same refusal as that of a day that never was
        date.fromisoformat(cell)
    except ValueError as error:
        raise InvalidClaimError(column, "must be a day such as 2026-11-14.") from error


def _of_file(problem: str) -> RosterError:
    return RosterError((RosterFault(problem=problem),))


def _of_header(problem: str) -> RosterError:
    return RosterError((RosterFault(row=1, problem=problem),))
