"""What is public is a function of its path alone: no query or header of a reader changes a byte."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.engines import SqliteDatabases
from tests.growing import grow_to
from tests.running import Service, issue, running

LOG = "/ledger/riverside/2026/"
LEDGER = (
    LOG + "checkpoint",
    LOG + "tile/0/000",
    LOG + "tile/0/001.p/4",
    LOG + "tile/1/000.p/1",
    LOG + "tile/entries/000",
    LOG + "tile/entries/001.p/4",
)
HEADERS = (
    "accept",
    "accept-language",
    "authorization",
    "cache-control",
    "cookie",
    "forwarded",
    "from",
    "if-range",
    "origin",
    "referer",
    "user-agent",
    "x-forwarded-for",
    "x-original-url",
)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
QUERIES = st.text(st.sampled_from("ab0=&;?/.%2fAF+-_~!$'()*,:@[]|^"), min_size=1, max_size=30).map(
    lambda text: text.replace("%", "%25")
)


@pytest.fixture(scope="module")
def service(sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("pure")
    with sqlite.migrated() as url, running(url, folder) as service:
        issue(service.client())
        grow_to(service.resources, service.one.hub.number, "2026", 260)
        yield service


@pytest.fixture(scope="module")
def client(service: Service) -> TestClient:
    return service.public()


@pytest.fixture(scope="module")
def bodies(client: TestClient) -> dict[str, bytes]:
    found = {path: client.get(path) for path in LEDGER}
    assert {response.status_code for response in found.values()} == {200}
    return {path: response.content for path, response in found.items()}


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(LEDGER), query=QUERIES)
def test_no_query_gives_another_answer_of_the_ledger(
    client: TestClient, path: str, query: str
) -> None:
    response = client.get(f"{path}?{query}")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


@settings(max_examples=150, deadline=None)
@given(
    path=st.sampled_from(LEDGER),
    headers=st.dictionaries(st.sampled_from(HEADERS), VALUES, min_size=1, max_size=4),
)
def test_no_header_gives_another_answer_of_the_ledger(
    client: TestClient, bodies: dict[str, bytes], path: str, headers: dict[str, str]
) -> None:
    response = client.get(path, headers=headers)

    assert (response.status_code, response.content) == (200, bodies[path])
    assert "vary" not in response.headers
    assert "set-cookie" not in response.headers
