"""Inserting many rows of one table at once, by the driver's own fastest way.

SQLite takes them one after another without leaving the process. PostgreSQL gets one binary COPY:
two round trips and the least work on both sides, however many rows they are.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final, cast

import psycopg
from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, Table, Text
from sqlalchemy.exc import DBAPIError

from credhub.store.tables import metadata

Row = dict[str, object]

_BINARY_TYPES: Final = {BigInteger: "int8", Integer: "int4", LargeBinary: "bytea", Text: "text"}
_NAMES: Final = {table: tuple(table.columns.keys()) for table in metadata.sorted_tables}
_TYPES: Final = {
    table: [_BINARY_TYPES[type(column.type)] for column in table.columns]
    for table in metadata.sorted_tables
}
_INSERTS: Final = {
    table: f"INSERT INTO {table.name} ({', '.join(names)})"  # noqa: S608 - names of our own
    f" VALUES ({', '.join('?' * len(names))})"
    for table, names in _NAMES.items()
}
_COPIES: Final = {
    table: f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
    for table, names in _NAMES.items()
}


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; each has all columns of the table.

    Raises:
        DBAPIError: What ``Connection.execute`` raises.
    """
    names = _NAMES[table]
    values = [tuple([row[name] for name in names]) for row in rows]
    driver = cast(
        "psycopg.Connection | sqlite3.Connection", connection.connection.driver_connection
    )
    try:
        if isinstance(driver, sqlite3.Connection):
            driver.executemany(_INSERTS[table], values)
        else:
            _copy(driver, table, values)
    except (psycopg.Error, sqlite3.Error) as error:
        if isinstance(driver, psycopg.Connection) and driver.closed:
            connection.invalidate(error)
        raise _translated(connection, table, error) from error


def _copy(driver: psycopg.Connection, table: Table, values: Iterable[Sequence[object]]) -> None:
    with driver.cursor() as cursor, cursor.copy(_COPIES[table].encode()) as copy:
        copy.set_types(_TYPES[table])
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
