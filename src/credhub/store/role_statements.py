"""The statements that give PostgreSQL's roles their rights. ``hardening`` says what and why.

Names come from ``Roles``, which lets nothing but plain names pass, and from the tables.
"""
# ruff: noqa: S608 - see above

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from credhub.errors import HardeningError
from credhub.store.rights import UNGUARDED, all_rights
from credhub.store.tables import metadata

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_VERSIONS: Final = "alembic_version"
_TABLES: Final = (*(table.name for table in metadata.sorted_tables), _VERSIONS)
_POWERS: Final = (
    "pg_database_owner",
    "pg_execute_server_program",
    "pg_read_server_files",
    "pg_write_all_data",
    "pg_write_server_files",
)
"""Roles of PostgreSQL itself that get past privileges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The names of the roles, and the schema of the tables."""

    owner: str = "credhub_owner"
    app: str = "credhub_app"
    auditor: str = "credhub_auditor"
    schema: str = "public"

    def __post_init__(self) -> None:
        names = (self.owner, self.app, self.auditor)
        if len(set(names)) < len(names):
            raise HardeningError("The roles need three different names.")
        for name in (*names, self.schema):
            if not _NAME.fullmatch(name) or name.startswith("pg_"):
                raise HardeningError(f"{name!r} is not a plain lower-case name.")


def statements(roles: Roles) -> tuple[str, ...]:
    """Write what ``harden`` does, in order; for an operator who wants to do it himself."""
    return (
        *_roles(roles),
        *_ownership(roles),
        *_guards(roles),
        *_privileges(roles),
        *_check(roles),
    )


def _roles(roles: Roles) -> Iterator[str]:
    for name, login in ((roles.owner, "NOLOGIN"), (roles.app, "LOGIN"), (roles.auditor, "LOGIN")):
        yield _block(f"""
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN
    CREATE ROLE {name} {login};
  END IF;""")
    # Whoever does this must be able to act for the owner, now and at the next upgrade.
    yield _block(f"""
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{roles.owner}' AND rolcanlogin) THEN
    RAISE EXCEPTION 'the owner {roles.owner} can log in: choose another role, or ALTER it NOLOGIN';
  END IF;
  IF NOT pg_has_role(current_user, '{roles.owner}', 'USAGE') THEN
    EXECUTE format('GRANT {roles.owner} TO %I', current_user);
  END IF;""")


def _ownership(roles: Roles) -> Iterator[str]:
    yield f"GRANT USAGE, CREATE ON SCHEMA {roles.schema} TO {roles.owner}"
    yield _block(
        f"""
  FOR t IN {_all_tables(roles)} LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO {roles.owner}', t);
  END LOOP;
  FOR f IN {_functions(roles)} LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO {roles.owner}', f);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;""",
        "t regclass; f regprocedure;",
    )


def _guards(roles: Roles) -> Iterator[str]:
    refuse = f"{roles.schema}.credhub_refuse()"
    yield _block(
        f"""
  FOR t IN {_all_tables(roles)} LOOP
    IF NOT EXISTS (SELECT FROM pg_trigger
                   WHERE tgrelid = t AND tgfoid = '{refuse}'::regprocedure
                     AND tgtype & 32 <> 0) THEN
      EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s'
        ' FOR EACH STATEMENT EXECUTE FUNCTION {refuse}', t);
    END IF;
    FOR g IN SELECT tgname FROM pg_trigger
             WHERE tgrelid = t AND NOT tgisinternal AND tgenabled <> 'A' LOOP
      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t, g);
    END LOOP;
  END LOOP;""",
        "t regclass; g name;",
    )
    guarded = [table.name for table in metadata.sorted_tables if table not in UNGUARDED]
    # 8: DELETE, 16: UPDATE; both are needed before each row.
    yield _block(
        f"""
  FOR t IN {_tables_of(roles, guarded)} LOOP
    FOREACH e IN ARRAY ARRAY[8, 16] LOOP
      IF NOT EXISTS (SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
                     WHERE tgrelid = t AND proname LIKE 'credhub\\_%' AND tgtype & e <> 0) THEN
        RAISE EXCEPTION 'a guard of % is missing: run an audit, then the upgrade on a copy', t;
      END IF;
    END LOOP;
  END LOOP;""",
        "t regclass; e integer;",
    )


