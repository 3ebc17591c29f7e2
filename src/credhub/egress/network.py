"""A network whose connections end at a deadline, and lead to given addresses only."""

import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore
import httpx


class Deadline:
    """A moment after which nothing is waited for."""

    def __init__(self, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Count the seconds that are left.

        Raises:
            httpcore.TimeoutException: None are.
        """
        left = self._end - self._monotonic()
        if left <= 0:
            raise httpcore.TimeoutException("The time is over.")
        return left


class PinnedNetwork(httpcore.NetworkBackend):
    """Connects to addresses that were checked, whatever a name would mean by now."""

    def __init__(self, addresses: Sequence[str], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - it was resolved before
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline is what counts
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,  # Any: the type is private to httpcore
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers."""
        refused: httpcore.ConnectError = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                stream = self._network.connect_tcp(
                    address,
                    port,
                    timeout=self._deadline.left(),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except httpcore.ConnectError as error:
                refused = error
            else:
                return _BoundedStream(stream, self._deadline)
        raise refused


class PinnedTransport(httpx.HTTPTransport):
    """Carries one exchange over a pinned network. No connection is kept."""

    def __init__(
        self, addresses: Sequence[str], deadline: Deadline, *, tls: ssl.SSLContext
    ) -> None:
        super().__init__(verify=tls, trust_env=False)
        # The transport has no argument for the network that its pool connects through.
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            network_backend=PinnedNetwork(addresses, deadline),
            max_keepalive_connections=0,
        )


class _BoundedStream(httpcore.NetworkStream):
    """A connection of which every step ends with the deadline, whatever the caller asks."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - see above
        """Read some bytes."""
        return self._stream.read(max_bytes, timeout=self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - see above
        """Write all bytes."""
        self._stream.write(buffer, timeout=self._deadline.left())

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> httpcore.NetworkStream:
        """Begin TLS with whoever has a certificate for the name."""
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout=self._deadline.left())
        return _BoundedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore has it
        """Tell about the connection."""
        return self._stream.get_extra_info(info)
