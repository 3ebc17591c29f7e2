"""What is asked all the time of batches does not read those that have ended."""

import re
from collections.abc import Callable, Iterator

import pytest

from credhub.store.store import Transaction
from tests.running import Service
from tests.services.test_batch_counts import executed

ASKED: dict[str, Callable[[Service, Transaction], object]] = {
    "metrics": lambda service, tx: tx.batch_loads.now(service.clock()),
    "readiness": lambda service, tx: tx.batch_loads.idle_for(service.clock()),
    "workers": lambda _, tx: tx.batch_queue.hubs(),
    "left-over": lambda service, tx: tx.batches.left_over(service.clock()),
    "open": lambda service, tx: tx.batches.count_open(service.one.hub.number),
    "newest": lambda service, tx: tx.batches.page(service.one.hub.number, before=None, limit=1),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_batches_that_have_ended_are_not_read(
    service: Service, ask: Callable[[Service, Transaction], object]
) -> None:
    """As SQLite plans it: by an index of those that go on or failed, or by the key."""
    with executed() as statements, service.resources.store.read() as tx:
        ask(service, tx)

    lines = [line for statement, given in statements for line in plan(service, statement, given)]

    assert lines
    for line in lines:
        assert re.search(r"ix_batch_(open|failed)|SEARCH", line), line


def plan(service: Service, statement: str, given: object) -> Iterator[str]:
    """Say how SQLite reads the table ``batch`` for a statement."""
    with service.resources.store.connect_to_read() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()  # type: ignore[arg-type]  # as it was given
    yield from (row[-1] for row in rows if re.match(r"(SCAN|SEARCH) batch\b", row[-1]))
