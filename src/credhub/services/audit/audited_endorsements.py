"""What partners said of a hub and of its achievements, compared with the entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from credhub.errors import CredhubError, UnsealError
from credhub.keys.sealing import unseal
from credhub.ledger.endorsement_events import EndorsementChange, EndorsementChanged
from credhub.services import endorsements
from credhub.services.audit.audit_events import event_in, says
from credhub.services.audit.audit_faults import fault
from credhub.services.keyring import HubKeys
from credhub.services.sealed import withdrawal_context
from credhub.store.covered import PublicRow
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.store import Transaction

_TABLE = "endorsement_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Came:
    """What the row says with which an endorsement came."""

    digest: bytes
    endorser: str


def check_endorsements(tx: Transaction, hub: Hub, log: LedgerLog) -> None:
    """Compare every change of a hub's endorsements in a log with its entry.

    Raises:
        LedgerFaultError: The first that is not the one in the ledger.
    """
    for row in tx.covered.endorsements(log.hub, log.log):
        there = row.columns["version"] is not None
        if not there and not says(EndorsementChanged, row):
            continue  # About a partner, of which another table holds the row.
        event = event_in(EndorsementChanged, log, row)
        if not there:
            raise fault(_TABLE, log, row.seq, None, "the row of this entry is missing")
        _check_columns(hub, log, row, event)
        _check_what_came(tx, log, row, event)


def check_reasons(tx: Transaction, keys: HubKeys, log: LedgerLog) -> None:
    """Open why endorsements were withdrawn.

    Raises:
        LedgerFaultError: The first that was changed or moved.
    """
    for row in tx.covered.reasons(log.hub, log.log):
        context = withdrawal_context(log.hub, row.endorsement_id)
        try:
            unseal(keys.secret, row.sealed_reason or b"", context=context)
        except UnsealError as error:
            message = "it cannot be opened"
            raise fault(_TABLE, log, row.seq, "sealed_reason", message) from error


def _check_columns(hub: Hub, log: LedgerLog, row: PublicRow, event: EndorsementChanged) -> None:
    found = row.columns
    withdrawn = event.change is EndorsementChange.WITHDRAWN
    address = endorsements.address_of(hub, found["endorsement_id"])
    endorsed = endorsements.endorsed_address(hub, found["achievement_id"])
    for column, said, value in (
        ("version", event.version, found["version"]),
        ("change", event.change.value, found["change"]),
        ("endorsement_id", event.endorsement, address),
        ("digest", event.digest, found["digest"]),
        ("achievement_id", event.endorsed, endorsed),
        ("achievement_version", event.of_version, found["achievement_version"]),
        ("changed_by", event.by.value, found["changed_by"]),
        # Events have whole seconds.
        ("changed_ms", to_ms(event.at) // 1000, found["changed_ms"] // 1000),
        ("document", withdrawn, found["document"] is None),
    ):
        if said != value:
            raise fault(_TABLE, log, row.seq, column, "it is not what the ledger says")


def _check_what_came(
    tx: Transaction, log: LedgerLog, row: PublicRow, event: EndorsementChanged
) -> None:
    came = _came(tx, log, row.columns) if row.document is None else _read(log, row, event)
    for column, said in (("digest", came.digest), ("endorser", came.endorser)):
        if said != row.columns[column]:
            message = "it is not that of what came"
            raise fault(_TABLE, log, row.seq, column, message)


def _read(log: LedgerLog, row: PublicRow, event: EndorsementChanged) -> _Came:
    document = row.document or b""
    digest = sha256(document).digest()
    if digest != event.digest:
        message = "it does not have the digest in the ledger"
        raise fault(_TABLE, log, row.seq, "document", message)
    try:
        endorser = endorsements.said_in(event.change, document).endorser
    except CredhubError as error:
        raise fault(_TABLE, log, row.seq, "document", "it is no endorsement") from error
    return _Came(digest=digest, endorser=endorser)


def _came(tx: Transaction, log: LedgerLog, columns: Mapping[str, object]) -> _Came:
    stored = tx.covered.endorsement_that_came(log.hub, str(columns["endorsement_id"]))
    if stored is None:
        return _Came(digest=b"", endorser="")
    return _Came(digest=stored[0], endorser=stored[1])
