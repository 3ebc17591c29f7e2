"""``/v1/batches/changes``: many credentials revoked, suspended or lifted by one request."""

from collections.abc import Iterator, Sequence

import pytest
from httpx2 import Response
from pydantic import ValidationError
from starlette.testclient import TestClient

from credhub.jobs.batch_working import work_once
from credhub.jsontypes import JsonValue
from credhub.services.api_keys import Scope
from credhub.web.api.batch_change_models import BatchChangesRequest
from tests.running import Service, achievement_body, issue, publish, unique
from tests.services.batching import cancel_all
from tests.web.routes import rows_of as all_rows
from tests.web.routes import sent_batch

CHANGES = "/v1/batches/changes"
REASON = "The exam was cancelled."


@pytest.fixture(autouse=True)
def _nothing_left(service: Service) -> Iterator[None]:
    yield
    cancel_all(service.resources)


@pytest.fixture
def issued(client: TestClient) -> list[str]:
    """Issue three credentials that can be suspended, and give their ids."""
    achievement = publish(client, name=unique("Solar"), suspendable=True)
    return [str(issue(client, achievement)["id"]) for _ in range(3)]


def send(
    client: TestClient,
    change: str,
    credentials: Sequence[JsonValue],
    *,
    key: str | None = None,
    **parameters: str,
) -> Response:
    return client.post(
        CHANGES,
        params=parameters,
        json={"change": change, "reason": REASON, "credentials": list(credentials)},
        headers={"idempotency-key": key or unique("key")},
    )


def work_off(service: Service) -> None:
    while work_once(service.resources) is not None:
        pass


def statuses(client: TestClient, ids: Sequence[str]) -> list[str]:
    return [client.get(f"/v1/credentials/{it}").json()["status"] for it in ids]


