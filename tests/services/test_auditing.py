"""The audit of everything that entries commit to: whatever was changed is named."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import pytest
from sqlalchemy import ColumnElement, Connection, Table, inspect, select, update
from sqlalchemy.engine import RowMapping

from credhub.credentials.draft import Recipient
from credhub.errors import LedgerFaultError, NoteError
from credhub.ledger.audit import AuditSummary
from credhub.services import (
    api_keys,
    endorsements,
    endorsing,
    ledgers,
    partners,
    revoking,
    status_lists,
    suspending,
)
from credhub.services.api_keys import Scope
from credhub.services.audit import auditing
from credhub.services.endorsing import NewConfirmation
from credhub.services.idempotency import Once
from credhub.services.keyring import Keyring
from credhub.services.partners import NewPartner
from credhub.store.tables import (
    achievement,
    credential,
    credential_form,
    endorsement_change,
    hub,
    learner,
    learner_key,
    ledger_checkpoint,
    ledger_cosignature,
    ledger_entry,
    ledger_head,
    ledger_log,
    ledger_opening,
    partner_change,
    signing_key,
    status_change,
    status_entry,
    status_list,
    status_list_version,
)
from tests.cosigned import WITNESS, cosign_newest
from tests.engines import ENGINES, Databases
from tests.running import Service, running
from tests.services.ordering import issue, publish, publish_suspendable
from tests.store.rows import as_owner, raw

COVERED = (
    *((ledger_log, name) for name in ("log", "vkey", "origin")),
    *((ledger_entry, name) for name in ("kind", "time_ms", "entry", "leaf_hash", "chain_hash")),
    *((ledger_head, name) for name in ("log", "size", "chain_hash", "frontier", "last_ms")),
    *((ledger_checkpoint, name) for name in ("log", "size", "root", "note")),
    *((ledger_cosignature, name) for name in ("log", "size", "witness", "line")),
    *(
        (ledger_opening, name)
        for name in ("log", "seq", "entry_id", "inner_kind", "learner_id", "sealed")
    ),
    *((learner, name) for name in ("sealed_profile", "external_id_hmac", "email_hmac")),
    *((learner, "learner_id"), (learner_key, "learner_id"), (learner_key, "wrapped_key")),
    *((credential_form, name) for name in ("credential_id", "form", "sealed", "log", "seq")),
    *(
        (status_change, name)
        for name in (
            "credential_id",
            "n",
            "purpose",
            "old_state",
            "new_state",
            "sealed_reason",
            "actor",
            "changed_ms",
            "log",
            "seq",
        )
    ),
    *((achievement, name) for name in ("achievement_id", "version", "document", "log", "seq")),
    *(
        (credential, name)
        for name in (
            "credential_id",
            "code",
            "achievement_id",
            "achievement_version",
            "learner_id",
            "issued_ms",
        )
    ),
    *((status_list, name) for name in ("list", "purpose", "length", "closed_ms")),
    *(
        (status_list_version, name)
        for name in (
            "list",
            "version",
            "changes",
            "document",
            "valid_from_ms",
            "valid_until_ms",
            "log",
            "seq",
        )
    ),
    *((status_entry, name) for name in ("list", "idx", "credential_id", "purpose")),
    *(
        (partner_change, name)
        for name in ("version", "change", "endorsement_id", "document", "changed_ms", "log", "seq")
    ),
    *(
        (endorsement_change, name)
        for name in (
            "version",
            "change",
            "endorsement_id",
            "document",
            "digest",
            "endorser",
            "achievement_id",
            "achievement_version",
            "changed_by",
            "sealed_reason",
            "changed_ms",
            "log",
            "seq",
        )
    ),
    *(
        (signing_key, name)
        for name in ("key_id", "purpose", "algorithm", "public_key", "valid_from_ms")
    ),
    *((hub, name) for name in ("slug", "base_url", "did", "name", "email")),
)


LOOKS_LIKE = {
    # A head that says too much looks like an entry that was cut off.
    (ledger_head, "size"): ledger_entry,
    # Every document of a hub names it: one that does not is the first to be found.
    (hub, "slug"): status_list_version,
    (hub, "base_url"): achievement,
    (hub, "did"): signing_key,
    (ledger_log, "log"): ledger_head,
    # A key that is gone looks like an erasure, of which the rest is missing.
    (learner_key, "learner_id"): ledger_opening,
}
SECOND: Final = 1000
"""Of times that documents and events hold, a ledger covers the whole seconds."""


@pytest.fixture(scope="module", params=ENGINES)
def lived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A hub in whose ledger every kind of entry stands, in a database without guards."""
    databases: Databases = request.getfixturevalue(request.param)
    with databases.migrated() as url, running(url, tmp_path_factory.mktemp("data")) as service:
        number = service.one.hub.number
        published = publish(service.resources, number)
        kept = [issue(service.resources, number, published.achievement_id) for _ in range(3)]
        suspendable = publish_suspendable(service.resources, number)
        known = Recipient(name="Ada", email="ada@example.com", external_id="7")
        held = issue(service.resources, number, suspendable, recipient=known)
        for change in (suspending.suspend, suspending.lift, suspending.suspend):
            change(service.resources, number, held, actor="me", reason="A test.")
            status_lists.publish(service.resources, service.one.hub, 2)
        revoking.revoke(service.resources, number, kept[0], actor="me", reason="A test.")
        status_lists.publish(service.resources, service.one.hub, 1)
        one, other = (
            NewPartner(did=f"did:web:{name}.example", name=name) for name in ("nordic", "baltic")
        )
        partners.add(service.resources, service.one.hub, one)
        partners.end(service.resources, service.one.hub, one.did)
        partners.add(service.resources, service.one.hub, other)
        endorse(service, published.achievement_id)
        cosign_newest(service.resources.store)
        with raw(url) as connection:
            drop_guards(connection)
        yield service


