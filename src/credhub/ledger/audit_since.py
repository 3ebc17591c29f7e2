"""The audit since a checkpoint that was kept elsewhere: a few tiles, and the entries since then.

What was signed then is compared by its root, so the entries before it are not read. That every
row of them is still what that root stands for, only the full audit shows.
"""

from credhub.errors import LedgerFaultError, NotInTreeError
from credhub.ledger.audit import AuditSummary, KnownTree, audit_log
from credhub.ledger.checkpoint import open_checkpoint
from credhub.ledger.entry import NO_HASH
from credhub.ledger.merkle import TILE_WIDTH, Frontier
from credhub.ledger.merkle_proofs import NodeSource, frontier_of
from credhub.ledger.rows import LogRow, LogRows, SpanEntry
from credhub.ledger.signed_sizes import key_of
from credhub.ledger.span import Boundary


def audit_since(log: LogRow, rows: LogRows, tiles: NodeSource, note: str) -> AuditSummary:
    """Check that a log begins with the tree of a kept checkpoint, and all that came since.

    Args:
        log: Its row.
        rows: Its other rows, in one state.
        tiles: Its stored hashes.
        note: The kept checkpoint.

    Raises:
        LedgerFaultError: Something is not what was written; the first such thing.
        NoteError, CheckpointError: The note is not a signed checkpoint of this log.
    """
    kept = open_checkpoint(note, (key_of(log),))
    # At the beginning of a tile, so that what follows can be hashed a tile at a time.
    size = min(kept.size, rows.head().size) // TILE_WIDTH * TILE_WIDTH
    known = KnownTree(_stored(log, tiles, size), _before(log, rows, size))
    return audit_log(log, rows, kept=(note,), known=known)


def _stored(log: LogRow, tiles: NodeSource, size: int) -> Frontier:
    try:
        return frontier_of(size, tiles)
    except NotInTreeError as error:
        raise LedgerFaultError(
            table="ledger_node", log=log.log, seq=None, column="idx", message=str(error)
        ) from error


def _before(log: LogRow, rows: LogRows, size: int) -> Boundary:
    for chunk in rows.entries(max(0, size - 1), size):
        row = SpanEntry._make(chunk[0])
        return Boundary(row.chain_hash, row.time_ms)
    if size:
        raise LedgerFaultError(
            table="ledger_entry",
            log=log.log,
            seq=size - 1,
            column="seq",
            message="the entry is missing: the head counts more.",
        )
    return Boundary(NO_HASH, 0)
