"""A server on this machine that answers with given bytes, as slowly as it is told to."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

Talk = Callable[[socket.socket], None]


@dataclass
class Peer:
    """Where it listens, and the requests that came."""

    port: int
    requests: list[bytes] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def peer(talk: Talk, *, hears_first: bool = True) -> Iterator[Peer]:
    """Serve one connection after the other, each after its request was read or before."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Peer(port=server.getsockname()[1])
        thread = Thread(target=_serve, args=(server, made, talk, hears_first), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join()


def saying(answer: bytes) -> Talk:
    """Answer with these bytes."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(answer)

    return talk


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Write an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _serve(server: socket.socket, made: Peer, talk: Talk, hears_first: bool) -> None:  # noqa: FBT001
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            if hears_first:
                made.requests.append(_request(connection))
            talk(connection)


def _request(connection: socket.socket) -> bytes:
    """Read a request up to the end of its body."""
    data = connection.recv(65536)
    length = re.search(rb"(?i)content-length: ([0-9]+)", data)
    wanted = int(length[1]) if length else 0
    while len(data.partition(b"\r\n\r\n")[2]) < wanted:
        data += connection.recv(65536)
    return data
