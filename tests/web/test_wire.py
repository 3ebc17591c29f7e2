"""T46: connections that ask for nothing, at a real socket: they end, and keep nobody out."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from threading import Event
from typing import TypedDict

import anyio.from_thread
import anyio.to_thread
import pytest
from starlette.types import Receive, Scope, Send

from credhub.web.edge import SECURITY_HEADERS
from credhub.web.wire import MAX_BESIDE_BODY
from tests.running import Service
from tests.wired import Wired, one_answer, send_until_closed, until_closed, wire_of, wired

UNFINISHED = b"GET / HTTP/1.1\r\nX: a"
GET = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HANG = GET.replace(b" / ", b" /hang ")
SOON = 0.2


class Pauses(TypedDict):
    """How often something is sent, and how many seconds are between."""

    times: int
    pause: float


DRIPPING: Pauses = {"times": 2_000, "pause": 0.01}


class Application:
    """Answers with what it got, with a lot, or not before it may."""

    def __init__(self) -> None:
        self.may_answer = Event()
        self.ended = Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if scope["path"] == "/hang":
            await anyio.to_thread.run_sync(self.may_answer.wait, abandon_on_cancel=True)
        pieces = [b"x" * 2**16] * 1_000 if scope["path"] == "/large" else [body]
        if scope["path"] == "/heavy":
            pieces = [b"x" * 2**26]
        length = str(sum(map(len, pieces))).encode()
        headers = [(b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number, piece in enumerate(pieces, 1):
            more = number < len(pieces)
            await send({"type": "http.response.body", "body": piece, "more_body": more})
        self.ended.set()


@contextmanager
def serving(application: Application | None = None, **limits: object) -> Iterator[Wired]:
    app = application or Application()
    keep = limits.pop("keep_seconds", 600)
    with wired(app, wire_of(**limits), keep_seconds=keep) as place:  # type: ignore[arg-type]  # a test may name any limit
        try:
            yield place
        finally:
            app.may_answer.set()


def answered(client: socket.socket, request: bytes = GET) -> bool:
    client.sendall(request)
    return one_answer(client).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("sent", [b"", b"G", b"\r\n\r\n", UNFINISHED, GET[:-2]])
def test_t46_who_does_not_finish_a_head_is_not_waited_for(sent: bytes) -> None:
    with serving(head_seconds=SOON) as place, closing(place.connect(sent)) as client:
        assert until_closed(client) == b""
        assert len(place.wire.connections) == 0


@pytest.mark.parametrize("first", [b"", GET], ids=["new", "kept"])
@pytest.mark.parametrize("drop", [b"a", b"\r\n"], ids=["letters", "lines"])
def test_t46_who_drips_a_head_is_not_waited_for(first: bytes, drop: bytes) -> None:
    with serving(head_seconds=1) as place, closing(place.connect()) as client:
        assert not first or answered(client, first)
        assert send_until_closed(client, UNFINISHED if drop == b"a" else drop, **DRIPPING)


def test_t46_who_goes_on_with_a_body_that_was_answered_is_not_waited_for(
    service: Service,
) -> None:
    # It is too large by what it says, so it is answered before it comes.
    head = b"POST /v1/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\n"
    wire = wire_of(head_seconds=1)
    with wired(service.app, wire) as place, closing(place.connect(head)) as client:
        assert one_answer(client).startswith(b"HTTP/1.1 413 ")
        assert send_until_closed(client, b"a", **DRIPPING)


def test_a_slow_head_and_a_slow_body_are_answered() -> None:
    whole = GET.replace(b"GET", b"POST")[:-2] + b"Content-Length: 3\r\n\r\n"
    with serving(head_seconds=2) as place, closing(place.connect()) as client:
        for byte in whole:
            client.sendall(bytes([byte]))
        time.sleep(2.5)  # Longer than a head may take; a body has its own time.
        for byte in b"abc":
            client.sendall(bytes([byte]))

        assert one_answer(client).endswith(b"\r\n\r\nabc")


def test_a_connection_is_kept_for_the_next_request() -> None:
    with serving(head_seconds=1) as place, closing(place.connect()) as client:
        assert answered(client)
        time.sleep(1.5)  # Whoever waits between requests is not in the middle of a head.
        assert answered(client)
        client.sendall(GET * 3)
        found = one_answer(client)
        while found.count(b"HTTP/1.1 200 ") < 3:
            found += client.recv(65536)


def test_a_request_for_another_protocol_is_answered_as_any_other() -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    with serving() as place, closing(place.connect()) as client:
        assert answered(client, GET[:-2] + upgrade + key)


@pytest.mark.parametrize("sent", [b"", UNFINISHED, GET], ids=["nothing", "a part", "kept"])
def test_t46_three_hundred_idle_connections_keep_nobody_out(sent: bytes) -> None:
    with serving(most=20, is_proxy=lambda _: True) as place, ExitStack() as stack:
        idle = [stack.enter_context(closing(place.connect(sent))) for _ in range(300)]

        for _ in range(30):
            with closing(place.connect()) as client:
                assert answered(client)

        assert len(place.wire.connections) <= 20
        for client in idle:
            client.settimeout(0)
        assert sum(map(is_open, idle)) <= 20


def is_open(client: socket.socket) -> bool:
    """Say whether the other side has not closed; what it answered is read."""
    try:
        while client.recv(65536):
            pass
    except BlockingIOError:
        return True
    except ConnectionError:
        pass
    return False


def test_t46_who_waits_longest_goes_first_and_who_is_answered_stays() -> None:
    application = Application()
    with serving(application, most=3) as place, ExitStack() as stack:
        asking, kept, newer = (stack.enter_context(closing(place.connect())) for _ in range(3))
        asking.sendall(HANG)
        assert answered(kept)
        assert answered(newer)
        assert answered(kept)  # So the other one waits for longer now.

        newest = stack.enter_context(closing(place.connect()))

        assert answered(newest)
        assert until_closed(newer) == b""
        assert answered(kept)
        application.may_answer.set()
        assert one_answer(asking).startswith(b"HTTP/1.1 200 ")


def full_of_requests(place: Wired, stack: ExitStack, number: int) -> list[socket.socket]:
    """Ask for what takes long, on so many connections, and wait until all are read."""
    asking = [stack.enter_context(closing(place.connect(HANG))) for _ in range(number)]
    while len(place.wire.connections) < number or place.wire.connections.waiting:
        time.sleep(0.01)
    return asking


def test_t46_where_every_place_is_answered_the_newest_goes() -> None:
    application = Application()
    with serving(application, most=3) as place, ExitStack() as stack:
        asking = full_of_requests(place, stack, 3)

        assert until_closed(stack.enter_context(closing(place.connect()))) == b""

        application.may_answer.set()
        assert all(one_answer(client).startswith(b"HTTP/1.1 200 ") for client in asking)
        with closing(place.connect()) as client:
            assert answered(client)


def nobody(_: str) -> bool:
    return False


def the_first(address: str) -> bool:
    return address == "127.0.0.1"


@pytest.mark.parametrize(
    ("is_proxy", "let_in"), [(nobody, False), (the_first, True)], ids=["a client", "a proxy"]
)
def test_t46_one_client_has_so_many_connections_and_a_proxy_all(
    is_proxy: Callable[[str], bool], *, let_in: bool
) -> None:
    with serving(most=100, most_of_one=5, is_proxy=is_proxy) as place, ExitStack() as stack:
        full_of_requests(place, stack, 5)

        with closing(place.connect()) as sixth:
            try:
                found = answered(sixth)
            except ConnectionError:
                found = False
        with closing(place.connect(source="127.0.0.2")) as another:
            assert answered(another)
        assert found is let_in


@pytest.mark.parametrize(
    "sent",
    [
        b"BLA\0 / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x00\xf0" + b"\x01" * 200,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        GET[:-2] + b"X: a\0b\r\n\r\n",
        GET[:-2] + b"Content-Length: 2\r\nContent-Length: 7\r\n\r\n{}",
    ],
    ids=["a method", "TLS", "HTTP/2", "NUL", "two lengths"],
)
def test_t46_what_is_no_http_is_answered_like_everything_else(sent: bytes) -> None:
    with serving() as place:
        answer = place.ask(sent)

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    lines = dict(line.split(": ", 1) for line in head.decode().splitlines()[1:])
    assert lines.items() >= SECURITY_HEADERS.items()
    assert lines["content-type"] == "application/problem+json"
    assert lines["connection"] == "close"
    assert json.loads(body)["code"] == "malformed-http"


def test_t53_two_hosts_are_none(service: Service) -> None:
    two = GET[:-2] + b"Host: evil.example\r\nConnection: close\r\n\r\n"
    with wired(service.app, wire_of()) as place:
        answer = place.ask(two)
        once = place.ask(GET[:-2] + b"Connection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"malformed-http" in answer
    assert once.startswith(b"HTTP/1.1 200 ")


ENDLESS = {
    "headers": (UNFINISHED[:-1], b"a: b\r\n" * 1000),
    "a header": (UNFINISHED, b"a" * 6000),
    "an address": (b"GET /", b"a" * 6000),
    "lines": (b"", b"\r\n" * 3000),
    "a request behind another": (HANG + UNFINISHED, b"a" * 6000),
    "trailers": (
        HANG[:-2].replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n",
        b"a: b\r\n" * 1000,
    ),
}


@pytest.mark.parametrize("name", list(ENDLESS))
def test_t46_what_is_no_body_has_a_size(name: str) -> None:
    begin, piece = ENDLESS[name]
    with serving() as place, closing(place.connect(begin)) as client:
        assert send_until_closed(client, piece, times=100 * MAX_BESIDE_BODY // len(piece))


def test_t46_too_large_headers_are_told_so_without_being_read_to_their_end() -> None:
    with serving() as place, closing(place.connect(UNFINISHED)) as client:
        # All of it is read before it is refused, so that the answer arrives.
        client.sendall(b"a" * (MAX_BESIDE_BODY - len(UNFINISHED)))
        client.sendall(b"a")
        assert b"headers-too-large" in until_closed(client)


def test_a_large_body_in_small_pieces_is_read() -> None:
    head = GET[:-2].replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"400\r\n" + b"a" * 0x400 + b"\r\n"
    with serving() as place, closing(place.connect(head)) as client:
        client.sendall(chunk * 10 * 1024 + b"0\r\n\r\n")
        assert len(one_answer(client)) > 10 * 2**20


UNTAKEN = {
    "in pieces": (b"/large", b"", 600),
    "at once, kept": (b"/heavy", b"", 1),
    "at once, closed": (b"/heavy", b"Connection: close\r\n", 600),
}


def of_much(path: bytes, more: bytes) -> bytes:
    return GET[:-2].replace(b" / ", b" " + path + b" ") + more + b"\r\n"


@pytest.mark.parametrize("name", list(UNTAKEN))
def test_t46_an_answer_that_nobody_takes_is_not_kept(name: str) -> None:
    path, more, keep = UNTAKEN[name]
    application = Application()
    with (
        serving(application, keep_seconds=keep, untaken_seconds=SOON) as place,
        closing(place.connect(of_much(path, more))),
    ):
        assert application.ended.wait(60)
        for _ in range(6000):
            if not len(place.wire.connections):
                break
            time.sleep(0.01)
        assert len(place.wire.connections) == 0


@pytest.mark.parametrize("name", list(UNTAKEN))
def test_an_answer_that_is_taken_slowly_is_kept(name: str) -> None:
    path, more, keep = UNTAKEN[name]
    with (
        serving(keep_seconds=keep, untaken_seconds=1, head_seconds=1) as place,
        closing(place.connect(of_much(path, more))) as client,
    ):
        found = 0
        while found < 1_000 * 2**16:
            found += len(some := client.recv(2**18))
            assert some
            time.sleep(0.005)
