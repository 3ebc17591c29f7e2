"""Audit a log from its published files, with no database; and compare it with one."""

from collections.abc import Callable
from functools import partial
from typing import Final

from credhub.errors import (
    LogNotFoundError,
    LogNotKnownError,
    NoLogThereError,
    NoteError,
    UnknownNoteKeyError,
)
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.note import VerifierKey, split_note
from credhub.ledger.order import check_published
from credhub.ledger.policy import Policy
from credhub.ledger.tile_audit import CHECKPOINT, PublishedLog, Read, audit_tiles
from credhub.services.audit.audit_faults import fault
from credhub.store.store import Store

OpenNote = Callable[[str], Checkpoint]

_SHOWN: Final = 60


def believing_key(vkey: str) -> OpenNote:
    """Believe what one key signed.

    Raises:
        NoteError: It is not a key.
    """
    key = VerifierKey.parse(vkey)
    return lambda note: open_checkpoint(note, (key,))


def believing_policy(policy: Policy) -> OpenNote:
    """Believe what a log of a policy signed and its quorum saw."""
    return lambda note: policy.check(note).checkpoint


def audit_published(
    read: Read, open_note: OpenNote, advance: Callable[[int], None]
) -> PublishedLog:
    """Rebuild a log from its files.

    Raises:
        NoLogThereError: At this address is no checkpoint, or one that nobody whom we know signed.
        PublishedFaultError: A file is missing, or not what the entries give.
        LedgerError: The checkpoint is not what it should be.
        EgressError, ObjectsUnavailableError: The files cannot be reached.
    """
    checkpoint = _checkpoint_in(read(CHECKPOINT))
    return audit_tiles(
        lambda path: checkpoint if path == CHECKPOINT else read(path),
        partial(_opened, open_note),
        advance=advance,
    )


def _checkpoint_in(found: bytes | None) -> bytes:
    """Check that a file is a note, whoever signed it."""
    if found is None:
        raise NoLogThereError(CHECKPOINT, "there is no such file")
    text = found.decode(errors="replace")
    try:
        split_note(text)
    except NoteError as error:
        shown = text[:_SHOWN].partition("\n")[0]
        what = f"what came is no checkpoint: it begins with “{shown}”" if shown else "nothing came"
        raise NoLogThereError(CHECKPOINT, what) from error
    return found


def _opened(open_note: OpenNote, note: str) -> Checkpoint:
    try:
        return open_note(note)
    except (UnknownNoteKeyError, LogNotKnownError) as error:
        came = f"what came is one of {note.partition(chr(10))[0]}, signed by no key that was given"
        raise NoLogThereError(CHECKPOINT, came) from error


def compare(store: Store, published: PublishedLog) -> None:
    """Compare a published log with the one of a database. Its rows are for the audit of it.

    Raises:
        LogNotFoundError: The database has no log of this name.
        RollbackDetectedError: The database holds fewer or other entries.
        LedgerFaultError: Its head is not what the files give.
    """
    checkpoint = published.checkpoint
    with store.read() as tx:
        logs = [log for log in tx.ledger.all_logs() if log.origin == checkpoint.origin]
        if not logs:
            raise LogNotFoundError
        tiles = tx.ledger.tiles(logs[0].hub, logs[0].log)
        here = tx.ledger.tree(logs[0])
        check_published((checkpoint,), here, lambda old, new: consistency_proof(old, new, tiles))
        head = tx.ledger.head(logs[0].hub, logs[0].log)
    if head.size == checkpoint.size and head != published.head:
        raise fault("ledger_head", logs[0], None, None, "it is not what the published files give.")
