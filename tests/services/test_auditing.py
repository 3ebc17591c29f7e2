"""The audit of everything that entries commit to: whatever was changed is named."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from sqlalchemy import ColumnElement, Connection, Table, inspect, select, update
from sqlalchemy.engine import RowMapping

from credhub.errors import LedgerFaultError, NoteError
from credhub.ledger.audit import AuditSummary
from credhub.services import auditing, ledgers, revoking, status_lists
from credhub.services.keyring import Keyring
from credhub.store.tables import (
    achievement,
    credential_form,
    learner_key,
    ledger_checkpoint,
    ledger_entry,
    ledger_head,
    ledger_log,
    ledger_opening,
    signing_key,
    status_change,
    status_list_version,
)
from tests.engines import ENGINES, Databases
from tests.running import Service, running
from tests.services.ordering import issue, publish
from tests.store.rows import raw

COVERED = (
    *((ledger_log, name) for name in ("vkey", "origin")),
    *((ledger_entry, name) for name in ("kind", "time_ms", "entry", "leaf_hash", "chain_hash")),
    *((ledger_head, name) for name in ("size", "chain_hash", "frontier", "last_ms")),
    *((ledger_checkpoint, name) for name in ("root", "note")),
    *((ledger_opening, name) for name in ("entry_id", "inner_kind", "learner_id", "sealed")),
    (credential_form, "sealed"),
    *((status_change, name) for name in ("sealed_reason", "actor", "changed_ms", "new_state")),
    (achievement, "document"),
    (status_list_version, "document"),
    *((signing_key, name) for name in ("public_key", "algorithm")),
)


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
        revoking.revoke(service.resources, number, kept[0], actor="me", reason="A test.")
        status_lists.publish(service.resources, service.one.hub, 1)
        with raw(url) as connection:
            drop_guards(connection)
        yield service


@pytest.mark.parametrize(
    ("table", "column"), COVERED, ids=[f"{table.name}.{column}" for table, column in COVERED]
)
def test_t81_a_changed_column_is_named_with_its_table_and_seq(
    lived: Service, table: Table, column: str
) -> None:
    assert audit(lived).size > len(ENGINES)

    with spoiled(lived, table, column) as row, pytest.raises(LedgerFaultError) as caught:
        audit(lived)

    # A head that says too much looks like an entry that was cut off.
    looks_like = ledger_entry if (table, column) == (ledger_head, "size") else table
    assert caught.value.table == looks_like.name
    if "seq" in row:
        assert caught.value.seq == row["seq"]
    audit(lived)


@pytest.mark.parametrize(
    "table",
    [ledger_opening, credential_form, status_change, status_list_version],
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


def test_the_public_part_needs_no_key(lived: Service) -> None:
    assert audit(lived, keyring=None).size == audit(lived).size

    with spoiled(lived, ledger_opening, "sealed"):
        audit(lived, keyring=None)
    with spoiled(lived, ledger_entry, "entry"), pytest.raises(LedgerFaultError):
        audit(lived, keyring=None)


def test_t81_a_checkpoint_that_was_kept_must_be_part_of_the_ledger(lived: Service) -> None:
    store, hub = lived.resources.store, lived.one.hub
    note = ledgers.checkpoint(store, hub, ledgers.open_log(store, hub).log)

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
        ledgers.open_log(store, service.one.hub),
        advance=lambda _: None,
        kept=kept,
    )


@contextmanager
def spoiled(service: Service, table: Table, column: str) -> Iterator[RowMapping]:
    """Change one column of the newest row of the hub, and put it back at the end."""
    row = newest(service, table)
    write(service, table, row, {column: flipped(row[column])})
    try:
        yield row
    finally:
        write(service, table, row, {column: row[column]})


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


def newest(service: Service, table: Table) -> RowMapping:
    order = [column.desc() for column in table.primary_key.columns]
    own = table.c.hub_id == service.one.hub.number
    with raw(service.runtime.settings.database) as connection:
        rows = connection.execute(select(table).where(own).order_by(*order)).mappings()
        row = rows.first()
    assert row is not None
    return row


def write(service: Service, table: Table, row: RowMapping, values: dict[str, object]) -> None:
    with unguarded(service) as connection:
        connection.execute(update(table).where(*same(table, row)).values(values))


def same(table: Table, row: RowMapping | Mapping[str, object]) -> list[ColumnElement[bool]]:
    return [column == row[column.name] for column in table.primary_key.columns]


@contextmanager
def unguarded(service: Service) -> Iterator[Connection]:
    """Write past foreign keys and checks, as somebody who owns the database can."""
    with raw(service.runtime.settings.database) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
            connection.exec_driver_sql("PRAGMA writable_schema=OFF")
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


def flipped(value: object) -> object:
    """Change a value as little as its type allows."""
    match value:
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case str():
            return value[:-1] + ("x" if value[-1:] != "x" else "y")
        case int():
            return value + 1
        case _:
            raise TypeError(value)
