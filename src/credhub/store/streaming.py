"""Results that are read a chunk at a time, and closed with their transaction at the latest.

A result that stays open holds its transaction's view of the database: on SQLite the next reader
on the same connection would see the past, on PostgreSQL a cursor would be left behind.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Select

CHUNK: Final = 1000

_OPEN: Final = "credhub_open_results"


def stream(
    connection: Connection, statement: Select[*tuple[Any, ...]], values: Mapping[str, object]
) -> CursorResult[*tuple[Any, ...]]:
    """Run a query whose rows may be many."""
    result = connection.execute(statement, values, execution_options={"yield_per": CHUNK})
    connection.info.setdefault(_OPEN, []).append(result)
    return result


def close_streams(connection: Connection) -> None:
    """Close what was not read to its end; a connection that broke has closed it already."""
    if connection.closed or connection.invalidated:
        return
    for result in connection.info.pop(_OPEN, ()):
        result.close()
