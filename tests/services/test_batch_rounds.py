"""Rows are settled together, and with the last try one by one."""

from collections.abc import Sequence

import pytest

from credhub.errors import (
    AchievementNotFoundError,
    ConflictError,
    ContendedError,
    CredhubError,
    NoOpenLogError,
    QueueFullError,
    RecordDamagedError,
    StoreUnavailableError,
)
from credhub.services.bulk.batch_rounds import MOST_TRIES, ROUNDS, passes, settle
from credhub.store.batch_queue import Chunk
from credhub.store.batches import BatchKind
from credhub.store.hubs import HubNumber

Failures = list[tuple[str, str]]


def chunk(tries: int) -> Chunk:
    return Chunk(
        hub=HubNumber(1),
        batch_id="b",
        kind=BatchKind.ISSUE,
        first_row=1,
        last_row=3,
        rows=3,
        faults=tries,
        leased_until_ms=0,
    )


def settled(tries: int, damaged: CredhubError | None) -> tuple[list[str], Failures]:
    """Settle three rows, of which one is always taken by others or raises."""
    done: list[str] = []
    failed: Failures = []

    def some(rows: Sequence[str]) -> list[str]:
        if damaged is not None and "bad" in rows:
            raise damaged
        done.extend(row for row in rows if row != "bad")
        return [row for row in rows if row == "bad"]

    settle(chunk(tries), ["one", "bad", "two"], some, lambda row, e: failed.append((row, e.code)))
    return done, failed


def test_rows_that_others_keep_taking_are_left_for_another_try() -> None:
    with pytest.raises(ContendedError):
        settled(MOST_TRIES - 2, None)


def test_with_the_last_try_rows_that_others_keep_taking_fail_alone() -> None:
    assert settled(MOST_TRIES - 1, None) == (["one", "two"], [("bad", "contended")])


def test_with_the_last_try_a_row_with_an_error_of_its_own_fails_alone() -> None:
    told = settled(MOST_TRIES - 1, RecordDamagedError())

    assert told == (["one", "two"], [("bad", "record-damaged")])


def test_before_the_last_try_an_error_leaves_all_rows_for_another_one() -> None:
    with pytest.raises(RecordDamagedError):
        settled(0, RecordDamagedError())


def test_errors_that_pass_fail_no_row_even_with_the_last_try() -> None:
    with pytest.raises(StoreUnavailableError):
        settled(MOST_TRIES - 1, StoreUnavailableError())


def test_rows_are_tried_so_many_times_and_may_be_settled_with_the_last() -> None:
    left = [["row"]] * (ROUNDS - 1) + [[]]

    settle(chunk(0), ["row"], lambda _: left.pop(0), lambda *_: None)

    assert left == []


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(StoreUnavailableError(), id="store-unavailable"),
        pytest.param(QueueFullError(), id="queue-full"),
        pytest.param(NoOpenLogError(1), id="no-open-log"),
    ],
)
def test_errors_of_what_we_stand_on_pass(error: CredhubError) -> None:
    assert passes(error)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ContendedError(), id="contended"),
        pytest.param(ConflictError("batch"), id="conflict"),
        pytest.param(RecordDamagedError(), id="record-damaged"),
        pytest.param(AchievementNotFoundError(), id="achievement-not-found"),
    ],
)
def test_errors_of_rows_do_not_pass(error: CredhubError) -> None:
    assert not passes(error)
