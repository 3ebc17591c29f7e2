"""Files of rows on the command line: what is said about them, and how they were understood."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from credhub.cli.session import printable
from credhub.documents.rows.choices import MAX_BYTES, Choices, DateOrder, Encoding, Form, Separator
from credhub.documents.rows.outcome import Summary

_FORMS: Final = MappingProxyType(
    {
        ".csv": Form.CSV,
        ".tsv": Form.CSV,
        ".txt": Form.CSV,
        ".json": Form.JSON,
        ".ndjson": Form.JSON_LINES,
        ".jsonl": Form.JSON_LINES,
    }
)
_SEPARATORS: Final = {separator.name.lower(): separator for separator in Separator}


def choices_of_a_file(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how a file is to be read, as its argument ``said``."""

    @click.option("--encoding", type=click.Choice([it.value for it in Encoding]), help="Of CSV.")
    @click.option("--separator", type=click.Choice(list(_SEPARATORS)), help="Between cells.")
    @click.option(
        "--date-order",
        type=click.Choice([it.value for it in DateOrder]),
        help="How 03/04/2026 is meant.",
    )
    @click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="HEADER=FIELD",
        help="What a column holds, or HEADER=unused. Others are guessed.",
    )
    @wraps(command)
    def saying(
        *,
        encoding: str | None,
        separator: str | None,
        date_order: str | None,
        columns: tuple[str, ...],
        **others: Any,  # noqa: ANN401 - those of the command
    ) -> None:
        said = Choices(
            encoding=None if encoding is None else Encoding(encoding),
            separator=None if separator is None else _SEPARATORS[separator],
            date_order=None if date_order is None else DateOrder(date_order),
            columns=dict(map(_pair, columns)),
        )
        command(said=said, **others)

    return saying


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """A file as it was when it was read: whoever saves another one meanwhile changes nothing."""

    content: bytes = field(repr=False)
    form: Form

    @property
    def digest(self) -> str:
        """Give the SHA-256 of it."""
        return sha256(self.content).hexdigest()

    def chunks(self) -> tuple[bytes]:
        """Give the content from its beginning."""
        return (self.content,)


def read_file(path: Path) -> FileRead:
    """Read a file, whose name ends with what it is.

    Raises:
        UsageError: Nothing is known to end so.
    """
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise click.UsageError(f"The name of the file must end in one of {', '.join(_FORMS)}.")
    with path.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)  # One byte too many is refused as such.
    return FileRead(content=content, form=form)


def tell_reading(summary: Summary) -> None:
    """Show on standard error what each column of a file was taken for."""
    if not summary.columns:
        return
    words = [f"read as {summary.encoding}"]
    if summary.likely_encoding:
        words.append(f"but it looks like {summary.likely_encoding}")
    if summary.separator:
        words.append(f"cells are separated by {summary.separator.name.lower()}s")
    if summary.date_order:
        words.append(f"dates are {summary.date_order}")
    click.echo(f"{', '.join(words).capitalize()}.", err=True)
    table = Table("column", "holds", "")
    for use in summary.columns:
        table.add_row(printable(use.header), use.field or "—", use.origin)
    Console(stderr=True, markup=False).print(table)


def _pair(text: str) -> tuple[str, str]:
    header, mark, field = text.rpartition("=")
    if not mark:
        raise click.UsageError(f"--column {printable(text)}: write HEADER=FIELD.")
    return header, field
