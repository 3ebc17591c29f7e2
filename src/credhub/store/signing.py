"""Signing checkpoints: only over rows that were read back and hashed again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from credhub.errors import LedgerIntegrityError
from credhub.ledger.checkpoint import Checkpoint, sign_checkpoint
from credhub.ledger.growth import Growth
from credhub.proofs.signer import Signer
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.read_back import KnownTree, LogName
from credhub.store.store import Store
from credhub.store.tables import ledger_checkpoint, ledger_head
from credhub.store.unit import SignedGrowth

Clock = Callable[[], datetime]
LogSigner = Callable[[LedgerLog], Signer]

_SIGNED_SIZE: Final = (
    select(func.coalesce(func.max(ledger_checkpoint.c.size), 0))
    .where(
        ledger_checkpoint.c.hub_id == ledger_head.c.hub_id,
        ledger_checkpoint.c.log == ledger_head.c.log,
    )
    .scalar_subquery()
)
_UNSIGNED: Final = (
    select(ledger_head.c.hub_id, ledger_head.c.log)
    .where(ledger_head.c.size > _SIGNED_SIZE)
    .order_by(ledger_head.c.hub_id, ledger_head.c.log)
)


_INSERT: Final = insert(ledger_checkpoint).inline().execution_options(preserve_rowcount=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTree:
    """A tree that is under a signed checkpoint, and what proves its newest entries."""

    size: int
    signed: SignedGrowth | None


class CheckpointSigner:
    """Signs the trees of all logs. Used by one thread."""

    def __init__(self, store: Store, *, clock: Clock, log_signer: LogSigner) -> None:
        self._store = store
        self._clock = clock
        self._log_signer = log_signer
        self._known: dict[LogName, KnownTree] = {}

    def unsigned(self) -> tuple[LogName, ...]:
        """List the logs with entries that no checkpoint covers, as a crash leaves them."""
        with self._store.connect_to_read() as connection:
            rows = connection.execute(_UNSIGNED).all()
        return tuple(LogName(hub=HubNumber(hub), log=log) for hub, log in rows)

    def sign(self, name: LogName) -> SignedTree:
        """Sign the tree of a log as the database gives it back.

        (1) Read the new rows and hash them again, starting from the last signed tree.
        (2) Compare the result with the head and with the stored nodes.
        (3) Sign and record. When another process has signed a larger tree, that one serves.

        The second store of checkpoints has its place between (2) and (3).

        Returns:
            A signed checkpoint that covers all rows that were there.

        Raises:
            LedgerIntegrityError: The rows are not what was written.
        """
        # (1), (2): read back and compare
        with self._store.connect_to_newest() as connection:
            known = self._known.get(name) or KnownTree.last_signed(connection, name)
            fresh = known.copy()
            fresh.read_on(connection)
        # (3): sign and record
        signed: SignedGrowth | None = None
        if fresh.frontier.size > known.frontier.size:
            note = self._signed(fresh)
            if self._record(fresh, note):
                signed = SignedGrowth(note=note, growth=Growth(known.frontier, fresh.leaf_hashes))
        self._known[name] = fresh.copy()
        return SignedTree(size=fresh.frontier.size, signed=signed)

    def _signed(self, tree: KnownTree) -> str:
        signer = self._log_signer(tree.row)
        checkpoint = Checkpoint(
            origin=tree.row.origin, size=tree.frontier.size, root=tree.frontier.root()
        )
        note = sign_checkpoint(checkpoint, public_key=signer.public_key, sign=signer.sign)
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
        with self._store.read() as tx:
            latest = tx.ledger.latest_checkpoint(tree.name.hub, tree.name.log)
        if latest is None or latest.size < tree.frontier.size:
            raise LedgerIntegrityError(
                f"The checkpoint of log {tree.name.log} is refused."
            ) from refused
        return False
