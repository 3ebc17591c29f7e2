"""Fetching what strangers publish: bounded in number, as each exchange is in time and size."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest

from credhub.egress.client import MAX_BYTES, SECONDS, Egress
from credhub.errors import (
    AddressRefusedError,
    AnswerTooLargeError,
    NotCheckedNowError,
    NotReachedError,
)
from credhub.services.fetching import Errand, Fetcher
from tests.egress.peer import Peer, Talk, http, peer, saying


@contextmanager
def fetching(talk: Talk, *, at_once: int = 1) -> Iterator[tuple[Fetcher, Peer]]:
    """Give a fetcher whose only server is on this machine."""
    with peer(talk) as one:
        yield Fetcher(Egress(configured=[one.origin]), at_once=at_once), one


def test_what_is_published_is_fetched() -> None:
    with fetching(saying(http(b"hello"))) as (fetcher, one):
        assert fetcher.get(one.origin + "/x", accept="application/did+json") == b"hello"

    assert b"accept: application/did+json\r\n" in one.requests[0].lower()


@pytest.mark.parametrize("status", ["204 No Content", "301 Moved", "404 Not Found", "500 Oops"])
def test_any_other_status_is_no_answer(status: str) -> None:
    with (
        fetching(saying(http(b"", status=status))) as (fetcher, one),
        pytest.raises(NotReachedError, match=status[:3]),
    ):
        fetcher.get(one.origin)


def test_the_size_of_an_answer_is_bounded() -> None:
    with fetching(saying(http(b"x" * 100))) as (fetcher, one):
        assert len(fetcher.get(one.origin, max_bytes=100)) == 100
        with pytest.raises(AnswerTooLargeError):
            fetcher.get(one.origin, max_bytes=99)
    with (
        fetching(saying(http(bytes(MAX_BYTES + 1)))) as (fetcher, one),
        pytest.raises(AnswerTooLargeError),
    ):
        fetcher.get(one.origin)


def test_t26_who_waits_for_slow_answers_is_few_and_the_rest_is_told_at_once() -> None:
    asked, released = Event(), Event()

    def slow(connection: socket.socket) -> None:
        asked.set()
        released.wait()
        connection.sendall(http(b"late"))

    with fetching(slow) as (fetcher, one), ThreadPoolExecutor() as threads:
        waiting = threads.submit(fetcher.get, one.origin)
        asked.wait()
        for _ in range(100):
            with pytest.raises(NotCheckedNowError):
                fetcher.get(one.origin)
        released.set()

        assert waiting.result() == b"late"
        assert fetcher.get(one.origin) == b"late"


def test_a_place_is_given_back_when_an_exchange_fails() -> None:
    fetcher = Fetcher(Egress(), at_once=1)
    for _ in range(3):
        with pytest.raises(AddressRefusedError):
            fetcher.get("https://127.0.0.1/")


class Watch:
    """A watch that shows these times one after the other."""

    def __init__(self, *times: float) -> None:
        self._times = iter(times)

    def __call__(self) -> float:
        return next(self._times)


def test_t26_all_addresses_of_a_verification_share_the_time_of_one() -> None:
    watch = Watch(0, 1, 1, SECONDS, SECONDS)
    with fetching(saying(http(b"hello"))) as (fetcher, one):
        errand = Errand(fetcher, monotonic=watch)

        assert [errand.get(one.origin), errand.get(one.origin)] == [b"hello"] * 2
        with pytest.raises(NotCheckedNowError):
            errand.get(one.origin)

    assert len(one.requests) == 2


def test_who_had_less_time_is_not_said_to_be_away() -> None:
    with fetching(saying(b"")) as (fetcher, one):
        errand = Errand(fetcher, monotonic=Watch(0, 1, 1, SECONDS, SECONDS))

        with pytest.raises(NotReachedError):
            errand.get(one.origin)
        with pytest.raises(NotCheckedNowError):
            errand.get(one.origin)


def test_who_answers_something_else_in_time_is_said_to_be_away() -> None:
    with fetching(saying(http(b"", status="404 Not Found"))) as (fetcher, one):
        errand = Errand(fetcher, monotonic=Watch(0, 1, 1, 2, 2))

        for _ in range(2):
            with pytest.raises(NotReachedError):
                errand.get(one.origin)


def test_what_is_wrong_in_any_time_is_said() -> None:
    with fetching(saying(http(b"hello"))) as (fetcher, one):
        errand = Errand(fetcher, monotonic=Watch(0, 1, 1, 2, 2, 2))

        assert errand.get(one.origin, accept="text/plain") == b"hello"
        with pytest.raises(AnswerTooLargeError):
            errand.get(one.origin, max_bytes=2)
        with pytest.raises(AddressRefusedError):
            errand.get("https://127.0.0.1/")
