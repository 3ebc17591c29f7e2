"""How often one client may ask: for what costs us, and for what it can only guess."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from credhub.web.app import create_app
from tests.running import Service

BODY = {"credential": {"type": ["VerifiableCredential"]}}
VERIFYING = (
    "/vcalm/credentials/verify",
    "/vcalm/presentations/verify",
    "/vcalm/credentials/derive",
)


class Clients:
    """Clients of one application, each with an address."""

    def __init__(self, service: Service, **settings: int) -> None:
        changed = service.runtime.settings.model_copy(update=settings)
        self._origin = service.origin
        self._app = create_app(replace(service.runtime, settings=changed))

    def at(self, address: str) -> TestClient:
        return TestClient(self._app, base_url=self._origin, client=(address, 4711))


def uploads(clients: Clients, address: str) -> int:
    return clients.at(address).post("/v1/verify", json=BODY).status_code


def test_a_refusal_says_when_to_come_again(service: Service) -> None:
    client = Clients(service, verifications_per_minute=1).at("192.0.2.1")
    assert client.post("/v1/verify", json=BODY).status_code == 200

    refused = client.post("/v1/verify", json=BODY)
    page = client.post("/verify", data={"credential": "{}"}, headers={"accept": "text/html"})

    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
    for answer in (refused, page):
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert "retry-after" not in client.get("/").headers


def test_t50_a_client_of_ipv6_is_its_network(service: Service) -> None:
    clients = Clients(service, verifications_per_minute=2)

    assert uploads(clients, "2001:db8:0:1::1") == 200
    assert uploads(clients, "2001:db8:0:1::2") == 200
    assert uploads(clients, "2001:db8:0:1:ffff:ffff:ffff:ffff") == 429
    assert uploads(clients, "2001:db8:0:2::1") == 200


def test_an_address_of_ipv4_is_one_client_however_it_is_written(service: Service) -> None:
    clients = Clients(service, verifications_per_minute=2)

    assert uploads(clients, "192.0.2.1") == 200
    assert uploads(clients, "::ffff:192.0.2.1") == 200
    assert uploads(clients, "192.0.2.1") == 429
    assert uploads(clients, "::ffff:192.0.2.2") == 200


def test_t58_whoever_tries_keys_is_stopped_and_whoever_has_one_is_not(service: Service) -> None:
    client = Clients(service, refused_keys_per_minute=5).at("192.0.2.1")

    def ask(token: str) -> int:
        headers = {"authorization": f"Bearer {token}"}
        return client.get("/v1/credentials", headers=headers).status_code

    answers = [ask(f"chk_{number}") for number in range(10)]

    assert answers == [401] * 5 + [429] * 5
    assert client.get("/v1/credentials").status_code == 429
    assert ask(service.one.token) == 200


def test_t58_tokens_are_counted_whatever_the_secret_is(service: Service) -> None:
    client = Clients(service, tokens_per_minute=5).at("192.0.2.1")

    def ask() -> int:
        form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
        return client.post("/oauth/token", data=form).status_code

    answers = [ask() for _ in range(10)]

    assert answers == [401] * 5 + [429] * 5
    refused = client.post("/oauth/token", data={})
    assert refused.json()["code"] == "rate-limited"
    assert "retry-after" in refused.headers


@pytest.mark.parametrize("path", VERIFYING)
def test_what_hubs_have_verified_is_limited_too(service: Service, path: str) -> None:
    client = Clients(service, verifications_per_minute=1).at("192.0.2.1")
    headers = {"authorization": f"Bearer {service.one.token}"}

    assert client.post(path, json={}, headers=headers).status_code == 400
    refused = client.post(path, json={}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
