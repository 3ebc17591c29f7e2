"""T95: who a credential is about stands where it must, and nowhere else."""

import logging
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from credhub.jsontypes import JsonObject
from tests.engines import Databases
from tests.running import Service, code_of, issue, publish, running, unique
from tests.services.test_starting import files_below, written_out
from tests.web.routes import Things, every_route, operations

NAME = "Canary Quetzalcoatl"
EMAIL = "canary.quetzal@mail.example"
STUDENT = "canary-student-4711"
REASON = "the canary was not there"
CANARIES = (NAME, EMAIL, EMAIL.upper(), STUDENT, REASON, "Quetzal", "canary")
# The pages about the one credential, and what its own hub asks for.
MAY_SHOW = {
    "/c/{code}",
    "/C/{code}",
    "/v1/credentials/{credential_id}",
    # What learners asked for, in their own words.
    "/v1/learner-requests",
    "POST /v1/credentials",
    "POST /v1/verify",
    "POST /verify",
}


def spellings() -> list[bytes]:
    """Give each canary as it is, quoted for an address, in hexadecimal, and as a plain hash."""
    found = []
    for canary in CANARIES:
        text = canary.encode()
        found += [text, quote(canary).encode(), text.hex().encode()]
    for canary in (NAME, EMAIL, STUDENT):
        digest = sha256(canary.encode())
        found += [digest.digest(), digest.hexdigest().encode()]
    return found


def issue_canary(service: Service) -> tuple[JsonObject, str]:
    client = service.client()
    achievement = publish(client)
    recipient: JsonObject = {"name": NAME, "email": EMAIL, "externalId": STUDENT}
    return issue(client, achievement, recipient=recipient), achievement


def go_round(service: Service, issued: JsonObject, achievement: str) -> dict[str, bytes]:
    """Use the service as everybody does, and give what each route answered, headers and all."""
    client = service.client()
    things = Things.none(
        achievement_id=achievement,
        credential_id=str(issued["id"]),
        code=code_of(issued),
        slug=service.one.hub.slug,
    )
    client.post(f"/v1/credentials/{issued['id']}/revocation", json={"reason": REASON})
    client.post("/v1/verify", json={"credential": issued["credential"]})
    client.post("/v1/credentials", json={"recipient": {"name": NAME, "email": 1}})
    client.get("/verify", params={"q": NAME})
    client.get(f"/c/{quote(NAME)}")
    answers = {}
    for method, path in every_route(service):
        if method == "GET" and path != "/static":
            response = client.get(things.path(path), headers={"accept": "application/json"})
            head = "".join(f"{name}: {value}\n" for name, value in response.headers.items())
            answers[path] = head.encode() + response.content
    return answers


def test_t95_only_who_may_shows_who_a_credential_is_about(service: Service) -> None:
    issued, achievement = issue_canary(service)

    answers = go_round(service, issued, achievement)

    assert NAME.encode() in answers["/c/{code}"]
    assert set(answers) >= {op.path for op in operations(service) if op.method == "GET"}
    for path, content in answers.items():
        for spelling in spellings():
            assert path in MAY_SHOW or spelling not in content, (path, spelling)


def test_t95_the_address_of_a_learner_is_in_no_answer(service: Service) -> None:
    issued, achievement = issue_canary(service)

    for path, content in go_round(service, issued, achievement).items():
        for canary in (EMAIL, STUDENT, REASON):
            assert canary.encode() not in content, path


def test_t95_an_address_of_ours_says_nothing(service: Service) -> None:
    issued, _ = issue_canary(service)

    for spelling in spellings():
        assert spelling not in str(issued["url"]).encode()
        assert spelling not in str(issued["id"]).encode()


def test_t95_no_log_no_ledger_and_no_file_says_who(
    databases: Databases,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        databases.migrated() as url,
        running(url, tmp_path / "data") as service,
        capture_logs() as logged,
    ):
        issued, achievement = issue_canary(service)
        go_round(service, issued, achievement)
        hub = service.one.hub
        with service.resources.store.read() as tx:
            (log,) = tx.ledger.logs(hub.number)
            entries = [row.entry for row in tx.ledger.entries(hub.number, log.log)]
            notes = [row.note for row in tx.ledger.checkpoints(hub.number, log.log)]
        files = files_below(tmp_path / "data") | written_out(databases, url)
    ours = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("http"))
    written = (ours + str(logged) + "".join(capfd.readouterr())).encode()

    assert "/v1/credentials" in written.decode()
    assert len(entries) > 4
    public = b"".join(entries) + "".join(notes).encode()
    for spelling in spellings():
        assert spelling not in written
        assert spelling not in public
        for path, content in files.items():
            assert spelling not in content, (path, spelling)


def test_t95_the_search_for_canaries_finds_canaries(service: Service) -> None:
    issued, _ = issue_canary(service)

    shown = service.client().get(f"/v1/credentials/{issued['id']}").content

    assert any(spelling in shown for spelling in spellings())


def test_t95_a_fault_log_holds_no_values(service: Service) -> None:
    client = service.client()
    with capture_logs() as logged:
        client.post(
            "/v1/credentials",
            json={"achievement": "x", "recipient": {"name": NAME}, "extra": EMAIL},
            headers={"idempotency-key": unique("key")},
        )

    assert [set(entry) for entry in logged] == [
        {"event", "log_level", "request_id", "method", "route", "status", "milliseconds"}
    ]
