"""The audit with processes of its own: the same summary and the same first fault."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from credhub.errors import LedgerFaultError
from credhub.store.parallel_audit import Walkers
from credhub.store.store import Store
from credhub.store.tables import ledger_entry
from tests.engines import ENGINES, Databases
from tests.store.rows import as_owner, drop_guards, fill
from tests.store.samples import Signers


@pytest.fixture(scope="module", params=ENGINES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    databases: Databases = request.getfixturevalue(request.param)
    with databases.migrated() as url:
        store = Store.open(url)
        fill(store, Signers())
        store.close()
        drop_guards(url)
        yield url


@pytest.mark.parametrize("count", [1, 2])
def test_processes_find_what_one_finds(database: str, count: int) -> None:
    store = Store.open(database)
    with store.read() as tx:
        (log,) = tx.ledger.all_logs()
        alone = tx.ledger.audit(log)
    with Walkers.started(database, count) as walkers:
        counts: list[int] = []
        with store.read() as tx:
            # Spans of one tile: the log has three of them.
            helped = tx.ledger.audit(log, ahead=walkers.ahead(log), advance=counts.append, levels=1)
        assert helped == alone
        assert sum(counts) == alone.size
        with as_owner(database) as connection:
            place = ledger_entry.c.seq == 300
            query = select(ledger_entry.c.time_ms).where(place)
            before = connection.execute(query).scalar_one()
            connection.execute(update(ledger_entry).where(place).values(time_ms=1))
        with store.read() as tx, pytest.raises(LedgerFaultError) as caught:
            tx.ledger.audit(log, ahead=walkers.ahead(log), levels=1)
        with as_owner(database) as connection:
            connection.execute(update(ledger_entry).where(place).values(time_ms=before))
    store.close()

    fault = caught.value
    assert (fault.table, fault.seq, fault.column) == ("ledger_entry", 300, "time_ms")
