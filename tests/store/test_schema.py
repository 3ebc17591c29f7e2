"""The tables: the rule that lets hubs be spread over machines, and the way they are made."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, UniqueConstraint, inspect

from credhub.errors import SchemaNotCurrentError
from credhub.store import migrating
from credhub.store.batch_results import Outcome
from credhub.store.batches import Ending
from credhub.store.store import Store
from credhub.store.tables import metadata
from tests.engines import Databases
from tests.store.rows import fill, raw
from tests.store.samples import NOW, Signers

REFERENCE_TABLES = {"hub", "witness_key"}
TENANT_TABLES = [table for table in metadata.sorted_tables if table.name not in REFERENCE_TABLES]


@pytest.fixture
def empty_url(databases: Databases) -> Iterator[str]:
    with databases.empty() as url:
        yield url


@pytest.mark.parametrize("table", TENANT_TABLES, ids=lambda table: table.name)
def test_every_key_of_a_tenant_table_carries_the_hub(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "hub_id"
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            assert "hub_id" in constraint.columns
        if isinstance(constraint, ForeignKeyConstraint):
            pairs = [(key.parent.name, key.column.name) for key in constraint.elements]
            assert ("hub_id", "hub_id") in pairs
    for index in table.indexes:
        assert index.expressions[0] is table.c.hub_id


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_constraint_has_a_name(table: Table) -> None:
    assert all(constraint.name for constraint in table.constraints)
    assert all(index.name for index in table.indexes)


def test_migrations_make_the_tables_of_the_metadata(database_url: str) -> None:
    with raw(database_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        found = inspect(connection)
        for table in metadata.sorted_tables:
            checks = {check["name"] for check in found.get_check_constraints(table.name)}
            assert checks == {
                constraint.name
                for constraint in table.constraints
                if isinstance(constraint, CheckConstraint)
            }
            assert found.get_pk_constraint(table.name)["name"] == f"pk_{table.name}"


def test_sqlite_tables_are_strict(database_url: str) -> None:
    with raw(database_url) as connection:
        if connection.dialect.name == "sqlite":
            loose = connection.exec_driver_sql(
                "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict"
                " AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
            )
            assert loose.all() == []


def test_a_migration_goes_up_down_and_up(empty_url: str) -> None:
    assert migrating.current(empty_url) is None

    migrating.upgrade(empty_url)
    migrating.check_up_to_date(empty_url)
    migrating.downgrade(empty_url, "base")
    assert migrating.current(empty_url) is None
    with raw(empty_url) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]

    migrating.upgrade(empty_url)
    assert migrating.current(empty_url) == migrating.head()


def test_a_database_with_data_goes_one_version_back_and_forward(
    store: Store, database_url: str
) -> None:
    number = fill(store, Signers())
    store.close()

    migrating.downgrade(database_url, "0001")
    assert migrating.current(database_url) == "0001"
    migrating.upgrade(database_url)

    with store.read() as tx:
        (log,) = tx.ledger.logs(number)
        tx.ledger.audit(log)


def test_rows_that_were_done_before_batches_counted_them_are_counted(
    store: Store, database_url: str
) -> None:
    number = fill(store, Signers())
    with store.begin() as tx:
        assert tx.batch_queue.take(number, now=NOW, until=NOW) is not None
        tx.batches.end(number, "batch-1", Ending.CANCELLED, NOW)
    with store.read() as tx:
        before = tx.batches.by_id(number, "batch-1")
    store.close()

    migrating.downgrade(database_url, "0008")
    migrating.upgrade(database_url)

    with store.read() as tx:
        after = tx.batches.by_id(number, "batch-1")
    assert after == before
    assert after is not None
    assert after.counts[Outcome.FAILED] == 1


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    migrating.upgrade(database_url)

    migrating.check_up_to_date(database_url)


def test_an_old_database_is_refused(empty_url: str) -> None:
    with pytest.raises(SchemaNotCurrentError) as refusal:
        migrating.check_up_to_date(empty_url)

    assert refusal.value.found is None
    assert refusal.value.expected == migrating.head()


def test_processes_that_upgrade_at_once_do_not_harm_each_other(empty_url: str) -> None:
    program = "import sys; from credhub.store.migrating import upgrade; upgrade(sys.argv[1])"

    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", program, empty_url])  # noqa: S603 - our own program
        for _ in range(4)
    ]

    assert [process.wait() for process in running] == [0, 0, 0, 0]
    migrating.check_up_to_date(empty_url)
