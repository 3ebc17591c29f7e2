"""Keys of a hub compared with what its ledgers say of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from credhub import multikey
from credhub.ledger.events import KeyChange, KeyEvent
from credhub.public_key import LENGTHS, KeyType, PublicKey
from credhub.services.audit.audit_events import event_in
from credhub.services.audit.audit_faults import fault
from credhub.store.ledger import LedgerLog
from credhub.store.signing_keys import VerificationMethod
from credhub.store.store import Transaction


def check_keys(tx: Transaction, log: LedgerLog) -> None:
    """Check that every key is there, and ended, as the entries say, and as nothing else.

    Raises:
        LedgerFaultError: The first key of which that is not so.
    """
    said = {
        fact: row.seq if one.log == log.log else None
        for one in tx.ledger.logs(log.hub)
        for row in tx.covered.key_events(one.hub, one.log)
        for fact in (_fact_in(event_in(KeyEvent, one, row)),)
    }
    hub = tx.hubs.by_number(log.hub)
    did = "" if hub is None else hub.did
    try:
        keys = tx.signing_keys.methods_of(log.hub)
    except ValueError as error:
        message = "a key has a purpose that we do not know"
        raise fault("signing_key", log, None, "purpose", message) from error
    found = [fact for key in keys for fact in _facts_of(key, did)]
    for fact, seq in said.items():
        if fact not in found:
            raise fault(
                "signing_key", log, seq, None, f"{fact.key_id} is not the key in the ledger"
            )
    for fact in found:
        if fact not in said:
            message = f"no entry says that {fact.key_id} was {fact.what}"
            raise fault("signing_key", log, None, None, message)


class _KeyFact(NamedTuple):
    what: KeyChange
    key_id: str
    purpose: str
    algorithm: str
    public_key: str
    did: str
    at: datetime


def _facts_of(key: VerificationMethod, did: str) -> Iterator[_KeyFact]:
    times = {
        KeyChange.ADDED: key.valid_from,
        KeyChange.RETIRED: key.retired_at,
        KeyChange.COMPROMISED: key.compromised_at,
    }
    public = _multikey_of(key)
    for what, at in times.items():
        if at is not None:
            second = at.astimezone(UTC).replace(microsecond=0)  # As the ledger writes it.
            yield _KeyFact(what, key.key_id, key.purpose.value, key.algorithm, public, did, second)


def _multikey_of(key: VerificationMethod) -> str:
    if key.algorithm not in LENGTHS:
        return ""  # No entry names such a key.
    return multikey.encode(PublicKey(KeyType(key.algorithm), key.public_key))


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
