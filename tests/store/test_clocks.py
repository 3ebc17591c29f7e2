"""T90: whatever the clocks do, time in a ledger never decreases, and a wrong one stops its log."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest

from credhub.errors import LedgerClockError
from credhub.ledger.entry import LedgerEntry
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import to_ms
from credhub.store.store import Store
from tests.store.samples import (
    LOG,
    NOW,
    Clock,
    Signers,
    log_signer,
    make_hub,
    note_unit,
    second_store_of,
    sequencer,
)

HOUR = 3600
TOLERATED = 300
"""Seconds by which a clock may be behind the last entry."""


@dataclass
class LocalClock:
    """A clock that shows the time of somewhere, as its laws have it at the moment."""

    now: datetime
    offset: timedelta

    def __call__(self) -> datetime:
        return self.now.astimezone(timezone(self.offset))


def times(store: Store, number: HubNumber) -> list[float]:
    """Audit a log, and give the times of its entries in seconds from noon."""
    with store.read() as tx:
        (log,) = tx.ledger.logs(number)
        tx.ledger.audit(log)
        rows = list(tx.ledger.entries(number, LOG))
    said = [row.time_ms for row in rows]
    assert said == [LedgerEntry.parse(row.entry).time_ms for row in rows]
    assert said == sorted(said)
    return [(ms - to_ms(NOW)) / 1000 for ms in said]


def test_t90_a_clock_that_stands_still_stops_nobody(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running:
        for _ in range(20):
            running.submit(note_unit(number))

    assert times(store, number) == [0.0] * 20


@pytest.mark.parametrize(("behind", "said"), [(60, []), (61, ["61 seconds behind the ledger"])])
def test_t90_a_clock_that_is_a_minute_behind_is_told_to_the_operator(
    store: Store, caplog: pytest.LogCaptureFixture, behind: int, said: list[str]
) -> None:
    number = make_hub(store, Signers())
    clock = Clock()

    with sequencer(store, log_signer, clock) as running:
        running.submit(note_unit(number))
        clock.move(-behind)
        running.submit(note_unit(number))

    told = [one.getMessage() for one in caplog.records if "the clock is" in one.getMessage()]
    assert told == [f"the clock is {what}" for what in said]
    assert times(store, number) == [0.0, 0.0]


def test_t90_a_clock_an_hour_behind_stops_its_log_until_it_is_right(store: Store) -> None:
    number = make_hub(store, Signers())
    clock = Clock()

    with sequencer(store, log_signer, clock) as running:
        running.submit(note_unit(number))
        clock.move(-HOUR)
        for _ in range(3):
            with pytest.raises(LedgerClockError) as refusal:
                running.submit(note_unit(number))
            assert refusal.value.behind_ms == HOUR * 1000
        assert times(store, number) == [0.0]
        clock.move(HOUR + 1)
        assert running.submit(note_unit(number)).seqs == (1,)

    assert times(store, number) == [0.0, 1.0]


def test_t90_a_clock_an_hour_ahead_stops_its_log_when_it_is_put_right(store: Store) -> None:
    number, other = make_hub(store, Signers(), 1), make_hub(store, Signers(), 2)
    clock = Clock()

    with sequencer(store, log_signer, clock) as running:
        running.submit(note_unit(number))
        clock.move(HOUR)
        running.submit(note_unit(number))
        clock.move(-HOUR)
        with pytest.raises(LedgerClockError):
            running.submit(note_unit(number))
        running.submit(note_unit(other))
        clock.move(HOUR - TOLERATED)
        running.submit(note_unit(number))
        clock.move(TOLERATED + 1)
        running.submit(note_unit(number))

    assert times(store, number) == [0.0, HOUR, HOUR, HOUR + 1]
    assert times(store, other) == [0.0]


def test_t90_a_second_that_a_leap_repeats_is_no_step_back(store: Store) -> None:
    number = make_hub(store, Signers())
    # Most systems show 23:59:59 twice where UTC has 23:59:60.
    clock = Clock(datetime(2026, 12, 31, 23, 59, 59, 900_000, tzinfo=UTC))
    start = (clock.now - NOW).total_seconds()

    with sequencer(store, log_signer, clock) as running:
        for step in (0.05, -1.0, 0.5, 0.5, 0.2):
            running.submit(note_unit(number))
            clock.move(step)

    said = times(store, number)
    assert [round(one - start, 3) for one in said] == [0.0, 0.05, 0.05, 0.05, 0.05]


@pytest.mark.parametrize("before", [1, 2])
def test_t90_the_laws_of_a_country_are_no_step(store: Store, before: int) -> None:
    number = make_hub(store, Signers())
    clock = LocalClock(NOW, timedelta(hours=before))

    with sequencer(store, log_signer, clock) as running:  # type: ignore[arg-type]  # another clock
        running.submit(note_unit(number))
        clock.offset, clock.now = timedelta(hours=3 - before), NOW + timedelta(seconds=1)
        running.submit(note_unit(number))

    assert times(store, number) == [0.0, 1.0]


@pytest.mark.parametrize("skew", [-TOLERATED, -4, 4, TOLERATED])
def test_t90_two_instances_whose_clocks_differ_stay_one_chain(
    store: Store, database_url: str, skew: int
) -> None:
    number = make_hub(store, Signers())
    one, other = Clock(), Clock()
    other.move(skew)

    with (
        closing(Store.open(database_url)) as second,
        sequencer(store, log_signer, one) as first,
        sequencer(second, log_signer, other, second_store=second_store_of(store)) as last,
    ):
        for _ in range(5):
            for running in (first, last):
                running.submit(note_unit(number))
            for clock in (one, other):
                clock.move(1)

    said = times(store, number)
    assert len(said) == 10
    assert said[-1] == max(4, 4 + skew)


def test_t90_the_instance_whose_clock_is_wrong_stops_and_the_other_goes_on(
    store: Store, database_url: str
) -> None:
    number = make_hub(store, Signers())
    right, wrong = Clock(), Clock()
    wrong.move(-TOLERATED - 1)

    with (
        closing(Store.open(database_url)) as second,
        sequencer(store, log_signer, right) as first,
        sequencer(second, log_signer, wrong, second_store=second_store_of(store)) as last,
    ):
        first.submit(note_unit(number))
        with pytest.raises(LedgerClockError):
            last.submit(note_unit(number))
        first.submit(note_unit(number))

    assert times(store, number) == [0.0, 0.0]
