"""A database moves to the other engine and back, row by row: every checkpoint has the same root."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, bindparam, insert, select, update

from credhub.ledger.checkpoint import open_checkpoint
from credhub.ledger.note import VerifierKey
from credhub.runtime import open_runtime
from credhub.services import ledgers, reading, revoking, status_lists
from credhub.services.audit import auditing
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.store.tables import hub, ledger_entry, ledger_head, ledger_log, metadata
from tests.engines import ENGINES, Databases
from tests.running import Service, running, settings_for
from tests.services.ordering import issue, publish
from tests.store.rows import raw

_FIRST = (hub, ledger_log, ledger_head, ledger_entry)
ORDER = (*_FIRST, *(table for table in metadata.sorted_tables if table not in _FIRST))
EMPTY: dict[str, object] = {"size": 0, "chain_hash": bytes(32), "frontier": b"", "last_ms": 0}
_HEAD_GROWS = (
    update(ledger_head)
    .where(
        ledger_head.c.hub_id == bindparam("of_hub"),
        ledger_head.c.log == bindparam("of_log"),
    )
    .values({name: bindparam(f"new_{name}") for name in EMPTY})
)

Rows = list[dict[str, object]]


@pytest.fixture(params=ENGINES)
def engines(request: pytest.FixtureRequest) -> tuple[Databases, Databases]:
    """An engine and the other one."""
    other = next(name for name in ENGINES if name != request.param)
    return request.getfixturevalue(request.param), request.getfixturevalue(other)


def test_a_ledger_moves_to_the_other_engine_and_back(
    engines: tuple[Databases, Databases], tmp_path: Path
) -> None:
    here, there = engines
    with here.migrated() as first, there.migrated() as second, here.migrated() as third:
        with running(first, tmp_path / "data") as service:
            kept = live(service)
            before = roots(service.resources)
        move(first, second)
        with opened(second, tmp_path / "data") as resources:
            assert roots(resources) == before
            # It goes on from there.
            number = hub_number(resources)
            moved = issue(resources, number)
            after = roots(resources)
        move(second, third)
        with opened(third, tmp_path / "data") as resources:
            assert roots(resources) == after
            assert set(before) < set(after)
            for credential_id in (kept, moved):
                assert reading.by_id(resources, number, credential_id).signed
        # Nothing was lost, added or spelled anew on the way.
        assert rows_of(second) == rows_of(third)


def live(service: Service) -> str:
    """Make some of everything, and give a credential that stands."""
    number = service.one.hub.number
    achievement = publish(service.resources, number).achievement_id
    issued = [issue(service.resources, number, achievement) for _ in range(5)]
    revoking.revoke(service.resources, number, issued[0], actor="x", reason="A test.")
    status_lists.publish(service.resources, service.one.hub, 1)
    return issued[-1]


@contextmanager
def opened(url: str, data: Path) -> Iterator[Resources]:
    with open_runtime(settings_for(url, data)) as runtime:
        yield runtime.resources


def hub_number(resources: Resources) -> HubNumber:
    with resources.store.read() as tx:
        return tx.hubs.all()[0].number


def roots(resources: Resources) -> dict[tuple[str, int], bytes]:
    """Audit all ledgers, and give the root of every checkpoint."""
    found = {}
    for _, log in ledgers.logs(resources.store):
        auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)
        keys = (VerifierKey.parse(log.vkey),)
        with resources.store.read() as tx:
            for row in tx.ledger.checkpoints(log.hub, log.log):
                signed = open_checkpoint(row.note, keys)
                found[log.origin, signed.size] = signed.root
    return found


def move(source: str, target: str) -> None:
    """Copy every row by the definition of its table, past no guard."""
    with raw(source) as old, raw(target) as new:
        for table in ORDER:
            rows = rows_in(old, table)
            if rows and table is ledger_head:
                new.execute(insert(table), [row | EMPTY for row in rows])
            elif rows:
                new.execute(insert(table), rows)
            if table is ledger_entry:
                _grow(new, rows_in(old, ledger_head))


def _grow(connection: Connection, heads: Rows) -> None:
    for head in heads:
        if head["size"]:
            place = {"of_hub": head["hub_id"], "of_log": head["log"]}
            connection.execute(_HEAD_GROWS, place | {f"new_{name}": head[name] for name in EMPTY})


def rows_in(connection: Connection, table: Table) -> Rows:
    """Read a table in the order of its key."""
    ordered = select(table).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def rows_of(url: str) -> dict[str, Rows]:
    with raw(url) as connection:
        return {table.name: rows_in(connection, table) for table in ORDER}
