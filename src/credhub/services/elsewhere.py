"""Compare every log with what is known of it elsewhere: who is ahead, and who holds another one.

Everybody else is asked before the database is read, so that a service that goes on meanwhile is
never taken for one that was put back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credhub.errors import (
    EgressError,
    LedgerError,
    ObjectsUnavailableError,
    RollbackDetectedError,
    SecondStoreUnavailableError,
)
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.note import VerifierKey
from credhub.ledger.order import check_published
from credhub.ledger.tile_audit import CHECKPOINT, Read
from credhub.services import ledgers
from credhub.services.witnessing import WitnessDesk
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.second_store.protocol import SecondStore
from credhub.store.store import Store, Transaction


class Agreement(StrEnum):
    """What somebody else knows of a log, beside what the database holds."""

    EQUAL = "equal"
    BEHIND = "behind"
    NOTHING = "nothing"
    AHEAD = "ahead"
    """It has more entries: the database was put back, or a copy of it went on."""
    ACCEPTED = "accepted"
    """It has entries that the log lost before a rollback was accepted."""
    FORK = "fork"
    """It has other entries: somebody rewrote one of the two."""
    FORGED = "forged"
    """What it holds is not signed by the log."""
    UNKNOWN = "unknown"
    """It cannot be asked now."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing speaks against the database."""
        return self not in _UNSOUND


_UNSOUND: Final = frozenset({Agreement.AHEAD, Agreement.FORK, Agreement.FORGED, Agreement.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What one place knows of one log."""

    place: str
    agreement: Agreement
    checkpoint: Checkpoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Somebody who may know a log: a name for people, and a way to ask."""

    name: str
    ask: Callable[[Hub, LedgerLog], Checkpoint | None]


def second_store_source(second_store: SecondStore) -> Source:
    """Ask the second store of the last checkpoints."""

    def ask(_: Hub, log: LedgerLog) -> Checkpoint | None:
        text = second_store.read(f"log/{log.vkey}")
        return None if text is None else Checkpoint.parse(text)

    return Source(name="second store", ask=ask)


def published_source(address: str, read: Read) -> Source:
    """Ask the place where the ledgers are published."""

    def ask(hub: Hub, log: LedgerLog) -> Checkpoint | None:
        note = read(f"ledger/{hub.slug}/{log.log}/{CHECKPOINT}")
        key = VerifierKey.parse(log.vkey)
        return None if note is None else open_checkpoint(note.decode(errors="replace"), (key,))

    return Source(name=f"published at {address}", ask=ask)


def witness_source(desk: WitnessDesk) -> Source:
    """Ask a witness."""
    return Source(name=f"witness {desk.name}", ask=lambda _, log: desk.position(log))


def compare(
    store: Store, hub: Hub, log: LedgerLog, sources: Iterable[Source]
) -> tuple[Elsewhere, ...]:
    """Compare one log with what everybody knows of it."""
    asked = [_asked(source, hub, log) for source in sources]
    with store.read() as tx:
        judged = [_judged(tx, log, one) for one in asked]
    return tuple(_contradicted(judged))


def _asked(source: Source, hub: Hub, log: LedgerLog) -> Elsewhere:
    try:
        found = source.ask(hub, log)
    except LedgerError:
        return Elsewhere(place=source.name, agreement=Agreement.FORGED)
    except (EgressError, ObjectsUnavailableError, SecondStoreUnavailableError):
        return Elsewhere(place=source.name, agreement=Agreement.UNKNOWN)
    agreement = Agreement.NOTHING if found is None else Agreement.EQUAL
    return Elsewhere(place=source.name, agreement=agreement, checkpoint=found)


def _judged(tx: Transaction, log: LedgerLog, one: Elsewhere) -> Elsewhere:
    if one.checkpoint is None:
        return one
    here = tx.ledger.tree(log)
    tiles = tx.ledger.tiles(log.hub, log.log)
    agreement = Agreement.EQUAL if one.checkpoint.size == here.size else Agreement.BEHIND
    try:
        check_published(
            (one.checkpoint,), here, lambda old, new: consistency_proof(old, new, tiles)
        )
    except RollbackDetectedError:
        agreement = Agreement.AHEAD if one.checkpoint.size > here.size else Agreement.FORK
        if ledgers.lost_entries(tx, log):
            agreement = Agreement.ACCEPTED
    return Elsewhere(place=one.place, agreement=agreement, checkpoint=one.checkpoint)


def _contradicted(judged: Sequence[Elsewhere]) -> Iterable[Elsewhere]:
    """Of places that are ahead, name those of which two hold different trees of one size."""
    roots: dict[int, set[bytes]] = {}
    for one in judged:
        if one.agreement is Agreement.AHEAD and one.checkpoint is not None:
            roots.setdefault(one.checkpoint.size, set()).add(one.checkpoint.root)
    for one in judged:
        checkpoint = one.checkpoint
        if checkpoint is not None and len(roots.get(checkpoint.size, ())) > 1:
            yield Elsewhere(place=one.place, agreement=Agreement.FORK, checkpoint=checkpoint)
        else:
            yield one