def endorse(service: Service, achievement_id: str) -> None:
    """Have a partner endorse twice through its account, and withdraw one of them."""
    resources, hub = service.resources, service.one.hub
    _, token = api_keys.create(
        resources, hub.number, label="x", scopes=[Scope.ENDORSE], partner="did:web:baltic.example"
    )
    account = api_keys.authenticate(resources, token)
    _, second = (
        endorsing.confirm(
            resources,
            account,
            NewConfirmation(endorsed=about),
            Once(resources, hub.number, route="x", key=about, body={}),
        )
        for about in (hub.did, endorsements.endorsed_address(hub, achievement_id))
    )
    endorsing.withdraw(
        resources, hub, second.stored.endorsement_id, partner=None, reason="Asked for."
    )


@pytest.mark.parametrize(
    ("table", "column"), COVERED, ids=[f"{table.name}.{column}" for table, column in COVERED]
)
def test_t81_a_changed_column_is_named_with_its_table_and_seq(
    lived: Service, table: Table, column: str
) -> None:
    assert audit(lived).size > len(ENGINES)

    with spoiled(lived, table, column) as row, pytest.raises(LedgerFaultError) as caught:
        audit(lived)

    if (table, column) in LOOKS_LIKE:
        assert caught.value.table == LOOKS_LIKE[table, column].name
        return
    assert caught.value.table == table.name
    if "seq" in row:
        assert caught.value.seq in {row["seq"], row["seq"] + 1}
    audit(lived)


@pytest.mark.parametrize(
    "table",
    [
        ledger_opening,
        credential_form,
        status_change,
        status_list_version,
        partner_change,
        endorsement_change,
    ],
    ids=lambda table: table.name,
)
def test_t81_a_removed_row_is_named(lived: Service, table: Table) -> None:
    with removed(lived, table) as row, pytest.raises(LedgerFaultError) as caught:
        audit(lived)

    assert (caught.value.table, caught.value.seq) == (table.name, row["seq"])
    audit(lived)


def test_t81_a_key_that_is_gone_without_an_erasure_is_a_fault(lived: Service) -> None:
    with removed(lived, learner_key), pytest.raises(LedgerFaultError) as caught:
        audit(lived)

    assert caught.value.table == "ledger_opening"


@pytest.mark.parametrize("table", [learner, signing_key, hub], ids=lambda table: table.name)
def test_t81_a_learner_or_key_of_another_hub_is_gone_from_its_own(
    lived: Service, table: Table
) -> None:
    with spoiled(lived, table, "hub_id"), pytest.raises(LedgerFaultError) as caught:
        audit(lived)

    assert caught.value.table == table.name
    audit(lived)


