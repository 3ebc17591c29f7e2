"""Signing checkpoints: only over rows that were read back, hashed again and swapped in."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from credhub.errors import (
    KeyStoreError,
    LedgerIntegrityError,
    SecondStoreConflictError,
    SecondStoreUnavailableError,
)
from credhub.ledger.checkpoint import Checkpoint, sign_checkpoint
from credhub.ledger.entry import Kind
from credhub.ledger.growth import Growth
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.order import check_published
from credhub.proofs.signer import Signer
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.published import Published
from credhub.store.read_back import KnownTree, LogName
from credhub.store.second_store.protocol import SecondStore
from credhub.store.store import Store
from credhub.store.tables import ledger_checkpoint, ledger_entry, ledger_head, ledger_log
from credhub.store.tiles import LogTiles
from credhub.store.unit import SignedGrowth

Clock = Callable[[], datetime]
LogSigner = Callable[[LedgerLog], Signer]

_ATTEMPTS: Final = 20
"""How often other processes may be faster before we say that the second store is not for us."""

_BELIEVED: Final = (
    "the second store knows nothing of the ledger %s: its %d entries are believed as they are;"
    " unless the second store was lost or is new, find out why"
)

_logger: Final = logging.getLogger(__name__)

_SIGNED_SIZE: Final = (
    select(func.coalesce(func.max(ledger_checkpoint.c.size), 0))
    .where(
        ledger_checkpoint.c.hub_id == ledger_head.c.hub_id,
        ledger_checkpoint.c.log == ledger_head.c.log,
    )
    .scalar_subquery()
)
# A log that ended without saying so lost entries: nothing of it may be signed again.
_SAYS_ITS_END: Final = exists().where(
    ledger_entry.c.hub_id == ledger_head.c.hub_id,
    ledger_entry.c.log == ledger_head.c.log,
    ledger_entry.c.seq == ledger_head.c.size - 1,
    ledger_entry.c.kind == int(Kind.FREEZE),
)
_UNSIGNED: Final = (
    select(ledger_head.c.hub_id, ledger_head.c.log)
    .outerjoin(
        ledger_log,
        (ledger_log.c.hub_id == ledger_head.c.hub_id) & (ledger_log.c.log == ledger_head.c.log),
    )
    .where(ledger_head.c.size > _SIGNED_SIZE, ledger_log.c.frozen_ms.is_(None) | _SAYS_ITS_END)
    .order_by(ledger_head.c.hub_id, ledger_head.c.log)
)


_INSERT: Final = insert(ledger_checkpoint).inline().execution_options(preserve_rowcount=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTree:
    """A tree that is under a signed checkpoint, and what proves its newest entries."""

    size: int
    signed: SignedGrowth | None


class CheckpointSigner:
    """Signs the trees of all logs. Used by one thread.

    Args:
        witnessed: What witnesses held when this process started.
    """

    def __init__(
        self,
        store: Store,
        *,
        second_store: SecondStore,
        clock: Clock,
        log_signer: LogSigner,
        witnessed: Iterable[Checkpoint] = (),
    ) -> None:
        self._store = store
        self._published = Published(second_store, witnessed)
        self._clock = clock
        self._log_signer = log_signer
        self._known: dict[LogName, KnownTree] = {}

    def unsigned(self) -> tuple[LogName, ...]:
        """List the logs with entries that no checkpoint covers, as a crash leaves them."""
        with self._store.connect_to_read() as connection:
            rows = connection.execute(_UNSIGNED).all()
        return tuple(LogName(hub=HubNumber(hub), log=log) for hub, log in rows)

    def sign(self, name: LogName) -> SignedTree:
        """Publish and sign the tree of a log as the database gives it back.

        (1) Learn what was published last.
        (2) Read the new rows and hash them again, starting from the last signed tree. Compare the
            result with the head and with the stored nodes.
        (3) Check that what was published is part of that tree.
        (4) Swap it in the second store. Was another process faster, begin again at (1).
        (5) Sign it, when no checkpoint of this size is there.
        (6) Record that. When another process has recorded a larger one, that one serves.

        Every step may be done again: the same tree gives the same bytes.

        Returns:
            A signed checkpoint that covers all rows that were there.

        Raises:
            LedgerIntegrityError: The rows are not what was written, or (RollbackDetectedError)
                not what was published.
            SecondStoreUnavailableError: The second store cannot be asked, or is fought over.
        """
        for _ in range(_ATTEMPTS):
            try:
                known, fresh = self._publish(name)
            except SecondStoreConflictError:
                continue
            return self._sign(known, fresh)
        raise SecondStoreUnavailableError

    def _publish(self, name: LogName) -> tuple[KnownTree, KnownTree]:
        """Do steps (1) to (4), and give the last signed tree and the published one."""
        known = self._known.get(name) or self._last_signed(name)
        last = self._published.last(known.row)  # (1)
        with self._store.connect_to_newest() as connection:
            fresh = known.copy()
            fresh.read_on(connection)  # (2)
            elsewhere = [*self._published.witnessed(known.row), *([last] if last else ())]
            if elsewhere != [known.checkpoint()]:  # (3)
                tiles = LogTiles(connection, name.hub, name.log)
                prove = partial(consistency_proof, source=tiles)
                check_published(elsewhere, fresh.checkpoint(), prove)
        self._published.checked(known.row)
        if last is None and known.frontier.size:
            _logger.warning(_BELIEVED, known.row.origin, fresh.frontier.size)
        if last != fresh.checkpoint():
            self._published.swap(known.row, fresh.checkpoint())  # (4)
        return known, fresh

    def _last_signed(self, name: LogName) -> KnownTree:
        # In a transaction of its own: on SQLite it sees one state of the database.
        with self._store.connect_to_newest() as connection:
            return KnownTree.last_signed(connection, name)

    def _sign(self, known: KnownTree, fresh: KnownTree) -> SignedTree:
        """Do steps (5) and (6)."""
        signed: SignedGrowth | None = None
        # When this fails, what other processes sign meanwhile is found by the next try.
        self._known.pop(fresh.name, None)
        if fresh.frontier.size > known.frontier.size:
            note = self._signed(fresh)
            if note is not None and self._record(fresh, note):
                signed = SignedGrowth(note=note, growth=Growth(known.frontier, fresh.leaf_hashes))
        self._known[fresh.name] = fresh.copy()
        return SignedTree(size=fresh.frontier.size, signed=signed)

    def _signed(self, tree: KnownTree) -> str | None:
        """Sign a tree; none when another process did and the key is not to be had any more."""
        try:
            signer = self._log_signer(tree.row)
        except KeyStoreError:
            # The key of an ended log is retired as soon as its last checkpoint is recorded.
            if self._is_covered(tree):
                return None
            raise
        note = sign_checkpoint(tree.checkpoint(), public_key=signer.public_key, sign=signer.sign)
        # A signer with another key, or one that errs, must not speak for this log.
        tree.open(note)
        return note

    def _record(self, tree: KnownTree, note: str) -> bool:
        """Record a checkpoint; false when a larger one is there, which then serves."""
        values = {
            "hub_id": tree.name.hub,
            "log": tree.name.log,
            "size": tree.frontier.size,
            "root": tree.frontier.root(),
            "note": note,
            "signed_ms": to_ms(self._clock()),
        }
        refused: IntegrityError | None = None
        try:
            with self._store.connect_to_note() as connection:
                if connection.execute(_INSERT, values).rowcount == 1:
                    return True
        except IntegrityError as error:
            refused = error
        if not self._is_covered(tree):
            raise LedgerIntegrityError(
                f"The checkpoint of log {tree.name.log} is refused."
            ) from refused
        return False

    def _is_covered(self, tree: KnownTree) -> bool:
        """Say whether a checkpoint of this size, or a larger one, is recorded."""
        with self._store.read() as tx:
            latest = tx.ledger.latest_checkpoint(tree.name.hub, tree.name.log)
        return latest is not None and latest.size >= tree.frontier.size
