"""``/v1/batches/changes/file``: tables of credentials that are changed or corrected."""

from collections.abc import Iterator, Sequence

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from credhub.services.api_keys import Scope
from tests.running import Service, issue, publish, unique
from tests.services.batching import cancel_all
from tests.web.routes import rows_of as all_rows
from tests.web.test_batch_changes import statuses, work_off
from tests.web.test_batches import waiting_for_a_turn

FILE = "/v1/batches/changes/file"
REASON = "Names were misspelt."


@pytest.fixture(autouse=True)
def _nothing_left(service: Service) -> Iterator[None]:
    yield
    cancel_all(service.resources)


@pytest.fixture
def issued(client: TestClient) -> list[str]:
    """Issue three credentials that can be suspended, and give their ids."""
    achievement = publish(client, name=unique("Solar"), suspendable=True)
    return [str(issue(client, achievement)["id"]) for _ in range(3)]


def urls(client: TestClient, ids: Sequence[str]) -> list[str]:
    return [client.get(f"/v1/credentials/{it}").json()["url"] for it in ids]


def send(
    client: TestClient,
    change: str,
    content: str | bytes,
    *,
    media: str = "text/csv",
    key: str | None = None,
    **parameters: str,
) -> Response:
    return client.post(
        FILE,
        params={"change": change, "reason": REASON, **parameters},
        content=content,
        headers={"content-type": media, "idempotency-key": key or unique("key")},
    )


