"""A hardened PostgreSQL: the service works, and what it does not need is refused."""
# ruff: noqa: S608 - the names are our own

from collections.abc import Iterator

import pytest
from sqlalchemy import LargeBinary, text
from sqlalchemy.exc import DBAPIError

from credhub.errors import HardeningError, NotPostgresqlError, StoreUnavailableError
from credhub.store import migrating
from credhub.store.hardening import harden
from credhub.store.rights import all_rights, rights_of
from credhub.store.role_statements import Roles, statements
from credhub.store.store import Store
from credhub.store.tables import metadata
from tests.engines import PostgresqlDatabases, SqliteDatabases
from tests.roles import Hardened, hardening
from tests.store.rows import fill, raw, run
from tests.store.samples import Signers, issue_unit, ledger_signer, sequencer

REFUSED = "permission denied|must be owner|is refused"


@pytest.fixture
def migrated(postgresql: PostgresqlDatabases) -> Iterator[str]:
    with postgresql.migrated() as url:
        yield url


@pytest.fixture
def hardened(migrated: str) -> Iterator[Hardened]:
    store = Store.open(migrated)
    fill(store, Signers())
    store.close()
    with hardening(migrated) as made:
        yield made


def check_denied(url: str, *sql: str) -> None:
    with pytest.raises(DBAPIError, match=REFUSED):
        run(url, *sql)


def test_the_service_records_as_a_role_without_the_owners_rights(hardened: Hardened) -> None:
    migrating.check_up_to_date(hardened.app)
    store = Store.open(hardened.app)
    signers = Signers()
    with store.read() as tx:
        (hub,) = tx.hubs.all()

    signers.of[hub.number] = ledger_signer(hub.number)
    with sequencer(store, signers) as running:
        placement = running.submit(issue_unit(hub.number, 77, key="another"))

    assert placement.signed is not None
    with store.read() as tx:
        assert tx.ledger.head(hub.number, placement.log).size == placement.checkpoint_size
        for log in tx.ledger.logs(hub.number):
            assert tx.ledger.audit(log).size == placement.checkpoint_size
    store.close()


OWNERS_ALONE = (
    "ALTER TABLE {table} ADD COLUMN extra text",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} DISABLE TRIGGER no_truncate",
    "DROP TRIGGER no_truncate ON {table}",
    "DROP TABLE {table} CASCADE",
    "TRUNCATE {table} CASCADE",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION credhub_refuse()",
    "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
)


@pytest.mark.parametrize("role", ["app", "auditor"])
def test_nobody_but_the_owner_changes_tables(hardened: Hardened, role: str) -> None:
    url = hardened.as_role(getattr(hardened.roles, role))
    for table in metadata.tables:
        for statement in OWNERS_ALONE:
            check_denied(url, statement.format(table=table))


@pytest.mark.parametrize("role", ["app", "auditor"])
@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "CREATE TABLE mine (a integer)",
        "CREATE TEMPORARY TABLE ledger_entry (a integer)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION credhub_refuse() RETURNS trigger LANGUAGE sql AS ''",
        "ALTER FUNCTION credhub_refuse() RENAME TO other",
        "DROP FUNCTION credhub_refuse() CASCADE",
        "UPDATE alembic_version SET version_num = 'other'",
        "DELETE FROM alembic_version",
        "SET ROLE {owner}",
        "GRANT {owner} TO {role}",
        "CREATE ROLE mine",
    ],
)
def test_nobody_gets_around_the_privileges(hardened: Hardened, role: str, statement: str) -> None:
    name = getattr(hardened.roles, role)
    check_denied(hardened.as_role(name), statement.format(owner=hardened.roles.owner, role=name))


def test_the_service_changes_and_removes_only_what_it_needs(hardened: Hardened) -> None:
    for table, rights in all_rights().items():
        for column in list(table.c.keys()):
            if column not in rights.changed:
                check_denied(hardened.app, f"UPDATE {table.name} SET {column} = {column}")
        if not rights.removed:
            check_denied(hardened.app, f"DELETE FROM {table.name}")


