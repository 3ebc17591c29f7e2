"""What was published is part of what the database holds, or the log takes no entries."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field

import pytest
from obstore.store import MemoryStore
from sqlalchemy import Connection, update

from credhub.errors import (
    CredhubError,
    LedgerIntegrityError,
    RecordOutcomeUnknownError,
    RollbackDetectedError,
    SecondStoreConflictError,
    SecondStoreUnavailableError,
    StoreUnavailableError,
)
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.merkle import EMPTY_ROOT
from credhub.ledger.note import VerifierKey
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.second_store.objects import ObjectSecondStore
from credhub.store.second_store.protocol import SecondStore
from credhub.store.sequencer import Sequencer
from credhub.store.standing import Trouble
from credhub.store.start_order import examine
from credhub.store.store import Store
from credhub.store.tables import ledger_head, ledger_log
from tests.engines import Databases
from tests.store.rows import as_owner, drop_guards
from tests.store.samples import (
    LOG,
    NOW,
    Signers,
    ledger_signer,
    log_signer,
    make_hub,
    note_unit,
    sequencer,
)

SNAPSHOTS = 30


@pytest.fixture
def second() -> SecondStore:
    return ObjectSecondStore(MemoryStore())


def log_of(store: Store, hub: HubNumber) -> LedgerLog:
    with store.read() as tx:
        row = tx.ledger.open_log(hub)
    assert row is not None
    return row


def key_of(store: Store, hub: HubNumber) -> str:
    return f"log/{log_of(store, hub).vkey}"


def signed(store: Store, hub: HubNumber) -> Checkpoint:
    """Give the newest checkpoint, after making sure that its tree proves every entry."""
    with store.read() as tx:
        latest = tx.ledger.latest_checkpoint(hub, LOG)
        assert latest is not None
        for seq in range(latest.size):
            tx.ledger.inclusion(hub, LOG, seq, latest.size)
    return Checkpoint(origin=log_of(store, hub).origin, size=latest.size, root=latest.root)


def grow(store: Store, second: SecondStore, hub: HubNumber, count: int = 1) -> None:
    with sequencer(store, log_signer, second_store=second) as running:
        for _ in range(count):
            running.submit(note_unit(hub))


@contextmanager
def copy_of(databases: Databases, url: str) -> Iterator[Store]:
    with databases.copied(url) as copy, closing(Store.open(copy)) as store:
        yield store


@pytest.mark.slow
def test_r15_thirty_of_thirty_older_snapshots_are_refused(
    databases: Databases, database_url: str, second: SecondStore
) -> None:
    with ExitStack() as snapshots:
        taken = []
        with closing(Store.open(database_url)) as store:
            hub = make_hub(store, Signers())
        for number in range(SNAPSHOTS + 1):
            with closing(Store.open(database_url)) as store:
                grow(store, second, hub, 1 + number % 3)
            taken.append(snapshots.enter_context(databases.copied(database_url)))
        *older, newest = taken

        refused = [check_refused(url, second, hub) for url in older]

        assert refused == [True] * SNAPSHOTS
        with (
            closing(Store.open(newest)) as store,
            sequencer(store, log_signer, second_store=second) as running,
        ):
            assert running.refused == ()
            running.submit(note_unit(hub))


def check_refused(url: str, second: SecondStore, hub: HubNumber) -> bool:
    with closing(Store.open(url)) as store:
        published = Checkpoint.parse(second.read(key_of(store, hub)) or "")
        with sequencer(store, log_signer, second_store=second) as running:
            (standing,) = running.refused
            with pytest.raises(RollbackDetectedError) as refusal:
                running.submit(note_unit(hub))
        here = signed(store, hub)  # What it proves goes on being proved.
        with store.read() as tx:
            assert tx.ledger.head(hub, LOG).size == here.size
    assert (standing.size, standing.published, standing.trouble) == (
        here.size,
        published,
        Trouble.ROLLED_BACK,
    )
    for text in (str(refusal.value), standing.message):
        assert f"has {here.size} entries here, but {published.size} were published" in text
    assert refusal.value.code == "rollback-detected"
    return True


def test_t82_of_two_copies_that_run_exactly_one_continues(
    databases: Databases, database_url: str, second: SecondStore
) -> None:
    with closing(Store.open(database_url)) as store:
        hub = make_hub(store, Signers())
        grow(store, second, hub)
    with (
        copy_of(databases, database_url) as one,
        copy_of(databases, database_url) as other,
        sequencer(one, log_signer, second_store=second) as first,
        sequencer(other, log_signer, second_store=second) as last,
        ThreadPoolExecutor(2) as pool,
    ):
        answers = [list(pool.map(outcome, (first, last), (hub, hub))) for _ in range(3)]
        (loser,) = [running for running in (first, last) if running.refused]

        assert answers[0] == answers[1] == answers[2]
        assert sorted(answers[0]) == ["recorded", "rollback-detected"]
        (standing,) = loser.refused
        assert standing.trouble is Trouble.CONTRADICTED
        assert "does not begin with the 2 entries" in standing.message
        assert {signed(one, hub).size, signed(other, hub).size} == {1, 4}


def outcome(running: Sequencer, hub: HubNumber) -> str:
    try:
        running.submit(note_unit(hub))
    except CredhubError as error:
        return error.code
    return "recorded"


def test_t82_a_copy_that_fell_behind_signs_nothing_more(
    databases: Databases, database_url: str, second: SecondStore
) -> None:
    with closing(Store.open(database_url)) as store:
        hub = make_hub(store, Signers())
        grow(store, second, hub)
    with (
        copy_of(databases, database_url) as one,
        copy_of(databases, database_url) as other,
        sequencer(one, log_signer, second_store=second) as first,
        sequencer(other, log_signer, second_store=second) as last,
    ):
        for _ in range(5):
            first.submit(note_unit(hub))
        with pytest.raises(RollbackDetectedError) as refusal:
            last.submit(note_unit(hub))

        assert (refusal.value.published, refusal.value.here) == (6, 2)
        assert last.refused[0].trouble is Trouble.ROLLED_BACK
        assert signed(other, hub).size == 1
        assert first.submit(note_unit(hub)).checkpoint_size == 7


def test_a_restored_database_that_went_on_is_refused_at_start(
    databases: Databases, database_url: str, second: SecondStore
) -> None:
    with closing(Store.open(database_url)) as store:
        hub = make_hub(store, Signers())
        grow(store, second, hub)
    with copy_of(databases, database_url) as old:
        with closing(Store.open(database_url)) as store:
            grow(store, second, hub, 2)
        grow(old, ObjectSecondStore(MemoryStore()), hub, 5)  # as if it were alone

        (standing,) = examine(old, second, now=NOW)

        assert standing.trouble is Trouble.CONTRADICTED
        assert (standing.size, standing.contrary_size) == (6, 3)
        with (
            sequencer(old, log_signer, second_store=second) as running,
            pytest.raises(RollbackDetectedError, match="does not begin with the 3 entries"),
        ):
            running.submit(note_unit(hub))


def test_hubs_that_are_not_behind_go_on(
    databases: Databases, database_url: str, second: SecondStore
) -> None:
    with closing(Store.open(database_url)) as store:
        one, other = make_hub(store, Signers(), 1), make_hub(store, Signers(), 2)
        grow(store, second, one)
        grow(store, second, other)
    with copy_of(databases, database_url) as old:
        with closing(Store.open(database_url)) as store:
            grow(store, second, one)

        with sequencer(old, log_signer, second_store=second) as running:
            assert [standing.hub for standing in running.refused] == [one]
            assert running.submit(note_unit(other)).seqs == (1,)
            with pytest.raises(RollbackDetectedError):
                running.submit(note_unit(one))


@pytest.mark.parametrize("size", [0, 1, 3, 5])
def test_what_a_witness_holds_may_be_less(store: Store, second: SecondStore, size: int) -> None:
    hub = make_hub(store, Signers())
    held = Checkpoint(origin=log_of(store, hub).origin, size=0, root=EMPTY_ROOT)
    for number in range(5):
        grow(store, second, hub)
        held = signed(store, hub) if number < size else held
    elsewhere = Checkpoint(origin="other.example/log", size=99, root=bytes(32))

    with sequencer(store, log_signer, second_store=second, witnessed=(held, elsewhere)) as running:
        assert running.refused == ()
        assert running.submit(note_unit(hub)).seqs == (5,)
        assert running.submit(note_unit(hub)).seqs == (6,)


def test_what_a_witness_holds_is_not_more(
    databases: Databases, database_url: str, second: SecondStore
) -> None:
    with closing(Store.open(database_url)) as store:
        hub = make_hub(store, Signers())
        grow(store, second, hub, 2)
    with copy_of(databases, database_url) as old:
        with closing(Store.open(database_url)) as store:
            grow(store, second, hub)
            held = signed(store, hub)
        forgotten = ObjectSecondStore(MemoryStore())  # restored together with the database

        with sequencer(old, log_signer, second_store=forgotten, witnessed=(held,)) as running:
            (standing,) = running.refused
            with pytest.raises(RollbackDetectedError, match=r"has 2 .* 3 were published"):
                running.submit(note_unit(hub))

    assert standing.trouble is Trouble.ROLLED_BACK
    assert standing.witnessed == (held,)
    assert standing.published is None


def test_what_a_witness_holds_is_checked_when_the_second_store_is_back(
    store: Store, second: SecondStore
) -> None:
    hub = make_hub(store, Signers())
    grow(store, second, hub, 2)
    held = Checkpoint(origin=log_of(store, hub).origin, size=2, root=bytes(32))
    away = Away(second, away=True)

    with sequencer(store, log_signer, second_store=away, witnessed=(held,)) as running:
        away.away = False
        with pytest.raises(RollbackDetectedError):
            running.submit(note_unit(hub))

        assert [standing.trouble for standing in running.refused] == [Trouble.CONTRADICTED]


@dataclass
class Away:
    """A second store that is away, and comes back."""

    inner: SecondStore
    away: bool = False
    conflicts: int = 0
    swaps: list[str | None] = field(default_factory=list)

    def read(self, key: str) -> str | None:
        if self.away:
            raise SecondStoreUnavailableError
        return self.inner.read(key)

    def swap(self, key: str, *, old: str | None, new: str) -> None:
        self.swaps.append(old)
        if self.conflicts:
            self.conflicts -= 1
            raise SecondStoreConflictError(key)
        self.inner.swap(key, old=old, new=new)

    def close(self) -> None: ...


def test_the_examination_says_that_the_second_store_is_away(
    store: Store, second: SecondStore
) -> None:
    hub = make_hub(store, Signers())
    grow(store, second, hub, 2)

    (standing,) = examine(store, Away(second, away=True), now=NOW)

    assert standing.trouble is Trouble.UNREACHABLE
    assert (standing.size, standing.signed_size, standing.published) == (2, 2, None)
    assert isinstance(standing.refusal(), SecondStoreUnavailableError)


def test_a_lost_second_store_is_believed_and_said_aloud(
    store: Store, second: SecondStore, caplog: pytest.LogCaptureFixture
) -> None:
    hub = make_hub(store, Signers())
    grow(store, second, hub, 3)
    new = ObjectSecondStore(MemoryStore())
    caplog.set_level(logging.WARNING)

    grow(store, new, hub, 0)

    origin = log_of(store, hub).origin
    assert f"knows nothing of the ledger {origin}: its 3 entries are believed" in caplog.text
    assert new.read(key_of(store, hub)) == signed(store, hub).text()


def test_a_new_log_is_no_surprise(
    store: Store, second: SecondStore, caplog: pytest.LogCaptureFixture
) -> None:
    hub = make_hub(store, Signers())

    grow(store, second, hub, 2)

    assert not caplog.records


def test_a_second_store_that_is_behind_is_brought_forward(
    store: Store, second: SecondStore
) -> None:
    hub = make_hub(store, Signers())
    grow(store, second, hub, 2)
    old = second.read(key_of(store, hub))
    grow(store, second, hub, 3)
    restored = ObjectSecondStore(MemoryStore())
    restored.swap(key_of(store, hub), old=None, new=old or "")

    grow(store, restored, hub, 0)

    assert restored.read(key_of(store, hub)) == signed(store, hub).text()


def test_what_is_no_checkpoint_in_the_second_store_refuses_the_log(
    store: Store, second: SecondStore
) -> None:
    hub = make_hub(store, Signers())
    grow(store, second, hub)
    damaged = ObjectSecondStore(MemoryStore())
    damaged.swap(key_of(store, hub), old=None, new="garbage")

    with sequencer(store, log_signer, second_store=damaged) as running:
        assert [standing.trouble for standing in running.refused] == [Trouble.UNSOUND]
        with pytest.raises(LedgerIntegrityError):
            running.submit(note_unit(hub))


def test_a_head_that_is_no_head_refuses_the_log(
    store: Store, database_url: str, second: SecondStore
) -> None:
    hub = make_hub(store, Signers())
    grow(store, second, hub)
    drop_guards(database_url, "ledger_head")
    with as_owner(database_url) as connection:
        connection.execute(update(ledger_head).values(frontier=b""))

    (standing,) = examine(store, second, now=NOW)

    assert standing.trouble is Trouble.UNSOUND
    assert isinstance(standing.refusal(), LedgerIntegrityError)


def test_who_loses_a_swap_reads_again(store: Store, second: SecondStore) -> None:
    hub = make_hub(store, Signers())
    contested = Away(second, conflicts=3)

    grow(store, contested, hub)

    assert len(contested.swaps) == 4
    assert signed(store, hub).size == 1


def test_a_swap_that_is_always_lost_is_an_outcome_that_is_not_known(
    store: Store, second: SecondStore
) -> None:
    hub = make_hub(store, Signers())
    contested = Away(second, conflicts=1000)

    with sequencer(store, log_signer, second_store=contested) as running:
        with pytest.raises(RecordOutcomeUnknownError):
            running.submit(note_unit(hub))
        contested.conflicts = 0
        assert running.submit(note_unit(hub)).checkpoint_size == 2


def test_a_refused_hub_goes_on_in_another_log(
    databases: Databases, database_url: str, second: SecondStore
) -> None:
    with closing(Store.open(database_url)) as store:
        hub = make_hub(store, Signers())
        grow(store, second, hub)
    with copy_of(databases, database_url) as old:
        with closing(Store.open(database_url)) as store:
            grow(store, second, hub)
        with sequencer(old, log_signer, second_store=second) as running:
            with pytest.raises(RollbackDetectedError):
                running.submit(note_unit(hub))

            follow(old, hub)

            assert running.submit(note_unit(hub)).log == "2026-2"
            assert running.refused == ()
            assert running.submit(note_unit(hub)).seqs == (1,)

        # The log that ended is not asked for any more.
        assert [standing.log for standing in examine(old, second, now=NOW)] == ["2026-2"]


def follow(store: Store, hub: HubNumber) -> None:
    """End the log of a hub and begin another, as the operator may decide."""
    origin = f"hub.example/ledger/hub-{hub}/2026-2"
    public_key = ledger_signer(hub, "2026-2").public_key
    with store.connect_to_write() as connection:
        connection.execute(update(ledger_log).values(frozen_ms=to_ms(NOW)))
    with store.begin() as tx:
        tx.ledger.insert_log(
            LedgerLog(
                hub=hub,
                log="2026-2",
                origin=origin,
                vkey=VerifierKey(name=origin, public_key=public_key).text(),
                created_at=NOW,
            )
        )


@pytest.mark.parametrize(
    ("claimed", "published", "trouble"),
    [
        (False, None, None),
        (True, None, None),
        (True, "no checkpoint", Trouble.UNSOUND),
        (True, "{origin}\n9\n" + "A" * 43 + "=\n", Trouble.ROLLED_BACK),
    ],
)
def test_a_log_after_the_last_one_is_lost_when_it_was_published(
    store: Store,
    second: SecondStore,
    claimed: bool,  # noqa: FBT001 - a parameter of the test
    published: str | None,
    trouble: Trouble | None,
) -> None:
    hub = make_hub(store, Signers())
    grow(store, second, hub)
    origin = f"hub.example/ledger/hub-{hub}/2026-2"
    vkey = VerifierKey(name=origin, public_key=bytes(32)).text()
    with store.connect_to_write() as connection:
        connection.execute(update(ledger_log).values(frozen_ms=to_ms(NOW)))
    if claimed:
        second.swap(f"origin/{origin}", old=None, new=vkey)
    if published is not None:
        second.swap(f"log/{vkey}", old=None, new=published.format(origin=origin))

    found = examine(store, second, now=NOW)

    assert [it.trouble for it in found] == ([] if trouble is None else [trouble])
    assert [it.contrary_size for it in found if it.trouble is Trouble.ROLLED_BACK] in ([], [9])


def test_a_log_that_ended_unsigned_refuses_nobody(
    databases: Databases, database_url: str, second: SecondStore
) -> None:
    with closing(Store.open(database_url)) as store:
        hub = make_hub(store, Signers())
        grow(store, second, hub)
    with copy_of(databases, database_url) as old:
        with sequencer(old, log_signer, second_store=second) as behind:
            with closing(Store.open(database_url)) as store:
                grow(store, second, hub, 3)
            with pytest.raises(RollbackDetectedError):
                behind.submit(note_unit(hub))
        follow(old, hub)

        with sequencer(old, log_signer, second_store=second) as running:
            assert running.refused == ()
            assert running.submit(note_unit(hub)).log == "2026-2"

        assert signed(old, hub).size == 1


def test_a_refusal_holds_while_the_database_cannot_be_asked(
    databases: Databases, database_url: str, second: SecondStore
) -> None:
    with closing(Store.open(database_url)) as store:
        hub = make_hub(store, Signers())
        grow(store, second, hub)
    with databases.copied(database_url) as copy, closing(Deaf.open(copy)) as old:
        with closing(Store.open(database_url)) as store:
            grow(store, second, hub)
        with sequencer(old, log_signer, second_store=second) as running:
            old.is_deaf = True
            with pytest.raises(RollbackDetectedError):
                running.submit(note_unit(hub))


class Deaf(Store):
    """A database that stops to answer those who read."""

    is_deaf = False

    @contextmanager
    def connect_to_read(self) -> Iterator[Connection]:
        if self.is_deaf:
            raise StoreUnavailableError
        with super().connect_to_read() as connection:
            yield connection
