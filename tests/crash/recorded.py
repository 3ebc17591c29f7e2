"""What the database holds in the end, asked by SQL of the tests' own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, text

from credhub.store.engine import make_engine
from tests.crash.traffic import Journal

_ONE_ROW_EACH: Final = ("credential", "credential_form", "learner", "learner_key", "status_entry")
_COUNT: Final = "SELECT count(*) FROM {}"
_INDEXES_TWICE: Final = (
    "SELECT count(*) FROM (SELECT 1 FROM status_entry GROUP BY hub_id, list, idx "
    "HAVING count(*) > 1) AS twice"
)


def check_recorded(database_url: str, journal: Journal) -> None:
    """Compare the rows with a journal whose every request has been answered."""
    issued = journal.acknowledged.values()
    assert len({it.credential_id for it in issued}) == len(issued)
    assert len({it.place for it in issued}) == len(issued)
    with _connected(database_url) as connection:
        for table in _ONE_ROW_EACH:
            assert _count(connection, _COUNT.format(table)) == len(issued), table
        assert _count(connection, _INDEXES_TWICE) == 0
        entries = _count(connection, "SELECT count(*) FROM ledger_entry")
        assert _count(connection, "SELECT max(seq) + 1 FROM ledger_entry") == entries


def _count(connection: Connection, query: str) -> int:
    return int(connection.execute(text(query)).scalar_one())


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    engine = make_engine(database_url, pool_size=1)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