def test_t92_a_change_that_was_never_recorded_is_found(lived: Service) -> None:
    # A revoked credential is made active again by a row that points at another entry.
    issued, change = newest(lived, credential_form), newest(lived, status_change)
    forged = dict(change) | {
        "n": change["n"] + 1,
        "old_state": "revoked",
        "new_state": "active",
        "seq": issued["seq"],
    }

    with added(lived, status_change, forged), pytest.raises(LedgerFaultError) as caught:
        audit(lived)

    assert (caught.value.table, caught.value.seq) == ("status_change", issued["seq"])
    audit(lived)


def test_a_form_that_points_at_a_change_is_found(lived: Service) -> None:
    form, change = newest(lived, credential_form), newest(lived, status_change)
    forged = dict(form) | {"form": "another", "seq": change["seq"]}

    with added(lived, credential_form, forged), pytest.raises(LedgerFaultError) as caught:
        audit(lived)

    assert (caught.value.table, caught.value.seq) == ("credential_form", change["seq"])


def test_t84_a_key_that_no_entry_names_is_found(lived: Service) -> None:
    forged = dict(newest(lived, signing_key)) | {"key_id": "key-9", "purpose": "issuing"}

    with added(lived, signing_key, forged), pytest.raises(LedgerFaultError, match="key-9") as fault:
        audit(lived, keyring=None)

    assert fault.value.table == "signing_key"


@pytest.mark.parametrize("column", ["retired_ms", "compromised_ms"])
def test_t84_a_key_that_ended_without_an_entry_is_found(lived: Service, column: str) -> None:
    row = newest(lived, signing_key)
    write(lived, signing_key, row, {column: row["valid_from_ms"] + 1000})
    try:
        with pytest.raises(LedgerFaultError, match="no entry says"):
            audit(lived, keyring=None)
    finally:
        write(lived, signing_key, row, {column: None})


def test_t81_a_line_under_the_key_of_another_witness_is_named(lived: Service) -> None:
    other = replace(WITNESS, name="other.example").text()
    row = newest(lived, ledger_cosignature)
    write(lived, ledger_cosignature, row, {"witness": other})
    with pytest.raises(LedgerFaultError) as caught:
        audit(lived)
    write(lived, ledger_cosignature, dict(row) | {"witness": other}, {"witness": row["witness"]})

    found = (caught.value.table, caught.value.seq, caught.value.column)
    assert found == ("ledger_cosignature", row["size"], "line")
    audit(lived)


def test_the_public_part_needs_no_key(lived: Service) -> None:
    assert audit(lived, keyring=None).size == audit(lived).size

    with spoiled(lived, ledger_opening, "sealed"):
        audit(lived, keyring=None)
    with spoiled(lived, ledger_entry, "entry"), pytest.raises(LedgerFaultError):
        audit(lived, keyring=None)


def test_t81_a_checkpoint_that_was_kept_must_be_part_of_the_ledger(lived: Service) -> None:
    store, hub = lived.resources.store, lived.one.hub
    note = ledgers.checkpoint(store, hub, ledgers.newest_log(store, hub).log)

    assert audit(lived, kept=(note,)).checkpoints == audit(lived).checkpoints + 1
    with pytest.raises(NoteError):
        audit(lived, kept=(note.replace("riverside", "hilltop"),))


def audit(
    service: Service, *, keyring: Keyring | str | None = "own", kept: tuple[str, ...] = ()
) -> AuditSummary:
    store = service.resources.store
    return auditing.audit(
        store,
        service.resources.keyring if isinstance(keyring, str) else keyring,
        ledgers.newest_log(store, service.one.hub),
        advance=lambda _: None,
        kept=kept,
    )


@contextmanager
def spoiled(service: Service, table: Table, column: str) -> Iterator[RowMapping]:
    """Change one column of the newest row of the hub, and put it back at the end."""
    row = newest(service, table, column)
    changed = dict(row) | {column: flipped(row[column], column)}
    write(service, table, row, {column: changed[column]})
    try:
        yield row
    finally:
        write(service, table, changed, {column: row[column]})


@contextmanager
def removed(service: Service, table: Table) -> Iterator[RowMapping]:
    """Take away the newest row of the hub, and put it back at the end."""
    row = newest(service, table)
    with unguarded(service) as connection:
        connection.execute(table.delete().where(*same(table, row)))
    try:
        yield row
    finally:
        with unguarded(service) as connection:
            connection.execute(table.insert(), dict(row))


