"""``/vcalm/credentials/issue`` twice: with an Idempotency-Key it makes one credential, for ever."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.services import choosing_forms, reading
from credhub.store.hubs import HubNumber
from tests.running import Service, issue_body, publish, unique
from tests.services.erasing import erase_learner_of

PLAIN: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"id": "did:example:subject"},
}


def ask(
    client: TestClient, key: str | None, credential: JsonObject = PLAIN, **options: JsonValue
) -> Response:
    body: JsonObject = {"credential": credential, "options": {**options}}
    headers = {} if key is None else {"idempotency-key": key}
    return client.post("/vcalm/credentials/issue", json=body, headers=headers)


def count(service: Service, hub: HubNumber | None = None) -> int:
    with service.resources.store.read() as tx:
        return tx.credentials.count(hub or service.one.hub.number)


def test_the_same_request_with_the_same_key_makes_one_credential(fresh_service: Service) -> None:
    client, key = fresh_service.client(), unique("key")

    first = ask(client, key)
    fresh_service.clock.move(days=400)
    again = ask(client, key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert count(fresh_service) == 1


def test_without_a_key_every_request_makes_another(fresh_service: Service) -> None:
    client = fresh_service.client()

    first, second = ask(client, None), ask(client, None)

    assert first.json()["verifiableCredential"]["id"] != second.json()["verifiableCredential"]["id"]
    assert count(fresh_service) == 2


@pytest.mark.parametrize(
    ("credential", "options"),
    [
        (PLAIN | {"name": "Another"}, {}),
        (PLAIN, {"mediaType": "application/vc"}),
    ],
)
def test_the_same_key_with_another_body_is_refused(
    service: Service, credential: JsonObject, options: JsonObject
) -> None:
    client, key = service.client(), unique("key")
    assert ask(client, key).status_code == 201

    answer = ask(client, key, credential, **options)

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-reused")
    assert ask(client, unique("key"), credential, **options).status_code == 201


def test_what_is_refused_uses_up_no_key(service: Service) -> None:
    client, key = service.client(), unique("key")

    assert ask(client, key, PLAIN | {"validFrom": "yesterday"}).status_code == 400
    assert ask(client, key).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "tab\t"])
def test_what_can_be_no_key_is_refused(service: Service, key: str) -> None:
    answer = ask(service.client(), key)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


def test_the_longest_key_is_one(service: Service) -> None:
    assert ask(service.client(), unique("k").ljust(255, "~")).status_code == 201


def test_a_key_of_v1_is_another_one_here(service: Service) -> None:
    client, key = service.client(), unique("key")
    body = issue_body(publish(client, name=unique("Solar")))

    made = client.post("/v1/credentials", json=body, headers={"idempotency-key": key})

    assert made.status_code == ask(client, key).status_code == 201
    assert made.json()["url"] != ask(client, key).json()["verifiableCredential"]["id"]


def test_t60_a_key_belongs_to_one_hub(service: Service) -> None:
    key = unique("key")

    one, other = ask(service.client(), key), ask(service.client(service.other), key)

    assert one.json()["verifiableCredential"]["issuer"] == service.one.hub.did
    assert other.json()["verifiableCredential"]["issuer"] == service.other.hub.did


def test_after_erasure_the_key_says_that_it_is_gone(service: Service) -> None:
    client, key = service.client(), unique("key")
    address = str(ask(client, key).json()["verifiableCredential"]["id"])
    opened = reading.by_code(service.resources, address.rpartition("/")[2])
    erase_learner_of(service, opened.credential.credential_id)

    answer = ask(client, key)

    assert (answer.status_code, answer.json()["code"]) == (410, "credential-erased")


def test_a_form_that_the_hub_gave_up_is_still_what_the_key_made(fresh_service: Service) -> None:
    client, key, hub = fresh_service.client(), unique("key"), fresh_service.one.hub
    choosing_forms.choose(fresh_service.resources, hub, ["vc+jwt"])
    first = ask(client, key, mediaType="application/vc+jwt")
    choosing_forms.choose(fresh_service.resources, hub, [])

    again = ask(client, key, mediaType="application/vc+jwt")

    assert (first.status_code, again.content) == (201, first.content)
    assert ask(client, unique("key"), mediaType="application/vc+jwt").status_code == 400


def test_of_many_at_once_one_makes_it(fresh_service: Service) -> None:
    key = unique("key")
    ask(fresh_service.client(), None)  # The definition is there.
    before = count(fresh_service)

    with ThreadPoolExecutor(max_workers=6) as pool:
        answers = list(pool.map(lambda _: ask(fresh_service.client(), key), range(6)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert count(fresh_service) == before + 1


def test_the_document_says_that_the_key_may_be_left_out(service: Service) -> None:
    def key_of(path: str) -> JsonObject:
        parameters = service.app.openapi()["paths"][path]["post"]["parameters"]
        (found,) = [one for one in parameters if one["name"] == "Idempotency-Key"]
        described: JsonObject = found
        return described

    assert key_of("/vcalm/credentials/issue")["required"] is False
    assert key_of("/v1/credentials")["required"] is True
    assert key_of("/v1/achievements")["required"] is True


@pytest.mark.parametrize("number", ["1e400", "9007199254740993", "-0.0", "1.5", str(2**80)])
def test_numbers_of_any_kind_are_answered(service: Service, number: str) -> None:
    body = canonical({"credential": PLAIN | {"validFrom": "NUMBER"}}).replace(
        b'"NUMBER"', number.encode()
    )

    answer = service.client().post(
        "/vcalm/credentials/issue", content=body, headers={"idempotency-key": unique("key")}
    )

    assert answer.status_code == 400
