"""Which credentials a command is about: those that a file names, or that a filter finds."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from credhub.cli.change_options import Asked
from credhub.cli.row_files import read_file
from credhub.documents.change_file import ChangeFile
from credhub.documents.change_rows import ChangeRow
from credhub.errors import NothingToChangeError, RowFault
from credhub.jsontypes import JsonObject
from credhub.services.bulk import bulk_changes, change_filtering
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind
from credhub.store.hubs import Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """Which credentials are meant, and why.

    Attributes:
        identity: What is the same whenever the same is asked.
        file: None when a filter finds them.
        column_of: Names the column that holds a member as the file does.
    """

    rows: Iterable[ChangeRow | RowFault] = field(repr=False)
    identity: JsonObject
    file: ChangeFile | None = None
    column_of: Callable[[str], str] = str

    def reading(self) -> JsonObject:
        """Say how the file was read, if it is one."""
        return {} if self.file is None else self.file.summary().to_document(with_unused=False)


def meant_by(resources: Resources, hub: Hub, kind: BatchKind, asked: Asked) -> Meant:
    """Begin to read what a command names, or to look for what it describes.

    Raises:
        AchievementNotFoundError: The hub has no such achievement.
        BatchNotFoundError: It has no such batch.
        ApiKeyNotFoundError: It has no such API key.
        UsageError: Nothing is known to end as the name of the file does.
    """
    if asked.file is not None:
        return _in_file(asked.file, kind, asked)
    wanted = asked.wanted.to_filter(resources, hub)
    rows = change_filtering.rows(resources, hub.number, kind, wanted, reason=asked.reason)
    identity: JsonObject = {"filter": asked.wanted.to_document(), "reason": asked.reason}
    return Meant(rows=_some(rows), identity=identity)


def _some(rows: Iterator[ChangeRow]) -> Iterator[ChangeRow]:
    try:
        yield from rows
    except NothingToChangeError as error:
        if not error.is_found:
            raise click.ClickException(str(error)) from error
        click.echo(str(error), err=True)
        sys.exit(0)


def _in_file(path: Path, kind: BatchKind, asked: Asked) -> Meant:
    read = read_file(path)
    rows = ChangeFile(
        read.chunks,
        read.form,
        asked.said,
        reason=asked.reason,
        corrects=kind is BatchKind.CORRECTION,
        with_skipped=kind not in bulk_changes.NEW,
    )
    return Meant(
        rows=rows,
        identity={
            "sha256": read.digest,
            "said": asked.said.to_document(),
            "reason": asked.reason,
        },
        file=rows,
        column_of=rows.column_of,
    )
