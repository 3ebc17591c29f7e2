import gzip
import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from itertools import count
from threading import Event

import pytest

from credhub.egress.client import MAX_BYTES, Answer, Egress
from credhub.egress.network import Deadline, PinnedNetwork
from credhub.errors import (
    AddressRefusedError,
    AnswerTooLargeError,
    EgressError,
    NotReachedError,
    OutcomeUnknownError,
)
from tests.egress.peer import http, peer, saying


def test_an_answer_is_status_type_and_bytes() -> None:
    with peer(saying(http(b"hello", "Content-Type: text/plain", status="409 Conflict"))) as one:
        answer = Egress(configured=[one.origin]).get(one.origin + "/a?b=c")

    assert answer == Answer(status=409, content_type="text/plain", body=b"hello")
    assert one.requests[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{one.port}".encode() in one.requests[0]
    assert b"accept-encoding: identity" in one.requests[0]
    assert b"accept: */*\r\n" in one.requests[0]


def test_the_wanted_types_are_named() -> None:
    with peer(saying(http(b""))) as one:
        Egress(configured=[one.origin]).get(one.origin, accept="application/vc")

    assert b"accept: application/vc\r\n" in one.requests[0]
    assert b"*/*" not in one.requests[0]


def test_a_body_is_sent_with_its_type() -> None:
    with peer(saying(http(b""))) as one:
        Egress(configured=[one.origin]).post(one.origin, b"old 0\n", content_type="text/plain")

    request = one.requests[0].lower()
    assert request.startswith(b"post / http/1.1\r\n")
    assert b"content-type: text/plain\r\n" in request
    assert b"content-length: 6\r\n" in request


def test_a_redirect_is_not_followed() -> None:
    with peer(saying(http(b"secret"))) as inside:
        answer = http(b"", f"Location: {inside.origin}", status="302 Found")
        with peer(saying(answer)) as one:
            assert Egress(configured=[one.origin]).get(one.origin).status == 302

    assert inside.requests == []


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with peer(saying(http(b"direct"))) as one:
        assert Egress(configured=[one.origin]).get(one.origin).body == b"direct"


@pytest.mark.parametrize(
    "url",
    [
        "http://hub.example/",
        "ftp://hub.example/",
        "https:///path",
        "hub.example",
        "https://user@hub.example/",
        "https://user:secret@hub.example/",
        "https://hub.example:0/",
        "https://hub.example:99999/",
        "https://hub.example/#fragment",
        "https://hub.example\\@evil.example/",
        "https://hub.example/a b",
        "https://hub.example/a\r\nHost: b",
        "https://h\u00fcb.example/",
        "https://[::1/",
        "https://hub.example/" + "a" * 3000,
        "https://hub.example:22/",
        "https://hub.example:80/",
        "http://hub.example:443/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        Egress(resolver=nobody).get(url)


@pytest.mark.parametrize("port", ["", ":443", ":8443"])
def test_the_usual_ports_are_asked(port: str) -> None:
    with pytest.raises(NotReachedError):
        Egress(resolver=nobody).get(f"https://hub.example{port}/")


def nobody(host: str, _port: int) -> list[str]:
    """Know the addresses that are written out, and no name."""
    with suppress(ValueError):
        return [str(ip_address(host))]
    return []


def test_only_the_exact_origin_is_configured() -> None:
    with peer(saying(http(b""))) as one, peer(saying(http(b""))) as other:
        egress = Egress(configured=[one.origin + "/witness"])

        assert egress.get(one.origin + "/elsewhere").status == 200
        with pytest.raises(AddressRefusedError):
            egress.get(other.origin)
        with pytest.raises(AddressRefusedError):
            egress.get(f"http://localhost:{one.port}")


def test_a_name_is_resolved_once_and_that_is_where_we_go() -> None:
    # The second answer would be another, private, address.
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    with peer(saying(http(b"hello"))) as one:
        origin = f"http://rebind.example:{one.port}"
        egress = Egress(configured=[origin], resolver=lambda *_: next(answers))

        assert egress.get(origin).body == b"hello"

    assert f"Host: rebind.example:{one.port}".encode() in one.requests[0]
    assert next(answers) == ["127.0.0.2"]


def test_a_name_that_leads_inside_is_refused_before_anybody_is_asked() -> None:
    with peer(saying(http(b"secret"))) as inside:
        egress = Egress(resolver=lambda *_: ["127.0.0.1"])
        with pytest.raises(AddressRefusedError):
            egress.get("https://rebind.example:8443/")

    assert inside.requests == []


def test_the_next_address_of_a_host_is_tried() -> None:
    with peer(saying(http(b"hello"))) as one:
        origin = f"http://two.example:{one.port}"
        # Nobody listens on the first address of the two.
        egress = Egress(configured=[origin], resolver=lambda *_: ["127.0.0.3", "127.0.0.1"])

        assert egress.get(origin).body == b"hello"


def test_who_does_not_listen_is_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        origin = f"http://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(NotReachedError) as error:
        Egress(configured=[origin]).get(origin)

    assert isinstance(error.value, OutcomeUnknownError)


@pytest.mark.parametrize(
    "answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"]
)
def test_who_does_not_speak_http_is_unknown(answer: bytes) -> None:
    with peer(saying(answer)) as one, pytest.raises(NotReachedError):
        Egress(configured=[one.origin]).get(one.origin)


def test_who_speaks_no_tls_is_unknown() -> None:
    with peer(saying(http(b""))) as one:
        origin = one.origin.replace("http:", "https:")
        with pytest.raises(NotReachedError):
            Egress(configured=[origin]).get(origin)


def dripping(connection: socket.socket, piece: bytes, *, pause: float = 0.05) -> None:
    over = Event()
    while not over.wait(pause):
        connection.sendall(piece)


def slow_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    dripping(connection, b"x: y\r\n")


def slow_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    dripping(connection, b"x")


@pytest.mark.parametrize("talk", [slow_headers, slow_body])
def test_a_slow_drip_ends_with_the_time_for_everything(
    talk: Callable[[socket.socket], None],
) -> None:
    with peer(talk) as one, pytest.raises(NotReachedError):
        Egress(configured=[one.origin]).get(one.origin, seconds=0.3)


def test_a_resolver_that_hangs_ends_with_the_time_for_everything() -> None:
    released = Event()

    def hanging(_host: str, _port: int) -> list[str]:
        released.wait()
        return []

    with pytest.raises(NotReachedError):
        Egress(resolver=hanging).get("https://hub.example/", seconds=0.05)
    released.set()


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    dripping(connection, b"1000\r\n" + b"x" * 0x1000 + b"\r\n", pause=0)


def test_an_endless_body_ends_at_the_limit() -> None:
    with peer(endless) as one, pytest.raises(AnswerTooLargeError):
        Egress(configured=[one.origin]).get(one.origin)


@pytest.mark.parametrize(("size", "fits"), [(100, True), (101, False)])
def test_the_limit_is_exact(size: int, *, fits: bool) -> None:
    with peer(saying(http(b"x" * size))) as one:
        egress = Egress(configured=[one.origin])
        if fits:
            assert len(egress.get(one.origin, limit=100).body) == 100
        else:
            with pytest.raises(AnswerTooLargeError):
                egress.get(one.origin, limit=100)


def test_what_is_compressed_is_not_unfolded() -> None:
    bomb = gzip.compress(bytes(50 * MAX_BYTES))
    assert len(bomb) < MAX_BYTES

    with peer(saying(http(bomb, "Content-Encoding: gzip"))) as one, pytest.raises(EgressError):
        Egress(configured=[one.origin]).get(one.origin)


def test_a_deadline_ends() -> None:
    moments = count()
    deadline = Deadline(2, monotonic=lambda: next(moments))

    assert deadline.left() == 1
    with pytest.raises(Exception, match="over"):
        deadline.left()


def test_a_network_without_addresses_reaches_nobody() -> None:
    with pytest.raises(Exception, match="no address"):
        PinnedNetwork([], Deadline(1)).connect_tcp("hub.example", 443)
