"""Every connection that this process or a worker of it tries to make, whoever makes it.

A worker cannot make any; what is noted is that it was killed for trying.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from credhub.sandbox.process import REACHED_OUT

_watching: list[list[str]] = []
_EVENTS = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", REACHED_OUT})


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event in _EVENTS:
        for seen in _watching:
            seen.append(f"{event} {arguments[-1] if event == 'socket.connect' else arguments[0]}")


sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Note what is looked up and connected to meanwhile."""
    seen: list[str] = []
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


def connections(seen: list[str]) -> list[str]:
    """Leave out what was looked up; an address that is written out is looked up too."""
    return [one for one in seen if one.startswith(("socket.connect ", f"{REACHED_OUT} "))]
