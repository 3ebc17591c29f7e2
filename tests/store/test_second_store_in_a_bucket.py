"""The second store in a bucket of an S3 server: of two writers the bucket itself refuses one.

What a writer reads before it writes may be old by then. So these tests let the other one write
exactly between, and a twin shows what happens where a server does not know the conditions.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from credhub.errors import SecondStoreConflictError
from credhub.store.second_store.objects import ObjectSecondStore
from credhub.store.second_store.opening import open_second_store
from credhub.store.second_store.protocol import SecondStore
from tests.bucket_between import Between, between
from tests.buckets import Buckets, bucket_server
from tests.store.test_second_store import COUNTER, KEY, ONE, TWO

EACH = 25


@pytest.fixture(scope="module")
def buckets() -> Iterator[Buckets]:
    with bucket_server() as buckets:
        yield buckets


@pytest.fixture
def watched(buckets: Buckets) -> Iterator[Between]:
    with between(buckets.endpoint) as watched:
        yield watched


@pytest.fixture
def address(buckets: Buckets) -> str:
    return f"s3://{buckets.new()}/ledger/positions"


@pytest.fixture
def other(address: str, buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecondStore]:
    """Somebody who writes to the same bucket, and whom nobody watches."""
    with closing(opened(address, buckets, monkeypatch)) as other:
        yield other


@pytest.fixture
def slow(
    address: str, watched: Between, other: SecondStore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SecondStore]:
    """Somebody whose requests can be overtaken."""
    assert other.read(KEY) is None
    with closing(opened(address, Buckets(watched.endpoint), monkeypatch)) as slow:
        yield slow


def opened(address: str, buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> SecondStore:
    for name, value in buckets.environment.items():
        monkeypatch.setenv(name, value)
    store = open_second_store(address)
    assert isinstance(store, ObjectSecondStore)
    return store


def test_who_creates_second_is_refused(
    slow: SecondStore, other: SecondStore, watched: Between
) -> None:
    watched.before = lambda: other.swap(KEY, old=None, new=TWO)

    with pytest.raises(SecondStoreConflictError) as refusal:
        slow.swap(KEY, old=None, new=ONE)

    assert watched.conditions == [("if-none-match", "*")]
    assert refusal.value.key == KEY
    assert slow.read(KEY) == other.read(KEY) == TWO


def test_who_replaces_second_is_refused(
    slow: SecondStore, other: SecondStore, watched: Between
) -> None:
    slow.swap(KEY, old=None, new=ONE)
    watched.before = lambda: other.swap(KEY, old=ONE, new=TWO)

    with pytest.raises(SecondStoreConflictError):
        slow.swap(KEY, old=ONE, new="mine")

    assert [name for name, _ in watched.conditions] == ["if-none-match", "if-match"]
    assert slow.read(KEY) == other.read(KEY) == TWO


def test_who_was_refused_goes_on_from_what_the_other_wrote(
    slow: SecondStore, other: SecondStore, watched: Between
) -> None:
    watched.before = lambda: other.swap(KEY, old=None, new=ONE)
    with pytest.raises(SecondStoreConflictError):
        slow.swap(KEY, old=None, new="mine")

    slow.swap(KEY, old=ONE, new=TWO)

    assert other.read(KEY) == TWO


@pytest.mark.parametrize("before", [None, ONE], ids=["created", "replaced"])
def test_without_the_conditions_the_second_would_overwrite_the_first(
    slow: SecondStore, other: SecondStore, watched: Between, before: str | None
) -> None:
    if before is not None:
        other.swap(KEY, old=None, new=before)
    watched.without_conditions = True
    watched.before = lambda: other.swap(KEY, old=before, new=TWO)

    slow.swap(KEY, old=before, new="mine")

    assert other.read(KEY) == "mine"


def test_two_processes_lose_nothing_that_the_other_one_wrote(
    address: str, watched: Between, buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = os.environ | dict(Buckets(watched.endpoint).environment)
    racers = [
        subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-c", COUNTER, address, str(EACH)], env=environment
        )
        for _ in range(2)
    ]
    assert [racer.wait() for racer in racers] == [0, 0]
    assert len(watched.conditions) >= 2 * EACH

    with closing(opened(address, buckets, monkeypatch)) as second:
        assert second.read("log/shared") == str(2 * EACH)
