"""The database itself refuses to change what was recorded."""
# ruff: noqa: S608 - the table names are our own

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import DBAPIError

from credhub.errors import ConflictError
from credhub.ledger.entry import NO_HASH, Kind, LedgerEntry, chain_hash, leaf_hash
from credhub.ledger.events import Standing
from credhub.store import credentials
from credhub.store.hubs import HubNumber
from credhub.store.store import Store
from credhub.store.tables import (
    batch,
    batch_result,
    credential,
    credential_form,
    hub,
    ledger_checkpoint,
    ledger_entry,
    ledger_head,
    ledger_log,
    ledger_opening,
    metadata,
    signing_key,
    status_list,
)
from credhub.store.unit import Insert, PendingEntry, Unit
from tests.engines import Databases, PostgresqlDatabases, SqliteDatabases
from tests.store.rows import (
    change_unit,
    endorsement_unit,
    fill,
    partner_unit,
    raw,
    run,
    version_unit,
)
from tests.store.samples import (
    LOG,
    Signers,
    achievement_unit,
    credential_id_of,
    log_signer,
    private_entry,
    sequencer,
)

APPEND_ONLY = (
    "ledger_entry",
    "ledger_node",
    "ledger_checkpoint",
    "ledger_cosignature",
    "achievement",
    "credential",
    "status_list_version",
    "status_entry",
    "status_change",
    "partner_change",
    "endorsement_change",
    "batch_result",
    "picture",
)
PERMANENT = (
    *APPEND_ONLY,
    "ledger_log",
    "ledger_head",
    "ledger_opening",
    "credential_form",
    "status_list",
    "signing_key",
    "hub",
    "batch",
    "claim_link",
    "learner_request",
)


GUARD = re.compile(
    "append-only|permanent|is refused|erased|can only|cannot change|keeps its|must|starts empty"
)


@pytest.fixture
def filled(store: Store, database_url: str) -> str:
    fill(store, Signers())
    return database_url


@pytest.fixture
def filled_sqlite(sqlite: SqliteDatabases) -> Iterator[str]:
    yield from filled_one(sqlite)


@pytest.fixture
def filled_postgresql(postgresql: PostgresqlDatabases) -> Iterator[str]:
    yield from filled_one(postgresql)


def filled_one(databases: Databases) -> Iterator[str]:
    with databases.migrated() as url:
        store = Store.open(url)
        fill(store, Signers())
        store.close()
        yield url


def rows_of(url: str, table: str) -> int:
    with raw(url) as connection:
        count: int = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
    return count


def check_refused(url: str, *statements: str) -> None:
    with pytest.raises(DBAPIError, match=GUARD):
        run(url, *statements)


def test_append_only_rows_cannot_be_updated(filled: str) -> None:
    for table in APPEND_ONLY:
        check_refused(filled, f"UPDATE {table} SET hub_id = hub_id")


def test_rows_cannot_be_deleted(filled: str) -> None:
    # Children first, so that a foreign key is not what refuses.
    for table in reversed(metadata.sorted_tables):
        if table.name in PERMANENT:
            before = rows_of(filled, table.name)
            check_refused(filled, f"DELETE FROM {table.name}")
            assert rows_of(filled, table.name) == before > 0