def test_the_service_has_the_rights_that_it_needs(hardened: Hardened) -> None:
    with raw(hardened.app) as connection:
        for table, rights in all_rights().items():
            connection.exec_driver_sql(f"SELECT * FROM {table.name} LIMIT 1")
            for column in rights.changed:
                connection.exec_driver_sql(
                    f"UPDATE {table.name} SET {column} = {column} WHERE false"
                )
            if rights.removed:
                connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE false")


def test_an_auditor_reads_no_secret_and_writes_nothing(hardened: Hardened) -> None:
    migrating.check_up_to_date(hardened.auditor)
    for table, rights in all_rights().items():
        for column in list(table.c.keys()):
            if column not in rights.audited:
                check_denied(hardened.auditor, f"SELECT {column} FROM {table.name}")
            check_denied(hardened.auditor, f"UPDATE {table.name} SET {column} = {column}")
        check_denied(hardened.auditor, f"INSERT INTO {table.name} DEFAULT VALUES")
        check_denied(hardened.auditor, f"DELETE FROM {table.name}")
    with raw(hardened.auditor) as connection:
        for table, rights in all_rights().items():
            if rights.audited:
                connection.exec_driver_sql(f"SELECT {', '.join(rights.audited)} FROM {table.name}")


def test_the_owner_cannot_be_logged_in_as(hardened: Hardened) -> None:
    with pytest.raises(DBAPIError, match="not permitted to log in"):
        run(hardened.as_role(hardened.roles.owner), "SELECT 1")


def test_what_may_change_is_what_the_guards_let_change(migrated: str) -> None:
    with raw(migrated) as connection:
        found = connection.execute(
            text(
                "SELECT relname, encode(tgargs, 'escape') FROM pg_trigger"
                " JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname = 'changes'"
            )
        ).all()

    for name, arguments in found:
        rules = [rule for rule in arguments.split("\\000") if rule]
        allowed = {rule.rpartition(" ")[2] for rule in rules}
        assert set(rights_of(metadata.tables[name]).changed) == allowed, name


def test_every_trigger_is_always_on_and_truncate_is_refused_everywhere(hardened: Hardened) -> None:
    with raw(hardened.url) as connection:
        # A partition of today's tables does not exist; one of tomorrow's must not be forgotten.
        connection.exec_driver_sql(f"SET LOCAL ROLE {hardened.roles.owner}")
        connection.exec_driver_sql("ALTER TABLE hub DISABLE TRIGGER changes")
        connection.exec_driver_sql("DROP TRIGGER no_truncate ON ledger_entry")
    harden(hardened.url, hardened.roles)

    with raw(hardened.url) as connection:
        weak = connection.exec_driver_sql(
            "SELECT tgrelid::regclass, tgname FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgenabled <> 'A'"
        )
        assert weak.all() == []
    for table in (*metadata.tables, "alembic_version"):
        with pytest.raises(DBAPIError, match=r"TRUNCATE on .* is refused"):
            run(hardened.url, f"TRUNCATE {table} CASCADE")


def test_nobody_hands_on_what_they_have(hardened: Hardened) -> None:
    before = rights_in(hardened.url)
    for table in metadata.tables:
        # PostgreSQL warns, and grants nothing.
        run(hardened.app, f"GRANT ALL ON {table} TO PUBLIC")

    assert rights_in(hardened.url) == before


def test_partitions_are_guarded_as_their_tables(hardened: Hardened) -> None:
    run(
        hardened.url,
        "CREATE TABLE part () INHERITS (ledger_node)",
        f"GRANT ALL ON part TO {hardened.roles.app}",
    )
    with pytest.raises(HardeningError, match="a guard of part is missing"):
        harden(hardened.url, hardened.roles)

    run(
        hardened.url,
        "CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON part"
        " FOR EACH ROW EXECUTE FUNCTION credhub_refuse()",
    )
    harden(hardened.url, hardened.roles)

    check_denied(hardened.app, "SELECT * FROM part")
    with pytest.raises(DBAPIError, match="TRUNCATE on part is refused"):
        run(hardened.url, "TRUNCATE part")


