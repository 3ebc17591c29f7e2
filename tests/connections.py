"""Every connection that this process or a worker of it tries to make, whoever makes it.

A worker cannot make any; what is noted is that it was killed for trying.

An audit hook would see the same, but stays for ever, and Python 3.11 then sometimes fails to
begin to measure two threads at once: it lets another thread go on while it calls the hook.
"""

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Final
from unittest.mock import patch

REACHED_OUT: Final = "a worker reached for the network and was killed"
"""What the log says of a worker that wanted a socket."""

_PLACES: Final = (
    (socket.socket, "connect"),
    (socket.socket, "connect_ex"),
    (socket, "getaddrinfo"),
    (socket, "gethostbyname"),
)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Note what is looked up and connected to meanwhile."""
    seen: list[str] = []
    heard = _Heard(seen)
    log = logging.getLogger("credhub.sandbox")
    patches = [patch.object(place, name, _noting(seen, place, name)) for place, name in _PLACES]
    log.addHandler(heard)
    for one in patches:
        one.start()
    try:
        yield seen
    finally:
        for one in reversed(patches):
            one.stop()
        log.removeHandler(heard)


def connections(seen: list[str]) -> list[str]:
    """Leave out what was looked up; an address that is written out is looked up too."""
    return [one for one in seen if one.startswith(("socket.connect ", REACHED_OUT))]


def _noting(seen: list[str], place: object, name: str) -> Callable[..., object]:
    original: Callable[..., object] = getattr(place, name)

    @wraps(original)
    def noting(*arguments: object, **named: object) -> object:
        if place is socket:
            seen.append(f"socket.{name} {arguments[0]}")
        else:
            seen.append(f"socket.connect {arguments[1]}")
        return original(*arguments, **named)

    return noting


class _Heard(logging.Handler):
    """Notes what the log says of workers that reached out."""

    def __init__(self, seen: list[str]) -> None:
        super().__init__()
        self._seen = seen

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == REACHED_OUT:
            self._seen.append(record.msg)
