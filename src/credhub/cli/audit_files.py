"""``credhub audit --from-tiles``: a log rebuilt from its published files alone."""

from pathlib import Path

import click

from credhub.cli.audit_report import Report
from credhub.cli.session import read_settings
from credhub.egress.reading import open_reader
from credhub.errors import (
    LedgerError,
    LogNotFoundError,
    NoLogThereError,
    NoteError,
    ObjectsUnavailableError,
    OutcomeUnknownError,
)
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.tile_audit import PublishedLog
from credhub.operator_files import read_policy
from credhub.runtime_read_only import open_to_audit
from credhub.services.audit import auditing_files
from credhub.services.audit.auditing_files import OpenNote


def audit_files(
    report: Report, url: str, *, vkey: str | None, policy: Path | None, compare: bool
) -> None:
    """Rebuild the log at an address, and compare it with the database if that is asked."""
    open_note = _believed(vkey, policy)
    try:
        with report.progress(url, None) as progress:

            def opened(note: str) -> Checkpoint:
                checkpoint = open_note(note)
                progress.expect(checkpoint.size)  # Nobody could know it before.
                return checkpoint

            published = auditing_files.audit_published(open_reader(url), opened, progress)
        if compare:
            _compare(published)
    except (NoLogThereError, OutcomeUnknownError, ObjectsUnavailableError) as error:
        report.unknown(url, error)
        return
    except (LedgerError, LogNotFoundError) as fault:
        report.fault(url, fault)
        return
    checkpoint = published.checkpoint
    same = ", the same as in the database" if compare else ""
    report.say(
        "[green]Sound:[/green]",
        f"{checkpoint.origin}, {checkpoint.size} entries rebuilt from {published.files} files"
        f"{same}",
        f"root {checkpoint.root.hex()}",
    )
    report.add(
        log=checkpoint.origin,
        sound=True,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        chain=published.head.chain_hash.hex(),
        files=published.files,
    )


def _believed(vkey: str | None, policy: Path | None) -> OpenNote:
    if (vkey is None) == (policy is None):
        raise click.UsageError("Say whom to believe: --vkey KEY, or --policy FILE.")
    if vkey is None:
        return auditing_files.believing_policy(read_policy(policy))
    try:
        return auditing_files.believing_key(vkey)
    except NoteError as error:
        raise click.UsageError(f"--vkey: {error}") from error


def _compare(published: PublishedLog) -> None:
    with open_to_audit(read_settings(), public_only=True) as (store, _):
        auditing_files.compare(store, published)
