"""The second store: one contract, over every place that it can be kept in."""

import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from obstore.store import MemoryStore

from credhub.errors import (
    SecondStoreConflictError,
    SecondStoreUnavailableError,
    UnsafeSettingsError,
)
from credhub.store.second_store.objects import ObjectSecondStore
from credhub.store.second_store.opening import open_second_store
from credhub.store.second_store.protocol import SecondStore
from tests.buckets import Buckets, bucket_server
from tests.crash.deployment import free_port
from tests.engines import PostgresqlDatabases

BACKENDS = ("sqlite", "postgresql", "memory", "s3")
KEY = "log/hub.example/ledger/riverside/2026+0a1b2c3d+AQ//+/=="
WITNESSED = "witness/hub.example/ledger/riverside/2026"
ONE = "hub.example/ledger/riverside/2026\n1\nroot\n"
TWO = "hub.example/ledger/riverside/2026\n2\nroot \u2014 \u738b\n"
ROUNDS = 20

Open = Callable[[], SecondStore]


@pytest.fixture(scope="session")
def buckets() -> Iterator[Buckets]:
    with bucket_server() as buckets:
        yield buckets


@pytest.fixture(params=BACKENDS)
def url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Where a new second store is kept, of each sort in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state' / 'credhub' / 'second.db'}"
    elif request.param == "postgresql":
        databases: PostgresqlDatabases = request.getfixturevalue("postgresql")
        with databases.empty() as address:
            yield address
    elif request.param == "s3":
        given: Buckets = request.getfixturevalue("buckets")
        for name, value in given.environment.items():
            monkeypatch.setenv(name, value)
        yield f"s3://{given.new()}/ledger/positions"
    else:
        yield "memory"


@pytest.fixture
def open_it(url: str) -> Open:
    if url == "memory":
        bucket = MemoryStore()
        return lambda: ObjectSecondStore(bucket)
    return lambda: open_second_store(url)


@pytest.fixture
def second(open_it: Open) -> Iterator[SecondStore]:
    with closing(open_it()) as opened:
        yield opened


def test_a_text_that_was_never_written_is_none(second: SecondStore) -> None:
    assert second.read(KEY) is None


def test_a_text_is_made_replaced_and_read(second: SecondStore) -> None:
    second.swap(KEY, old=None, new=ONE)
    assert second.read(KEY) == ONE

    second.swap(KEY, old=ONE, new=TWO)
    assert second.read(KEY) == TWO

    second.swap(KEY, old=TWO, new=TWO)
    assert second.read(KEY) == TWO


def test_keys_have_nothing_to_do_with_one_another(second: SecondStore) -> None:
    second.swap(KEY, old=None, new=ONE)
    second.swap(WITNESSED, old=None, new=TWO)

    assert (second.read(KEY), second.read(WITNESSED)) == (ONE, TWO)
    assert second.read("log") is None


@pytest.mark.parametrize("old", [None, TWO, ONE.rstrip(), ""])
def test_who_does_not_know_the_last_text_is_refused(second: SecondStore, old: str | None) -> None:
    second.swap(KEY, old=None, new=ONE)

    with pytest.raises(SecondStoreConflictError) as refusal:
        second.swap(KEY, old=old, new="mine")

    assert refusal.value.key == KEY
    assert second.read(KEY) == ONE


def test_a_text_that_is_not_there_cannot_be_replaced(second: SecondStore) -> None:
    with pytest.raises(SecondStoreConflictError):
        second.swap(KEY, old=ONE, new=TWO)

    assert second.read(KEY) is None


def test_it_survives_reopening(open_it: Open) -> None:
    with closing(open_it()) as first:
        first.swap(KEY, old=None, new=ONE)

    with closing(open_it()) as again:
        assert again.read(KEY) == ONE
        again.swap(KEY, old=ONE, new=TWO)


def test_of_two_threads_exactly_one_wins(open_it: Open) -> None:
    with closing(open_it()) as one, closing(open_it()) as other, ThreadPoolExecutor(2) as pool:
        for number in range(ROUNDS):
            start = Barrier(2)
            last = one.read(KEY)
            racers = [
                pool.submit(_race, start, store, last, f"{name} {number}")
                for name, store in (("one", one), ("other", other))
            ]

            winners = [winner for racer in racers if (winner := racer.result())]

            assert winners == [one.read(KEY)]


