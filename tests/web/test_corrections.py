"""``/v1/credentials/{id}/correction``: the old address leads to what replaces it."""

from collections.abc import Mapping

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from credhub.services.api_keys import Scope
from tests.running import Service, issue, publish, unique
from tests.web.routes import rows_of as all_rows

WRONG_NAME = {"reason": "A wrong name.", "recipient": {"name": "Amélie Martin"}}


@pytest.fixture
def issued(client: TestClient) -> Mapping[str, object]:
    return issue(client, publish(client))


def correct(
    client: TestClient, which: object, body: Mapping[str, object], *, key: str | None = None
) -> Response:
    return client.post(
        f"/v1/credentials/{which}/correction",
        json=body,
        headers={"idempotency-key": key or unique("key")},
    )


def test_a_wrong_name_is_corrected(client: TestClient, issued: Mapping[str, object]) -> None:
    corrected = correct(client, issued["id"], WRONG_NAME)

    assert corrected.status_code == 201, corrected.text
    new = corrected.json()
    assert new["credential"]["credentialSubject"]["name"] == "Amélie Martin"
    assert (new["status"], new["supersedes"]) == ("active", issued["id"])
    assert new["receipt"].startswith("c2sp.org/tlog-proof@v1")
    old = client.get(f"/v1/credentials/{issued['id']}").json()
    assert (old["status"], old["supersededBy"]) == ("revoked", new["url"])
    assert old["credential"] == issued["credential"]
    assert client.get(f"/v1/credentials/{new['id']}").json()["supersededBy"] is None


def test_the_old_page_is_not_green_and_leads_to_the_new_one(
    client: TestClient, issued: Mapping[str, object]
) -> None:
    new = correct(client, issued["id"], WRONG_NAME).json()

    page = client.get(str(issued["url"]), headers={"accept": "text/html"})
    report = client.get(str(issued["url"]), headers={"accept": "application/json"}).json()

    assert (report["verdict"], report["supersededBy"]) == ("revoked", new["url"])
    assert "There is a corrected version" in page.text
    assert f'href="{new["url"]}"' in page.text
    after = client.get(new["url"], headers={"accept": "application/json"}).json()
    assert (after["verdict"], after.get("supersededBy")) == ("valid", None)


def test_what_is_given_as_null_or_empty_is_taken_away(client: TestClient) -> None:
    issued = issue(
        client,
        publish(client),
        validUntil="2099-01-01T00:00:00Z",
        evidence=[{"narrative": "x"}],
    )

    kept = correct(client, issued["id"], WRONG_NAME).json()
    taken = correct(
        client, kept["id"], {"reason": "None.", "validUntil": None, "evidence": []}
    ).json()

    assert kept["credential"]["validUntil"] == "2099-01-01T00:00:00Z"
    assert kept["credential"]["evidence"] == [{"type": ["Evidence"], "narrative": "x"}]
    assert not {"validUntil", "evidence"} & set(taken["credential"])


def test_t61_the_same_request_again_is_the_same_correction(
    client: TestClient, issued: Mapping[str, object]
) -> None:
    first, again = (correct(client, issued["id"], WRONG_NAME, key="same") for _ in range(2))
    other = correct(client, issued["id"], {"reason": "Another."}, key="same")

    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


def test_what_cannot_be_corrected_says_why(client: TestClient) -> None:
    achievement = publish(client, suspendable=True)
    corrected, revoked, suspended, same = (
        f"/v1/credentials/{issue(client, achievement)['id']}" for _ in range(4)
    )
    for path in (f"{revoked}/revocation", f"{suspended}/suspension"):
        assert client.post(path, json={"reason": "x"}).status_code == 201
    assert correct(client, corrected.rpartition("/")[2], WRONG_NAME).status_code == 201

    def code(path: str, body: Mapping[str, object]) -> tuple[int, str]:
        refused = correct(client, path.rpartition("/")[2], body)
        return refused.status_code, refused.json()["code"]

    assert code(corrected, WRONG_NAME) == (409, "already-corrected")
    assert code(revoked, WRONG_NAME) == (409, "already-revoked")
    assert code(suspended, WRONG_NAME) == (409, "credential-suspended")
    assert code(same, {"reason": "Nothing."}) == (409, "nothing-to-correct")
    assert code("/nothing", WRONG_NAME) == (404, "credential-not-found")


@pytest.mark.parametrize("scope", [Scope.ISSUE, Scope.REVOKE])
def test_t58_one_scope_alone_corrects_nothing(
    service: Service, issued: Mapping[str, object], scope: Scope
) -> None:
    client = service.public()
    client.headers["authorization"] = f"Bearer {service.key(scope)}"
    before = all_rows(service)

    assert correct(client, issued["id"], WRONG_NAME).status_code == 403

    assert all_rows(service) == before
