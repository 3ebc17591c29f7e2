"""Spreading the tables with Citus: what would be done, in which order. No Citus runs here."""

import re

import pytest
from sqlalchemy import text

from credhub.errors import DistributionError, NotPostgresqlError, StoreUnavailableError
from credhub.store.distributing import distribute, statements
from credhub.store.tables import hub, metadata
from tests.engines import PostgresqlDatabases, SqliteDatabases
from tests.store.rows import raw

CALL = re.compile(r"SELECT create_(reference|distributed)_table\('(\w+)'(?:, '(\w+)')?(.*)\)")


def calls() -> list[tuple[str, str, str | None, str]]:
    found = [CALL.fullmatch(statement) for statement in statements()]
    return [(call[1], call[2], call[3], call[4]) for call in found if call is not None]


def test_triggers_are_allowed_before_anything_is_spread() -> None:
    first = next(n for n, statement in enumerate(statements()) if CALL.fullmatch(statement))

    before = statements()[:first]
    assert before[0] == "SET LOCAL citus.enable_unsafe_triggers = on"
    assert all(not CALL.fullmatch(statement) for statement in before)


def test_hubs_are_copied_everywhere_first_and_the_rest_is_spread_by_hub() -> None:
    kinds = [kind for kind, *_ in calls()]

    assert ("reference", hub.name) in [call[:2] for call in calls()]
    assert kinds == sorted(kinds, reverse=True)  # "reference" before "distributed"
    for kind, name, key, _ in calls():
        assert (kind == "distributed") == (key == "hub_id"), name


def test_every_table_is_spread_once_after_those_it_refers_to() -> None:
    names = [name for _, name, *_ in calls()]

    assert sorted(names) == sorted(metadata.tables)
    for table in metadata.tables.values():
        for constraint in table.foreign_key_constraints:
            target = constraint.referred_table
            if target is not table:
                assert names.index(target.name) < names.index(table.name)


def test_all_rows_of_a_hub_are_kept_together() -> None:
    spread = [(name, more) for kind, name, _, more in calls() if kind == "distributed"]

    assert spread[0][1] == ""
    assert {more for _, more in spread[1:]} == {f", colocate_with => '{spread[0][0]}'"}


def test_the_guards_that_are_taken_away_are_those_that_look_up_other_rows(
    postgresql: PostgresqlDatabases,
) -> None:
    looking_up = text(
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
        " JOIN pg_proc p ON p.oid = tgfoid"
        " WHERE proname LIKE 'credhub%' AND prosrc ~ '(FROM|JOIN) ledger_'"
    )
    with postgresql.migrated() as url, raw(url) as connection:
        found = {(row.relname, row.tgname) for row in connection.execute(looking_up)}

    dropped = re.findall(r"DROP TRIGGER IF EXISTS (\w+) ON (\w+)", "\n".join(statements()))
    assert {(table, trigger) for trigger, table in dropped} >= found > set()


def test_a_database_without_citus_is_left_alone(postgresql: PostgresqlDatabases) -> None:
    with postgresql.migrated() as url:
        with pytest.raises(DistributionError, match="no Citus"):
            distribute(url)
        with raw(url) as connection:
            guards = connection.exec_driver_sql(
                "SELECT count(*) FROM pg_trigger WHERE tgname IN ('extends', 'follows', 'grows')"
            )
            assert guards.scalar_one() >= 3


def test_what_citus_refuses_is_said(postgresql: PostgresqlDatabases) -> None:
    """A stand-in for the extension's name, without its functions."""
    with postgresql.migrated() as url:
        with raw(url) as connection:
            connection.exec_driver_sql("SET LOCAL allow_system_table_mods = on")
            connection.exec_driver_sql("UPDATE pg_extension SET extname = 'citus'")
        with pytest.raises(
            DistributionError, match="PostgreSQL refuses: function create_reference_table"
        ):
            distribute(url)


def test_sqlite_is_not_spread(sqlite: SqliteDatabases) -> None:
    with sqlite.migrated() as url, pytest.raises(NotPostgresqlError):
        distribute(url)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(StoreUnavailableError):
        distribute("postgresql://nobody@127.0.0.1:1/nothing")