def _race(start: Barrier, store: SecondStore, last: str | None, new: str) -> str | None:
    start.wait()
    try:
        store.swap(KEY, old=last, new=new)
    except SecondStoreConflictError:
        return None
    return new


COUNTER = """
import sys
from credhub.errors import SecondStoreConflictError
from credhub.store.second_store.opening import open_second_store

store = open_second_store(sys.argv[1])
won = 0
while won < int(sys.argv[2]):
    last = store.read("log/shared")
    try:
        store.swap("log/shared", old=last, new=str(int(last or 0) + 1))
        won += 1
    except SecondStoreConflictError:
        pass
store.close()
"""


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_two_processes_lose_nothing_that_the_other_one_wrote(url: str) -> None:
    racers = [
        subprocess.Popen([sys.executable, "-c", COUNTER, url, "50"])  # noqa: S603 - our own words
        for _ in range(2)
    ]
    assert [racer.wait() for racer in racers] == [0, 0]

    with closing(open_second_store(url)) as second:
        assert second.read("log/shared") == "100"


def test_the_file_and_its_folder_are_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "state" / "second.db"

    with closing(open_second_store(f"sqlite:///{file}")) as second:
        second.swap(KEY, old=None, new=ONE)
        made = [file.parent, *file.parent.iterdir()]

        assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o700, 0o600, 0o600, 0o600]


def test_a_file_in_no_folder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SecondStoreUnavailableError):
        open_second_store(f"sqlite:///{tmp_path / 'file' / 'second.db'}")


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "second.db").write_text("The quick brown fox. " * 100)

    check_unavailable(open_second_store(f"sqlite:///{tmp_path / 'second.db'}"))


def test_a_server_that_does_not_answer_is_unavailable() -> None:
    check_unavailable(open_second_store(f"postgresql://hub@127.0.0.1:{free_port()}/credhub"))


def check_unavailable(second: SecondStore) -> None:
    with closing(second):
        with pytest.raises(SecondStoreUnavailableError):
            second.read(KEY)
        with pytest.raises(SecondStoreUnavailableError):
            second.swap(KEY, old=None, new=ONE)


def test_a_file_that_comes_up_later_is_used_then(tmp_path: Path) -> None:
    file = tmp_path / "second.db"
    file.write_text("The quick brown fox. " * 100)
    with closing(open_second_store(f"sqlite:///{file}")) as second:
        file.write_bytes(b"")

        second.swap(KEY, old=None, new=ONE)

        assert second.read(KEY) == ONE


def test_a_server_that_may_lose_commits_is_refused(postgresql: PostgresqlDatabases) -> None:
    with postgresql.empty() as address:
        separator = "&" if "?" in address else "?"
        with pytest.raises(UnsafeSettingsError):
            open_second_store(f"{address}{separator}options=-csynchronous_commit%3Doff")


def test_a_bucket_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in Buckets(f"http://127.0.0.1:{free_port()}").environment.items():
        monkeypatch.setenv(name, value)

    check_unavailable(open_second_store("s3://bucket/prefix"))


def test_a_bucket_that_is_missing_is_unavailable(
    buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in buckets.environment.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SecondStoreUnavailableError):
        open_second_store("s3://nobody-made-this/prefix").swap(KEY, old=None, new=ONE)


@pytest.mark.parametrize("address", ["az://container/prefix", "file:///tmp", "nowhere://x"])
def test_what_cannot_be_a_bucket_is_unavailable(address: str) -> None:
    with pytest.raises(SecondStoreUnavailableError):
        open_second_store(address)


def test_what_lies_in_a_bucket_and_is_no_text_is_unavailable() -> None:
    bucket = MemoryStore()
    second = ObjectSecondStore(bucket)
    second.swap(KEY, old=None, new=ONE)
    name = bucket.list().collect()[0]["path"]
    bucket.put(name, b"\xff")

    with pytest.raises(SecondStoreUnavailableError):
        second.read(KEY)
