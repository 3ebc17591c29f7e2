"""T11, T18, T19, T31: bodies that are too large, too deep, ambiguous, or slow to understand."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.report import Check
from credhub.web.admission import MAX_BODY, MAX_UPLOAD
from tests.running import (
    Service,
    achievement_body,
    issue,
    issue_body,
    publish,
    unique,
)
from tests.web.routes import Things, operations, rows_of

JSON = {"content-type": "application/json"}


def send(
    client: TestClient, content: bytes, path: str = "/v1/verify", *, method: str = "POST"
) -> tuple[int, str]:
    headers = JSON | {"idempotency-key": unique("key")}
    response = client.request(method, path, content=content, headers=headers)
    return response.status_code, response.json().get("code", "")


def verdict(client: TestClient, document: JsonValue) -> tuple[str, dict[str, str]]:
    response = client.post("/v1/verify", json={"credential": document})
    assert response.status_code == 200, response.text
    report = response.json()
    return report["verdict"], {check["check"]: check["code"] for check in report["checks"]}


def padded(document: JsonObject, size: int) -> bytes:
    text = json.dumps({"credential": document}).encode()
    return text + b" " * (size - len(text))


def in_pieces(content: bytes, size: int = 65_536) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def test_t11_a_body_of_the_allowed_size_is_read(service: Service) -> None:
    document = issue(service.client())["credential"]
    assert isinstance(document, dict)

    content = padded(document, MAX_BODY)

    assert service.public().post("/v1/verify", content=content, headers=JSON).json()["verdict"] == (
        "valid"
    )


def test_t11_a_larger_body_that_is_announced_is_refused(service: Service) -> None:
    assert send(service.public(), padded({}, MAX_BODY + 1)) == (413, "body-too-large")


@pytest.mark.parametrize("path", ["/v1/verify", "/v1/credentials", "/v1/achievements"])
def test_t11_a_larger_body_that_comes_in_pieces_is_refused(service: Service, path: str) -> None:
    response = service.client().post(
        path, content=in_pieces(padded({}, MAX_BODY + 1)), headers=JSON
    )

    assert (response.status_code, response.json()["code"]) == (413, "body-too-large")


def test_t11_a_larger_form_is_refused(service: Service) -> None:
    files = {"file": ("credential.json", b" " * MAX_UPLOAD)}
    announced = service.public().post("/verify", files=files)
    body, content_type = announced.request.read(), announced.request.headers["content-type"]
    in_parts = service.public().post(
        "/verify", content=in_pieces(body), headers={"content-type": content_type}
    )

    assert announced.status_code == in_parts.status_code == 413


@pytest.mark.parametrize("length", ["-1", "+5", "1_0", "0x10", "9" * 30, "9" * 5000, "five", ""])
def test_t11_a_length_that_is_none_is_refused(service: Service, length: str) -> None:
    request = service.public().build_request("POST", "/v1/verify", content=b"{}", headers=JSON)
    request.headers["content-length"] = length

    assert service.public().send(request).status_code == 413


@pytest.mark.parametrize("depth", [33, 5_000, 250_000])
@pytest.mark.parametrize(("start", "end"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_t11_a_body_that_nests_too_deeply_is_malformed(
    service: Service, depth: int, start: bytes, end: bytes
) -> None:
    depth = min(depth, MAX_BODY // (len(start) + len(end)) - 10)
    content = b'{"credential":' + start * depth + b"1" + end * depth + b"}"

    assert send(service.public(), content) == (400, "malformed-json")
    assert send(service.public(), start * depth) == (400, "malformed-json")


def test_t11_a_body_that_nests_as_deeply_as_it_may_is_read(service: Service) -> None:
    content = b'{"credential":{"a":' + b"[" * 30 + b"1" + b"]" * 30 + b"}}"

    assert send(service.public(), content) == (200, "")


def test_t11_a_large_flat_body_is_understood(service: Service) -> None:
    document: JsonObject = {f"member-{n}": "x" * 40 for n in range(8_000)}

    assert verdict(service.public(), document)[0] == "invalid"


MALFORMED = {
    "a repeated name": b'{"credential":{"a":1,"a":1}}',
    "a repeated name, escaped": b'{"credential":{"a":1,"\\u0061":2}}',
    "NaN": b'{"credential":{"a":NaN}}',
    "Infinity": b'{"credential":{"a":-Infinity}}',
    "1e400": b'{"credential":{"a":1e400}}',
    "an integer beyond 2^53": b'{"credential":{"a":9007199254740993}}',
    "5,000 digits": b'{"credential":{"a":' + b"9" * 5_000 + b"}}",
    "a lone surrogate": b'{"credential":{"a":"\\ud800"}}',
    "a lone surrogate in a name": b'{"credential":{"\\udfff":1}}',
    "a surrogate in bytes": b'{"credential":{"a":"\xed\xa0\x80"}}',
    "a byte order mark": b'\xef\xbb\xbf{"credential":{}}',
    "UTF-16": '{"credential":{}}'.encode("utf-16"),
    "UTF-32": '{"credential":{}}'.encode("utf-32-le"),
    "overlong UTF-8": b'{"credential":{"a":"\xc0\xaf"}}',
    "cut off UTF-8": b'{"credential":{"a":"\xe2\x82"}}',
    "a control character": b'{"credential":{"a":"\x01"}}',
    "a trailing comma": b'{"credential":{},}',
    "a comment": b'{"credential":{}/**/}',
    "two texts": b'{"credential":{}}{"credential":{}}',
    "single quotes": b"{'credential':{}}",
    "cut off": b'{"credential":{',
    "white space": b" ",
    "a NUL": b'{"credential":{}}\x00',
}


@pytest.mark.parametrize("name", MALFORMED)
@pytest.mark.parametrize("path", ["/v1/verify", "/v1/credentials"])
def test_t18_json_with_two_meanings_or_none_is_malformed(
    service: Service, name: str, path: str
) -> None:
    status, code = send(service.client(), MALFORMED[name], path)

    assert (status, code) == (400, "malformed-json"), name


@pytest.mark.parametrize("name", MALFORMED)
def test_t18_the_page_refuses_the_same_and_gives_no_verdict(service: Service, name: str) -> None:
    inner = MALFORMED[name].replace(b'{"credential":', b"", 1)
    response = service.public().post("/verify", files={"file": ("x.json", inner or b"{")})

    # 422 where the first bytes are those of no text, such as of white space alone.
    assert response.status_code in {400, 422}
    assert 'id="verdict"' not in response.text


# Rows are read one by one, and faults tell which of them is no JSON.
READ_IN_ROWS = {
    "POST /v1/batches",
    "POST /v1/batches/changes/file",
    "POST /v1/cohorts/{cohort_id}/learners",
}


def test_t18_every_route_that_takes_json_takes_it_strictly(service: Service) -> None:
    things, client = Things.of(service, service.one), service.client()
    for operation in operations(service):
        if operation.model:
            in_rows = operation.name in READ_IN_ROWS
            refused = (422, "malformed-batch") if in_rows else (400, "malformed-json")
            for name, content in MALFORMED.items():
                path = things.path(operation.path)
                answer = send(client, content, path, method=operation.method)
                assert answer == refused, (operation.name, name)


NUMBERS: tuple[JsonValue, ...] = (1.0, 0.5, 87, 1e5, 0.1 + 0.2)


@pytest.mark.parametrize("number", NUMBERS)
def test_t19_no_number_enters_a_credential(service: Service, number: JsonValue) -> None:
    client = service.client()
    achievement = publish(client)
    before = rows_of(service)
    changes: tuple[JsonObject, ...] = (
        {"results": [{"value": number}]},
        {"evidence": [{"narrative": number}]},
        {"recipient": {"name": number}},
        {"awardedDate": number},
        {"credits": number},
    )

    for change in changes:
        response = client.post(
            "/v1/credentials",
            json=issue_body(achievement, **change),
            headers={"idempotency-key": unique("key")},
        )
        assert response.status_code == 422, change
        assert response.json()["errors"][0]["at"].startswith("body/")
    for name in ("name", "creditsAvailable", "suspendable"):
        response = client.post(
            "/v1/achievements",
            json=achievement_body(**{name: number}),
            headers={"idempotency-key": unique("key")},
        )
        assert response.status_code == 422, name

    assert rows_of(service) == before


def test_t19_a_grade_as_text_enters_a_credential(service: Service) -> None:
    document = issue(service.client(), results=[{"value": "87.5"}])["credential"]
    assert isinstance(document, dict)

    assert verdict(service.public(), document)[0] == "valid"


@pytest.mark.parametrize("number", NUMBERS)
def test_t19_a_number_beside_the_signature_is_noticed(service: Service, number: JsonValue) -> None:
    document = issue(service.client())["credential"]
    assert isinstance(document, dict)

    outcome, codes = verdict(service.public(), document | {"credits": number})

    assert outcome == "invalid"
    assert codes[Check.PROOF] != "passed"


def clique(size: int) -> list[JsonValue]:
    """Nodes that all point to one another, which takes for ever to label."""
    return [
        {
            "id": f"_:n{one}",
            "type": ["Profile"],
            "parentOrg": [{"id": f"_:n{other}"} for other in range(size) if other != one],
        }
        for one in range(size)
    ]


def family(width: int, depth: int) -> list[JsonValue]:
    """Nodes that look the same, below nodes that look the same."""
    if not depth:
        return []
    return [{"type": ["Profile"], "parentOrg": family(width, depth - 1)} for _ in range(width)]


def with_parents(document: JsonObject, parents: list[JsonValue]) -> JsonObject:
    issuer = document["issuer"]
    assert isinstance(issuer, dict)
    return document | {"issuer": issuer | {"parentOrg": parents}}


@pytest.mark.parametrize("shape", ["8-clique", "64 nested", "300 nodes"])
def test_t31_a_graph_that_is_slow_is_invalid_and_the_next_request_is_answered(
    service: Service, shape: str
) -> None:
    document = issue(service.client())["credential"]
    assert isinstance(document, dict)
    many: list[JsonValue] = [{"type": ["Evidence"], "narrative": f"{n}"} for n in range(300)]
    slow = {
        "8-clique": with_parents(document, clique(8)),
        "64 nested": with_parents(document, family(8, 2)),
        "300 nodes": document | {"evidence": many},
    }[shape]

    outcome, codes = verdict(service.public(), slow)
    page = service.public().post("/verify", data={"credential": json.dumps(slow)})

    assert outcome == "invalid"
    assert codes[Check.PROOF] == "too-complex"
    assert page.status_code == 200
    assert "Amélie" not in page.text
    assert verdict(service.public(), document)[0] == "valid"


def test_t31_a_small_family_is_only_forged(service: Service) -> None:
    document = issue(service.client())["credential"]
    assert isinstance(document, dict)

    outcome, codes = verdict(service.public(), with_parents(document, family(1, 3)))

    assert (outcome, codes[Check.PROOF]) == ("invalid", "bad-signature")
