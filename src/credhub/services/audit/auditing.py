"""Audit a ledger: the rows against one another, and everything that they commit to.

(1) the public part: entries, chain, tiles, head, checkpoints and their signatures;
(2) every log of a hub begins where the one before ended, and says how it ended;
(3) every private entry opens to its commitment, and the rows of learners, credentials, forms,
    status places and changes say what it says, and the hub's own what it signed as issuer;
(4) every definition and every published status list is the one in its entry, the newest version
    of every list shows the changes that it counts, and lists are closed where a rollback was
    accepted and nowhere else; every change of the hub's partners is the one in its entry, and the
    list that it names follows from all of them; every endorsement by a partner is the one in its
    entry, and its end is there too;
(5) every key of the hub is there, and ended, as the entries say, and as nothing else;
(6) no row says that it is in the ledger where no entry speaks of it;
(7) every line of a witness is what its key signed about a checkpoint that is there.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from typing import Final

from credhub.ledger.audit import AuditSummary, WalkAhead
from credhub.services.audit.audit_faults import fault
from credhub.services.audit.audited_closings import check_closings
from credhub.services.audit.audited_cosignatures import check_cosignatures
from credhub.services.audit.audited_credentials import check_credentials
from credhub.services.audit.audited_documents import check_bits, check_documents
from credhub.services.audit.audited_endorsements import check_endorsements, check_reasons
from credhub.services.audit.audited_keys import check_keys
from credhub.services.audit.audited_logs import check_succession
from credhub.services.audit.audited_openings import Openings
from credhub.services.audit.audited_partners import check_partners
from credhub.services.keyring import HubKeys, Keyring
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.store import Store, Transaction

Advance = Callable[[int], None]

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
        keyring: Opens private entries; without it (3) is left out.
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
        if summary.size:
            check_succession(tx, log)  # (2)
            hub = _hub_of(tx, log)
            if keyring is not None:
                _check_openings(tx, keyring.of(log.hub), hub, log, advance)  # (3)
                check_reasons(tx, keyring.of(log.hub), log)
            check_documents(tx, hub, log)  # (4)
            check_bits(tx, hub)
            check_closings(tx, log)
            check_partners(tx, hub, log)
            check_keys(tx, log)  # (5)
            check_endorsements(tx, hub, log)  # By the DID of the hub, which its keys have proved.
        _check_claims(tx, log)  # (6)
        check_cosignatures(tx, log)  # (7)
    return summary


def audit_since(store: Store, log: LedgerLog, note: str) -> AuditSummary:
    """Check that a log goes on from a kept checkpoint, in time that its size hardly changes.

    Raises:
        LedgerFaultError: The first row that is not what was written.
        NoteError, CheckpointError: The note is none of this log.
    """
    with store.read() as tx:
        return tx.ledger.audit_since(log, note)


def _hub_of(tx: Transaction, log: LedgerLog) -> Hub:
    hub = tx.hubs.by_number(log.hub)
    if hub is None:
        raise fault("hub", log, None, None, "the row of the hub is missing")
    return hub


def _check_openings(
    tx: Transaction, keys: HubKeys, row: Hub, log: LedgerLog, advance: Advance
) -> None:
    openings = Openings(tx, keys, log.log)
    hub = replace(keys.hub, name=row.name, email=row.email)  # As they are now.
    found = tx.covered.private(log.hub, log.log)
    while rows := list(islice(found, STEP)):
        issued = [form for row in rows for form in openings.check(row)]
        check_credentials(tx, hub, log.log, issued)
        advance(len(rows))


def _check_claims(tx: Transaction, log: LedgerLog) -> None:
    row = tx.claimed.unspoken(log.hub)
    if row is not None:
        raise fault(row.table, row.log or log, row.seq, None, "no entry speaks of this row")
