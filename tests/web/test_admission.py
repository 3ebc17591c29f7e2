"""T11, T46, T47: what a request may weigh, and how long it may take to arrive."""

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from credhub.web.admission import MAX_HEADER_BYTES, MAX_HEADERS, MAX_PATH, MAX_TOKEN_REQUEST
from credhub.web.edge import SECURITY_HEADERS, Edge
from tests.running import Service
from tests.web.routes import every_route

HOST = frozenset({"testserver"})
SCOPE: dict[str, object] = {
    "type": "http",
    "method": "POST",
    "path": "/",
    "query_string": b"",
    "headers": [(b"host", b"testserver")],
}


def of_headers(number: int, size: int) -> dict[str, str]:
    """Give so many headers of so many bytes in all."""
    each = size // number
    return {f"x-{n:03}": "y" * (each - 5) for n in range(number)}


@pytest.mark.parametrize(
    "headers", [of_headers(MAX_HEADERS + 1, 2000), of_headers(1, MAX_HEADER_BYTES + 1)]
)
def test_t46_too_many_headers_are_refused_at_every_route(
    service: Service, headers: dict[str, str]
) -> None:
    client = service.client()
    for method, path in every_route(service):
        refused = client.request(method, path, headers=headers)
        assert refused.status_code == 431, path
        assert method == "HEAD" or refused.json()["code"] == "headers-too-large", path


def test_t46_as_many_headers_as_there_may_be_are_read(service: Service) -> None:
    for headers in (of_headers(MAX_HEADERS - 10, 2000), of_headers(1, MAX_HEADER_BYTES - 1000)):
        assert service.public().get("/", headers=headers).status_code == 200


def test_t47_an_address_may_be_so_long(service: Service) -> None:
    client = service.public()

    assert client.get("/" + "a" * (MAX_PATH - 1)).status_code == 404
    refused = client.get("/" + "a" * MAX_PATH)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-address")


def test_t46_a_request_for_a_token_is_small(service: Service) -> None:
    form = {"grant_type": "client_credentials", "client_id": "x"}
    padding = MAX_TOKEN_REQUEST - 200

    allowed = service.public().post("/oauth/token", data=form | {"client_secret": "y" * padding})
    refused = service.public().post("/oauth/token", data=form | {"scope": "y" * MAX_TOKEN_REQUEST})

    assert allowed.status_code == 401
    assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("path", ["/verify", "/v1/verify"])
@pytest.mark.parametrize("name", ['name="{0}"', 'name="{0}"; filename="{0}"'])
def test_t46_parts_beyond_a_few_are_refused(service: Service, path: str, name: str) -> None:
    def sent(number: int) -> int:
        part = "--x\r\ncontent-disposition: form-data; {}\r\n\r\nz\r\n"
        body = "".join(part.format(name.format(f"n{n}")) for n in range(number)) + "--x--\r\n"
        headers = {"content-type": "multipart/form-data; boundary=x"}
        return service.public().post(path, content=body, headers=headers).status_code

    assert sent(100_000) == 400
    assert sent(17) == 400
    assert sent(2) in {400, 422}  # Not because of their number: nothing is in them.


MULTIPART = {
    "no end": b'--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n{}',
    "no boundary at all": b"{}" * 1000,
    "a long beginning": b"a" * 900_000 + b"\r\n--x--\r\n",
    "many headers of a part": b"--x\r\n" + b"a: b\r\n" * 100_000 + b"\r\n",
    "a long header of a part": b"--x\r\na: " + b"b" * 900_000 + b"\r\n\r\n",
    "no name": b"--x\r\n\r\nz\r\n--x--\r\n",
}


@pytest.mark.parametrize("path", ["/verify", "/v1/verify"])
@pytest.mark.parametrize(
    "charset", ["punycode", "utf-7", "unicode_escape", "idna", "latin-1", '""']
)
def test_t46_a_form_does_not_choose_its_decoder(service: Service, path: str, charset: str) -> None:
    part = b'--x\r\ncontent-disposition: form-data; name="credential"\r\n\r\n+2AA-\r\n--x--\r\n'

    def sent(charset: str) -> int:
        headers = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
        return service.public().post(path, content=part, headers=headers).status_code

    assert sent(charset) == 415
    assert sent("UTF-8") in {200, 400, 422}


# Starlette leaves the file of a form without an end to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.parametrize("path", ["/verify", "/v1/verify"])
@pytest.mark.parametrize("case", sorted(MULTIPART))
def test_t46_a_form_that_is_none_is_refused(service: Service, path: str, case: str) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    refused = service.public().post(path, content=MULTIPART[case], headers=headers)

    assert refused.status_code in {400, 422}
    assert 'id="verdict"' not in refused.text


def test_t46_ranges_of_a_file_are_few(service: Service) -> None:
    flood = ",".join(f"{n}-{n}" for n in range(0, 2000, 2))
    answer = service.public().get("/static/credhub.css", headers={"range": f"bytes={flood}"})

    whole = len(service.public().get("/static/credhub.css").content)
    assert answer.status_code < 500
    assert len(answer.content) <= 2 * whole


async def reading(_scope: Scope, receive: Receive, send: Send) -> None:
    """Read the whole of a body, and say so."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"read"})


def exchanged(edge: Edge, receive: Receive) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def run() -> None:
        await edge(dict(SCOPE), receive, send)

    anyio.run(run)
    return sent


def test_t46_a_body_that_never_ends_is_not_waited_for() -> None:
    async def never() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    start, body = exchanged(Edge(reading, hosts=HOST, https=False, body_seconds=0.01), never)

    assert start["status"] == 408
    assert b"body-too-slow" in body["body"]
    assert SECURITY_HEADERS.keys() <= {name.decode() for name, _ in start["headers"]}


def test_a_body_that_comes_in_time_is_read() -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"a", "more_body": True},
        {"type": "http.request", "body": b"b"},
    ]

    async def some() -> Message:
        return parts.pop(0)

    start, body = exchanged(Edge(reading, hosts=HOST, https=False), some)

    assert (start["status"], body["body"]) == (200, b"read")


def test_after_the_body_there_is_no_limit_of_time() -> None:
    async def waiting(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        with anyio.move_on_after(0.05):  # Longer than a body may take here.
            await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    parts: list[Message] = [{"type": "http.request", "body": b"a"}]

    async def then_nothing() -> Message:
        if parts:
            return parts.pop()
        await anyio.sleep_forever()
        raise AssertionError

    edge = Edge(waiting, hosts=HOST, https=False, body_seconds=0.02)

    assert exchanged(edge, then_nothing)[0]["status"] == 200


def test_t46_one_request_too_many_at_once_is_told_to_come_again() -> None:
    inner: list[Message] = []

    async def asking_again(scope: Scope, receive: Receive, send: Send) -> None:
        async def keep(message: Message) -> None:
            inner.append(message)

        await edge(dict(SCOPE), receive, keep)
        await reading(scope, receive, send)

    async def nothing() -> Message:
        return {"type": "http.request", "body": b""}

    edge = Edge(asking_again, hosts=HOST, https=False, at_once=1)
    for _ in range(2):  # The place is given back.
        inner.clear()
        outer = exchanged(edge, nothing)
        assert (outer[0]["status"], inner[0]["status"]) == (200, 503)
        assert (b"retry-after", b"1") in inner[0]["headers"]
        assert b'"busy"' in inner[1]["body"]
