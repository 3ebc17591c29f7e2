"""A client that costs little: keep-alive connections in one thread, requests made beforehand.

It runs in a process of its own, so that it takes its share of the processors openly.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

_HOST: Final = "127.0.0.1"
_RECEIVE: Final = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What to send.

    Attributes:
        requests: Whole HTTP requests.
        connections: How many are under way at once.
        repeat: Whether the first request follows the last one.
        expected: The status of every good answer.
    """

    port: int
    requests: Sequence[bytes] = field(repr=False)
    connections: int
    warm_up: float
    seconds: float
    repeat: bool = True
    expected: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came back, without the warm-up.

    Attributes:
        latencies: Seconds of each good answer.
        refused: How many answers had another status.
        seconds: How long was measured.
        client_seconds: Processor time that the client took of them.
    """

    latencies: list[float] = field(repr=False)
    refused: int
    seconds: float
    client_seconds: float


def run(load: Load) -> Outcome:
    """Send for as long as asked, one request at a time on each connection."""
    requests = cycle(load.requests) if load.repeat else iter(load.requests)
    with selectors.DefaultSelector() as selector:
        for _ in range(load.connections):
            connection = _Connection(load, requests)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send()
        _serve(selector, load.warm_up)
        started, used = time.perf_counter(), time.process_time()
        answers = _serve(selector, load.seconds)
        seconds, used = time.perf_counter() - started, time.process_time() - used
        for key in selector.get_map().values():
            key.data.socket.close()
    good = [latency for status, latency in answers if status == load.expected]
    return Outcome(
        latencies=good, refused=len(answers) - len(good), seconds=seconds, client_seconds=used
    )


def _serve(selector: selectors.BaseSelector, seconds: float) -> list[tuple[int, float]]:
    answers: list[tuple[int, float]] = []
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        for key, _ in selector.select(left):
            answer = key.data.receive()
            if answer is not None:
                answers.append(answer)
                key.data.send()
    return answers


class _Connection:
    def __init__(self, load: Load, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection((_HOST, load.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._received = b""
        self._sent_at = 0.0

    def send(self) -> None:
        self._sent_at = time.perf_counter()
        self.socket.sendall(next(self._requests))

    def receive(self) -> tuple[int, float] | None:
        """Read on; give the status and the latency when an answer is whole."""
        part = self.socket.recv(_RECEIVE)
        if not part:
            raise ConnectionError("the service closed a connection")
        self._received += part
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return None
        self._received = b""
        return int(head[9:12]), time.perf_counter() - self._sent_at


def _length(head: bytes) -> int:
    start = head.lower().index(b"content-length:") + len(b"content-length:")
    return int(head[start:].partition(b"\r\n")[0])