def test_sqlite_refuses_to_replace_rows_whoever_asks(filled_sqlite: str) -> None:
    shrunk = "SELECT hub_id, log, 0, zeroblob(32), x'', 0 FROM ledger_head"

    # A connection without our settings: recursive_triggers and foreign_keys are off.
    with closing(sqlite3.connect(filled_sqlite.removeprefix("sqlite:///"))) as plain:
        for table in PERMANENT:
            with pytest.raises(sqlite3.IntegrityError):
                plain.execute(f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
        with pytest.raises(sqlite3.IntegrityError):
            plain.execute(f"REPLACE INTO ledger_head {shrunk}")


def test_postgresql_refuses_to_truncate(filled_postgresql: str) -> None:
    for table in PERMANENT:
        check_refused(filled_postgresql, f"TRUNCATE {table} CASCADE")


def test_postgresql_guards_hold_for_a_replica_too(filled_postgresql: str) -> None:
    replica = "SET LOCAL session_replication_role = replica"
    for table in APPEND_ONLY:
        check_refused(filled_postgresql, replica, f"UPDATE {table} SET hub_id = hub_id")
    for table in PERMANENT:
        check_refused(filled_postgresql, replica, f"DELETE FROM {table}")
        check_refused(filled_postgresql, replica, f"TRUNCATE {table} CASCADE")
    check_refused(filled_postgresql, replica, "UPDATE ledger_head SET size = 1")
    check_refused(filled_postgresql, replica, "UPDATE hub SET slug = 'other'")


def test_postgresql_guards_cannot_be_shadowed_by_a_temporary_table(
    filled_postgresql: str,
) -> None:
    check_refused(
        filled_postgresql,
        "CREATE TEMPORARY TABLE ledger_entry AS SELECT * FROM public.ledger_entry",
        "DELETE FROM pg_temp.ledger_entry WHERE seq > 0",
        "UPDATE public.ledger_head SET size = 1, chain_hash = e.chain_hash, last_ms = e.time_ms"
        " FROM pg_temp.ledger_entry e",
    )


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        (hub, "slug", "other"),
        (hub, "did", "did:web:other.example"),
        (hub, "base_url", "https://other.example"),
        (hub, "created_ms", 1),
        (hub, "name", "other"),
        (hub, "description", "other"),
        (hub, "url", "https://other.example"),
        (hub, "email", "other@example.com"),
        (signing_key, "public_key", bytes(32)),
        (signing_key, "purpose", "issuing"),
        (signing_key, "valid_from_ms", 1),
        (ledger_log, "origin", "other"),
        (ledger_log, "vkey", "other"),
        (status_list, "purpose", "other"),
        (status_list, "length", 1),
        (credential_form, "sealed", b"other"),
        (credential_form, "form", "other"),
        (ledger_opening, "sealed", b"other"),
        (ledger_opening, "entry_id", bytes(16)),
        (batch, "achievement_version", 2),
        (batch, "actor", "other"),
        (batch, "rows", 7),
        (batch, "queued_ms", 7),
        (batch, "report", "{}"),
        (batch, "failed", -1),
        (ledger_head, "size", 1),
        (ledger_head, "last_ms", 1),
        (ledger_head, "chain_hash", bytes(32)),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_what_names_a_thing_cannot_change(
    filled: str, table: Table, column: str, value: object
) -> None:
    with pytest.raises(DBAPIError):
        run(filled, update(table).values({column: value}))


@pytest.mark.parametrize(
    ("table", "column", "first", "second"),
    [
        (hub, "forms", "eddsa-rdfc-2022 vc+jwt", "eddsa-rdfc-2022"),
        (hub, "sealed_secret", b"sealed anew", b"sealed again"),
        (signing_key, "sealed_private", b"sealed anew", None),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_what_may_change_can(
    filled: str, table: Table, column: str, first: object, second: object
) -> None:
    run(filled, update(table).values({column: first}))
    run(filled, update(table).values({column: second}))

    with raw(filled) as connection:
        assert connection.execute(select(table.c[column])).scalar_one() == second


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (signing_key, "retired_ms"),
        (signing_key, "compromised_ms"),
        (ledger_log, "frozen_ms"),
        (status_list, "closed_ms"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_what_ends_ends_once(filled: str, table: Table, column: str) -> None:
    run(filled, update(table).values({column: 5}))

    with pytest.raises(DBAPIError):
        run(filled, update(table).values({column: 6}))
    with pytest.raises(DBAPIError):
        run(filled, update(table).values({column: None}))


def test_what_a_batch_counted_stays_when_it_has_ended(filled: str) -> None:
    run(filled, update(batch).values(failed=1), update(batch).values(failed=2))

    with pytest.raises(DBAPIError):
        run(filled, update(batch).values(failed=1))
    run(filled, update(batch).values(ended_ms=9, ending="finished", issued=3))

    for column in ("issued", "changed", "skipped", "failed"):
        with pytest.raises(DBAPIError):
            run(filled, update(batch).values({column: 7}))
    run(filled, update(batch).values(pruned_ms=9))
    with pytest.raises(DBAPIError):
        run(filled, update(batch).values(pruned_ms=10))


def test_a_result_may_go_when_its_batch_has_ended_and_it_gave_nothing(filled: str) -> None:
    with raw(filled) as connection:
        made = connection.execute(select(credential.c.hub_id, credential.c.credential_id)).first()
    assert made is not None
    issued = {"hub_id": made.hub_id, "credential_id": made.credential_id, "outcome": "issued"}
    run(filled, insert(batch_result).values(batch_id="batch-1", row=2, **issued))
    check_refused(filled, "DELETE FROM batch_result WHERE outcome = 'failed'")
    run(filled, update(batch).values(ended_ms=9, ending="finished"))

    check_refused(filled, "DELETE FROM batch_result WHERE outcome = 'issued'")
    run(filled, "DELETE FROM batch_result WHERE outcome = 'failed'")

    assert rows_of(filled, "batch_result") == 1


@pytest.mark.parametrize("table", [credential_form, ledger_opening], ids=lambda table: table.name)
def test_sealed_bytes_can_be_erased_and_nothing_else_with_them(filled: str, table: Table) -> None:
    with pytest.raises(DBAPIError):
        run(filled, update(table).values(sealed=None, seq=table.c.seq + 1))

    run(filled, update(table).values(sealed=None))

    with raw(filled) as connection:
        assert set(connection.execute(select(table.c.sealed)).scalars()) == {None}


def next_row(url: str) -> dict[str, object]:
    with raw(url) as connection:
        last = connection.execute(
            select(ledger_entry).order_by(ledger_entry.c.seq.desc()).limit(1)
        ).one()
    entry = LedgerEntry(
        kind=Kind.OPERATION, time_ms=last.time_ms, commitment=NO_HASH, public=b"x"
    ).encode()
    leaf = leaf_hash(entry)
    return {
        "hub_id": last.hub_id,
        "log": LOG,
        "seq": last.seq + 1,
        "kind": int(Kind.OPERATION),
        "time_ms": last.time_ms,
        "entry": entry,
        "leaf_hash": leaf,
        "prev_hash": last.chain_hash,
        "chain_hash": chain_hash(last.chain_hash, leaf),
    }


def test_an_entry_must_extend_the_chain(filled: str) -> None:
    good = next_row(filled)
    seq, time_ms = int(str(good["seq"])), int(str(good["time_ms"]))
    bad: list[dict[str, object]] = [
        {"seq": seq + 1},
        {"seq": seq - 1},
        {"seq": 0},
        {"seq": -1},
        {"prev_hash": bytes(32)},
        {"prev_hash": b"short"},
        {"time_ms": time_ms - 1},
        {"entry": b""},
        {"kind": 0},
    ]
    for change in bad:
        with pytest.raises(DBAPIError):
            run(filled, insert(ledger_entry).values(good | change))

    run(filled, insert(ledger_entry).values(good))


def test_postgresql_hashes_entries_for_itself(filled_postgresql: str) -> None:
    good = next_row(filled_postgresql)
    bad: tuple[dict[str, object], ...] = (
        {"leaf_hash": bytes(32)},
        {"chain_hash": bytes(32)},
        {"entry": b"other"},
    )

    for change in bad:
        with pytest.raises(DBAPIError):
            run(filled_postgresql, insert(ledger_entry).values(good | change))

    run(filled_postgresql, insert(ledger_entry).values(good))


def test_the_head_must_equal_the_last_entry(filled: str) -> None:
    row = next_row(filled)
    grown = {"size": int(str(row["seq"])) + 1, "chain_hash": row["chain_hash"]}

    with pytest.raises(DBAPIError):
        run(filled, update(ledger_head).values(grown))
    with pytest.raises(DBAPIError):  # It must count the new entry.
        run(
            filled,
            insert(ledger_entry).values(row),
            update(ledger_head).values(last_ms=ledger_head.c.last_ms),
        )

    run(filled, insert(ledger_entry).values(row), update(ledger_head).values(grown))


def test_a_second_head_cannot_start_a_log_anew(filled: str) -> None:
    empty = {"hub_id": 1, "log": "2027", "size": 0, "frontier": b"", "last_ms": 0}
    log = {"hub_id": 1, "log": "2027", "origin": "o", "vkey": "v", "created_ms": 1, "frozen_ms": 2}
    run(filled, insert(ledger_log).values(log))

    with pytest.raises(DBAPIError):
        run(filled, insert(ledger_head).values(empty | {"size": 1, "chain_hash": NO_HASH}))
    with pytest.raises(DBAPIError):
        run(filled, insert(ledger_head).values(empty | {"chain_hash": b"x" * 32}))

    run(filled, insert(ledger_head).values(empty | {"chain_hash": NO_HASH}))


def test_a_hub_has_one_open_log(filled: str) -> None:
    second = {"hub_id": 1, "log": "2027", "origin": "o", "vkey": "v", "created_ms": 1}

    with pytest.raises(DBAPIError):
        run(filled, insert(ledger_log).values(second))

    run(filled, update(ledger_log).values(frozen_ms=1), insert(ledger_log).values(second))


def test_a_checkpoint_grows_and_does_not_pass_the_head(filled: str) -> None:
    with raw(filled) as connection:
        size = connection.execute(select(ledger_head.c.size)).scalar_one()
    row = {"hub_id": 1, "log": LOG, "root": bytes(32), "note": "n", "signed_ms": 1}

    for wrong in (size, size - 1, size + 1):
        with pytest.raises(DBAPIError):
            run(filled, insert(ledger_checkpoint).values(row | {"size": wrong}))

    new = next_row(filled)
    grown = {"size": size + 1, "chain_hash": new["chain_hash"]}
    run(
        filled,
        insert(ledger_entry).values(new),
        update(ledger_head).values(grown),
        insert(ledger_checkpoint).values(row | {"size": size + 1}),
    )


OF_KIND = {
    "credential_form": Kind.PRIVATE,
    "status_change": Kind.PRIVATE,
    "status_list_version": Kind.STATUS_LIST,
    "achievement": Kind.DEFINITION,
    "partner_change": Kind.ENDORSEMENT,
    "endorsement_change": Kind.ENDORSEMENT,
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("table", OF_KIND)
def test_a_row_names_an_entry_of_its_own_kind(
    store: Store, filled: str, table: str, kind: Kind
) -> None:
    private = kind is Kind.PRIVATE
    entry = private_entry() if private else PendingEntry(kind=kind, public=b"x")
    unit = Unit(hub=HubNumber(1), entries=(entry,), inserts=(row_for(table),))
    before = rows_of(filled, "ledger_entry")

    with sequencer(store, log_signer) as running:
        if kind is OF_KIND[table]:
            running.submit(unit)
        else:
            with pytest.raises(ConflictError):
                running.submit(unit)

    assert rows_of(filled, "ledger_entry") == before + (kind is OF_KIND[table])


def row_for(table: str) -> Insert:
    match table:
        case "credential_form":
            return credentials.insert_form_of(
                HubNumber(1), credential_id=credential_id_of(1), form="x", sealed=b"x", entry=0
            )
        case "achievement":
            return achievement_unit(HubNumber(1), version=2).inserts[0]
        case "status_change":
            unit = change_unit(HubNumber(1), 1, Standing.REVOKED, Standing.ACTIVE, n=1)
            return unit.inserts[0]
        case "partner_change":
            return partner_unit(HubNumber(1), 2, endorsement_id="e2").inserts[0]
        case "endorsement_change":
            return endorsement_unit(HubNumber(1), 2, endorsement_id="g2").inserts[0]
        case _:
            return version_unit(HubNumber(1), 2, changes=2).inserts[0]
