"""Fixtures for tests that need a running service.

A service costs a third of a second, most of it the derivation of two keys, so tests share one
where they can: what they make has names of its own. A test that moves the clock, empties the
service or breaks it asks for a new one.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from credhub.runtime import Runtime
from tests.engines import ENGINES, Databases, SqliteDatabases
from tests.running import Service, running


@pytest.fixture(scope="session")
def service(sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on SQLite that tests share."""
    with (
        sqlite.migrated() as url,
        running(url, tmp_path_factory.mktemp("shared")) as shared,
    ):
        yield shared


@pytest.fixture(scope="session", params=ENGINES)
def service_on_each(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service on each engine in turn, shared by the tests that ask for it."""
    if request.param == "sqlite":
        yield request.getfixturevalue("service")
        return
    databases: Databases = request.getfixturevalue(request.param)
    with (
        databases.migrated() as url,
        running(url, tmp_path_factory.mktemp("shared")) as shared,
    ):
        yield shared


@pytest.fixture
def fresh_service(sqlite: SqliteDatabases, tmp_path: Path) -> Iterator[Service]:
    """A new service on SQLite, for one test."""
    with sqlite.migrated() as url, running(url, tmp_path / "data") as fresh:
        yield fresh


@pytest.fixture
def runtime(service_on_each: Service) -> Runtime:
    """The runtime on each engine in turn."""
    return service_on_each.runtime


@pytest.fixture
def client(service: Service) -> TestClient:
    """A client with a key of every scope."""
    return service.client()