@contextmanager
def added(service: Service, table: Table, row: dict[str, object]) -> Iterator[None]:
    """Add a row, and take it away at the end."""
    with unguarded(service) as connection:
        connection.execute(table.insert(), row)
    try:
        yield
    finally:
        with unguarded(service) as connection:
            connection.execute(table.delete().where(*same(table, row)))


def newest(service: Service, table: Table, column: str | None = None) -> RowMapping:
    """Read the newest row of the hub, if possible one that has something in a column."""
    order = [one.desc() for one in table.primary_key.columns]
    if column is not None:
        order.insert(0, table.c[column].is_(None).asc())
    own = table.c.hub_id == service.one.hub.number
    with raw(service.runtime.settings.database) as connection:
        rows = connection.execute(select(table).where(own).order_by(*order)).mappings()
        row = rows.first()
    assert row is not None
    return row


def write(
    service: Service, table: Table, row: Mapping[str, Any] | RowMapping, values: dict[str, object]
) -> None:
    with unguarded(service) as connection:
        connection.execute(update(table).where(*same(table, row)).values(values))


def same(table: Table, row: RowMapping | Mapping[str, Any]) -> list[ColumnElement[bool]]:
    return [column == row[column.name] for column in table.primary_key.columns]


@contextmanager
def unguarded(service: Service) -> Iterator[Connection]:
    """Write past foreign keys and checks, as somebody who owns the database can."""
    with as_owner(service.runtime.settings.database) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        yield connection


def drop_guards(connection: Connection) -> None:
    """Take away triggers, and on PostgreSQL with them the foreign keys and checks."""
    if connection.dialect.name == "sqlite":
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    for table in inspect(connection).get_table_names():
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")


def flipped(value: object, column: str = "") -> object:
    """Change a value as little as its type allows."""
    match value:
        case int() | None if column.endswith("_ms"):
            return (value or 0) + SECOND
        case None:
            return "x"
        case "ledger":
            return "tokens"
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case str():
            return value[:-1] + ("x" if value[-1:] != "x" else "y")
        case int():
            return value + (1000 if column == "hub_id" else 1)
        case _:
            raise TypeError(value)


def test_t84_a_key_of_a_purpose_that_nobody_knows_is_found(lived: Service) -> None:
    if lived.resources.store.mixes_hubs:  # PostgreSQL refuses even its owner.
        row = newest(lived, signing_key)
        write(lived, signing_key, row, {"purpose": "nothing"})
        try:
            with pytest.raises(LedgerFaultError) as caught:
                audit(lived, keyring=None)
        finally:
            write(lived, signing_key, row, {"purpose": row["purpose"]})
        assert (caught.value.table, caught.value.column) == ("signing_key", "purpose")


@pytest.mark.parametrize("table", [achievement, credential, status_entry, status_list], ids=str)
def test_t81_a_row_that_belongs_to_an_entry_and_is_gone_is_named(
    lived: Service, table: Table
) -> None:
    with removed(lived, table), pytest.raises(LedgerFaultError) as caught:
        audit(lived)

    assert caught.value.table in {table.name, "status_entry"}
    audit(lived)


def test_t81_a_credential_that_no_entry_speaks_of_is_found(lived: Service) -> None:
    forged = dict(newest(lived, credential)) | {"credential_id": "z" * 36, "code": "z" * 32}

    with added(lived, credential, forged), pytest.raises(LedgerFaultError) as caught:
        audit(lived, keyring=None)

    assert caught.value.table == "credential"


def test_t81_a_correction_that_nobody_signed_is_found(lived: Service) -> None:
    row = newest(lived, credential)
    write(lived, credential, row, {"supersedes": row["credential_id"]})
    try:
        with pytest.raises(LedgerFaultError) as caught:
            audit(lived)
    finally:
        write(lived, credential, row, {"supersedes": None})

    assert (caught.value.table, caught.value.column) == ("credential", "supersedes")


