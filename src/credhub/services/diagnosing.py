"""Say how every log stands to what was published of it, in words, and what can be done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby, pairwise

from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.log_events import LogEnd
from credhub.services import ledgers
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.second_store.protocol import SecondStore
from credhub.store.standing import LogStanding, Trouble
from credhub.store.start_order import examine
from credhub.store.store import Store, Transaction


class Health(StrEnum):
    """What a log can do."""

    OPEN = "open"
    ENDED = "ended"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One thing that can be done; with the command that does it, where there is one."""

    what: str
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """How one log stands.

    Attributes:
        hub: The name of its hub in addresses.
        origin: Its name for the world.
        health: What it can do.
        size: How many entries the database holds.
        signed_size: How many of them are under a signed checkpoint.
        published_size: The size in the second store; none when nothing is known.
        witnessed_sizes: The sizes that witnesses hold.
        sentence: What happened.
        remedies: What can be done, the best first.
    """

    hub: str
    origin: str
    health: Health
    size: int
    signed_size: int
    published_size: int | None
    witnessed_sizes: tuple[int, ...]
    sentence: str
    remedies: tuple[Remedy, ...] = ()


def diagnose(
    store: Store,
    second_store: SecondStore,
    witnessed: Iterable[Checkpoint] = (),
    *,
    now: datetime,
) -> tuple[Diagnosis, ...]:
    """Look at every log of every hub, and at those that were lost whole. Nothing is written.

    Args:
        store: The database.
        second_store: Where the last checkpoints are.
        witnessed: What witnesses hold, of any log.
        now: No log is of a later year.
    """
    standings = {it.hub: it for it in examine(store, second_store, witnessed, now=now)}
    with store.read() as tx:
        hubs = {hub.number: hub for hub in tx.hubs.all()}
        return tuple(
            diagnosis
            for number, logs in groupby(tx.ledger.all_logs(), key=lambda log: log.hub)
            for diagnosis in _of_hub(tx, hubs[number], tuple(logs), standings.get(number))
        )


def _of_hub(
    tx: Transaction, hub: Hub, logs: tuple[LedgerLog, ...], standing: LogStanding | None
) -> Iterator[Diagnosis]:
    """Tell of the logs of a hub, in order; the newest is the one that its standing is about."""
    for log, following in pairwise((*logs, None)):
        if log is not None and (standing is None or log.log != standing.log):
            yield _of_ended(tx, hub, log, following, standing)
    if standing is not None:
        yield _of_open(hub, standing)


def _of_ended(
    tx: Transaction,
    hub: Hub,
    log: LedgerLog,
    following: LedgerLog | None,
    standing: LogStanding | None,
) -> Diagnosis:
    latest = tx.ledger.latest_checkpoint(log.hub, log.log)
    begin = Remedy(what="Begin the next log.", command=f"credhub ledger roll {hub.slug}")
    is_waited_for = following is None and standing is None
    return Diagnosis(
        hub=hub.slug,
        origin=log.origin,
        health=Health.WAITING if is_waited_for else Health.ENDED,
        size=tx.ledger.head(log.hub, log.log).size,
        signed_size=0 if latest is None else latest.size,
        published_size=None,
        witnessed_sizes=(),
        sentence=_end_of(tx, following, standing),
        remedies=(begin,) if is_waited_for else (),
    )


def _end_of(tx: Transaction, following: LedgerLog | None, standing: LogStanding | None) -> str:
    if following is None and standing is not None:
        return f"It ended; {standing.origin} went on from it, and is not in the database."
    if following is None:
        return "It ended, and the next log has not begun."
    goes_on = f"{following.origin} goes on from it."
    previous = ledgers.previous_of(tx, following)
    if previous.why is LogEnd.ROLLBACK:
        known = previous.checkpoint.size
        return f"It lost some of the {known} entries that were published; {goes_on}"
    return f"It ended; {goes_on}"


def _of_open(hub: Hub, standing: LogStanding) -> Diagnosis:
    return Diagnosis(
        hub=hub.slug,
        origin=standing.origin,
        health=_health_of(standing),
        size=standing.size,
        signed_size=standing.signed_size,
        published_size=None if standing.published is None else standing.published.size,
        witnessed_sizes=tuple(checkpoint.size for checkpoint in standing.witnessed),
        sentence=_sentence_of(standing),
        remedies=_remedies_for(hub, standing),
    )


def _health_of(standing: LogStanding) -> Health:
    match standing.trouble:
        case None:
            return Health.OPEN
        case Trouble.UNREACHABLE:
            return Health.WAITING
        case _:
            return Health.REFUSED


def _sentence_of(standing: LogStanding) -> str:
    size, published = standing.size, standing.contrary_size
    match standing.trouble:
        case Trouble.ROLLED_BACK:
            return (
                f"The database holds {size} entries, but {published} were published. It was put "
                "back to an older state, or a copy of it went on elsewhere."
            )
        case Trouble.CONTRADICTED:
            return (
                f"The first {published} entries are not those that were published. A copy of the "
                "database went on elsewhere, or this one was changed."
            )
        case Trouble.UNSOUND:
            return f"Rows are not what was written. {standing.message}"
        case Trouble.UNREACHABLE:
            return "The second store cannot be asked, so nothing can be signed now."
        case None:
            return _sentence_without_trouble(standing)


def _sentence_without_trouble(standing: LogStanding) -> str:
    if standing.published is None and standing.size:
        return "The second store knows nothing of it yet; the next start believes the database."
    if not standing.is_settled:
        return "Its last entries are not signed yet; a running service, or the next start, does it."
    return "The database holds all that was published."


def _remedies_for(hub: Hub, standing: LogStanding) -> tuple[Remedy, ...]:
    audit = Remedy(what="Find the first row that is not what it was.", command="credhub audit")
    accept = Remedy(
        what="If nothing better is left: go on in a new log, without what was lost.",
        command=f'credhub ledger accept-rollback {hub.slug} --reason "WHY" --yes',
    )
    match standing.trouble:
        case Trouble.ROLLED_BACK:
            newer = f"Put back a newer backup, with all {standing.contrary_size} entries."
            return (Remedy(what=newer), accept)
        case Trouble.CONTRADICTED:
            return (Remedy(what="Use the database that went on, and stop this one."), audit, accept)
        case Trouble.UNSOUND:
            return (audit, Remedy(what="Put back the newest backup that the audit finds sound."))
        case Trouble.UNREACHABLE:
            return (Remedy(what="Check CREDHUB_SECOND_STORE and what it names."),)
        case None:
            return ()
