"""A tree is signed only as it is read back, and a crash before that is repaired."""

from time import sleep

import pytest
from sqlalchemy import Delete, Update, delete, insert, update

from credhub.errors import KeyStoreError, LedgerIntegrityError, RecordOutcomeUnknownError
from credhub.ledger.entry import NO_HASH, chain_hash, leaf_hash
from credhub.ledger.note import VerifierKey
from credhub.proofs.signer import Signer
from credhub.store import log_life
from credhub.store.appending import append
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.read_back import LogName
from credhub.store.signing import CheckpointSigner
from credhub.store.store import Store
from credhub.store.tables import (
    ledger_checkpoint,
    ledger_entry,
    ledger_head,
    ledger_log,
    metadata,
)
from credhub.store.unit import Unit
from tests.store.rows import as_owner, drop_guards, run
from tests.store.samples import (
    LOG,
    NOW,
    Clock,
    Signers,
    ledger_signer,
    log_signer,
    make_hub,
    note_unit,
    public_entry,
    second_store_of,
    sequencer,
)


class FailingSigner:
    """A ledger key that cannot be used until it is repaired, as when a key service is down."""

    def __init__(self) -> None:
        self.broken = True

    def __call__(self, log: LedgerLog) -> Signer:
        if self.broken:
            raise KeyStoreError("The key service is down.")
        return log_signer(log)


def audit(store: Store) -> None:
    with store.read() as tx:
        for log in tx.ledger.all_logs():
            tx.ledger.audit(log)


def signed_size(store: Store, number: HubNumber) -> int:
    with store.read() as tx:
        latest = tx.ledger.latest_checkpoint(number, LOG)
    return 0 if latest is None else latest.size


def notes(number: HubNumber, count: int) -> Unit:
    return Unit(hub=number, entries=tuple(public_entry() for _ in range(count)))


def test_a_crash_between_commit_and_checkpoint_is_repaired_at_start(store: Store) -> None:
    number = make_hub(store, Signers())
    with sequencer(store, FailingSigner()) as dying, pytest.raises(RecordOutcomeUnknownError):
        dying.submit(note_unit(number))
    with store.read() as tx:
        assert tx.ledger.head(number, LOG).size == 1
        assert tx.ledger.checkpoint_covering(number, LOG, 0) is None

    with sequencer(store, log_signer):
        assert signed_size(store, number) == 1

    audit(store)


def test_a_start_without_a_key_repairs_when_the_key_is_back(store: Store) -> None:
    number = make_hub(store, Signers())
    signer = FailingSigner()
    with sequencer(store, signer) as dying, pytest.raises(RecordOutcomeUnknownError):
        dying.submit(note_unit(number))

    with sequencer(store, signer):
        signer.broken = False
        while not signed_size(store, number):
            sleep(0.01)

    audit(store)


def test_a_tree_that_another_process_signed_meanwhile_needs_no_key(store: Store) -> None:
    number, key = make_hub(store, Signers()), FailingSigner()
    key.broken = False
    name = LogName(hub=number, log=LOG)
    mine = CheckpointSigner(
        store, second_store=second_store_of(store), clock=Clock(), log_signer=key
    )

    with sequencer(store, log_signer) as other:
        other.submit(note_unit(number))
        mine.sign(name)
        key.broken = True
        with store.connect_to_write() as connection:
            append(connection, [note_unit(number)], now_ms=to_ms(NOW))
        with pytest.raises(KeyStoreError):
            mine.sign(name)
        other.submit(note_unit(number))

    assert mine.sign(name).size == 3


