"""A hub with at least one row in every guarded table, and raw access past the repositories."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import Connection, event, insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.expression import Executable

from credhub.ledger.endorsement_events import ChangedBy, EndorsementChange
from credhub.ledger.entry import Kind
from credhub.ledger.events import Standing
from credhub.ledger.partner_events import PartnerChange
from credhub.store import endorsements, partners, status_writing
from credhub.store.batch_results import Outcome, RowResult
from credhub.store.batches import SealedRow, StoredBatch
from credhub.store.claim_links import ClaimLink
from credhub.store.engine import make_engine, writing
from credhub.store.hubs import HubNumber
from credhub.store.learner_choices import Choice, Shown
from credhub.store.learner_requests import LearnerRequest, RequestKind
from credhub.store.store import Store, Transaction
from credhub.store.tables import ledger_cosignature, metadata
from credhub.store.unit import PendingEntry, Unit
from tests.store.samples import (
    LOG,
    NOW,
    PURPOSE,
    Signers,
    achievement_unit,
    credential_id_of,
    issue_unit,
    make_hub,
    private_entry,
    public_entry,
    sequencer,
)

NOTES = 600
"""Enough entries for two nodes of level one."""

SIZE = NOTES + 6
"""All entries of the hub that was filled."""


def fill(store: Store, signers: Signers) -> HubNumber:
    """Make one hub whose every table has rows."""
    number = make_hub(store, signers)
    many = Unit(hub=number, entries=tuple(public_entry(f"note {n}") for n in range(NOTES)))
    with sequencer(store, signers) as running:
        running.submit(achievement_unit(number))
        running.submit(issue_unit(number, 1, key="key"))
        running.submit(change_unit(number, 1, Standing.ACTIVE, Standing.REVOKED))
        running.submit(partner_unit(number))
        running.submit(endorsement_unit(number))
        size = running.submit(version_unit(number)).checkpoint_size
        assert running.submit(many).checkpoint_size == SIZE
    with store.connect_to_write() as connection:
        values = {"hub_id": number, "log": LOG, "size": size, "witness": "w", "line": "sig"}
        connection.execute(insert(ledger_cosignature), values)
    with store.begin() as tx:
        fill_batch(tx, number)
        tx.pictures.insert(number, bytes(32), b"png", NOW)
        fill_claims(tx, number)
    return number


def fill_batch(tx: Transaction, number: HubNumber) -> None:
    """Send a batch of two rows, of which one has failed."""
    (achievement,) = tx.achievements.page(number)
    new = StoredBatch(
        hub=number,
        batch_id="batch-1",
        achievement_id=achievement.achievement_id,
        achievement_version=achievement.version,
        actor="key-1",
        created_at=NOW,
    )
    tx.batches.begin(new)
    tx.batches.add_rows(number, "batch-1", [SealedRow(row=row, sealed=b"row") for row in (1, 2)])
    tx.batches.queue(number, "batch-1", rows=2, report='{"a":1}', at=NOW)
    failed = RowResult(row=1, outcome=Outcome.FAILED, code="invalid-claim", detail="No.")
    tx.batch_results.add(number, "batch-1", [failed])


def fill_claims(tx: Transaction, number: HubNumber) -> None:
    """Give a learner a link, which is opened, and have the learner choose and ask."""
    credential_id = credential_id_of(1)
    link = ClaimLink(
        hub=number,
        link_id="link-1",
        credential_id=credential_id,
        secret_hash=bytes(32),
        actor="key-1",
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    tx.claim_links.insert(link)
    tx.claim_links.open(number, bytes(32), session_hash=b"s" * 32, now=NOW, until=NOW)
    tx.learner_choices.choose(number, credential_id, Choice(shown=Shown.NOTHING), NOW)
    request = LearnerRequest(
        hub=number,
        request_id="request-1",
        credential_id=credential_id,
        kind=RequestKind.ERASURE,
        sealed_text=None,
        asked_at=NOW,
    )
    tx.learner_requests.insert(request)


def change_unit(number: HubNumber, mark: int, old: Standing, new: Standing, *, n: int = 0) -> Unit:
    row = status_writing.insert_change_of(
        number,
        credential_id=credential_id_of(mark),
        n=n,
        purpose=PURPOSE,
        old=old,
        new=new,
        sealed_reason=b"exam annulled",
        actor="key-1",
        changed_at=NOW,
        entry=0,
    )
    return Unit(hub=number, entries=(private_entry(),), inserts=(row,))


def version_unit(number: HubNumber, version: int = 1, *, changes: int = 1) -> Unit:
    row = status_writing.insert_version_of(
        number,
        number=1,
        version=version,
        changes=changes,
        document=b'{"id":"list"}',
        valid_from=NOW,
        valid_until=NOW,
        entry=0,
    )
    entry = PendingEntry(kind=Kind.STATUS_LIST, public=b"list")
    return Unit(hub=number, entries=(entry,), inserts=(row,))


def partner_unit(
    number: HubNumber,
    version: int = 1,
    *,
    endorsement_id: str = "e1",
    change: PartnerChange = PartnerChange.ADDED,
) -> Unit:
    row = partners.insert_of(
        number,
        version=version,
        change=change,
        endorsement_id=endorsement_id,
        document=b"{}" if change is PartnerChange.ADDED else None,
        changed_at=NOW,
        entry=0,
    )
    entry = PendingEntry(kind=Kind.ENDORSEMENT, public=b"partner")
    return Unit(hub=number, entries=(entry,), inserts=(row,))


def endorsement_unit(  # noqa: PLR0913 - what a test may say of one
    number: HubNumber,
    version: int = 1,
    *,
    endorsement_id: str = "g1",
    change: EndorsementChange = EndorsementChange.SIGNED,
    achievement_id: str = "",
    endorser: str = "did:web:partner.example",
) -> Unit:
    withdrawn = change is EndorsementChange.WITHDRAWN
    row = endorsements.insert_of(
        number,
        version=version,
        change=change,
        endorsement_id=endorsement_id,
        document=None if withdrawn else b"{}",
        digest=sha256(endorsement_id.encode()).digest(),
        endorser=endorser,
        achievement_id=achievement_id,
        achievement_version=0,
        changed_by=ChangedBy.PARTNER,
        sealed_reason=b"sealed" if withdrawn else None,
        changed_at=NOW,
        entry=0,
    )
    entry = PendingEntry(kind=Kind.ENDORSEMENT, public=b"endorsement")
    return Unit(hub=number, entries=(entry,), inserts=(row,))


@contextmanager
def raw(url: str) -> Iterator[Connection]:
    """Open a write transaction as nobody in particular."""
    engine = make_engine(url, pool_size=1)
    try:
        with writing(engine).begin() as connection:
            yield connection
    finally:
        engine.dispose()


def run(url: str, *statements: str | Executable) -> None:
    """Run statements in one transaction."""
    with raw(url) as connection:
        for statement in statements:
            if isinstance(statement, str):
                connection.exec_driver_sql(statement)
            else:
                connection.execute(statement)


def drop_guards(url: str, *tables: str) -> None:
    """Do what an owner of the database can: take triggers away, of some tables or of all."""
    chosen = tables or tuple(metadata.tables)
    with raw(url) as connection:
        if connection.dialect.name == "sqlite":
            found = connection.exec_driver_sql(
                "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger'"
            )
            for name, table in found.all():
                if table in chosen:
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in chosen:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")


@contextmanager
def as_owner(url: str) -> Iterator[Connection]:
    """Open a write transaction that foreign keys do not bind."""
    engine = make_engine(url, pool_size=1)
    try:
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _forget_foreign_keys)
        with writing(engine).begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _forget_foreign_keys(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.cursor().execute("PRAGMA foreign_keys=OFF")
