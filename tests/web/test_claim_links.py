"""Links for learners over the API: of one credential, of a batch, and what learners ask for."""

import csv
import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from starlette.testclient import TestClient

from credhub.documents.rows import csv_out
from credhub.jobs.batch_working import work_once
from credhub.jsontypes import JsonObject
from credhub.services.api_keys import Scope
from tests.running import Service, issue, publish, unique
from tests.services.erasing import erase_learner_of
from tests.web.claiming import Learner, learner_of, new_link, offered
from tests.web.routes import rows_of, sent_batch

NO_CLAIM = {
    "state": "none",
    "offeredAt": None,
    "expiresAt": None,
    "endedAt": None,
    "openedAt": None,
    "claimedAt": None,
}


def make(client: TestClient, credential_id: str, key: str, **body: int) -> tuple[int, JsonObject]:
    path = f"/v1/credentials/{credential_id}/claim-link"
    made = client.post(path, json=body, headers={"idempotency-key": key})
    return made.status_code, made.json()


def test_a_link_can_be_opened_for_thirty_days_or_as_long_as_is_said(service: Service) -> None:
    client = service.client()
    credential_id = str(issue(client)["id"])

    for body, days in (({}, 30), ({"days": 1}, 1), ({"days": 365}, 365)):
        status, made = make(client, credential_id, unique("key"), **body)
        assert status == 201
        begin, end = (datetime.fromisoformat(str(made[it])) for it in ("createdAt", "expiresAt"))
        assert end - begin == timedelta(days=days)
    for days in (0, 366, -1):
        assert make(client, credential_id, unique("key"), days=days)[0] == 422


def test_t61_the_same_request_gives_the_same_link(service_on_each: Service) -> None:
    client = service_on_each.client()
    credential_id, key = str(issue(client)["id"]), unique("key")

    first = make(client, credential_id, key)
    before = rows_of(service_on_each)
    again = make(client, credential_id, key)

    assert again == first
    assert rows_of(service_on_each) == before
    assert make(client, credential_id, key, days=7)[0] == 409
    assert make(client, str(issue(client)["id"]), key)[0] == 409
    assert make(client, credential_id, unique("key"))[1]["url"] != first[1]["url"]
    assert client.post(f"/v1/credentials/{credential_id}/claim-link", json={}).status_code == 400


def test_the_state_says_how_far_the_learner_is(fresh_service: Service) -> None:
    client = fresh_service.client()
    credential_id = str(issue(client)["id"])
    path = f"/v1/credentials/{credential_id}/claim"

    def state() -> str:
        return str(client.get(path).json()["state"])

    assert client.get(path).json() == NO_CLAIM
    link = new_link(client, credential_id, days=1)
    assert state() == "offered"
    fresh_service.clock.move(days=1)
    assert state() == "none"
    link = new_link(client, credential_id)
    client.delete(f"{path}-link")
    assert state() == "none"
    assert client.get(path).json()["endedAt"] is not None
    link = new_link(client, credential_id)
    learner = Learner(browser=fresh_service.public())
    learner.open(link)
    assert state() == "opened"
    learner.send("/claim/file", file="credential")
    assert state() == "claimed"
    assert all(client.get(path).json()[it] for it in ("offeredAt", "openedAt", "claimedAt"))
    new_link(client, credential_id)
    assert state() == "claimed"


def test_t73_links_are_made_for_hubs_alone(service: Service) -> None:
    given = offered(service)
    path = f"/v1/credentials/{given.credential_id}"
    reader = service.public()
    reader.headers["authorization"] = f"Bearer {service.key(Scope.READ)}"
    before = rows_of(service)

    for client, status in ((service.public(), 401), (reader, 403)):
        assert make(client, given.credential_id, unique("key"))[0] == status
        assert client.delete(f"{path}/claim-link").status_code == status
        assert client.post("/v1/batches/x/claim-links").status_code == status
        assert client.post("/v1/learner-requests/x/answer").status_code == status
    assert make(service.client(service.other), given.credential_id, unique("key"))[0] == 404

    after = rows_of(service)
    assert {name: after[name] for name in ("claim_link", "idempotency")} == {
        name: before[name] for name in ("claim_link", "idempotency")
    }
    assert reader.get(f"{path}/claim").json()["state"] == "offered"
    assert reader.get("/v1/learner-requests").status_code == 200


