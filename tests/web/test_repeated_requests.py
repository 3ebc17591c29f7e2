"""T61: the same request with the same key makes one thing, for ever."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.running import (
    Service,
    achievement_body,
    code_of,
    issue_body,
    post,
    publish,
    unique,
)
from tests.services.erasing import erase_learner_of
from tests.web.routes import rows_of


def count(service: Service) -> int:
    return len(rows_of(service)["credential"])


def test_t61_the_same_key_gives_the_same_answer(service_on_each: Service) -> None:
    client, key = service_on_each.client(), unique("key")
    body = issue_body(publish(client))

    first = post(client, "/v1/credentials", body, key=key)
    before = rows_of(service_on_each)

    assert post(client, "/v1/credentials", body, key=key) == first
    assert rows_of(service_on_each) == before


def test_t61_members_may_come_in_any_order(service: Service) -> None:
    client, key = service.client(), unique("key")
    body = issue_body(publish(client))
    reverse = dict(reversed(body.items()))

    first = post(client, "/v1/credentials", body, key=key)

    assert post(client, "/v1/credentials", reverse, key=key)["id"] == first["id"]


def test_t61_the_same_key_with_another_body_is_refused(service_on_each: Service) -> None:
    client, key = service_on_each.client(), unique("key")
    achievement = publish(client)
    post(client, "/v1/credentials", issue_body(achievement), key=key)
    before = rows_of(service_on_each)

    other = issue_body(achievement, recipient={"name": "Somebody Else"})
    response = client.post("/v1/credentials", json=other, headers={"idempotency-key": key})

    assert response.status_code == 409
    assert response.json()["code"] == "idempotency-key-reused"
    assert rows_of(service_on_each) == before


def test_t61_the_same_key_of_another_hub_gives_its_own_result(service_on_each: Service) -> None:
    key = unique("key")
    made = []
    for member in (service_on_each.one, service_on_each.other):
        client = service_on_each.client(member)
        body = issue_body(publish(client))
        made.append(post(client, "/v1/credentials", body, key=key))

    assert made[0]["id"] != made[1]["id"]


def test_t61_the_same_key_on_another_route_is_another_key(service: Service) -> None:
    client, key = service.client(), unique("key")
    made = post(client, "/v1/achievements", achievement_body(), key=key)
    version = f"/v1/achievements/{made['id']}/versions"

    assert post(client, version, achievement_body(), key=key)["version"] == 2
    assert post(client, version, achievement_body(), key=key)["version"] == 2
    assert post(client, "/v1/credentials", issue_body(str(made["id"])), key=key)["id"]


def test_t61_fifty_at_once_make_one_credential(service_on_each: Service) -> None:
    client, key = service_on_each.client(), unique("key")
    body = issue_body(publish(client))
    before = count(service_on_each)

    def give(_: int) -> tuple[int, str]:
        response = service_on_each.client().post(
            "/v1/credentials", json=body, headers={"idempotency-key": key}
        )
        return response.status_code, response.text

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(give, range(50)))

    assert count(service_on_each) == before + 1
    assert len(answers) == 1
    assert answers.pop()[0] == 201


@pytest.mark.parametrize("key", [None, "", " ", "a b", "x" * 256, "tab\there"])
def test_a_request_without_a_usable_key_makes_nothing(service: Service, key: str | None) -> None:
    client = service.client()
    body = issue_body(publish(client))
    before = rows_of(service)

    headers = {} if key is None else {"idempotency-key": key}
    response = client.post("/v1/credentials", json=body, headers=headers)

    assert response.status_code == 400
    assert response.json()["code"] == "idempotency-key-missing"
    assert rows_of(service) == before


def test_after_erasure_the_same_request_is_gone(service: Service) -> None:
    client, key = service.client(), unique("key")
    body = issue_body(publish(client))
    made = post(client, "/v1/credentials", body, key=key)
    erase_learner_of(service, str(made["id"]))

    again = client.post("/v1/credentials", json=body, headers={"idempotency-key": key})

    assert again.status_code == 410
    assert client.get(f"/v1/credentials/{made['id']}").status_code == 410
    assert client.get(f"/v1/credentials/{made['id']}/receipt").status_code == 410
    for path in (f"/c/{code_of(made)}", f"/c/{code_of(made)}/receipt"):
        assert service.public().get(path).status_code == 410
    page = service.public().get(f"/c/{code_of(made)}", headers={"accept": "text/html"})
    assert page.status_code == 410
    assert "Amélie" not in page.text
    listed = client.get("/v1/credentials").json()["items"]
    assert made["id"] in {item["id"] for item in listed}