def _privileges(roles: Roles) -> Iterator[str]:
    everybody = f"PUBLIC, {roles.app}, {roles.auditor}"
    yield _block(f"""
  EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM {everybody}', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO {roles.app}, {roles.auditor}',
    current_database());
  EXECUTE format('ALTER ROLE {roles.app} IN DATABASE %I SET search_path = {roles.schema}, pg_temp',
    current_database());
  EXECUTE format(
    'ALTER ROLE {roles.auditor} IN DATABASE %I SET search_path = {roles.schema}, pg_temp',
    current_database());""")
    yield f"REVOKE ALL ON SCHEMA {roles.schema} FROM {everybody}"
    yield f"GRANT USAGE ON SCHEMA {roles.schema} TO {roles.app}, {roles.auditor}"
    # Partitions are reached by their tables, never by themselves.
    yield _block(
        f"""
  FOR t IN {_all_tables(roles)} LOOP
    EXECUTE format('REVOKE ALL ON TABLE %s FROM {everybody}', t);
  END LOOP;""",
        "t regclass;",
    )
    for table, rights in all_rights().items():
        name = f"{roles.schema}.{table.name}"
        granted = ["SELECT", "INSERT"]
        if rights.changed:
            granted.append(f"UPDATE ({', '.join(rights.changed)})")
        if rights.removed:
            granted.append("DELETE")
        yield f"GRANT {', '.join(granted)} ON {name} TO {roles.app}"
        if rights.audited:
            yield f"GRANT SELECT ({', '.join(rights.audited)}) ON {name} TO {roles.auditor}"
    yield f"GRANT SELECT ON {roles.schema}.{_VERSIONS} TO {roles.app}, {roles.auditor}"


def _check(roles: Roles) -> Iterator[str]:
    powers = ", ".join(f"'{name}'" for name in (roles.owner, *_POWERS))
    yield _block(
        f"""
  FOREACH r IN ARRAY ARRAY['{roles.app}', '{roles.auditor}'] LOOP
    IF EXISTS (
      SELECT FROM pg_roles WHERE pg_has_role(r, oid, 'MEMBER') AND (rolname IN ({powers})
        OR rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)) THEN
      RAISE EXCEPTION '% is, or is a member of, a role that no privilege binds', r;
    END IF;
    IF has_schema_privilege(r, '{roles.schema}', 'CREATE') THEN
      RAISE EXCEPTION '% may make tables in {roles.schema}: only its owner can end that', r;
    END IF;
    FOR t IN {_all_tables(roles)} LOOP
      IF has_table_privilege(r, t, 'UPDATE, TRUNCATE, TRIGGER, REFERENCES')
         OR has_table_privilege(r, t, 'DELETE') AND (t, r) NOT IN ({_removals(roles)}) THEN
        RAISE EXCEPTION '% has rights to % from elsewhere', r, t;
      END IF;
    END LOOP;
  END LOOP;""",
        "t regclass; r name;",
    )


def _removals(roles: Roles) -> str:
    """Write which rows may be removed by whom, as pairs of a table and a role."""
    names = [table.name for table, rights in all_rights().items() if rights.removed]
    return ", ".join(f"('{roles.schema}.{name}'::regclass, '{roles.app}'::name)" for name in names)


def _all_tables(roles: Roles) -> str:
    return _tables_of(roles, _TABLES)


def _tables_of(roles: Roles, names: Iterable[str]) -> str:
    """Write the query of tables with their partitions."""
    listed = ", ".join(f"'{roles.schema}.{name}'::regclass" for name in names)
    return (
        "(WITH RECURSIVE own(t) AS (SELECT unnest(ARRAY[" + listed + "]) UNION"
        " SELECT inhrelid::regclass FROM pg_inherits JOIN own ON inhparent = own.t)"
        " SELECT own.t FROM own)"
    )


def _functions(roles: Roles) -> str:
    return (
        "SELECT pg_proc.oid::regprocedure FROM pg_proc"
        f" WHERE pronamespace = '{roles.schema}'::regnamespace AND proname LIKE 'credhub\\_%'"
    )


def _block(body: str, declared: str = "") -> str:
    declare = f"DECLARE {declared}\n" if declared else ""
    return f"DO $$ {declare}BEGIN{body}\nEND $$"