def test_a_list_of_addresses_is_revoked(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    first, second, _ = urls(client, issued)

    sent = send(client, "revocation", f"\ufeff{first}\r\n\r\n{second}\r\n")
    work_off(service)

    assert sent.status_code == 202, sent.text
    ended = client.get(sent.headers["location"]).json()
    assert (ended["kind"], ended["state"], ended["changed"]) == ("revocation", "finished", 2)
    assert ended["reading"]["columns"] == [
        {"header": "credential", "field": "credential", "origin": "guessed"}
    ]
    assert statuses(client, issued) == ["revoked", "revoked", "active"]


def test_t62_a_table_of_changes_waits_for_its_turn(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    hub = service.one.hub.number

    with service.app.state.limits.one_file(hub), waiting_for_a_turn(service, hub):
        refused = send(client, "revocation", issued[0], dryRun="true")

    assert (refused.status_code, refused.json()["code"]) == (429, "file-under-way")
    assert send(client, "revocation", issued[0], dryRun="true").status_code == 200


def test_a_column_may_end_as_a_key_begins(client: TestClient, issued: list[str]) -> None:
    table = f"credential,Bericht_URL\n{issued[0]},https://hub.example/report\n"

    tried = send(client, "correction", table, dryRun="true", column="Bericht_URL:evidenceUrl")
    refused = send(client, "correction", table, dryRun="true", column="cht_URL:evidenceUrl")

    assert (tried.status_code, tried.json()["rows"]) == (200, 1)
    assert refused.json()["code"] == "bad-address"


@pytest.mark.parametrize("letter", ["x", "я", "🎓"], ids=["latin", "cyrillic", "emoji"])
def test_a_reason_has_a_thousand_characters_in_any_writing(
    client: TestClient, issued: list[str], letter: str
) -> None:
    tried = send(client, "revocation", issued[0], dryRun="true", reason=letter * 1_000)
    refused = send(client, "revocation", issued[0], dryRun="true", reason=letter * 1_001)

    assert tried.status_code == 200, tried.text
    assert refused.json()["code"] == "malformed-request"


def test_names_are_corrected_by_a_table(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    first, second, third = urls(client, issued)
    table = f"Adresse;Vorname;Nachname;Notiz\n{first};Ana;Müller;x\n{second};Bo;Li;\n{third};;;\n"
    said = {"column": "Adresse:credential", "encoding": "windows-1252"}
    content = table.encode("windows-1252")

    tried = send(client, "correction", content, dryRun="true", **said).json()
    sent = send(client, "correction", content, **said)
    work_off(service)

    assert (tried["kind"], tried["rows"], tried["changed"]) == ("correction", 3, 2)
    assert [it["corrected"] for it in tried["items"]] == [["name"], ["name"], []]
    assert (tried["faults"], tried["passedOver"]) == ([], 0)
    assert (tried["reading"]["encoding"], tried["reading"]["separator"]) == ("windows-1252", ";")
    assert [it["header"] for it in tried["reading"]["columns"]] == [
        "Adresse",
        "Vorname",
        "Nachname",
        "Notiz",
    ]
    ended = client.get(sent.headers["location"]).json()
    assert (ended["kind"], ended["issued"], ended["skipped"]) == ("correction", 2, 1)
    assert ended["reading"]["columns"][3]["header"] is None  # It may be about somebody.
    rows = client.get(f"{sent.headers['location']}/rows").json()["items"]
    assert [it["row"] for it in rows] == [2, 3, 4]
    old = client.get(f"/v1/credentials/{issued[0]}").json()
    new = client.get(f"/v1/credentials/{rows[0]['credential']}").json()
    assert (old["status"], old["supersededBy"]) == ("revoked", rows[0]["url"])
    assert new["credential"]["credentialSubject"]["name"] == "Ana Müller"
    assert statuses(client, issued) == ["revoked", "revoked", "active"]


def test_results_of_a_batch_are_a_file_of_changes(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    first = send(client, "suspension", "\n".join(urls(client, issued)))
    work_off(service)
    results = client.get(f"{first.headers['location']}/rows", params={"format": "csv"}).content

    more = b"5,failed,,,x,y\r\n6,skipped,x,,,\r\n"
    tried = send(client, "lift", results + more, dryRun="true").json()
    send(client, "lift", results)
    work_off(service)

    assert (tried["changed"], tried["passedOver"]) == (3, 2)
    assert statuses(client, issued) == ["active"] * 3


@pytest.mark.parametrize(
    ("media", "content"),
    [
        ("application/json", '["{0}", {{"credential": "{1}", "reason": "Fraud."}}]'),
        ("application/x-ndjson", '"{0}"\n{{"credential": "{1}", "reason": "Fraud."}}\n'),
    ],
    ids=["array", "lines"],
)
def test_json_is_a_file_too(
    service: Service, client: TestClient, issued: list[str], media: str, content: str
) -> None:
    sent = send(client, "revocation", content.format(*issued), media=media)
    work_off(service)

    assert sent.status_code == 202, sent.text
    assert statuses(client, issued) == ["revoked", "revoked", "active"]


def test_faults_name_row_and_column_and_nothing_is_changed(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    first = urls(client, issued)[0]
    before = all_rows(service)
    table = f"Link,Name\n{first},Ana\nnothing,Bo\n{first},Cleo\n{issued[1]},undefined\n"

    refused = send(client, "correction", table)
    tried = send(client, "correction", table, dryRun="true").json()

    assert refused.status_code == 422
    problem = refused.json()
    assert [(it["at"], it["code"]) for it in problem["errors"]] == [
        ("3/Link", "credential-not-found"),
        ("4", "row-repeated"),
        ("5/Name", "name-placeholder"),
    ]
    assert [it["value"] for it in tried["faults"]] == ["nothing", None, "undefined"]
    assert all_rows(service) == before


def test_t61_the_same_file_again_is_the_same_batch(client: TestClient, issued: list[str]) -> None:
    first, again = (send(client, "revocation", issued[0], key="file") for _ in range(2))
    others = (
        send(client, "revocation", issued[1], key="file"),
        send(client, "suspension", issued[0], key="file"),
        send(client, "revocation", issued[0], key="file", separator=";"),
    )

    assert first.json()["id"] == again.json()["id"]
    for other in others:
        assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


def test_t55_no_file_changes_anything_of_another_hub(
    service: Service, client: TestClient, issued: list[str]
) -> None:
    intruder = service.client(service.other)
    before = all_rows(service)

    for names in (issued, urls(client, issued)):
        table = "credential,name\n" + "".join(f"{name},Ana\n" for name in names)
        tried = send(intruder, "correction", table, dryRun="true").json()
        assert {it["code"] for it in tried["faults"]} == {"credential-not-found"}
        assert send(intruder, "revocation", "\n".join(names)).status_code == 422

    assert all_rows(service) == before


def test_t58_who_may_only_revoke_corrects_nothing(service: Service, issued: list[str]) -> None:
    client = service.public()
    client.headers["authorization"] = f"Bearer {service.key(Scope.REVOKE)}"
    table = f"credential,name\n{issued[0]},Ana\n"

    for change in ("correction", "reissue"):
        assert send(client, change, table, dryRun="true").status_code == 403
        assert send(client, change, table).status_code == 403
    assert send(client, "revocation", table).status_code == 202


@pytest.mark.parametrize(
    "parameters",
    [{"change": "issue"}, {"reason": ""}, {"reason": "x" * 1_001}, {"column": "name"}],
    ids=["kind", "blank", "long", "column"],
)
def test_what_is_not_understood_is_refused(
    client: TestClient, issued: list[str], parameters: dict[str, str]
) -> None:
    asked = {"change": "revocation", "reason": REASON, **parameters}
    headers = {"content-type": "text/csv", "idempotency-key": unique("key")}

    refused = client.post(FILE, params=asked, content=issued[0], headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (422, "malformed-request")


def test_a_file_of_another_kind_is_refused(client: TestClient, issued: list[str]) -> None:
    assert send(client, "revocation", issued[0], media="text/html").status_code == 415
