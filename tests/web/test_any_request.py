"""R20: whatever comes in, it is answered, and never with a fault of ours."""

import os
from string import ascii_letters
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from credhub.jsontypes import JsonObject, JsonValue
from tests.running import Service, achievement_body, issue_body, publish, unique
from tests.services.batching import cancel_all
from tests.web.routes import FULL_BODIES, Things, filled, operations

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
hostile = st.sampled_from(
    ["\u202e", "\ufeff", "\u200b", "\U0010ffff", "\ue000", "%", "[", "]", "\\", "{", "'", '"']
)
texts = st.text(characters | hostile, max_size=40)
rests = st.text(st.sampled_from(ascii_letters + "0189-._~:/?#[]@!$&'()*+,;=%é中"), max_size=30)
urls = st.builds(
    lambda scheme, host, port, rest: f"{scheme}{host}{port}{rest}",
    st.sampled_from(["https://", "http://", "HTTPS://", "did:", "urn:", "ftp://", "//", ""]),
    st.sampled_from(
        ["x.example", "-", ".", "..", "127.0.0.1", "a" * 300, "xn--", "1", "example..com"]
    ),
    st.sampled_from(["", ":", ":0", ":443", ":99999"]),
    st.sampled_from(["", "/", "?", "#", "/%", "/%zz", "/[", "/a#b#c"]) | rests.map("/".__add__),
)
instants = st.sampled_from(
    [
        "2026-11-20T10:00:00Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-12:00",
        "2026-02-30T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2016-12-31T23:59:60Z",
        "2026-11-20T10:00:00.123456789Z",
        "2026-11-20 10:00:00Z",
        "20261120T100000Z",
        "1969-12-31T23:59:59Z",
    ]
)
scalars: SearchStrategy[JsonValue] = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts | urls | instants
)
values: SearchStrategy[JsonValue] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)
# The next run tries others; to look longer, set more.
EXAMPLES = int(os.environ.get("CREDHUB_EXAMPLES", "20"))
several = settings(
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def changed(draw: st.DrawFn, body: JsonValue) -> JsonValue:
    """Change a good body in a few places."""
    match body:
        case dict():
            return {name: draw(changed(member)) for name, member in body.items()}
        case list():
            return [draw(changed(item)) for item in body]
        case _:
            return draw(st.just(body) | st.just(body) | st.just(body) | texts | urls | scalars)


@several
@given(data=st.data())
@pytest.mark.parametrize("model", FULL_BODIES)
def test_r20_whatever_a_body_holds_is_no_fault(
    service: Service, model: str, data: st.DataObject
) -> None:
    things = Things.when_asked(service, service.one)
    operation = next(it for it in operations(service) if it.model == model)

    body = data.draw(changed(filled(FULL_BODIES[model], things)))

    answer = operation.call(service.client(), things, body)
    assert answer.status in {200, 201, 202, 400, 403, 404, 422}, answer.text
    cancel_all(service.resources)


@several
@given(name=texts, narrative=texts, url=urls, dates=st.tuples(instants, instants))
def test_r20_whatever_is_issued_can_be_shown(
    service: Service, name: str, narrative: str, url: str, dates: tuple[str, str]
) -> None:
    client = service.client()
    definition = achievement_body(
        name=name or "x", criteria={"narrative": narrative or "x", "id": url}, image={"id": url}
    )
    published = client.post(
        "/v1/achievements", json=definition, headers={"idempotency-key": unique("key")}
    )
    assert published.status_code in {201, 422}, published.text
    achievement = published.json()["id"] if published.status_code == 201 else publish(client)
    body: JsonObject = issue_body(
        str(achievement),
        recipient={"name": name or "x"},
        evidence=[{"id": url, "narrative": narrative or "x"}],
        awardedDate=dates[0],
        validUntil=dates[1],
    )
    issued = client.post("/v1/credentials", json=body, headers={"idempotency-key": unique("key")})
    assert issued.status_code in {201, 422}, issued.text
    if issued.status_code == 201:
        address = issued.json()["url"].removeprefix(service.origin)
        for form in ("html", "report", "pdf"):
            shown = service.public().get(address, params={"format": form})
            assert shown.status_code == 200, form


@several
@given(document=values)
def test_r20_whatever_is_sent_in_gets_a_verdict(service: Service, document: JsonValue) -> None:
    response = service.public().post("/v1/verify", json={"credential": document})

    assert response.status_code in {200, 422}
    if response.status_code == 200:
        assert response.json()["verdict"] == "invalid"


@several
@given(path=st.text(characters, max_size=30), query=st.text(characters, max_size=30))
def test_r20_whatever_the_address_is_it_is_answered(
    service: Service, path: str, query: str
) -> None:
    client, quoted = service.client(), quote(path, safe="")
    for place in ("/c/", "/achievements/", "/hubs/", "/ledger/", "/v1/credentials/", "/"):
        response = client.get(place + quoted, params={"q": query, "cursor": query})
        assert response.status_code < 500, place
    assert client.get("/verify", params={"q": query}).status_code < 500
    assert client.get("/v1/credentials", params={"cursor": query}).status_code < 500