def test_a_key_that_was_retired_meanwhile_is_not_needed(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as faster:

        def retired(log: LedgerLog) -> Signer:
            faster.submit(note_unit(log.hub))
            raise KeyStoreError("The key ended.")

        with sequencer(store, retired) as running:
            placement = running.submit(note_unit(number))

    assert (placement.seqs, placement.checkpoint_size, placement.signed) == ((0,), 1, None)
    assert signed_size(store, number) == 2


def test_what_is_left_unsigned_of_a_log_that_lost_entries_stays_unsigned(store: Store) -> None:
    number = make_hub(store, Signers())
    with store.connect_to_write() as connection:
        append(connection, [note_unit(number)], now_ms=to_ms(NOW))
        connection.execute(log_life.freezing_of(number, LOG, NOW).statement)

    with sequencer(store, log_signer) as running:
        assert running.refused == ()

    assert signed_size(store, number) == 0


def test_the_next_checkpoint_covers_what_could_not_be_signed(store: Store) -> None:
    number = make_hub(store, Signers())
    signer = FailingSigner()

    with sequencer(store, signer) as running:
        with pytest.raises(RecordOutcomeUnknownError):
            running.submit(note_unit(number))
        signer.broken = False
        assert running.submit(note_unit(number)).checkpoint_size == 2

    audit(store)


def test_the_key_of_another_hub_cannot_sign(store: Store) -> None:
    number, other = make_hub(store, Signers(), 1), make_hub(store, Signers(), 2)

    with sequencer(store, lambda _: ledger_signer(2)) as running:
        with pytest.raises(LedgerIntegrityError):
            running.submit(note_unit(number))
        assert running.submit(note_unit(other)).seqs == (0,)

    assert signed_size(store, number) == 0


@pytest.mark.parametrize("first", [1, 255, 256, 257, 512, 600])
def test_a_restart_goes_on_from_the_signed_tree(store: Store, first: int) -> None:
    number = make_hub(store, Signers())
    with sequencer(store, log_signer) as running:
        running.submit(notes(number, first))

    with sequencer(store, log_signer) as running:
        assert running.submit(notes(number, 300)).checkpoint_size == first + 300

    audit(store)


def test_more_than_a_chunk_of_entries_is_read_back(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running:
        assert running.submit(notes(number, 2000)).checkpoint_size == 2000

    audit(store)


ZEROES = {"sqlite": "zeroblob(32)", "postgresql": "decode(repeat('00', 32), 'hex')"}
ONES = {"sqlite": f"x'{'11' * 32}'", "postgresql": "decode(repeat('11', 32), 'hex')"}
BYTE = {"sqlite": "x'00'", "postgresql": "decode('00', 'hex')"}
NUMBER = {"sqlite": "5", "postgresql": "5"}


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("ledger_entry", "entry", BYTE),
        ("ledger_entry", "leaf_hash", ZEROES),
        ("ledger_entry", "prev_hash", ONES),
        ("ledger_entry", "chain_hash", ZEROES),
        ("ledger_entry", "kind", NUMBER),
        ("ledger_entry", "time_ms", NUMBER),
        ("ledger_node", "hash", ZEROES),
        ("ledger_head", "last_ms", NUMBER),
        ("ledger_head", "chain_hash", ZEROES),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_changes_on_its_way_to_the_disk_is_not_signed(
    store: Store, database_url: str, table: str, column: str, value: dict[str, str]
) -> None:
    number, other = make_hub(store, Signers(), 1), make_hub(store, Signers(), 2)
    with sequencer(store, log_signer) as running:
        running.submit(note_unit(number))
        drop_guards(database_url)
        run(database_url, *corruption(database_url, table, column, value))

        with pytest.raises(LedgerIntegrityError):
            running.submit(notes(number, 300))

        # The log takes no more entries; those of other hubs do.
        with pytest.raises(LedgerIntegrityError):
            running.submit(note_unit(number))
        assert running.submit(note_unit(other)).seqs == (0,)

    assert signed_size(store, number) == 1
    with sequencer(store, log_signer) as running, pytest.raises(LedgerIntegrityError):
        running.submit(note_unit(number))


def corruption(url: str, table: str, column: str, value: dict[str, str]) -> tuple[str, ...]:
    """Change what hub 1 writes, as faulty memory or a faulty disk would."""
    if url.startswith("postgresql"):
        return (
            (
                "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN NEW.{column} := {value['postgresql']}; RETURN NEW; END $$"
            ),
            (
                f"CREATE TRIGGER fault BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW"
                " WHEN (NEW.hub_id = 1) EXECUTE FUNCTION fault()"
            ),
        )
    when = "UPDATE OF size" if table == "ledger_head" else "INSERT"
    keys = [key.name for key in metadata.tables[table].primary_key]
    same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
    return (
        (
            f"CREATE TRIGGER fault AFTER {when} ON {table} WHEN NEW.hub_id = 1"  # noqa: S608 - our own names
            f" BEGIN UPDATE {table} SET {column} = {value['sqlite']} WHERE {same}; END"
        ),
    )


@pytest.mark.parametrize("damage", ["leaf", "tail", "middle", "note", "key"])
def test_a_signed_tree_that_was_changed_stops_the_log_at_start(
    store: Store, database_url: str, damage: str
) -> None:
    number, other = make_hub(store, Signers(), 1), make_hub(store, Signers(), 2)
    with sequencer(store, log_signer) as running:
        running.submit(notes(number, 5))
        running.submit(note_unit(other))
    drop_guards(database_url)
    with as_owner(database_url) as connection:
        connection.execute(DAMAGE[damage])

    with sequencer(store, log_signer) as running:
        with pytest.raises(LedgerIntegrityError):
            running.submit(note_unit(number))
        assert running.submit(note_unit(other)).seqs == (1,)


OTHER_KEY = VerifierKey(
    name=f"hub.example/ledger/hub-1/{LOG}", public_key=ledger_signer(2).public_key
).text()
DAMAGE: dict[str, Update | Delete] = {
    "leaf": update(ledger_entry)
    .where(ledger_entry.c.hub_id == 1, ledger_entry.c.seq == 4)
    .values(leaf_hash=bytes(32)),
    "tail": delete(ledger_entry).where(ledger_entry.c.hub_id == 1, ledger_entry.c.seq > 2),
    "middle": delete(ledger_entry).where(ledger_entry.c.hub_id == 1, ledger_entry.c.seq == 2),
    "note": update(ledger_checkpoint).where(ledger_checkpoint.c.hub_id == 1).values(note="n"),
    "key": update(ledger_log).where(ledger_log.c.hub_id == 1).values(vkey=OTHER_KEY),
}


def test_a_head_that_does_not_fit_its_entries_takes_no_more(
    store: Store, database_url: str
) -> None:
    number = make_hub(store, Signers())
    with sequencer(store, log_signer) as running:
        running.submit(note_unit(number))
        drop_guards(database_url, "ledger_head")
        with as_owner(database_url) as connection:
            connection.execute(update(ledger_head).values(chain_hash=bytes(32)))

        with pytest.raises(LedgerIntegrityError):
            running.submit(note_unit(number))

    assert signed_size(store, number) == 1


@pytest.mark.parametrize("table", ["ledger_head", "ledger_checkpoint"])
@pytest.mark.parametrize("silently", [False, True])
def test_a_ledger_that_does_not_take_its_own_rows_is_halted(
    store: Store, database_url: str, table: str, *, silently: bool
) -> None:
    number = make_hub(store, Signers())
    run(database_url, *refusal(database_url, table, silently=silently))

    with sequencer(store, log_signer) as running, pytest.raises(LedgerIntegrityError):
        running.submit(note_unit(number))


def refusal(url: str, table: str, *, silently: bool) -> tuple[str, ...]:
    """Have a table refuse what it should take, with an error or without a word."""
    when = "UPDATE" if table == "ledger_head" else "INSERT"
    if url.startswith("postgresql"):
        how = "RETURN NULL;" if silently else "RAISE EXCEPTION 'no' USING ERRCODE = '23000';"
        body = f"$$ BEGIN {how} END $$"
        return (
            f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS {body}",
            f"CREATE TRIGGER a BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()",
        )
    how = "IGNORE" if silently else "ABORT, 'no'"
    return (f"CREATE TRIGGER a BEFORE {when} ON {table} BEGIN SELECT RAISE({how}); END",)


def test_bytes_that_are_no_entry_are_not_signed_though_every_hash_fits(
    store: Store, database_url: str
) -> None:
    number = make_hub(store, Signers())
    leaf = leaf_hash(b"no entry")
    row = {
        "hub_id": number,
        "log": LOG,
        "seq": 0,
        "kind": 6,
        "time_ms": 1,
        "entry": b"no entry",
        "leaf_hash": leaf,
        "prev_hash": NO_HASH,
        "chain_hash": chain_hash(NO_HASH, leaf),
    }
    head = {"size": 1, "chain_hash": row["chain_hash"], "frontier": leaf, "last_ms": 1}
    run(database_url, insert(ledger_entry).values(row), update(ledger_head).values(head))

    with sequencer(store, log_signer) as running, pytest.raises(LedgerIntegrityError):
        running.submit(note_unit(number))

    assert signed_size(store, number) == 0


def test_a_log_that_is_gone_is_halted_at_start(store: Store, database_url: str) -> None:
    number = make_hub(store, Signers())
    with sequencer(store, FailingSigner()) as dying, pytest.raises(RecordOutcomeUnknownError):
        dying.submit(note_unit(number))
    drop_guards(database_url)
    with as_owner(database_url) as connection:
        connection.execute(delete(ledger_log))

    with sequencer(store, log_signer) as running, pytest.raises(LedgerIntegrityError):
        running.submit(note_unit(number))
