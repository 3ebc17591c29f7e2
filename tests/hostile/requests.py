"""Requests that lie about what they are (T11, T46, T48, T52, T53, T57)."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from httpx2 import Response
from starlette.testclient import TestClient

JSON = {"content-type": "application/json"}
PASSWORDS = "root:"
EVIL = "evil-host.example"

Send = Callable[[TestClient, bytes], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCase:
    """A request that must be answered with this status; the twin is the plain one.

    Attributes:
        code: Of the problem or of the deciding check; where there is none, it is not JSON.
    """

    name: str
    threat: str
    send: Send
    status: int
    code: str | None = None


def plain(client: TestClient, credential: bytes) -> Response:
    """Send a credential as software does."""
    return client.post("/v1/verify", content=_body(credential), headers=JSON)


def _body(credential: bytes) -> bytes:
    return b'{"credential":' + credential + b"}"


def cases() -> Iterator[RequestCase]:
    yield from _hosts()
    yield from _headers()
    yield from _bodies()
    yield from _paths()
    yield from _addresses()


def _posted(**headers: str) -> Send:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda client, credential: client.post(
        "/v1/verify", content=_body(credential), headers=JSON | named
    )


def _hosts() -> Iterator[RequestCase]:
    for host in (EVIL, f"127.0.0.1:8000@{EVIL}", f"127.0.0.1.{EVIL}", "", "[::1].evil"):
        yield RequestCase(
            name=f"http: the host {host!r}",
            threat="T53",
            send=_posted(host=host),
            status=421,
            code="unknown-host",
        )


def _headers() -> Iterator[RequestCase]:
    many = {f"x_{n}": "y" for n in range(101)}
    large = "headers-too-large"
    yield RequestCase(
        name="http: 101 headers", threat="T46", send=_posted(**many), status=431, code=large
    )
    yield RequestCase(
        name="http: a header of 65 kB",
        threat="T46",
        send=_posted(x="y" * 2**16),
        status=431,
        code=large,
    )
    for length in ("-1", "0x10", "9" * 5_000):

        def lies(client: TestClient, credential: bytes, length: str = length) -> Response:
            request = client.build_request(
                "POST", "/v1/verify", content=_body(credential), headers=JSON
            )
            request.headers["content-length"] = length
            return client.send(request)

        yield RequestCase(
            name=f"http: a length of {length[:4]}",
            threat="T46",
            send=lies,
            status=413,
            code="body-too-large",
        )
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
        yield RequestCase(
            name=f"http: JSON as {kind!r}",
            threat="T57",
            send=_posted(content_type=kind),
            status=415,
            code="unsupported-media-type",
        )


def _bodies() -> Iterator[RequestCase]:
    def large(client: TestClient, credential: bytes) -> Response:
        return client.post("/v1/verify", content=_body(credential) + b" " * 2**20, headers=JSON)

    def in_pieces(client: TestClient, credential: bytes) -> Response:
        pieces = iter([_body(credential)] + [b" " * 2**16] * 17)
        return client.post("/v1/verify", content=pieces, headers=JSON)

    def packed(client: TestClient, _: bytes) -> Response:
        bomb = gzip.compress(b"[" + b" " * 50_000_000)
        named = JSON | {"content-encoding": "gzip"}
        return client.post("/v1/verify", content=bomb, headers=named)

    def two(client: TestClient, credential: bytes) -> Response:
        both = b'{"credential":{},"credential":' + credential + b"}"
        return client.post("/v1/verify", content=both, headers=JSON)

    def also_a_token(client: TestClient, credential: bytes) -> Response:
        both = _body(credential)[:-1] + b',"token":"a.b.c"}'
        return client.post("/v1/verify", content=both, headers=JSON)

    def more(client: TestClient, credential: bytes) -> Response:
        trusted = _body(credential)[:-1] + b',"trusted":true}'
        return client.post("/v1/verify", content=trusted, headers=JSON)

    too_large, malformed = (413, "body-too-large"), (400, "malformed-json")
    for name, send, (status, code) in (
        ("a megabyte", large, too_large),
        ("a megabyte in pieces", in_pieces, too_large),
        ("a packed body", packed, malformed),
        ("a credential twice", two, malformed),
        ("a credential and a token", also_a_token, (422, "malformed-request")),
        ("a member of its own", more, (422, "malformed-request")),
    ):
        yield RequestCase(name=f"http: {name}", threat="T11", send=send, status=status, code=code)


def _paths() -> Iterator[RequestCase]:
    def asked(path: str, method: str = "GET", **headers: str) -> Send:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return lambda client, _: client.request(method, path, headers=named)

    missing, address = (404, "not-found"), (400, "bad-address")
    for name, send, (status, code) in (
        ("a path to a file", asked("/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd"), missing),
        ("a path that is encoded twice", asked("/static/%252e%252e/etc/passwd"), missing),
        ("a path with back slashes", asked("/static/..%5c..%5cetc%5cpasswd"), missing),
        ("a path of 5 kB", asked("/" + "a" * 5_000), address),
        ("a NUL in a path", asked("/c/%00"), address),
        ("a NUL in a query", asked("/verify?x=%00"), address),
        ("a query of 5 kB", asked("/verify?x=" + "a" * 5_000), address),
        ("a key in an address", asked("/v1/credentials?key=chk_x"), address),
        ("a method that there is not", asked("/v1/verify", "BREW"), (405, "method-not-allowed")),
        ("TRACE", asked("/v1/verify", "TRACE"), (405, "method-not-allowed")),
        (
            "another method in a header",
            asked("/v1/verify", "GET", x_http_method_override="POST"),
            (405, "method-not-allowed"),
        ),
    ):
        yield RequestCase(name=f"http: {name}", threat="T46", send=send, status=status, code=code)


def _addresses() -> Iterator[RequestCase]:
    foreign, none = (200, "foreign-link"), (422, "not-a-link")
    for url, (status, code) in {
        "http://169.254.169.254/latest/meta-data": foreign,
        "http://127.0.0.1:9/c/x": foreign,
        "https://[::1]/c/x": foreign,
        f"https://127.0.0.1:8000@{EVIL}/c/x": foreign,
        f"https://{EVIL}#@127.0.0.1:8000/c/x": foreign,
        "https://credhub.ex\u0430mple/c/x": foreign,
        "file:///etc/passwd": none,
        "javascript:alert(1)": none,
        "gopher://127.0.0.1:9/": none,
        "//evil.example/c/x": none,
        "https://": none,
        "x" * 2_000: none,
    }.items():

        def send(client: TestClient, _: bytes, url: str = url) -> Response:
            return client.post("/v1/verify", json={"url": url})

        name = f"http: the address {url.encode('ascii', 'backslashreplace').decode()[:45]}"
        yield RequestCase(name=name, threat="T48", send=send, status=status, code=code)
