"""Audit a log from its published files, with no database; and compare it with one."""

from collections.abc import Callable

from credhub.errors import LogNotFoundError
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.note import VerifierKey
from credhub.ledger.order import check_published
from credhub.ledger.policy import Policy
from credhub.ledger.tile_audit import PublishedLog, Read, audit_tiles
from credhub.services.audit_faults import fault
from credhub.store.store import Store

OpenNote = Callable[[str], Checkpoint]


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
        PublishedFaultError: A file is missing, or not what the entries give.
        LedgerError: Nobody whom we believe signed the checkpoint.
        EgressError, ObjectsUnavailableError: The files cannot be reached.
    """
    return audit_tiles(read, open_note, advance=advance)


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
