"""Which checkpoints of ours enough witnesses have seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from credhub.errors import LogNotKnownError, NoteError, QuorumNotMetError
from credhub.ledger.cosignature import Cosignature, WitnessKey
from credhub.ledger.note import MAX_SIGNATURES, SignatureLine, VerifierKey, add_signatures
from credhub.ledger.policy import Policy
from credhub.ledger.rows import CheckpointRow
from credhub.services.unmet_quorums import UnmetQuorums
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.receipt_rows import CosignedCheckpoint
from credhub.store.store import Transaction

_TRIED: Final = 64
"""How many cosigned checkpoints are looked at for one that a quorum saw."""
_END_OF_TIME: Final = 253_402_300_799


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """How far the witnesses have seen a log.

    Attributes:
        size: The largest tree that a quorum saw; 0 when there is none.
        met_at: When the last witness that it needed saw it.
        pending_since: When the first checkpoint after it was signed; none when there is none.
    """

    size: int = 0
    met_at: datetime | None = None
    pending_since: datetime | None = None


def with_cosignatures(note: str, lines: Iterable[str]) -> str:
    """Write the lines of witnesses under a checkpoint, each that is not there yet.

    Raises:
        NoteError: The note or a line is not one.
    """
    return add_signatures(note, map(SignatureLine.parse, lines))


def cosigned(tx: Transaction, hub: HubNumber, log: str, row: CheckpointRow) -> str:
    """Give a checkpoint with the lines of all witnesses that saw it, so far.

    A note has room for those of one policy; of two, if the operator changed it, some are left out.
    """
    return _with_room(row.note, tx.cosignatures.lines(hub, log, row.size))


def covering(  # noqa: PLR0913 - whose entry, and who must have seen it
    tx: Transaction,
    policy: Policy,
    hub: HubNumber,
    log: str,
    seq: int,
    *,
    unmet: UnmetQuorums,
    first: CosignedCheckpoint | None = None,
) -> tuple[int, str] | None:
    """Find a checkpoint whose tree holds an entry: the first that a quorum saw, else the first.

    Args:
        tx: A transaction.
        policy: What a quorum is.
        hub: Whose log.
        log: Its label.
        seq: The entry.
        unmet: Checkpoints that need no second look.
        first: The first whose tree holds the entry, if somebody has read it already.

    Returns:
        The size of the tree and the whole note; none for a moment after a crash.
    """
    row = tx.ledger.log(hub, log) if policy.witnesses else None
    if row is not None:
        known = unmet.of(policy, hub, log)
        for size in tx.cosignatures.sizes_above(hub, log, seq, most=_TRIED):
            note = None if size in known else _covering(tx, hub, log, size - 1)
            if note is not None and _cosigners(policy, row, note[1]) is not None:
                return note
            known.add(size)
    return _covering(tx, hub, log, seq) if first is None else _whole(first)


def of_log(tx: Transaction, policy: Policy, log: LedgerLog, *, unmet: UnmetQuorums) -> Quorum:
    """Find out how far a quorum has seen a log."""
    known = unmet.of(policy, log.hub, log.log)
    for size in tx.cosignatures.newest_sizes(log.hub, log.log, most=_TRIED):
        found = None if size in known else _covering(tx, log.hub, log.log, size - 1)
        cosigners = None if found is None else _cosigners(policy, log, found[1])
        if cosigners is not None:
            return Quorum(
                size=size,
                met_at=_met_at(policy, cosigners),
                pending_since=_signed_after(tx, log, size),
            )
        known.add(size)
    return Quorum(pending_since=_signed_after(tx, log, 0))


def _covering(tx: Transaction, hub: HubNumber, log: str, seq: int) -> tuple[int, str] | None:
    """Find the first checkpoint whose tree holds an entry, with the lines under it."""
    found = tx.receipt_rows.covering(hub, log, seq)
    return None if found is None else _whole(found)


def _whole(found: CosignedCheckpoint) -> tuple[int, str]:
    return found.size, _with_room(found.note, found.lines)


def _with_room(note: str, lines: Sequence[str]) -> str:
    return with_cosignatures(note, lines[: MAX_SIGNATURES - 1]) if lines else note


def _cosigners(policy: Policy, log: LedgerLog, note: str) -> tuple[Cosignature, ...] | None:
    try:
        result = policy.check(note, logs=[VerifierKey.parse(log.vkey)])
    except (QuorumNotMetError, LogNotKnownError, NoteError):
        return None
    return result.cosignatures


def _met_at(policy: Policy, cosignatures: Iterable[Cosignature]) -> datetime:
    """Find when the quorum was complete: what came later was not needed."""
    seen: set[WitnessKey] = set()
    moments = [0]
    for one in sorted(cosignatures, key=lambda one: one.timestamp):
        if not policy.is_met_by(seen):
            seen.add(one.key)
            moments.append(one.timestamp)
    # A witness may write any number; a calendar ends.
    return datetime.fromtimestamp(min(moments[-1], _END_OF_TIME), UTC)


def _signed_after(tx: Transaction, log: LedgerLog, size: int) -> datetime | None:
    row = tx.ledger.checkpoint_covering(log.hub, log.log, size)
    return None if row is None else datetime.fromtimestamp(row.signed_ms / 1000, UTC)
