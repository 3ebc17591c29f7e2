"""T53: no address comes from a request. Generated from the routes of the application."""

import pytest
from starlette.testclient import TestClient

from tests.running import Service
from tests.web.routes import FULL_BODIES, Things, every_route, filled, operations

# A hyphen is in no code and in no digest, so only an echo can bring this name back.
STRANGERS = (
    "evil-host.example",
    "evil-host.example:8000",
    "127.0.0.1.evil-host.example",
    "evil-host",
    "evil-host@127.0.0.1:8000",
    "127.0.0.1:8000@evil-host.example",
    "127.0.0.1:evil-host",
    "[::1].evil-host",
    "[::1]:evil-host",
    "localhost:evil-host:8000",
    "",
    ":8000",
)
FORWARDED = {
    "x-forwarded-host": "evil-host.example",
    "x-forwarded-server": "evil-host.example",
    "x-forwarded-for": "evil-host.example",
    "x-forwarded-prefix": "/evil-host",
    "x-forwarded-proto": "evil-host",
    "x-original-host": "evil-host.example",
    "x-original-url": "/evil-host",
    "x-rewrite-url": "/evil-host",
    "x-host": "evil-host.example",
    "forwarded": "host=evil-host.example;proto=evil-host",
    "origin": "https://evil-host.example",
    "referer": "https://evil-host.example/evil-host",
}
PORT = 64711
ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def bodies(service: Service, things: Things) -> dict[str, object]:
    return {
        operation.name: filled(FULL_BODIES[operation.model], things)
        for operation in operations(service)
        if operation.model
    }


# A form without a file, what is turned off, logs that we do not watch, what was just revoked, and
# what only a learner sees who has opened a link.
REFUSE = {
    "POST /claim",
    "POST /claim/again",
    "GET /claim/credential",
    "POST /claim/file",
    "POST /claim/showing",
    "POST /claim/request",
    "POST /claim/end",
    "POST /v1/credentials/{credential_id}/suspension",
    "DELETE /v1/credentials/{credential_id}/suspension",
    "POST /verify",
    "GET /metrics",
    "POST /witness/add-checkpoint",
    "GET /witness/{origin_hash}/checkpoint",
    "HEAD /witness/{origin_hash}/checkpoint",
    "POST /oauth/token",
    "POST /vcalm/credentials/issue",
    "POST /vcalm/credentials/status",
    "POST /vcalm/credentials/verify",
    "POST /vcalm/credentials/derive",
    "POST /vcalm/presentations/verify",
}


def answers(service: Service, client: TestClient, **headers: str) -> list[tuple[str, int, str]]:
    """Call every route, about things that exist, and give all that comes back."""
    things = Things.of(service, service.one)
    given = bodies(service, things)
    found = []
    # What ends a thing comes last: the others need it.
    for method, path in sorted(every_route(service), key=lambda route: ORDER.index(route[0])):
        response = client.request(
            method,
            things.path(path) if path != "/static" else "/static/credhub.css",
            json=given.get(f"{method} {path}"),
            headers={"idempotency-key": f"host-{things.key_id}", **headers},
        )
        text = response.text + "".join(
            f"{name}: {value}\n" for name, value in response.headers.items()
        )
        found.append((f"{method} {path}", response.status_code, text))
    return found


def test_t53_every_route_answers_under_its_own_name(service: Service) -> None:
    for name, status, text in answers(service, service.client()):
        assert status < 400 or name in REFUSE, (name, status, text)


def test_t53_a_stranger_in_the_host_header_is_refused_on_every_route(service: Service) -> None:
    client = service.client()
    for name, status, text in answers(service, client, host="evil-host.example"):
        assert status == 421, name
        assert "evil-host" not in text, name


@pytest.mark.parametrize("host", STRANGERS)
def test_t53_no_spelling_of_a_stranger_is_served(service: Service, host: str) -> None:
    response = service.public().get("/", headers={"host": host})

    assert response.status_code == 421
    assert response.json()["code"] == "unknown-host"
    assert "evil-host" not in response.text + str(response.headers)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8000"]
)
def test_t53_own_names_are_served(service: Service, host: str) -> None:
    assert service.public().get("/", headers={"host": host}).status_code == 200


def test_t53_headers_of_proxies_change_nothing(service: Service) -> None:
    for name, status, text in answers(service, service.client(), **FORWARDED):
        assert status < 400 or name in REFUSE, (name, status)
        assert "evil-host" not in text, name


def test_t53_no_redirect_goes_where_the_host_header_says(service: Service) -> None:
    client = service.client()
    for method, path in every_route(service):
        for address in (f"{path}/", f"/{path}", f"{path}//", path.upper()):
            response = client.request(method, address, headers={"host": f"127.0.0.1:{PORT}"})
            assert f":{PORT}" not in response.text + str(response.headers), (method, address)


def test_t53_the_verdict_is_not_kept_by_caches(service: Service) -> None:
    things = Things.of(service, service.one)
    for form in ("html", "report", "vc", "receipt"):
        response = service.public().get(f"/c/{things.code}", params={"format": form})
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["vary"] == "Accept"
