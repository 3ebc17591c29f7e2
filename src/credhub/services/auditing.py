"""Audit a ledger: the rows against one another, and everything that they commit to.

(1) the public part: entries, chain, tiles, head, checkpoints and their signatures;
(2) every private entry opens to its commitment, and is about the row that points at it;
(3) every definition and every published status list has the digest that its entry holds;
(4) every key of the hub is there, and ended, as the entries say, and as nothing else.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple, NoReturn, TypeVar

from credhub import multikey
from credhub.errors import EntryError, LedgerFaultError
from credhub.ledger.audit import AuditSummary, WalkAhead
from credhub.ledger.entry import LedgerEntry
from credhub.ledger.events import AchievementDefined, KeyChange, KeyEvent, StatusListPublished
from credhub.services.audited_openings import Openings
from credhub.services.keyring import HubKeys, Keyring
from credhub.store.covered import PublicRow
from credhub.store.ledger import LedgerLog
from credhub.store.signing_keys import SigningKey
from credhub.store.store import Store, Transaction

Advance = Callable[[int], None]
_Event = TypeVar("_Event", AchievementDefined, StatusListPublished, KeyEvent)

STEP: Final = 100


def audit(  # noqa: PLR0913 - what is audited, against what, and who helps
    store: Store,
    keyring: Keyring | None,
    log: LedgerLog,
    *,
    advance: Advance,
    kept: Iterable[str] = (),
    ahead: WalkAhead | None = None,
) -> AuditSummary:
    """Check one log of a hub. Nothing is written.

    Args:
        store: The database.
        keyring: Opens private entries; without it (2) is left out.
        log: Which log.
        advance: Told how many entries were looked at; with a keyring each counts twice.
        kept: Signed checkpoints of this log that were kept elsewhere.
        ahead: Processes that help with (1).

    Raises:
        LedgerFaultError: The first row that is not what was written.
        NoteError, CheckpointError: A kept checkpoint is none of this log.
    """
    with store.read() as tx:
        summary = tx.ledger.audit(log, kept=kept, ahead=ahead, advance=advance)  # (1)
        if keyring is not None:
            _check_openings(tx, keyring.of(log.hub), log, advance)  # (2)
        _check_documents(tx, log)  # (3)
        if summary.size:
            _check_keys(tx, log)  # (4)
    return summary


def _check_openings(tx: Transaction, keys: HubKeys, log: LedgerLog, advance: Advance) -> None:
    openings = Openings(tx, keys, log.log)
    for count, row in enumerate(tx.covered.private(log.hub, log.log), start=1):
        openings.check(row)
        if count % STEP == 0:
            advance(STEP)


def _check_documents(tx: Transaction, log: LedgerLog) -> None:
    for row in tx.covered.definitions(log.hub, log.log):
        digest = _event(AchievementDefined, log, row).digest
        _check_document("achievement", log, row, digest)
    for row in tx.covered.lists(log.hub, log.log):
        digest = _event(StatusListPublished, log, row).digest
        _check_document("status_list_version", log, row, digest)


def _check_document(table: str, log: LedgerLog, row: PublicRow, digest: bytes) -> None:
    if row.document is None:
        _refuse(table, log, row.seq, None, "the row of this entry is missing")
    if sha256(row.document).digest() != digest:
        _refuse(table, log, row.seq, "document", "it does not have the digest in the ledger")


def _check_keys(tx: Transaction, log: LedgerLog) -> None:
    said = {
        fact: row.seq if one.log == log.log else None
        for one in tx.ledger.logs(log.hub)
        for row in tx.covered.key_events(one.hub, one.log)
        for fact in (_fact_in(_event(KeyEvent, one, row)),)
    }
    hub = tx.hubs.by_number(log.hub)
    did = "" if hub is None else hub.did
    found = [fact for key in tx.signing_keys.of_hub(log.hub) for fact in _facts_of(key, did)]
    for fact, seq in said.items():
        if fact not in found:
            _refuse("signing_key", log, seq, None, f"{fact.key_id} is not the key in the ledger")
    for fact in found:
        if fact not in said:
            message = f"no entry says that {fact.key_id} was {fact.what}"
            _refuse("signing_key", log, None, None, message)


class _KeyFact(NamedTuple):
    what: KeyChange
    key_id: str
    purpose: str
    algorithm: str
    public_key: str
    did: str
    at: datetime


def _facts_of(key: SigningKey, did: str) -> Iterator[_KeyFact]:
    times = {
        KeyChange.ADDED: key.valid_from,
        KeyChange.RETIRED: key.retired_at,
        KeyChange.COMPROMISED: key.compromised_at,
    }
    public = multikey.encode_ed25519(key.public_key)
    for what, at in times.items():
        if at is not None:
            second = at.astimezone(UTC).replace(microsecond=0)  # As the ledger writes it.
            yield _KeyFact(what, key.key_id, key.purpose.value, key.algorithm, public, did, second)


def _fact_in(event: KeyEvent) -> _KeyFact:
    return _KeyFact(
        event.event,
        event.key_id,
        event.purpose,
        event.algorithm,
        event.public_key_multibase,
        event.did,
        event.at,
    )


def _event(kind: type[_Event], log: LedgerLog, row: PublicRow) -> _Event:
    try:
        return kind.parse(LedgerEntry.parse(row.entry).public)
    except EntryError as error:
        raise LedgerFaultError(
            table="ledger_entry",
            log=log.log,
            seq=row.seq,
            column="entry",
            message="it does not say what its kind says",
        ) from error


def _refuse(
    table: str, log: LedgerLog, seq: int | None, column: str | None, message: str
) -> NoReturn:
    raise LedgerFaultError(table=table, log=log.log, seq=seq, column=column, message=message)