@pytest.mark.parametrize(
    "table", [achievement, status_list_version, partner_change, endorsement_change], ids=str
)
def test_t81_a_version_that_no_entry_defines_is_found(lived: Service, table: Table) -> None:
    row = newest(lived, table)
    elsewhere = newest(lived, credential_form)["seq"]
    forged = dict(row) | {"version": row["version"] + 1, "seq": elsewhere}
    if table in {partner_change, endorsement_change}:
        forged["endorsement_id"] = "z"
    if table is endorsement_change:
        forged["digest"] = bytes(32)

    with added(lived, table, forged), pytest.raises(LedgerFaultError) as caught:
        audit(lived, keyring=None)

    assert (caught.value.table, caught.value.seq) in {
        (table.name, elsewhere),
        (table.name, row["seq"]),
    }


def test_t91_a_list_that_hides_a_revocation_is_found_though_its_entry_fits(
    lived: Service,
) -> None:
    # Whoever holds the keys can publish a list without the bit; the changes tell.
    number = lived.one.hub.number
    with lived.resources.store.read() as tx:
        newest_version = tx.status.latest_version(number, 1)
    assert newest_version is not None
    change = newest(lived, status_change)
    place = next(
        row
        for row in entries_of(lived, change["credential_id"])
        if row["purpose"] == change["purpose"]
    )
    with removed_row(lived, status_change, change), pytest.raises(LedgerFaultError) as caught:
        audit(lived, keyring=None)
    assert (caught.value.table, caught.value.column) == ("status_list_version", "changes")
    write(lived, status_entry, place, {"idx": place["idx"] ^ 1})
    try:
        with pytest.raises(LedgerFaultError) as caught:
            audit(lived, keyring=None)
    finally:
        write(lived, status_entry, dict(place) | {"idx": place["idx"] ^ 1}, {"idx": place["idx"]})
    assert (caught.value.table, caught.value.column) == ("status_list_version", "document")


def test_a_change_after_the_newest_list_is_no_fault(lived: Service) -> None:
    # The next list will show it.
    number = lived.one.hub.number
    credential_id = issue(lived.resources, number)
    revoking.revoke(lived.resources, number, credential_id, actor="me", reason="A test.")

    audit(lived)


def entries_of(service: Service, credential_id: str) -> list[RowMapping]:
    own = status_entry.c.credential_id == credential_id
    with raw(service.runtime.settings.database) as connection:
        return list(connection.execute(select(status_entry).where(own)).mappings())


@contextmanager
def removed_row(service: Service, table: Table, row: RowMapping) -> Iterator[None]:
    """Take away one row, and put it back at the end."""
    with unguarded(service) as connection:
        connection.execute(table.delete().where(*same(table, row)))
    try:
        yield
    finally:
        with unguarded(service) as connection:
            connection.execute(table.insert(), dict(row))


@contextmanager
def erased(service: Service, *, thoroughly: bool) -> Iterator[None]:
    """Erase the learner of the newest credential: key, openings, and the signed bytes or not."""
    form = newest(service, credential_form)
    opening = next(row for row in all_of(service, ledger_opening) if row["seq"] == form["seq"])
    keys = all_of(service, learner_key)
    (key,) = (row for row in keys if row["learner_id"] == opening["learner_id"])
    write(service, ledger_opening, opening, {"sealed": None})
    if thoroughly:
        write(service, credential_form, form, {"sealed": None})
    try:
        with removed_row(service, learner_key, key):
            yield
    finally:
        write(service, ledger_opening, opening, {"sealed": opening["sealed"]})
        write(service, credential_form, form, {"sealed": form["sealed"]})


def all_of(service: Service, table: Table) -> list[RowMapping]:
    own = table.c.hub_id == service.one.hub.number
    with raw(service.runtime.settings.database) as connection:
        return list(connection.execute(select(table).where(own)).mappings())


def test_t94_an_erased_learner_is_no_fault(lived: Service) -> None:
    newcomer = issue(lived.resources, lived.one.hub.number)
    assert newest(lived, credential_form)["credential_id"] == newcomer

    with erased(lived, thoroughly=True):
        audit(lived)
    audit(lived)


def test_t94_signed_bytes_that_an_erasure_left_are_found(lived: Service) -> None:
    form = newest(lived, credential_form)

    with erased(lived, thoroughly=False), pytest.raises(LedgerFaultError) as caught:
        audit(lived)

    assert (caught.value.table, caught.value.seq) == ("credential_form", form["seq"])
