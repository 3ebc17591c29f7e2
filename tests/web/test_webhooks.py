"""``/v1/webhooks``: made, listed, changed, tried out, told again and removed."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from starlette.testclient import TestClient

from credhub.services.webhooks import endpoints, telling
from credhub.services.webhooks.events import EventType
from credhub.web.api.webhook_models import TypeName
from tests.engines import SqliteDatabases
from tests.receivers import Receiver, receiver_certificate, receiving
from tests.running import Service, issue, post, publish, running, unique

__all__ = ["receiver_certificate"]

PATH = "/v1/webhooks"


@pytest.fixture(scope="module")
def receiver(
    receiver_certificate: Path,
) -> Iterator[Receiver]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(receiver_certificate))
        with receiving(receiver_certificate) as one:
            yield one


@pytest.fixture(scope="module")
def hooked(
    sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory, receiver: Receiver
) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("hooked")
    with sqlite.migrated() as url, running(url, data, receivers=receiver.egress()) as service:
        yield service


@pytest.fixture
def client(hooked: Service, receiver: Receiver) -> TestClient:
    hub = hooked.one.hub.number
    for one in endpoints.of_hub(hooked.resources, hub):
        endpoints.remove(hooked.resources, hub, one.endpoint.endpoint_id)
    receiver.messages.clear()
    receiver.answer = lambda _: 204
    return hooked.client()


def tell(service: Service, webhook_id: object) -> None:
    telling.tell_part(service.resources, service.one.hub.number, str(webhook_id), seconds=60)


def test_every_type_of_event_can_be_asked_for() -> None:
    assert get_args(TypeName) == tuple(EventType)


def test_a_webhook_is_made_read_listed_and_removed(client: TestClient, receiver: Receiver) -> None:
    made = post(client, PATH, {"url": receiver.url, "types": ["credential.issued"]})
    read = client.get(f"{PATH}/{made['id']}")
    listed = client.get(PATH)
    removed = client.delete(f"{PATH}/{made['id']}")

    assert str(made["secret"]).startswith("whsec_")
    assert read.json() == {name: value for name, value in made.items() if name != "secret"}
    assert read.json()["types"] == ["credential.issued"]
    assert read.json()["enabled"] is True
    assert listed.json() == {"items": [read.json()]}
    assert str(made["secret"]) not in read.text + listed.text
    assert removed.status_code == 204
    for gone in (client.get(f"{PATH}/{made['id']}"), client.delete(f"{PATH}/{made['id']}")):
        assert (gone.status_code, gone.json()["code"]) == (404, "webhook-not-found")


def test_t61_the_same_request_makes_one_webhook_and_shows_its_secret_again(
    client: TestClient, receiver: Receiver
) -> None:
    key = unique("key")
    first = post(client, PATH, {"url": receiver.url}, key=key)
    again = post(client, PATH, {"url": receiver.url}, key=key)
    other = client.post(PATH, json={"url": receiver.url + "/x"}, headers={"idempotency-key": key})
    without = client.post(PATH, json={"url": receiver.url})

    assert again == first
    assert len(client.get(PATH).json()["items"]) == 1
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert (without.status_code, without.json()["code"]) == (400, "idempotency-key-missing")


def test_a_hub_has_twenty_webhooks_and_no_more(client: TestClient, receiver: Receiver) -> None:
    for _ in range(endpoints.MOST):
        post(client, PATH, {"url": receiver.url})

    one_more = client.post(
        PATH, json={"url": receiver.url}, headers={"idempotency-key": unique("key")}
    )

    assert (one_more.status_code, one_more.json()["code"]) == (409, "too-many-webhooks")


@pytest.mark.parametrize("url", ["http://lms.example/", "https://10.0.0.1/", "https://x:22/", "x"])
def test_t64_an_address_inside_is_refused(client: TestClient, receiver: Receiver, url: str) -> None:
    made = post(client, PATH, {"url": receiver.url})
    sent = client.post(PATH, json={"url": url}, headers={"idempotency-key": unique("key")})
    changed = client.patch(f"{PATH}/{made['id']}", json={"url": url})

    for answer in (sent, changed):
        assert (answer.status_code, answer.json()["code"]) == (422, "webhook-address-refused")
        assert url not in answer.text.replace("https://,", "") or url == "x"
    assert client.get(f"{PATH}/{made['id']}").json()["url"] == receiver.url


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "https://x.example/", "types": []},
        {"url": "https://x.example/", "types": ["credential.erased"]},
        {"url": "https://x.example/", "secret": "whsec_AAAA"},
        {"url": "https://x.example/", "hub": 1},
        {"url": 1},
    ],
)
def test_t56_another_body_is_refused(client: TestClient, body: object) -> None:
    answer = client.post(PATH, json=body, headers={"idempotency-key": unique("key")})

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed-request")


def test_trying_it_out_says_what_came_back(
    hooked: Service, client: TestClient, receiver: Receiver
) -> None:
    made = post(client, PATH, {"url": receiver.url})

    good = client.post(f"{PATH}/{made['id']}/test").json()
    receiver.answer = lambda _: 418
    receiver.reply = b"a secret of somebody"
    bad = client.post(f"{PATH}/{made['id']}/test")
    receiver.reply = b""
    receiver.addresses[:] = []
    gone = client.post(f"{PATH}/{made['id']}/test").json()
    receiver.addresses[:] = ["127.0.0.1"]

    assert (good["outcome"], good["status"]) == ("delivered", 204)
    assert (bad.json()["outcome"], bad.json()["status"]) == ("refused", 418)
    assert "a secret" not in bad.text
    assert (gone["outcome"], gone["status"]) == ("unreached", None)
    assert receiver.messages[0].event_id == good["id"]
    assert receiver.messages[0].type == "webhook.test"
    assert receiver.messages[0].told == {"hub": "riverside"}
    assert hooked.origin  # It was the first hub's.


def test_what_was_not_delivered_is_listed_in_parts(
    hooked: Service, client: TestClient, receiver: Receiver
) -> None:
    made = post(client, PATH, {"url": receiver.url, "types": ["credential.issued"]})
    receiver.answer = lambda _: 500
    achievement = publish(client)
    issued = [issue(client, achievement)["id"] for _ in range(3)]
    tell(hooked, made["id"])
    path = f"{PATH}/{made['id']}/deliveries"

    whole = client.get(path).json()
    first = client.get(path, params={"limit": 2}).json()
    rest = client.get(path, params={"limit": 2, "cursor": first["nextCursor"]}).json()

    assert [item["about"] for item in whole["items"]] == issued
    assert first["items"] + rest["items"] == whole["items"]
    assert (whole["nextCursor"], rest["nextCursor"]) == (None, None)
    item = whole["items"][0]
    assert (item["type"], item["attempts"]) == ("credential.issued", 1)
    assert (item["lastOutcome"], item["lastStatus"]) == ("refused", 500)
    assert item["id"] == receiver.messages[0].event_id
    assert client.get(path, params={"state": "dead"}).json()["items"] == []
    assert client.get(path, params={"cursor": "x"}).status_code == 422
    health = client.get(f"{PATH}/{made['id']}").json()["health"]
    assert (health["failures"], health["waiting"], health["dead"]) == (3, 3, 0)


def test_a_replay_is_told_and_only_one_at_a_time(
    hooked: Service, client: TestClient, receiver: Receiver
) -> None:
    issued = issue(client)
    made = post(client, PATH, {"url": receiver.url})
    path = f"{PATH}/{made['id']}/replay"
    place = issued["ledger"]
    assert isinstance(place, dict)

    asked = client.post(path, json={"from": place})
    again = client.post(path, json={"from": place})
    tell(hooked, made["id"])
    beyond = client.post(path, json={"from": made["next"]})
    unknown = client.post(path, json={"from": {"log": "1999", "seq": 0}})
    both = client.post(path, json={"from": place, "dead": True})

    assert asked.status_code == 202
    assert asked.json()["replay"] == {"from": place, "to": made["next"]}
    assert (again.status_code, again.json()["code"]) == (409, "replay-under-way")
    assert [message.told["credential"] for message in receiver.messages] == [issued["id"]]
    assert (beyond.status_code, beyond.json()["code"]) == (422, "replay-range")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "replay-range")
    assert both.status_code == 422
    assert client.post(path, json={"dead": True}).status_code == 202
    assert client.get(f"{PATH}/{made['id']}").json()["replay"] is None


def test_a_secret_is_replaced_and_few_are_kept(client: TestClient, receiver: Receiver) -> None:
    made = post(client, PATH, {"url": receiver.url})
    path, key = f"{PATH}/{made['id']}/secrets", unique("key")

    second = post(client, path, {}, key=key)
    again = post(client, path, {}, key=key)
    third = post(client, path, {"overlapSeconds": 60})
    fourth = client.post(path, json={}, headers={"idempotency-key": unique("key")})
    at_once = post(client, path, {"overlapSeconds": 0})
    long = client.post(
        path, json={"overlapSeconds": 86_401}, headers={"idempotency-key": unique("key")}
    )

    assert again["secret"] == second["secret"]
    assert len({made["secret"], second["secret"], third["secret"], at_once["secret"]}) == 4
    assert len(third["secretsEndAt"]) == 2  # type: ignore[arg-type]  # JSON
    assert (fourth.status_code, fourth.json()["code"]) == (409, "too-many-secrets")
    assert at_once["secretsEndAt"] == []
    assert long.status_code == 422
    assert post(client, path, {}, key=key)["secret"] is None


def test_a_webhook_is_disabled_enabled_and_changed(client: TestClient, receiver: Receiver) -> None:
    made = post(client, PATH, {"url": receiver.url})
    path = f"{PATH}/{made['id']}"

    off = client.patch(path, json={"enabled": False}).json()
    on = client.patch(path, json={"enabled": True, "types": ["credential.revoked"]}).json()
    same = client.patch(path, json={}).json()

    assert (off["enabled"], off["disabledBecause"]) == (False, "asked")
    assert (on["enabled"], on["disabledBecause"]) == (True, None)
    assert on["types"] == ["credential.revoked"]
    assert same == on
