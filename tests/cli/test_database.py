"""``credhub db``: the commands for PostgreSQL."""

from uuid import uuid4

import pytest

from credhub.store import distributing, role_statements
from credhub.store.role_statements import Roles
from tests.cli.command_line import CommandLine
from tests.engines import PostgresqlDatabases
from tests.store.rows import raw


def test_harden_prints_what_it_would_do(newcomer: CommandLine) -> None:
    result = newcomer("db", "harden", "--print", "--app", "issuer")

    assert result.exit_code == 0
    for statement in role_statements.statements(Roles(app="issuer")):
        assert f"\n{statement};\n" in result.stdout
    assert result.stdout.startswith("BEGIN;")
    assert result.stdout.endswith("COMMIT;\n")


def test_what_harden_prints_can_be_run_by_hand(
    newcomer: CommandLine, postgresql: PostgresqlDatabases
) -> None:
    mark = uuid4().hex[:12]
    names = (f"owner_{mark}", f"app_{mark}", f"auditor_{mark}")
    words = ("--owner", names[0], "--app", names[1], "--auditor", names[2])
    printed = newcomer("db", "harden", "--print", *words).stdout

    with postgresql.migrated() as url:
        with raw(url) as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute(printed.removeprefix("BEGIN;").removesuffix("COMMIT;\n").encode())
        # Again, by the command itself.
        result = newcomer("db", "harden", *words, CREDHUB_DATABASE_URL=url)
        assert result.exit_code == 0, result.output
        assert f"{names[0]} owns the tables" in result.stdout
        with raw(url) as connection:
            for name in names:
                connection.exec_driver_sql(f"REASSIGN OWNED BY {name} TO CURRENT_USER")
                connection.exec_driver_sql(f"DROP OWNED BY {name}")
                connection.exec_driver_sql(f"DROP ROLE {name}")


def test_distribute_prints_what_it_would_do(newcomer: CommandLine) -> None:
    result = newcomer("db", "distribute", "--print")

    assert result.exit_code == 0
    for statement in distributing.statements():
        assert f"\n{statement};\n" in result.stdout


@pytest.mark.parametrize("command", ["harden", "distribute"])
def test_sqlite_has_neither(riverside: CommandLine, command: str) -> None:
    result = riverside("db", command)

    assert result.exit_code == 3
    assert "This is for PostgreSQL" in result.stderr


def test_a_name_that_is_none_is_refused(riverside: CommandLine) -> None:
    result = riverside("db", "harden", "--app", "Robert'); DROP TABLE hub; --")

    assert result.exit_code == 3
    assert "not a plain lower-case name" in result.stderr


def test_distribute_refuses_without_citus(
    newcomer: CommandLine, postgresql: PostgresqlDatabases
) -> None:
    with postgresql.migrated() as url:
        result = newcomer("db", "distribute", CREDHUB_DATABASE_URL=url)

    assert result.exit_code == 3
    assert "CREATE EXTENSION citus" in result.stderr