def test_t73_a_link_says_nothing_of_the_learner(service: Service) -> None:
    recipient: JsonObject = {
        "name": "Quetzal",
        "email": "quetzal@mail.example",
        "externalId": "quetzal-1",
    }

    given = offered(service, recipient=recipient)

    assert "quetzal" not in given.link.lower()
    assert given.link.startswith(f"{service.origin}/claim#")
    assert "quetzal" not in service.public().get("/claim").text.lower()


# Batches


def finished_batch(service: Service, rows: int = 5) -> tuple[str, list[str]]:
    """Issue a batch, and give its id and those of its credentials."""
    client = service.client()
    body = [
        {"key": unique("row"), "recipient": {"name": f"Learner {n}"}} for n in range(1, rows + 1)
    ]
    sent = client.post(
        "/v1/batches",
        params={"achievement": publish(client)},
        json=body,
        headers={"idempotency-key": unique("key")},
    )
    batch_id = str(sent.json()["id"])
    while work_once(service.resources, batch=(service.one.hub.number, batch_id)):
        pass
    listed = client.get(f"/v1/batches/{batch_id}/rows").json()
    return batch_id, [item["credential"] for item in listed["items"]]


def links(service: Service, batch_id: str, **params: str | int) -> list[JsonObject]:
    """Give what a batch answers, line by line."""
    made = service.client().post(f"/v1/batches/{batch_id}/claim-links", params=params)
    assert made.status_code == 200, made.text
    assert made.headers["content-type"] == "application/x-ndjson"
    assert made.headers["cache-control"] == "no-store"
    return [json.loads(line) for line in made.text.splitlines()]


def test_every_row_of_a_batch_has_a_link(service_on_each: Service) -> None:
    batch_id, credentials = finished_batch(service_on_each)

    made = links(service_on_each, batch_id)

    assert [(line["row"], line["credential"]) for line in made] == list(enumerate(credentials, 1))
    for line in made:
        assert line["state"] == "offered"
        learner = Learner(browser=service_on_each.public())
        assert learner.open(str(line["url"])).status_code == 303
        assert f"Learner {line['row']}" in learner.page().text


def test_asked_again_a_batch_gives_the_same_links_and_none_that_was_opened(
    service_on_each: Service,
) -> None:
    service = service_on_each
    batch_id, credentials = finished_batch(service)
    first = links(service, batch_id)
    Learner(browser=service.public()).open(str(first[0]["url"]))
    learner = Learner(browser=service.public())
    learner.open(str(first[1]["url"]))
    learner.send("/claim/file", file="credential")
    erase_learner_of(service, credentials[2])
    service.client().delete(f"/v1/credentials/{credentials[3]}/claim-link")

    again = links(service, batch_id)

    assert [line["state"] for line in again] == [
        *("opened", "claimed", "erased", "offered", "offered")
    ]
    assert [line["url"] for line in again[:3]] == [None] * 3
    assert again[3]["url"] != first[3]["url"]
    assert again[4] == first[4]


