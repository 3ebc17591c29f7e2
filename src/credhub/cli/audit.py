"""``credhub audit``: is every ledger still what it was, and what everybody else knows?

Without a mode it is everything that this database can show about itself.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from credhub.cli.audit_elsewhere import audit_elsewhere
from credhub.cli.audit_files import audit_files
from credhub.cli.audit_report import Report
from credhub.cli.session import read_settings
from credhub.config import Settings
from credhub.errors import CheckpointError, KeyStoreError, LedgerFaultError, NoteError
from credhub.runtime_read_only import open_to_audit
from credhub.services import ledgers
from credhub.services.audit import auditing
from credhub.services.keyring import Keyring
from credhub.store.ledger import LedgerLog
from credhub.store.parallel_audit import Walkers
from credhub.store.store import Store

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_WORTH_PROCESSES: Final = 4 * 65_536
"""Smaller logs are audited before a second process has started."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
@click.option(
    "--full",
    is_flag=True,
    help="Check every row: the default, unless another kind of audit is asked for.",
)
@click.option(
    "--private/--public-only",
    default=True,
    help="Open every commitment (the default), or leave out what only the hub can open; the "
    "latter needs no master key.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Processes that help to check large ledgers. Default: one for each processor.",
)
@click.option(
    "--kept",
    type=_FILE,
    multiple=True,
    help="A checkpoint that was kept elsewhere; may be given several times.",
)
@click.option(
    "--since",
    type=_FILE,
    multiple=True,
    help="A checkpoint that was kept elsewhere: check only that its ledger goes on from it, and "
    "the entries since. Takes milliseconds; may be given several times.",
)
@click.option(
    "--witness",
    is_flag=True,
    help="Compare with the second store, the published files and the witnesses.",
)
@click.option(
    "--from-tiles",
    "tiles",
    metavar="URL",
    help="Rebuild one ledger from its published files alone: the folder, bucket or https address "
    "that holds its checkpoint. Needs no database.",
)
@click.option("--vkey", metavar="KEY", help="With --from-tiles: the key of the ledger.")
@click.option("--policy", type=_FILE, help="With --from-tiles: a tlog-policy of whom to believe.")
@click.option("--compare", is_flag=True, help="With --from-tiles: compare with the database.")
def audit(  # noqa: PLR0913 - one argument for each option
    *,
    as_json: bool,
    full: bool,
    private: bool,
    jobs: int | None,
    kept: tuple[Path, ...],
    since: tuple[Path, ...],
    witness: bool,
    tiles: str | None,
    vkey: str | None,
    policy: Path | None,
    compare: bool,
) -> None:
    """Check that no ledger was changed. Nothing is written.

    By default every row of every ledger is recomputed, every commitment is opened, and every row
    that a signature or an entry covers is compared. The first thing that is not what it was is
    named by table, log, entry and column.

    The exit code is 1 when anything is not what it was, and 3 when something could not be found
    out.
    """
    if tiles is None and (vkey or policy or compare):
        raise click.UsageError("--vkey, --policy and --compare belong to --from-tiles.")
    report = Report(as_json=as_json)
    if tiles is not None:
        audit_files(report, tiles, vkey=vkey, policy=policy, compare=compare)
    if since:
        _audit_since(report, since)
    if witness:
        audit_elsewhere(report, read_settings())
    if full or kept or not (tiles or since or witness):
        _audit_full(report, _notes(kept), private=private, jobs=jobs or _processors())
    report.end()


def _audit_full(report: Report, notes: list[str], *, private: bool, jobs: int) -> None:
    settings = read_settings()
    with open_to_audit(settings, public_only=not private) as (store, keyring):
        logs = [log for _, log in ledgers.logs(store)]
        large = any(ledgers.size(store, log) >= _WORTH_PROCESSES for log in logs)
        with _walkers(settings, jobs if large else 1) as walkers:
            for log in logs:
                own = [note for note in notes if _origin_of(note) == log.origin]
                _audit_log(report, (store, keyring, walkers), log, own)
    _report_missing(report, notes, logs)


@contextmanager
def _walkers(settings: Settings, jobs: int) -> Iterator[Walkers | None]:
    if jobs == 1:
        yield None
        return
    with Walkers.started(settings.database, jobs) as walkers:
        yield walkers


def _audit_log(
    report: Report,
    opened: tuple[Store, Keyring | None, Walkers | None],
    log: LedgerLog,
    kept: list[str],
) -> None:
    store, keyring, walkers = opened
    passes = 1 if keyring is None else 2
    try:
        with report.progress(log.origin, passes * ledgers.size(store, log)) as advance:
            summary = auditing.audit(
                store,
                keyring,
                log,
                advance=advance,
                kept=kept,
                ahead=None if walkers is None else walkers.ahead(log),
            )
    except (LedgerFaultError, NoteError, CheckpointError) as fault:
        report.fault(log.origin, fault)
    except KeyStoreError as error:
        # Of a sealed key nobody can say whether it was changed, or the master key is another one.
        report.unknown(log.origin, error)
    else:
        report.sound(summary)


def _audit_since(report: Report, files: tuple[Path, ...]) -> None:
    notes = _notes(files)
    with open_to_audit(read_settings(), public_only=True) as (store, _):
        logs = [log for _, log in ledgers.logs(store)]
        for note in notes:
            for log in logs:
                if _origin_of(note) == log.origin:
                    _audit_log_since(report, store, log, note)
    _report_missing(report, notes, logs)


def _audit_log_since(report: Report, store: Store, log: LedgerLog, note: str) -> None:
    try:
        summary = auditing.audit_since(store, log, note)
    except (LedgerFaultError, NoteError, CheckpointError) as fault:
        report.fault(log.origin, fault)
    else:
        report.sound(summary, f"; goes on from the {note.split(chr(10))[1]} that were kept")


def _report_missing(report: Report, notes: list[str], logs: list[LedgerLog]) -> None:
    """Report kept checkpoints whose ledger is not here: somebody took all of it away."""
    origins = {log.origin for log in logs}
    gone = NoteError("The checkpoint was kept, but its ledger is not in this database.")
    for note in notes:
        if _origin_of(note) not in origins:
            report.fault(_origin_of(note), gone)


def _notes(files: tuple[Path, ...]) -> list[str]:
    return [path.read_bytes().decode(errors="replace") for path in files]


def _origin_of(note: str) -> str:
    return note.partition("\n")[0]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
