"""T81: whoever owns the database can change any row of the ledger, and the audit names it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import ColumnElement, Select, Table, delete, func, insert, select, update

from credhub.errors import LedgerFaultError
from credhub.store.store import Store
from credhub.store.tables import (
    ledger_checkpoint,
    ledger_entry,
    ledger_head,
    ledger_log,
    ledger_node,
)
from tests.engines import ENGINES, Databases
from tests.store.rows import SIZE, as_owner, drop_guards, fill
from tests.store.samples import SECRET, Signers, hub

Value = int | str | bytes


@pytest.fixture(scope="module", params=ENGINES)
def unguarded(request: pytest.FixtureRequest) -> Iterator[str]:
    """One hub with a log, in a database that refuses nothing; tests put back what they change."""
    databases: Databases = request.getfixturevalue(request.param)
    with databases.migrated() as url:
        store = Store.open(url)
        fill(store, Signers())
        with store.begin() as tx:
            tx.hubs.insert(hub(2), SECRET)
        store.close()
        drop_guards(url)
        yield url


@pytest.fixture
def owned(unguarded: str) -> Iterator[Store]:
    store = Store.open(unguarded)
    yield store
    store.close()


def audit(store: Store) -> None:
    with store.read() as tx:
        for log in tx.ledger.all_logs():
            tx.ledger.audit(log)


def fault_after(
    url: str, store: Store, table: Table, where: ColumnElement[bool], **to: object
) -> LedgerFaultError:
    """Change one row, audit, and put the row back."""
    with as_owner(url) as connection:
        before = connection.execute(select(table).where(where)).mappings().one()
        connection.execute(update(table).where(where).values(to))
    with pytest.raises(LedgerFaultError) as caught:
        audit(store)
    with as_owner(url) as connection:
        place = [table.c[c.name] == to.get(c.name, before[c.name]) for c in table.primary_key]
        connection.execute(update(table).where(*place).values(dict(before)))
    audit(store)
    return caught.value


def flipped(value: Value) -> Value:
    """Change a value as little as its type allows."""
    match value:
        case bytes():
            return value[:-1] + bytes([value[-1] ^ 1])
        case str():
            return value[:-1] + ("x" if value[-1:] != "x" else "y")
        case int():
            return value ^ 2


def value_at(url: str, query: "Select[Value]") -> Value:
    with as_owner(url) as connection:
        return connection.execute(query).scalar_one()


@pytest.mark.parametrize("seq", [0, 1, 255, 256, SIZE - 1])
@pytest.mark.parametrize(
    "column", ["kind", "time_ms", "entry", "leaf_hash", "prev_hash", "chain_hash"]
)
def test_t81_a_changed_entry_is_named(unguarded: str, owned: Store, column: str, seq: int) -> None:
    where = ledger_entry.c.seq == seq
    value = value_at(unguarded, select(ledger_entry.c[column]).where(where))

    fault = fault_after(unguarded, owned, ledger_entry, where, **{column: flipped(value)})

    assert (fault.table, fault.seq) == ("ledger_entry", seq)


@pytest.mark.parametrize("to", [{"hub_id": 2}, {"log": "2027"}, {"seq": 10 * SIZE}], ids=str)
@pytest.mark.parametrize("seq", [0, 1, 300, SIZE - 1])
def test_t81_a_moved_entry_is_named(
    unguarded: str, owned: Store, to: dict[str, object], seq: int
) -> None:
    fault = fault_after(unguarded, owned, ledger_entry, ledger_entry.c.seq == seq, **to)

    assert (fault.table, fault.seq) == ("ledger_entry", seq)


def test_t81_each_changed_entry_of_many_is_found_at_its_seq(unguarded: str, owned: Store) -> None:
    for seq in range(4, SIZE, 6):
        where = ledger_entry.c.seq == seq
        entry = value_at(unguarded, select(ledger_entry.c.entry).where(where))

        fault = fault_after(unguarded, owned, ledger_entry, where, entry=flipped(entry))

        assert (fault.table, fault.seq) == ("ledger_entry", seq)


@pytest.mark.parametrize("seq", [0, 300, SIZE - 1])
def test_t81_a_removed_entry_is_named(unguarded: str, owned: Store, seq: int) -> None:
    where = ledger_entry.c.seq == seq
    with as_owner(unguarded) as connection:
        row = connection.execute(select(ledger_entry).where(where)).mappings().one()
        connection.execute(delete(ledger_entry).where(where))

    with pytest.raises(LedgerFaultError) as caught:
        audit(owned)

    assert (caught.value.table, caught.value.seq) == ("ledger_entry", seq)
    with as_owner(unguarded) as connection:
        connection.execute(insert(ledger_entry), dict(row))
    audit(owned)


@pytest.mark.parametrize(
    "to", [{"hash": bytes(32)}, {"idx": 9}, {"level": 2}, {"hub_id": 2}, {"log": "2027"}], ids=str
)
def test_t81_a_changed_node_is_named(unguarded: str, owned: Store, to: dict[str, object]) -> None:
    fault = fault_after(unguarded, owned, ledger_node, ledger_node.c.idx == 1, **to)

    assert fault.table == "ledger_node"


@pytest.mark.parametrize("column", ["chain_hash", "frontier", "last_ms"])
def test_t81_a_changed_head_is_named(unguarded: str, owned: Store, column: str) -> None:
    value = value_at(unguarded, select(ledger_head.c[column]))

    fault = fault_after(
        unguarded, owned, ledger_head, ledger_head.c.hub_id == 1, **{column: flipped(value)}
    )

    assert (fault.table, fault.column) == ("ledger_head", column)


@pytest.mark.parametrize("size", [SIZE - 1, SIZE + 1])
def test_t81_a_head_of_another_size_is_found(unguarded: str, owned: Store, size: int) -> None:
    fault = fault_after(unguarded, owned, ledger_head, ledger_head.c.hub_id == 1, size=size)

    assert fault.table in {"ledger_head", "ledger_entry"}


@pytest.mark.parametrize("to", [{"hub_id": 2}, {"log": "2027"}], ids=str)
def test_t81_a_moved_head_is_named(unguarded: str, owned: Store, to: dict[str, object]) -> None:
    fault = fault_after(unguarded, owned, ledger_head, ledger_head.c.hub_id == 1, **to)

    assert fault.table == "ledger_head"


@pytest.mark.parametrize("column", ["size", "root", "note"])
def test_t81_a_changed_checkpoint_is_named(unguarded: str, owned: Store, column: str) -> None:
    size = value_at(unguarded, select(func.min(ledger_checkpoint.c.size)))
    where = ledger_checkpoint.c.size == size
    value = value_at(unguarded, select(ledger_checkpoint.c[column]).where(where))

    to = {column: SIZE - 1 if column == "size" else flipped(value)}
    fault = fault_after(unguarded, owned, ledger_checkpoint, where, **to)

    assert fault.table == "ledger_checkpoint"


@pytest.mark.parametrize("column", ["origin", "vkey"])
def test_t81_a_changed_log_is_named(unguarded: str, owned: Store, column: str) -> None:
    value = value_at(unguarded, select(ledger_log.c[column]))

    fault = fault_after(
        unguarded, owned, ledger_log, ledger_log.c.hub_id == 1, **{column: flipped(value)}
    )

    assert fault.table == "ledger_log"


@pytest.mark.parametrize("to", [{"hub_id": 2}, {"log": "2027"}], ids=str)
def test_t81_a_moved_log_is_found(unguarded: str, owned: Store, to: dict[str, object]) -> None:
    fault = fault_after(unguarded, owned, ledger_log, ledger_log.c.hub_id == 1, **to)

    assert fault.log == to.get("log", "2026")