def test_a_large_batch_is_answered_in_parts(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credhub.services.bulk.batch_claims.AT_ONCE", 2)
    batch_id, credentials = finished_batch(service)

    assert [line["credential"] for line in links(service, batch_id)] == credentials


def test_a_table_of_links_is_for_spreadsheets(service: Service) -> None:
    batch_id, credentials = finished_batch(service)
    path = f"/v1/batches/{batch_id}/claim-links"
    told = links(service, batch_id, days=7)

    by_name = service.client().post(path, params={"format": "csv"})
    for made in (by_name, service.client().post(path, headers={"accept": "text/csv"})):
        assert made.headers["content-type"] == csv_out.MEDIA_TYPE
        assert made.headers["content-disposition"].startswith("attachment; ")
        header, *rows = csv.reader(StringIO(made.text.removeprefix("\ufeff")))
        assert header == ["row", "credential", "state", "url", "expires at"]
        assert [row[1] for row in rows] == credentials
        assert [row[3] for row in rows] == [line["url"] for line in told]
        # A spreadsheet runs nothing of it.
        assert all(cell[:1].isalnum() for row in rows for cell in row)


def test_a_batch_that_goes_on_has_no_links_yet(service: Service) -> None:
    batch_id = sent_batch(service.client(), publish(service.client()))
    path = f"/v1/batches/{batch_id}/claim-links"

    refused = service.client().post(path)

    assert (refused.status_code, refused.json()["code"]) == (409, "batch-not-ended")
    for days in (0, 366):
        assert service.client().post(path, params={"days": days}).status_code == 422
    work_once(service.resources, batch=(service.one.hub.number, batch_id))
    assert service.client().post(path).status_code == 200


# What learners ask for


def test_the_hub_reads_what_a_learner_asks_for_and_says_that_it_answered(
    service_on_each: Service,
) -> None:
    client, given = service_on_each.client(), offered(service_on_each)
    learner = learner_of(service_on_each, given)
    sent = learner.send("/claim/request", kind="correction", text="My name is\r\nAmélie!")
    assert sent.headers["location"] == "/claim/credential?told=asked"
    second = learner.send("/claim/request", kind="correction", text="Another.")
    assert second.headers["location"] == "/claim/credential?told=asked-before"

    newest = client.get("/v1/learner-requests").json()["items"][0]

    assert (newest["kind"], newest["text"]) == ("correction", "My name is\nAmélie!")
    assert (newest["credential"], newest["url"]) == (given.credential_id, given.issued["url"])
    assert "Your hub has not answered yet" in learner.page().text
    path = f"/v1/learner-requests/{newest['id']}/answer"
    answered = client.post(path).json()
    assert answered["answeredBy"].startswith("api-key:")
    assert client.post(path).json() == answered
    assert "Your hub has not answered yet" not in learner.page().text
    open_ones = client.get("/v1/learner-requests", params={"unanswered": True, "limit": 500}).json()
    assert newest["id"] not in [item["id"] for item in open_ones["items"]]
    third = learner.send("/claim/request", kind="correction", text="Another.")
    assert third.headers["location"] == "/claim/credential?told=asked"


def test_requests_are_listed_in_parts_newest_first(fresh_service: Service) -> None:
    for _ in range(5):
        learner = learner_of(fresh_service, offered(fresh_service))
        assert learner.send("/claim/request", kind="erasure").status_code == 303
    client = fresh_service.client()
    whole = client.get("/v1/learner-requests").json()

    items, cursor = [], None
    while True:
        params = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
        part = client.get("/v1/learner-requests", params=params).json()
        items += part["items"]
        cursor = part["nextCursor"]
        if cursor is None:
            break

    assert items == whole["items"]
    times = [item["askedAt"] for item in items]
    assert len(items) == 5
    assert times == sorted(times, reverse=True)


def test_t55_nobody_answers_for_another_hub(service: Service) -> None:
    learner = learner_of(service, offered(service))
    learner.send("/claim/request", kind="erasure")
    newest = service.client().get("/v1/learner-requests").json()["items"][0]
    intruder = service.client(service.other)

    assert intruder.post(f"/v1/learner-requests/{newest['id']}/answer").status_code == 404

    again = service.client().get("/v1/learner-requests").json()["items"][0]
    assert again["answeredAt"] is None


def test_a_new_link_is_asked_for_once_and_everybody_is_told_the_same(service: Service) -> None:
    given = offered(service)
    learner_of(service, given)
    client = service.public()

    tried = (given.link, given.secret, "A" * 36, "nothing", "#")
    answers = {
        client.post("/claim/again", data={"secret": secret}).text.encode() for secret in tried
    }

    assert len(answers) == 1
    listed = service.client().get("/v1/learner-requests", params={"unanswered": True}).json()
    asked = [it for it in listed["items"] if it["credential"] == given.credential_id]
    assert [(it["kind"], it["text"]) for it in asked] == [("link", None)]


def test_whoever_was_erased_is_not_asked_about_again(service: Service) -> None:
    given = offered(service)
    learner = learner_of(service, given)
    learner.send("/claim/request", kind="correction", text="Quetzal.")
    erase_learner_of(service, given.credential_id)

    service.public().post("/claim/again", data={"secret": given.link})

    listed = service.client().get("/v1/learner-requests").text
    assert "Quetzal" not in listed
    items = json.loads(listed)["items"]
    kinds = [it["kind"] for it in items if it["credential"] == given.credential_id]
    assert kinds == ["correction"]