def test_hardening_twice_changes_nothing(hardened: Hardened) -> None:
    before = rights_in(hardened.url)
    harden(hardened.url, hardened.roles)

    assert rights_in(hardened.url) == before


RIGHTS = """
SELECT relname, relowner, relacl::text,
  (SELECT string_agg(attname || attacl::text, ',' ORDER BY attname)
   FROM pg_attribute WHERE attrelid = pg_class.oid),
  (SELECT string_agg(tgname || tgenabled::text, ',' ORDER BY tgname)
   FROM pg_trigger WHERE tgrelid = pg_class.oid)
FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname
"""


def rights_in(url: str) -> list[object]:
    """Read owners and privileges as PostgreSQL keeps them."""
    with raw(url) as connection:
        rows = connection.exec_driver_sql(RIGHTS)
        return list(map(tuple, rows.all()))


def test_a_missing_guard_is_not_passed_over(hardened: Hardened) -> None:
    run(hardened.url, "DROP TRIGGER no_update ON ledger_entry")

    with pytest.raises(HardeningError, match="a guard of ledger_entry is missing"):
        harden(hardened.url, hardened.roles)


@pytest.mark.parametrize(
    "given",
    [
        "ALTER ROLE {app} SUPERUSER",
        "GRANT pg_write_all_data TO {app}",
        "GRANT {owner} TO {auditor}",
    ],
)
def test_a_role_that_no_privilege_binds_is_refused(hardened: Hardened, given: str) -> None:
    names = {name: getattr(hardened.roles, name) for name in ("app", "auditor", "owner")}
    run(hardened.url, given.format(**names))

    with pytest.raises(HardeningError, match="no privilege binds"):
        harden(hardened.url, hardened.roles)


def test_rights_from_another_role_are_refused(hardened: Hardened) -> None:
    run(
        hardened.url,
        f"CREATE ROLE more_{hardened.roles.app}",
        f"GRANT DELETE ON ledger_entry TO more_{hardened.roles.app}",
        f"GRANT more_{hardened.roles.app} TO {hardened.roles.app}",
    )
    try:
        with pytest.raises(HardeningError, match="has rights to ledger_entry from elsewhere"):
            harden(hardened.url, hardened.roles)
    finally:
        run(
            hardened.url,
            f"DROP OWNED BY more_{hardened.roles.app}",
            f"DROP ROLE more_{hardened.roles.app}",
        )


def test_an_owner_who_can_log_in_is_refused(hardened: Hardened) -> None:
    run(hardened.url, f"ALTER ROLE {hardened.roles.owner} LOGIN")

    with pytest.raises(HardeningError, match="can log in"):
        harden(hardened.url, hardened.roles)


def test_the_service_cannot_harden(hardened: Hardened) -> None:
    with pytest.raises(HardeningError, match="PostgreSQL refuses"):
        harden(hardened.app, hardened.roles)


def test_sqlite_has_no_roles(sqlite: SqliteDatabases) -> None:
    with sqlite.migrated() as url, pytest.raises(NotPostgresqlError):
        harden(url, Roles())


@pytest.mark.parametrize(
    "names",
    [
        {"owner": "credhub_app"},
        {"app": 'app"; DROP TABLE hub; --'},
        {"auditor": "pg_monitor"},
        {"schema": "Public"},
    ],
)
def test_names_are_plain_and_different(names: dict[str, str]) -> None:
    with pytest.raises(HardeningError):
        Roles(**names)


def test_no_table_is_forgotten() -> None:
    written = "\n".join(statements(Roles()))

    for table in metadata.tables:
        assert f" ON public.{table} TO credhub_app" in written
        assert f"'public.{table}'::regclass" in written


def test_bytes_that_an_auditor_reads_are_known_to_be_no_secret() -> None:
    public = {"entry", "leaf_hash", "prev_hash", "chain_hash", "hash", "root", "frontier"}
    public |= {"public_key", "document", "entry_id", "digest", "png"}

    for table, rights in all_rights().items():
        seen = {name for name in rights.audited if isinstance(table.c[name].type, LargeBinary)}
        assert seen <= public, table.name


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(StoreUnavailableError):
        harden("postgresql://nobody@127.0.0.1:1/nothing", Roles())
