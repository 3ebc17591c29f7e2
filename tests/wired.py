"""An application at a real socket, with the protocol of the service, and raw clients."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from credhub.web.connections import Connections
from credhub.web.edge import SECURITY_HEADERS
from credhub.web.wire import Wire

LONG: Final = 600.0
"""Seconds: never within a test."""
_PATIENCE: Final = 60.0
_LISTENING: Final = "127.0.0.1"


def wire_of(
    *,
    most: int = 1000,
    most_of_one: int = 1000,
    is_proxy: Callable[[str], bool] = lambda _: False,
    head_seconds: float = LONG,
    untaken_seconds: float = LONG,
) -> Wire:
    """Make what connections share; a test says what it is about."""
    return Wire(
        connections=Connections(most=most, most_of_one=most_of_one, is_proxy=is_proxy),
        head_seconds=head_seconds,
        headers=SECURITY_HEADERS,
        untaken_seconds=untaken_seconds,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """Where an application listens."""

    port: int
    wire: Wire

    def connect(self, data: bytes = b"", *, source: str = _LISTENING) -> socket.socket:
        """Connect from an address of this machine, and send something."""
        client = socket.create_connection(
            (_LISTENING, self.port), timeout=_PATIENCE, source_address=(source, 0)
        )
        client.sendall(data)
        return client

    def ask(self, data: bytes) -> bytes:
        """Send raw bytes, and give all that is answered until the connection is closed."""
        with closing(self.connect()) as client:
            with suppress(ConnectionError):  # It may be answered before everything was sent.
                client.sendall(data)
            return until_closed(client)


@contextmanager
def wired(app: ASGIApp, wire: Wire, *, keep_seconds: int = 600) -> Iterator[Wired]:
    """Serve until the end of the block."""
    with socket.socket() as listener:
        listener.bind((_LISTENING, 0))
        listener.listen(512)
        config = uvicorn.Config(
            app,
            http=wire.protocol(),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=keep_seconds,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield Wired(port=listener.getsockname()[1], wire=wire)
        finally:
            server.should_exit = True
            thread.join()


def until_closed(client: socket.socket) -> bytes:
    """Read until the other side closes."""
    found = b""
    try:
        while some := client.recv(65536):
            found += some
    except ConnectionError:
        pass
    return found


def one_answer(client: socket.socket) -> bytes:
    """Read one answer that says its length; nothing if the connection was closed."""
    found = b""
    while b"\r\n\r\n" not in found:
        try:
            some = client.recv(65536)
        except ConnectionError:
            return b""
        if not some:
            return b""
        found += some
    head, _, body = found.partition(b"\r\n\r\n")
    (length,) = (
        int(line.partition(b":")[2])
        for line in head.lower().splitlines()
        if line.startswith(b"content-length:")
    )
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


def send_until_closed(client: socket.socket, piece: bytes, *, times: int, pause: float = 0) -> bool:
    """Send the same again and again, and say whether the other side had enough of it."""
    try:
        for _ in range(times):
            client.sendall(piece)
            time.sleep(pause)
    except ConnectionError:
        return True
    return False
