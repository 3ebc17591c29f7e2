"""Who is connected: how many in all, how many of one client, and who goes first when it is full.

A connection *waits* while no request of it is being answered: its head has not arrived, or it is
kept for the next one. Where there is no place, the connection that waited longest is dropped for
the new one. So whoever holds connections without asking anything keeps nobody out; only where every
place is taken by a request is the new connection dropped instead.
"""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from credhub.web.limits import client_of


class Connection(Protocol):
    """What can be dropped."""

    def drop(self) -> None:
        """Close at once; nobody is told."""


class Connections:
    """The places for connections. For one thread, that of the event loop.

    Args:
        most: How many may be open.
        most_of_one: How many of one client.
        is_proxy: Whether an address speaks for many clients: its connections are only part of all.
    """

    def __init__(self, *, most: int, most_of_one: int, is_proxy: Callable[[str], bool]) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._is_proxy = is_proxy
        self._open: dict[Connection, str | None] = {}
        self._of_client: Counter[str] = Counter()
        self._waiting: dict[Connection, None] = {}  # Who waits longest stands first.

    def __len__(self) -> int:
        """Say how many are open."""
        return len(self._open)

    @property
    def waiting(self) -> int:
        """How many of them ask for nothing."""
        return len(self._waiting)

    def admit(self, connection: Connection, host: str) -> bool:
        """Give a new connection a place, as one that waits; say whether there is one."""
        client = None if self._is_proxy(host) else client_of(host)
        if client is not None and self._of_client[client] >= self._most_of_one:
            room = self._drop_one(client)
        else:
            room = len(self._open) < self._most or self._drop_one(None)
        if room:
            self._open[connection] = client
            self._waiting[connection] = None
            if client is not None:
                self._of_client[client] += 1
        return room

    def asks(self, connection: Connection) -> None:
        """Note that a request of it is being answered."""
        self._waiting.pop(connection, None)

    def waits(self, connection: Connection) -> None:
        """Note that nothing of it is being answered."""
        if connection in self._open:
            self._waiting[connection] = None

    def leave(self, connection: Connection) -> None:
        """Note that it is no more."""
        self._waiting.pop(connection, None)
        client = self._open.pop(connection, None)
        if client is not None:
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]

    def _drop_one(self, client: str | None) -> bool:
        for connection in self._waiting:
            if client is None or self._open[connection] == client:
                self.leave(connection)
                connection.drop()
                return True
        return False
