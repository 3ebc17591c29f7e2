"""Databases to measure on."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.engines import ENGINES, PostgresqlDatabases, SqliteDatabases

NAMES: Final = ENGINES


@contextmanager
def migrated(engine: str) -> Iterator[str]:
    """Give the address of a new database with all tables."""
    if engine == "postgresql":
        with PostgresqlDatabases.started() as server, server.migrated() as url:
            yield url
        return
    with (
        tempfile.TemporaryDirectory(prefix="credhub-bench-") as folder,
        SqliteDatabases(Path(folder)).migrated() as url,
    ):
        yield url
