"""Inserting many rows of one table at once, by the driver's own fastest way.

SQLite takes them one after another without leaving the process. PostgreSQL gets one binary COPY:
two round trips and the least work on both sides, however many rows they are.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, cast

import psycopg
from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, Table, Text
from sqlalchemy.exc import DBAPIError

Columns = tuple[str, ...]
Values = tuple[object, ...]

_BINARY_TYPES: Final = {BigInteger: "int8", Integer: "int4", LargeBinary: "bytea", Text: "text"}
_SHAPES: Final = 256
"""More than there are tables and orders of their columns."""


class Rows:
    """Rows to insert, kept as drivers want them: tuples, by table and columns."""

    __slots__ = ("_tables",)

    def __init__(self) -> None:
        self._tables: defaultdict[Table, defaultdict[Columns, list[Values]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def of(self, table: Table, columns: Columns) -> list[Values]:
        """Give the list that takes the rows of a table with these columns."""
        return self._tables[table][columns]

    def add(self, table: Table, values: Mapping[str, object]) -> None:
        """Take a row."""
        self._tables[table][tuple(values)].append(tuple(values.values()))

    def insert(self, connection: Connection, table: Table) -> None:
        """Insert the rows of one table.

        Raises:
            DBAPIError: What ``Connection.execute`` raises.
        """
        for columns, values in self._tables.get(table, {}).items():
            insert_values(connection, table, columns, values)


def insert_values(
    connection: Connection, table: Table, columns: Columns, values: Sequence[Values]
) -> None:
    """Insert rows of one table.

    Raises:
        DBAPIError: What ``Connection.execute`` raises.
    """
    driver = cast(
        "psycopg.Connection | sqlite3.Connection", connection.connection.driver_connection
    )
    try:
        if isinstance(driver, sqlite3.Connection):
            driver.executemany(_insert_into(table, columns), values)
        else:
            _copy(driver, table, columns, values)
    except (psycopg.Error, sqlite3.Error) as error:
        if isinstance(driver, psycopg.Connection) and driver.closed:
            connection.invalidate(error)
        raise _translated(connection, table, error) from error


@lru_cache(_SHAPES)
def _insert_into(table: Table, columns: Columns) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of our own


@lru_cache(_SHAPES)
def _copy_into(table: Table, columns: Columns) -> tuple[bytes, list[str]]:
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    return statement.encode(), [_BINARY_TYPES[type(table.c[name].type)] for name in columns]


def _copy(
    driver: psycopg.Connection, table: Table, columns: Columns, values: Iterable[Values]
) -> None:
    statement, types = _copy_into(table, columns)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in values:
            copy.write_row(row)


def _translated(
    connection: Connection, table: Table, error: psycopg.Error | sqlite3.Error
) -> BaseException:
    return DBAPIError.instance(
        f"INSERT INTO {table.name}",
        None,
        error,
        connection.dialect.loaded_dbapi.Error,
        hide_parameters=True,
        dialect=connection.dialect,
    )
