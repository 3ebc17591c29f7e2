"""The chain of a hub's logs: every one goes on from the one before, down to the first.

A log that nobody shows any more, one that was cut short, and one whose key began without the log
before are all found here; what is inside each log is for the audit of that log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NoReturn

from credhub.errors import EntryError, LedgerError, LedgerFaultError
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.entry import Kind, LedgerEntry
from credhub.ledger.log_events import LogEnd, LogFrozen, PreviousLog, RollbackAccepted
from credhub.ledger.note import VerifierKey
from credhub.ledger.rows import LogRow

OPENING: Final = 2
"""How many first entries of a log say how it goes on from the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLink:
    """What one log contributes to the chain.

    Attributes:
        log: Its row.
        is_frozen: Whether it takes no more entries.
        size: How many entries it has.
        root: The root over all of them, as the audit computed it.
        opening: The bytes of its first entries, ``OPENING`` at most.
        last: The bytes of its last entry; none without one.
    """

    log: LogRow
    is_frozen: bool
    size: int
    root: bytes
    opening: tuple[bytes, ...] = ()
    last: bytes | None = None


def check_log_chain(links: Iterable[LogLink]) -> None:
    """Check that the logs of a hub follow one another.

    Args:
        links: All of its logs, oldest first.

    Raises:
        LedgerFaultError: The first place where they do not.
    """
    chain = tuple(links)
    for link in chain[:1]:
        if _previous_of(link) is not None:
            _refuse(link, 0, "it goes on from a log that is not here")
    for before, link in pairwise(chain):
        _check_link(before, link)


def _check_link(before: LogLink, link: LogLink) -> None:
    previous = _previous_of(link)
    if previous is None:
        _refuse(link, 0, f"it does not say that it goes on from {before.log.origin}")
    if previous.checkpoint.origin != before.log.origin:
        _refuse(link, 0, f"it goes on from {previous.checkpoint.origin}, which is not before it")
    if not before.is_frozen:
        _refuse_row(before, "it takes entries beside the log after it")
    if previous.why is LogEnd.ROLLBACK:
        _check_rollback(before, link, previous)
    else:
        _check_end(before, link, previous)


def _check_end(before: LogLink, link: LogLink, previous: PreviousLog) -> None:
    """A log that ended: its last entry says so, and its last checkpoint is in the next one."""
    held = _signed_by(before, previous)
    if held is None:
        _refuse(link, 0, "the key of the log before did not sign the checkpoint in it")
    if (held.size, held.root) != (before.size, before.root):
        _refuse(link, 0, "the checkpoint in it is not the last one of the log before")
    frozen = _frozen_in(before)
    if frozen is None or (frozen.origin, frozen.why) != (before.log.origin, previous.why):
        _refuse(before, before.size - 1, "it does not say that the log ends, and why")


def _check_rollback(before: LogLink, link: LogLink, previous: PreviousLog) -> None:
    """A log that lost entries: the next one says how many are known and how many are held."""
    accepted = _accepted_in(link)
    if accepted is None or accepted.known != previous.checkpoint:
        _refuse(link, 1, "it does not say what was lost of the log before")
    if (accepted.held_size, accepted.held_root) != (before.size, before.root):
        _refuse(link, 1, "the log before does not hold what it says")


def _previous_of(link: LogLink) -> PreviousLog | None:
    entry = _entry(link, 0, link.opening[0] if link.opening else None)
    if entry is None or entry.kind is not Kind.CHILD_CHECKPOINT:
        return None
    try:
        return PreviousLog.parse(entry.public)
    except EntryError:
        _refuse(link, 0, "it does not say what its kind says")


def _frozen_in(link: LogLink) -> LogFrozen | None:
    entry = _entry(link, link.size - 1, link.last)
    if entry is None or entry.kind is not Kind.FREEZE:
        return None
    try:
        return LogFrozen.parse(entry.public)
    except EntryError:
        return None


def _accepted_in(link: LogLink) -> RollbackAccepted | None:
    entry = _entry(link, 1, link.opening[1] if len(link.opening) > 1 else None)
    if entry is None or entry.kind is not Kind.OPERATION:
        return None
    try:
        return RollbackAccepted.parse(entry.public)
    except EntryError:
        return None


def _signed_by(before: LogLink, previous: PreviousLog) -> Checkpoint | None:
    try:
        return open_checkpoint(previous.note, (VerifierKey.parse(before.log.vkey),))
    except LedgerError:
        return None


def _entry(link: LogLink, seq: int, entry: bytes | None) -> LedgerEntry | None:
    if entry is None:
        return None
    try:
        return LedgerEntry.parse(entry)
    except EntryError:
        _refuse(link, seq, "it is not an entry")


def _refuse(link: LogLink, seq: int, message: str) -> NoReturn:
    raise LedgerFaultError(
        table="ledger_entry",
        log=link.log.log,
        seq=seq,
        column="entry",
        message=message,
    )


def _refuse_row(link: LogLink, message: str) -> NoReturn:
    raise LedgerFaultError(
        table="ledger_log",
        log=link.log.log,
        seq=None,
        column="frozen_ms",
        message=message,
    )
