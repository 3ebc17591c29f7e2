"""What a hub said of its partners, compared with its entries: each change, and each list."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from credhub.ledger.endorsement_events import EndorsementChanged
from credhub.ledger.partner_events import PartnerChange, PartnersChanged, digest_of_list
from credhub.services import partners
from credhub.services.audit.audit_events import event_in, says
from credhub.services.audit.audit_faults import fault
from credhub.store.covered import PublicRow
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.partners import StoredPartnerChange
from credhub.store.store import Transaction

_TABLE = "partner_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class _After:
    """What follows from all rows up to one.

    Attributes:
        digest: That of the endorsement that changed; none when it was not in the list.
        in_force: That of the list after it.
    """

    digest: bytes | None
    in_force: bytes


def check_partners(tx: Transaction, hub: Hub, log: LedgerLog) -> None:
    """Compare every change of a hub's partners in a log with its entry.

    Raises:
        LedgerFaultError: The first that is not the one in the ledger.
    """
    history = dict(_history(tx.partners.all_changes(log.hub)))
    for row in tx.covered.partners(log.hub, log.log):
        if row.columns["version"] is None and says(EndorsementChanged, row):
            continue  # By a partner, of which another table holds the row.
        event = event_in(PartnersChanged, log, row)
        if row.columns["version"] is None:
            raise fault(_TABLE, log, row.seq, None, "the row of this entry is missing")
        _check_columns(hub, log, row, event)
        after = history[row.columns["version"]]
        if after.digest != event.digest:
            message = "it does not have the digest in the ledger"
            raise fault(_TABLE, log, row.seq, "document", message)
        if after.in_force != event.in_force:
            message = "the list that it names does not follow from the changes"
            raise fault("ledger_entry", log, row.seq, "entry", message)


def _check_columns(hub: Hub, log: LedgerLog, row: PublicRow, event: PartnersChanged) -> None:
    found = row.columns
    added = event.change is PartnerChange.ADDED
    for column, said, value in (
        ("version", event.version, found["version"]),
        ("change", event.change.value, found["change"]),
        (
            "endorsement_id",
            event.endorsement,
            partners.address_of(hub, found["endorsement_id"]),
        ),
        # Events have whole seconds.
        ("changed_ms", to_ms(event.at) // 1000, found["changed_ms"] // 1000),
        ("document", added, found["document"] is not None),
    ):
        if said != value:
            raise fault(_TABLE, log, row.seq, column, "it is not what the ledger says")


def _history(changes: tuple[StoredPartnerChange, ...]) -> Iterator[tuple[int, _After]]:
    listed: dict[str, bytes] = {}
    for one in changes:
        if one.document is not None:
            listed[one.endorsement_id] = sha256(one.document).digest()
        digest = listed.get(one.endorsement_id)
        if one.document is None:
            listed.pop(one.endorsement_id, None)
        yield one.version, _After(digest=digest, in_force=digest_of_list(listed.values()))