def test_t63_many_credentials_are_revoked_by_one_request(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    sent = send(client, "revocation", [issued[0], {"credential": issued[1], "reason": "fraud"}])

    assert sent.status_code == 202, sent.text
    assert sent.json() | {"id": "", "createdAt": ""} == {
        "id": "",
        "state": "queued",
        "kind": "revocation",
        "achievement": None,
        "version": None,
        "rows": 2,
        "issued": 0,
        "changed": 0,
        "skipped": 0,
        "failed": 0,
        "createdAt": "",
        "endedAt": None,
        "rowsRemovedAt": None,
        "reading": None,
    }
    assert statuses(client, issued) == ["active", "active", "active"]

    work_off(service)

    ended = client.get(sent.headers["location"]).json()
    assert (ended["state"], ended["changed"]) == ("finished", 2)
    assert statuses(client, issued) == ["revoked", "revoked", "active"]
    rows = client.get(f"{sent.headers['location']}/rows").json()["items"]
    assert [(row["row"], row["outcome"], row["credential"]) for row in rows] == [
        (1, "changed", issued[0]),
        (2, "changed", issued[1]),
    ]
    report = client.get(rows[0]["url"], headers={"accept": "application/json"}).json()
    assert report["verdict"] == "revoked"


def test_many_are_suspended_and_lifted(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    send(client, "suspension", issued)
    work_off(service)
    assert statuses(client, issued) == ["suspended"] * 3

    send(client, "lift", issued[:2])
    work_off(service)

    assert statuses(client, issued) == ["active", "active", "suspended"]


def test_a_dry_run_changes_nothing_and_says_what_would_become_of_each(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    revocation = f"/v1/credentials/{issued[1]}/revocation"
    assert client.post(revocation, json={"reason": REASON}).status_code == 201
    before = all_rows(service)

    tried = send(client, "revocation", [*issued, "nothing"], dryRun="true")

    assert tried.status_code == 200
    answer = tried.json()
    assert (answer["kind"], answer["rows"], answer["changed"], answer["skipped"]) == (
        "revocation",
        3,
        2,
        1,
    )
    assert [(it["row"], it["outcome"], it["credential"]) for it in answer["items"]] == [
        (1, "changed", issued[0]),
        (2, "skipped", issued[1]),
        (3, "changed", issued[2]),
    ]
    assert answer["items"][0]["url"] == client.get(f"/v1/credentials/{issued[0]}").json()["url"]
    assert [(it["row"], it["column"], it["code"]) for it in answer["faults"]] == [
        (4, "credential", "credential-not-found")
    ]
    assert all_rows(service) == before


def test_with_one_fault_nothing_is_changed_and_the_rows_are_named(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    before = all_rows(service)

    refused = send(client, "revocation", [issued[0], "nothing", issued[0]])

    assert refused.status_code == 422
    problem = refused.json()
    assert problem["code"] == "malformed-batch"
    assert [(it["at"], it["code"]) for it in problem["errors"]] == [
        ("2/credential", "credential-not-found"),
        ("3", "row-repeated"),
    ]
    assert all_rows(service) == before


def test_t61_the_same_request_again_is_the_same_batch(
    client: TestClient, issued: list[str]
) -> None:
    first, again = (send(client, "revocation", issued, key="same") for _ in range(2))
    other = send(client, "revocation", issued[:1], key="same")

    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    unnamed = {"change": "revocation", "reason": REASON, "credentials": issued}
    assert client.post(CHANGES, json=unnamed).json()["code"] == "idempotency-key-missing"


def test_t55_nothing_of_another_hub_is_changed(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    urls = [client.get(f"/v1/credentials/{it}").json()["url"] for it in issued]
    intruder = service.client(service.other)
    before = all_rows(service)

    for names in (issued, urls, [url.rpartition("/")[2] for url in urls]):
        refused = send(intruder, "revocation", names)
        assert {it["code"] for it in refused.json()["errors"]} == {"credential-not-found"}
        tried = send(intruder, "revocation", names, dryRun="true").json()
        assert (tried["rows"], tried["items"]) == (0, [])

    assert all_rows(service) == before


def test_who_may_only_issue_does_not_keep_a_revocation_from_being_done(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    sent = send(client, "revocation", issued)
    cancel = f"{sent.headers['location']}/cancel"
    thief = service.public()
    thief.headers["authorization"] = f"Bearer {service.key(Scope.ISSUE, Scope.READ)}"

    assert thief.post(cancel).status_code == 403

    thief.headers["authorization"] = f"Bearer {service.key(Scope.REVOKE)}"
    assert thief.post(cancel).json()["state"] == "cancelled"


def test_who_may_only_revoke_cancels_nothing_that_is_issued(
    service: Service, client: TestClient
) -> None:
    batch_id = sent_batch(client, publish(client))
    thief = service.public()
    thief.headers["authorization"] = f"Bearer {service.key(Scope.REVOKE, Scope.READ)}"

    assert thief.post(f"/v1/batches/{batch_id}/cancel").status_code == 403


def filtered(client: TestClient, wanted: dict[str, JsonValue], **parameters: str) -> Response:
    return client.post(
        CHANGES,
        params=parameters,
        json={"change": "revocation", "reason": REASON, "filter": wanted},
        headers={"idempotency-key": unique("key")},
    )


def test_t63_whatever_a_stolen_key_issued_in_a_night_is_revoked(
    service: Service, client: TestClient
) -> None:
    achievement = publish(client, name=unique("Solar"))
    thief, stolen = service.public(), service.key(Scope.ISSUE, Scope.READ)
    thief.headers["authorization"] = f"Bearer {stolen}"
    key_id = client.get("/v1/api-keys").json()["items"][-1]["id"]
    honest = [str(issue(client, achievement)["id"]), str(issue(thief, achievement)["id"])]
    service.clock.move(hours=8)
    begins = service.clock.now.isoformat()
    bad = [str(issue(thief, achievement)["id"]) for _ in range(2)]
    in_batch = sent_batch(thief, achievement)
    work_off(service)
    bad += [row["credential"] for row in client.get(f"/v1/batches/{in_batch}/rows").json()["items"]]
    honest.append(str(issue(client, achievement)["id"]))
    wanted: dict[str, JsonValue] = {"apiKey": key_id, "issuedFrom": begins}

    tried = filtered(client, wanted, dryRun="true").json()
    sent = filtered(client, wanted)
    work_off(service)

    assert [it["credential"] for it in tried["items"]] == bad
    assert client.get(sent.headers["location"]).json()["changed"] == len(bad) == 3
    assert statuses(client, bad) == ["revoked"] * 3
    assert statuses(client, honest) == ["active"] * 3
    again, tried = filtered(client, wanted), filtered(client, wanted, dryRun="true").json()
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-change")
    assert "so already" in again.json()["detail"]
    assert (tried["rows"], tried["faults"]) == (0, [])


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"batch": "no-such"}, "batch-not-found"),
        ({"apiKey": "no-such"}, "api-key-not-found"),
        ({"achievement": "no-such"}, "achievement-not-found"),
    ],
    ids=["batch", "key", "achievement"],
)
def test_a_filter_by_what_is_not_there_is_no_filter_that_finds_nothing(
    client: TestClient, wanted: dict[str, JsonValue], code: str
) -> None:
    for refused in (filtered(client, wanted), filtered(client, wanted, dryRun="true")):
        assert (refused.status_code, refused.json()["code"]) == (404, code)


def test_a_filter_that_finds_nothing_at_all_says_so(client: TestClient) -> None:
    refused = filtered(client, {"issuedBefore": "2001-01-01T00:00:00Z"})

    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-change")
    assert refused.json()["detail"].startswith("No credential was found")


@pytest.mark.parametrize(
    "wanted",
    [{}, {"version": 1}, {"apiKey": None}, {"colour": "red"}, {"achievement": ""}],
    ids=["empty", "version alone", "null", "unknown", "blank"],
)
def test_a_filter_that_does_not_say_what_is_meant_is_refused(
    client: TestClient, issued: list[str], wanted: dict[str, JsonValue]
) -> None:
    assert filtered(client, wanted).json()["code"] == "malformed-request"
    assert statuses(client, issued) == ["active"] * 3


@pytest.mark.parametrize("reason", [" ", "a\u202eb"], ids=["blank", "backwards"])
def test_a_reason_that_cannot_be_kept_is_refused_once(
    client: TestClient, issued: list[str], reason: str
) -> None:
    body = {"change": "revocation", "reason": reason, "credentials": issued}
    in_address = {"change": "revocation", "reason": reason, "dryRun": "true"}

    for refused in (
        client.post(CHANGES, json=body, params={"dryRun": "true"}),
        client.post(
            f"{CHANGES}/file",
            params=in_address,
            content="\n".join(issued),
            headers={"content-type": "text/csv"},
        ),
    ):
        assert (refused.status_code, refused.json()["code"]) == (422, "malformed-request")
        assert len(refused.json()["errors"]) == 1
        assert statuses(client, issued) == ["active"] * 3


def test_a_list_and_a_filter_are_one_too_many(client: TestClient, issued: list[str]) -> None:
    body = {"change": "revocation", "reason": REASON}
    both = {"credentials": issued, "filter": {"batch": "x"}}

    for more in (both, {}):
        headers = {"idempotency-key": unique("key")}
        refused = client.post(CHANGES, json=body | more, headers=headers)
        assert refused.json()["code"] == "malformed-request"


def test_t55_a_filter_finds_nothing_of_another_hub(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    achievement = (
        client.get(f"/v1/credentials/{issued[0]}")
        .json()["credential"]["credentialSubject"]["achievement"]["id"]
        .rpartition("/")[2]
    )
    intruder = service.client(service.other)

    tried = filtered(intruder, {"achievement": achievement}, dryRun="true").json()
    theirs = filtered(intruder, {"issuedFrom": "2001-01-01T00:00:00Z"}, dryRun="true").json()
    mine = filtered(client, {"achievement": achievement}, dryRun="true").json()

    assert (tried["code"], mine["rows"]) == ("achievement-not-found", 3)
    assert not {it["credential"] for it in theirs["items"]} & set(issued)


def test_a_body_of_fifty_thousand_names_is_let_in(client: TestClient) -> None:
    names = [f"{number:032d}" for number in range(50_000)]

    refused = send(client, "revocation", names)

    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 100
    assert send(client, "revocation", [*names, "x"]).json()["code"] == "malformed-request"


def test_t62_of_many_wrong_names_the_first_is_enough() -> None:
    body = {"change": "revocation", "reason": REASON, "credentials": [1] * 1_000}

    with pytest.raises(ValidationError) as refused:
        BatchChangesRequest.model_validate(body)

    # It is neither a name nor an object.
    assert refused.value.error_count() == 2


def test_many_are_replaced_by_the_newest_version(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    address = client.get(f"/v1/credentials/{issued[0]}").json()["credential"]["credentialSubject"]
    achievement = address["achievement"]["id"].rpartition("/")[2]
    versions = f"/v1/achievements/{achievement}/versions"
    headers = {"idempotency-key": unique("key")}
    assert client.post(versions, json=achievement_body(), headers=headers).status_code == 201

    sent = send(client, "reissue", issued)
    work_off(service)

    ended = client.get(sent.headers["location"]).json()
    assert (ended["kind"], ended["issued"], ended["changed"]) == ("reissue", 3, 0)
    rows = client.get(f"{sent.headers['location']}/rows").json()["items"]
    old = client.get(f"/v1/credentials/{issued[0]}").json()
    assert (old["status"], old["supersededBy"]) == ("revoked", rows[0]["url"])


def test_t58_who_may_only_revoke_replaces_nothing(service: Service, issued: list[str]) -> None:
    client = service.public()
    client.headers["authorization"] = f"Bearer {service.key(Scope.REVOKE)}"

    assert send(client, "reissue", issued).status_code == 403
    assert send(client, "revocation", issued).status_code == 202
