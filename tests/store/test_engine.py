"""A database that could lose what it acknowledged is refused."""

from pathlib import Path

import pytest

from credhub.errors import StoreUnavailableError, UnsafeSettingsError
from credhub.store.engine import make_engine
from credhub.store.store import Store
from tests.engines import Databases, PostgresqlDatabases, SqliteDatabases


def test_safe_settings_are_accepted(database_url: str) -> None:
    Store.open(database_url).close()


def test_sqlite_in_memory_is_refused() -> None:
    with pytest.raises(UnsafeSettingsError) as refusal:
        Store.open("sqlite:///:memory:")

    assert (refusal.value.setting, refusal.value.value) == ("journal_mode", "memory")


@pytest.mark.parametrize("setting", ["off", "local"])
def test_postgresql_that_answers_before_it_writes_is_refused(
    postgresql: PostgresqlDatabases, setting: str
) -> None:
    with postgresql.migrated() as url, pytest.raises(UnsafeSettingsError) as refusal:
        Store.open(f"{url}&options=-csynchronous_commit%3D{setting}")

    assert refusal.value.setting == "synchronous_commit"


def test_every_sqlite_connection_has_the_settings(sqlite: SqliteDatabases) -> None:
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
        "busy_timeout": 10000,
    }
    with sqlite.migrated() as url:
        engine = make_engine(url)
        with engine.connect() as one, engine.connect() as other:
            for connection in (one, other):
                for name, value in expected.items():
                    found = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                    assert found == value, name
        engine.dispose()


@pytest.mark.parametrize(
    ("engine", "question", "expected"),
    [
        ("sqlite", "PRAGMA synchronous", (1, 2)),
        ("postgresql", "SHOW synchronous_commit", ("off", "on")),
    ],
)
def test_notes_may_be_lost_but_nothing_else(
    request: pytest.FixtureRequest, engine: str, question: str, expected: tuple[object, object]
) -> None:
    databases: Databases = request.getfixturevalue(engine)
    with databases.migrated() as url:
        store = Store.open(url)
        with store.connect_to_note() as notes, store.connect_to_newest() as others:
            found = [it.exec_driver_sql(question).scalar_one() for it in (notes, others)]
        with store.connect_to_write() as writer:
            found.append(writer.exec_driver_sql(question).scalar_one())
        store.close()

    assert tuple(found) == (*expected, expected[1])


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="sqlite or postgresql"):
        Store.open("mysql://localhost/credhub")


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError):
        Store.open(f"sqlite:///{tmp_path / 'missing' / 'credhub.db'}")
    with pytest.raises(StoreUnavailableError):
        Store.open(f"postgresql:///credhub?host={tmp_path}")
