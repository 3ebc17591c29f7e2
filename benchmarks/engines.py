"""Databases to measure on."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.engines import ENGINES, Databases, PostgresqlDatabases, SqliteDatabases

NAMES: Final = ENGINES


@contextmanager
def migrated(engine: str) -> Iterator[str]:
    """Give the address of a new database with all tables."""
    with _databases(engine) as databases, databases.migrated() as url:
        yield url


@contextmanager
def empty(engine: str) -> Iterator[str]:
    """Give the address of a new database without tables."""
    with _databases(engine) as databases, databases.empty() as url:
        yield url


@contextmanager
def _databases(engine: str) -> Iterator[Databases]:
    if engine == "postgresql":
        with PostgresqlDatabases.started() as server:
            yield server
        return
    with tempfile.TemporaryDirectory(prefix="credhub-bench-") as folder:
        yield SqliteDatabases(Path(folder))
