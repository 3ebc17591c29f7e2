"""One HTTP exchange with somebody else, bounded in every direction."""

import ssl
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from threading import Thread
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx

from credhub.egress.addresses import Resolver, is_public, resolve, system_resolver
from credhub.egress.network import Deadline, PinnedTransport
from credhub.errors import AddressRefusedError, AnswerTooLargeError, EgressError, NotReachedError

SECONDS: Final = 3.0
MAX_BYTES: Final = 256 * 1024

_PORTS: Final = {"http": 80, "https": 443}
# Where strangers may send us: nobody's mail server or database is talked to.
_STRANGERS: Final = frozenset({("https", 443), ("https", 8443)})
_MAX_ADDRESS: Final = 2048
# Whoever sends compressed bytes all the same is not understood, so nothing can unfold.
_HEADERS: Final[Mapping[str, str]] = {
    "accept-encoding": "identity",
    "user-agent": "credhub",
}
_UNREACHED: Final = (httpx.TransportError, httpx.InvalidURL, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. A redirect is an answer like any other."""

    status: int
    content_type: str
    body: bytes


class Egress:
    """Asks other services. Safe between threads; keeps nothing from one exchange to the next.

    Connections are not kept either: one is vouched for by one name only.
    """

    def __init__(
        self, *, configured: Iterable[str] = (), resolver: Resolver = system_resolver
    ) -> None:
        """Prepare.

        Args:
            configured: Addresses that the operator wrote into the settings. Their origins may be
                http, and anywhere.
            resolver: Finds the IP addresses of a host.
        """
        self._configured = frozenset(_origin(_parse(address)) for address in configured)
        self._resolver = resolver
        self._tls = ssl.create_default_context()

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        limit: int = MAX_BYTES,
        seconds: float = SECONDS,
    ) -> Answer:
        """Read an address.

        Args:
            url: The address.
            accept: The media types that are wanted, as HTTP says it.
            limit: Most bytes of an answer.
            seconds: Most time for everything together.

        Raises:
            AddressRefusedError: We ask nobody there.
            NotReachedError: It did not answer in time, or not with HTTP.
            AnswerTooLargeError: The answer is larger than the limit.
        """
        headers = {"accept": accept}
        return self._exchange("GET", url, headers, None, _whole(limit), seconds=seconds)

    def post(
        self,
        url: str,
        body: bytes,
        *,
        content_type: str,
        limit: int = MAX_BYTES,
        seconds: float = SECONDS,
    ) -> Answer:
        """Send a body to an address. The errors are those of ``get``."""
        headers = {"accept": "*/*", "content-type": content_type}
        return self._exchange("POST", url, headers, body, _whole(limit), seconds=seconds)

    def send(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        most: int,
        seconds: float = SECONDS,
    ) -> Answer:
        """Send a body to whoever only has to say that it arrived.

        Args:
            url: The address.
            body: What is sent.
            headers: Its headers, in lower case.
            most: Most bytes of the answer that are read; what comes after them is left.
            seconds: Most time for everything together.

        Raises:
            AddressRefusedError: We send nothing there.
            NotReachedError: It did not answer in time, or not with HTTP.
        """

        def read(response: httpx.Response) -> Answer:
            return _read_start(response, most)

        return self._exchange("POST", url, headers, body, read, seconds=seconds)

    def check(self, url: str) -> None:
        """Refuse an address to which nothing will ever be sent, without looking up its host.

        Raises:
            AddressRefusedError: It is one.
        """
        self._check(_parse(url))

    def _check(self, parts: SplitResult) -> bool:
        """Say whether an address is one that the operator configured."""
        configured = _origin(parts) in self._configured
        if not configured and (parts.scheme, _port(parts)) not in _STRANGERS:
            raise AddressRefusedError
        if not configured and _is_inside(parts.hostname or ""):
            raise AddressRefusedError
        return configured

    def _exchange(  # noqa: PLR0913 - everything that an exchange has
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        read: Callable[[httpx.Response], Answer],
        *,
        seconds: float,
    ) -> Answer:
        parts = _parse(url)
        deadline = Deadline(seconds)
        try:
            addresses = self._addresses(parts, deadline)
            transport = PinnedTransport(addresses, deadline, tls=self._tls)
            with (
                httpx.Client(
                    transport=transport,
                    headers={**_HEADERS, **headers},
                    trust_env=False,
                    follow_redirects=False,
                ) as client,
                client.stream(method, url, content=body) as response,
            ):
                return read(response)
        except _UNREACHED as error:
            raise NotReachedError from error

    def _addresses(self, parts: SplitResult, deadline: Deadline) -> tuple[str, ...]:
        """Resolve the host within the deadline, which the system's resolver does not know."""
        configured = self._check(parts)
        found: Future[tuple[str, ...]] = Future()

        def find() -> None:
            try:
                found.set_result(
                    resolve(
                        parts.hostname or "",
                        _port(parts),
                        resolver=self._resolver,
                        public_only=not configured,
                    )
                )
            except EgressError as error:
                found.set_exception(error)

        Thread(target=find, name="resolver", daemon=True).start()
        return found.result(timeout=deadline.left())


def _whole(limit: int) -> Callable[[httpx.Response], Answer]:
    return lambda response: _read(response, limit)


def _read(response: httpx.Response, limit: int) -> Answer:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise NotReachedError
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > limit:
            raise AnswerTooLargeError
    return _answer(response, bytes(body))


def _read_start(response: httpx.Response, most: int) -> Answer:
    body = bytearray()
    # The status is the answer: whoever breaks off after it has said it.
    with suppress(*_UNREACHED):
        for chunk in response.iter_raw():
            body += chunk
            if len(body) >= most:
                break
    return _answer(response, bytes(body[:most]))


def _answer(response: httpx.Response, body: bytes) -> Answer:
    return Answer(
        status=response.status_code,
        content_type=response.headers.get("content-type", ""),
        body=body,
    )


def _parse(url: str) -> SplitResult:
    """Take an address apart, if it can be nothing but an address of a host and a path."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefusedError from error
    printable = url.isascii() and url.isprintable() and " " not in url
    plain = parts.username is None and parts.password is None and not parts.fragment
    if not (printable and plain and parts.hostname and parts.scheme in _PORTS and port != 0):
        raise AddressRefusedError
    if len(url) > _MAX_ADDRESS or "\\" in url:
        raise AddressRefusedError
    return parts


def _is_inside(host: str) -> bool:
    """Say whether a host is written as an address that is not public."""
    try:
        return not is_public(ip_address(host))
    except ValueError:
        return False


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", _port(parts)


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]
