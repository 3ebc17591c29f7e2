"""A freshly migrated database for every test that asks for one, on each engine."""

import hashlib
import os
from collections.abc import Iterator
from functools import cache

import pytest

from credhub.keys import master
from credhub.store.store import Store
from tests.engines import ENGINES, Databases, PostgresqlDatabases, SqliteDatabases

# What stands between the brackets; longer ones come from objects that were printed whole.
MOST_OF_AN_ID = 200


# They go the same ways with very many inputs. Others measure what is run, in half the time.
NOT_MEASURED = (
    "tests/browser/",
    "tests/hostile/",
    "tests/services/test_no_sink_leads_inside.py",
    "tests/services/test_no_way_inside.py",
    "tests/unit/proofs/test_any_change.py",
    "tests/unit/uploads/test_hostile_files.py",
    "tests/unit/verification/test_every_form.py",
    "tests/unit/verification/test_every_presentation.py",
    "tests/unit/verification/test_foreign_forms.py",
    "tests/web/pages/test_every_page.py",
    "tests/web/pages/test_hostile_text.py",
    "tests/web/test_admission.py",
    "tests/web/test_any_",
    "tests/web/test_documented_members.py",
    "tests/web/test_every_limit.py",
    "tests/web/test_hostile_",
    "tests/web/test_long_texts.py",
    "tests/web/test_tenants.py",
    "tests/web/test_uploaded_documents.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse names of tests that print an object: two processes may print it in two ways."""
    for item in items:
        if item.nodeid.startswith(NOT_MEASURED):
            item.add_marker("no_cover")
        _, _, parameters = item.name.partition("[")
        if len(parameters) > MOST_OF_AN_ID or " at 0x" in parameters or "Table(" in parameters:
            raise pytest.UsageError(f"Give the parameters of this test short ids: {item.nodeid}")


@pytest.fixture(scope="session", autouse=True)
def _no_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the second stores of whatever forgets to name one, and of its children, out of home."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session", autouse=True)
def _derived_once() -> Iterator[None]:
    """Derive each hub's key once: who makes a hub and who opens it derive the same, slowly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(master, "scrypt", cache(hashlib.scrypt))
        yield


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
