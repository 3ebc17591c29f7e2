"""A freshly migrated database for every test that asks for one, on each engine."""

import os
from collections.abc import Iterator

import pytest

from credhub.store.store import Store
from tests.engines import ENGINES, Databases, PostgresqlDatabases, SqliteDatabases

# What stands between the brackets; longer ones come from objects that were printed whole.
MOST_OF_AN_ID = 200


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse names of tests that print an object: two processes may print it in two ways."""
    for item in items:
        _, _, parameters = item.name.partition("[")
        if len(parameters) > MOST_OF_AN_ID or " at 0x" in parameters or "Table(" in parameters:
            raise pytest.UsageError(f"Give the parameters of this test short ids: {item.nodeid}")


@pytest.fixture(scope="session", autouse=True)
def _no_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the second stores of whatever forgets to name one, and of its children, out of home."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlDatabases]:
    with PostgresqlDatabases.started() as databases:
        yield databases


@pytest.fixture(params=ENGINES)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Each engine in turn; PostgreSQL starts when the first test asks for it."""
    chosen: Databases = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.migrated() as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store.open(database_url)
    yield store
    store.close()
