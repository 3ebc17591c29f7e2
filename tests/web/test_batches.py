"""``/v1/batches``: sent, tried out, followed, cancelled; nothing of it shows who anybody is."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from types import MappingProxyType
from unittest.mock import AsyncMock

import pytest
from httpx2 import Response
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient

from credhub.jobs.batch_working import work_once
from credhub.jsontypes import JsonObject
from credhub.services import api_keys
from credhub.services.api_keys import Scope
from credhub.services.bulk import batch_pruning
from credhub.services.bulk.batch_receiving import MOST_OPEN
from credhub.store.hubs import HubNumber
from credhub.web.api.batch_events import Followed
from tests.running import Service, publish, unique
from tests.services.batching import cancel_all, ndjson, row_of, rows_of
from tests.web.routes import rows_of as all_rows

NDJSON = "application/x-ndjson"
PLACES = 6
"""For files that are read or wait."""

NAME = "Canary Quetzalcoatl"


@pytest.fixture(autouse=True)
def _nothing_left(service: Service) -> Iterator[None]:
    yield
    cancel_all(service.resources)


@pytest.fixture
def achievement(client: TestClient) -> str:
    return publish(client)


def send(
    client: TestClient,
    achievement: str,
    rows: list[JsonObject],
    *,
    key: str | None = None,
    **parameters: str,
) -> Response:
    return client.post(
        "/v1/batches",
        params={"achievement": achievement, **parameters},
        content=ndjson(rows),
        headers={"content-type": NDJSON, "idempotency-key": key or unique("key")},
    )


def work_off(service: Service) -> None:
    while work_once(service.resources) is not None:
        pass


def test_a_batch_is_taken_in_issued_and_told(
    service: Service, client: TestClient, achievement: str
) -> None:
    sent = send(client, achievement, rows_of(3))

    assert sent.status_code == 202, sent.text
    assert sent.json() | {"id": "", "createdAt": ""} == {
        "id": "",
        "state": "queued",
        "kind": "issue",
        "achievement": achievement,
        "version": 1,
        "rows": 3,
        "issued": 0,
        "changed": 0,
        "skipped": 0,
        "failed": 0,
        "createdAt": "",
        "endedAt": None,
        "rowsRemovedAt": None,
        "reading": {
            "encoding": "utf-8",
            "likelyEncoding": None,
            "separator": None,
            "dateOrder": None,
            "columns": [],
        },
    }
    location = sent.headers["location"]
    assert location == f"/v1/batches/{sent.json()['id']}"

    work_off(service)

    ended = client.get(location).json()
    assert (ended["state"], ended["issued"]) == ("finished", 3)
    listed = client.get("/v1/batches").json()["items"]
    assert listed[0] == ended
    rows = client.get(f"{location}/rows").json()
    assert [row["row"] for row in rows["items"]] == [1, 2, 3]
    first = rows["items"][0]
    assert first["outcome"] == "issued"
    assert client.get(f"/v1/credentials/{first['credential']}").json()["url"] == first["url"]


def test_rows_may_be_one_json_text(service: Service, client: TestClient, achievement: str) -> None:
    headers = {"idempotency-key": unique("key")}
    sent = client.post(
        "/v1/batches", params={"achievement": achievement}, json=rows_of(2), headers=headers
    )
    work_off(service)

    assert sent.status_code == 202
    assert client.get(sent.headers["location"]).json()["issued"] == 2


def send_csv(  # noqa: PLR0913 - what a request may say
    client: TestClient,
    achievement: str,
    text: str | bytes,
    *,
    media_type: str = "text/csv",
    key: str | None = None,
    parameters: Mapping[str, str | list[str]] = MappingProxyType({}),
    **more: str,
) -> Response:
    return client.post(
        "/v1/batches",
        params={"achievement": achievement, **parameters, **more},
        content=text,
        headers={"content-type": media_type, "idempotency-key": key or unique("key")},
    )


def test_a_table_is_read_as_a_spreadsheet_writes_it(
    service: Service, client: TestClient, achievement: str
) -> None:
    table = (
        "Matrikel;Vorname;Nachname;E-Mail;Datum;Notiz\r\n"
        "7;Zoë;Müller;z@mail.example;04.05.2026;x\r\n8;Ana;Alves;;25.05.2026;y\r\n"
    )
    tried = send_csv(client, achievement, table.encode(), dryRun="true").json()
    sent = send_csv(client, achievement, table.encode())
    work_off(service)

    assert (tried["new"], tried["faults"]) == (2, [])
    assert tried["reading"]["separator"] == ";"
    assert tried["reading"]["dateOrder"] == "day-first"
    columns = {use["header"]: use["field"] for use in tried["reading"]["columns"]}
    assert columns["E-Mail"] == "email"
    assert columns["Notiz"] is None
    location = sent.headers["location"]
    kept = sent.json()["reading"]
    assert kept == client.get(location).json()["reading"]
    unused = {"header": "Notiz", "field": None, "origin": "unused"}
    assert tried["reading"]["columns"][-1] == unused
    assert kept["columns"] == [*tried["reading"]["columns"][:-1], unused | {"header": None}]
    first = client.get(f"{location}/rows").json()["items"][0]
    assert first["row"] == 2
    credential = client.get(f"/v1/credentials/{first['credential']}").json()["credential"]
    assert credential["credentialSubject"]["name"] == "Zoë Müller"
    assert credential["awardedDate"] == "2026-05-04T00:00:00Z"


def test_what_is_said_of_a_table_goes_before_what_is_guessed(
    client: TestClient, achievement: str
) -> None:
    table = "Wer|genau;Mail\nZoë;03/04/2026\n".encode("windows-1252")
    said: dict[str, str | list[str]] = {"column": ["Wer|genau:name", "Mail:awardedDate"]}
    said["dateOrder"] = "month-first"

    as_typed = send_csv(
        client,
        achievement,
        table,
        media_type="text/csv; charset=ISO-8859-1",
        parameters=said,
        dryRun="true",
    ).json()
    as_said = send_csv(
        client,
        achievement,
        table,
        encoding="windows-1252",
        separator=";",
        parameters=said,
        dryRun="true",
    ).json()

    assert as_typed["reading"] == as_said["reading"]
    assert as_typed["reading"]["encoding"] == "windows-1252"
    assert [use["origin"] for use in as_typed["reading"]["columns"]] == ["chosen", "chosen"]
    assert (as_typed["new"], as_typed["faults"]) == (1, [])


@pytest.mark.parametrize(
    ("media_type", "parameters", "status"),
    [
        ("text/csv; charset=koi8-r", {}, 415),
        ("text/csv; charset=", {}, 415),
        ("text/csv; charset=nothing", {}, 415),
        ("text/csv", {"column": "name"}, 422),
        ("text/csv", {"separator": "|"}, 422),
        ("text/csv", {"encoding": "latin9"}, 422),
        ("text/csv", {"column": ["a:name"] * 51}, 422),
    ],
    ids=["charset", "no charset", "unknown charset", "column", "separator", "encoding", "columns"],
)
def test_what_cannot_be_meant_is_refused(
    client: TestClient,
    achievement: str,
    media_type: str,
    parameters: dict[str, str | list[str]],
    status: int,
) -> None:
    table = "name\nAna\n"
    refused = send_csv(client, achievement, table, media_type=media_type, parameters=parameters)

    assert refused.status_code == status
    assert send_csv(client, achievement, table, column="name:name").status_code == 202


def test_a_fault_shows_its_cell_in_a_trial_and_nowhere_else(
    client: TestClient, achievement: str
) -> None:
    table = f"name,email\nAna,{NAME}\n"

    tried = send_csv(client, achievement, table, dryRun="true")
    refused = send_csv(client, achievement, table)

    (fault,) = tried.json()["faults"]
    assert (fault["row"], fault["column"], fault["code"]) == (2, "email", "email-malformed")
    assert fault["value"] == NAME
    assert refused.status_code == 422
    assert NAME not in refused.text


def test_the_same_file_read_in_another_way_is_another_request(
    client: TestClient, achievement: str
) -> None:
    table = "name,wer\nAna,Bea\n"
    first = send_csv(client, achievement, table, key="read-twice-0001")
    other = send_csv(client, achievement, table, key="read-twice-0001", column="wer:key")

    assert first.status_code == 202
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


def test_outcomes_come_in_parts(service: Service, client: TestClient, achievement: str) -> None:
    location = send(client, achievement, rows_of(5)).headers["location"]
    work_off(service)

    first = client.get(f"{location}/rows", params={"limit": 2}).json()
    cursor = first["nextCursor"]
    rest = client.get(f"{location}/rows", params={"cursor": cursor, "limit": 4}).json()

    assert [row["row"] for row in first["items"]] == [1, 2]
    assert [row["row"] for row in rest["items"]] == [3, 4, 5]
    assert rest["nextCursor"] is None
    assert (first["complete"], rest["complete"]) == (False, True)


def test_whoever_reads_rows_is_told_when_no_more_will_come(
    service: Service, client: TestClient, achievement: str
) -> None:
    location = send(client, achievement, rows_of(2)).headers["location"]

    before = client.get(f"{location}/rows").json()
    work_off(service)
    first = client.get(f"{location}/rows", params={"limit": 2}).json()
    last = client.get(f"{location}/rows", params={"limit": 2, "cursor": 2}).json()

    assert (before["items"], before["nextCursor"], before["complete"]) == ([], None, False)
    assert (first["nextCursor"], first["complete"]) == (2, False)
    assert (last["items"], last["nextCursor"], last["complete"]) == ([], None, True)


def test_when_rows_were_removed_is_said_beside_the_counts(
    service: Service, client: TestClient, achievement: str
) -> None:
    send(client, achievement, rows_of(1))
    location = send(client, achievement, rows_of(2)).headers["location"]
    work_off(service)
    assert client.get(location).json()["rowsRemovedAt"] is None
    file = client.get(f"{location}/rows", params={"format": "csv"})
    assert "credhub-rows-removed-at" not in file.headers
    resources = service.resources
    much_later = replace(resources, clock=lambda: resources.clock() + timedelta(days=91))

    batch_pruning.prune_all(much_later)

    answer, rows = client.get(location).json(), client.get(f"{location}/rows").json()
    assert (answer["issued"], answer["skipped"]) == (1, 1)
    assert [row["row"] for row in rows["items"]] == [2]
    assert answer["rowsRemovedAt"] == rows["rowsRemovedAt"] is not None
    file = client.get(f"{location}/rows", params={"format": "csv"})
    assert len(file.text.splitlines()) == 2
    assert file.headers["credhub-rows-removed-at"] == f"{answer['rowsRemovedAt'][:19]}Z"


@pytest.mark.parametrize(
    ("accept", "named", "kind"),
    [
        ("text/csv", None, "text/csv"),
        ("text/html, text/csv;q=0.9, application/json;q=0.1", None, "text/csv"),
        ("application/json", "csv", "text/csv"),
        ("text/csv", "json", "application/json"),
        ("*/*", None, "application/json"),
        ("text/html", None, "application/json"),
    ],
)
def test_outcomes_come_as_one_file_for_whoever_asks_for_one(
    client: TestClient, achievement: str, accept: str, named: str | None, kind: str
) -> None:
    location = send(client, achievement, rows_of(1)).headers["location"]
    parameters = {} if named is None else {"format": named}

    answer = client.get(f"{location}/rows", params=parameters, headers={"accept": accept})

    assert answer.headers["content-type"].startswith(kind)
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("no-store", "Accept")


def test_a_file_of_outcomes_has_every_row_whatever_part_is_asked_for(
    service: Service, client: TestClient, achievement: str
) -> None:
    sent = send(client, achievement, rows_of(5))
    work_off(service)
    rows = client.get(f"{sent.headers['location']}/rows").json()["items"]

    answer = client.get(
        f"{sent.headers['location']}/rows", params={"format": "csv", "cursor": 2, "limit": 1}
    )

    assert answer.headers["content-disposition"] == (
        f'attachment; filename="batch-{sent.json()["id"]}-results.csv"'
    )
    header, *lines = answer.content.decode("utf-8-sig").split("\r\n")[:-1]
    assert header == "row,outcome,credential,url,code,detail"
    assert lines == [f"{row['row']},issued,{row['credential']},{row['url']},," for row in rows]


def test_there_is_no_file_of_an_unknown_batch(client: TestClient) -> None:
    answer = client.get("/v1/batches/none/rows", params={"format": "csv"})

    assert (answer.status_code, answer.json()["code"]) == (404, "batch-not-found")


def test_batches_are_listed_in_parts(client: TestClient, achievement: str) -> None:
    made = [send(client, achievement, [row_of(n)]).json()["id"] for n in range(3)]

    first = client.get("/v1/batches", params={"limit": 2}).json()
    second = client.get("/v1/batches", params={"limit": 2, "cursor": first["nextCursor"]}).json()

    assert [item["id"] for item in first["items"]] == made[:0:-1]
    assert second["items"][0]["id"] == made[0]


def test_faults_are_told_row_by_row_and_nothing_is_issued(
    service: Service, client: TestClient, achievement: str
) -> None:
    before = all_rows(service)
    rows = [row_of(1), row_of(2, recipient={"name": ""}), row_of(3, colour="red")]

    refused = send(client, achievement, rows)

    assert refused.status_code == 422
    problem = refused.json()
    assert problem["code"] == "malformed-batch"
    assert problem["errors"][0] == {
        "at": "2/recipient.name",
        "code": "name-missing",
        "message": "The name is missing. A credential is made out to a name.",
    }
    assert problem["errors"][1]["at"] == "3/colour"
    assert all_rows(service) == before


def test_t68_a_body_of_ten_mebibytes_and_one_byte_is_refused(
    client: TestClient, achievement: str
) -> None:
    row = ndjson([row_of(1)])
    rest = 10 * 1024 * 1024 + 1 - len(row)
    body = row + (b" " * 999 + b"\n") * (rest // 1000) + b"\n" * (rest % 1000)
    headers = {"content-type": NDJSON, "idempotency-key": unique("key")}

    def post(content: bytes) -> Response:
        parameters = {"achievement": achievement}
        return client.post("/v1/batches", params=parameters, content=content, headers=headers)

    refused = post(body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "file-too-large"
    assert post(body[:-1]).status_code == 202
    assert post(body + b"\n" * 20_000).status_code == 413


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", ""])
def test_another_media_type_is_refused(
    client: TestClient, achievement: str, media_type: str
) -> None:
    headers = {"content-type": media_type, "idempotency-key": unique("key")}
    refused = client.post(
        "/v1/batches", params={"achievement": achievement}, content=b"x", headers=headers
    )

    assert refused.status_code == 415


def test_t61_the_same_key_gives_the_same_batch(
    service: Service, client: TestClient, achievement: str
) -> None:
    first = send(client, achievement, rows_of(2), key="once-and-for-all")
    work_off(service)
    again = send(client, achievement, rows_of(2), key="once-and-for-all")

    assert again.status_code == 202
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["state"] == "finished"


def test_t61_the_same_key_with_other_rows_or_none_is_refused(
    client: TestClient, achievement: str
) -> None:
    send(client, achievement, rows_of(2), key="with-two-rows")

    other = send(client, achievement, rows_of(3), key="with-two-rows")
    none = client.post(
        "/v1/batches",
        params={"achievement": achievement},
        content=ndjson(rows_of(1)),
        headers={"content-type": NDJSON},
    )

    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert (none.status_code, none.json()["code"]) == (400, "idempotency-key-missing")


def test_a_trial_says_what_would_become_of_every_row_and_keeps_nothing(
    service: Service, client: TestClient, achievement: str
) -> None:
    sent = send(client, achievement, rows_of(2))
    work_off(service)
    (first, _) = client.get(f"{sent.headers['location']}/rows").json()["items"]
    before = all_rows(service)

    tried = send(
        client,
        achievement,
        [
            row_of(1),
            row_of(2, recipient={"name": "Somebody else"}),
            row_of(3),
            row_of(4, recipient={"name": "Ana", "email": "nobody"}),
            row_of(3),
        ],
        dryRun="true",
    )

    assert tried.status_code == 200, tried.text
    trial = tried.json()
    assert trial["before"] == [{"row": 1, "credential": first["credential"]}]
    assert (trial["rows"], trial["new"], trial["skipped"]) == (3, 1, 1)
    assert [(it["row"], it["column"], it["code"]) for it in trial["faults"]] == [
        (2, None, "row-key-reused"),
        (4, "recipient.email", "email-malformed"),
        (5, "key", "duplicate-key"),
    ]
    assert trial["notices"] == []
    assert all_rows(service) == before


def test_a_trial_notices_one_learner_with_two_names(client: TestClient, achievement: str) -> None:
    rows = [row_of(1), row_of(2, recipient={"name": "Ben", "email": "learner-1@mail.example"})]

    trial = send(client, achievement, rows, dryRun="true").json()

    assert (trial["new"], trial["faults"]) == (2, [])
    assert [(it["row"], it["code"]) for it in trial["notices"]] == [(2, "learner-shared")]
    assert "learner-1" not in str(trial["notices"])


def test_a_trial_needs_no_key_of_its_own_and_a_known_achievement(
    client: TestClient, achievement: str
) -> None:
    def try_out(name: str) -> int:
        return client.post(
            "/v1/batches",
            params={"achievement": name, "dryRun": "true"},
            content=ndjson(rows_of(1)),
            headers={"content-type": NDJSON},
        ).status_code

    assert try_out(achievement) == 200
    assert try_out("unknown") == 404


def test_an_empty_trial_says_so(client: TestClient, achievement: str) -> None:
    assert send(client, achievement, [], dryRun="true").json()["faults"][0]["code"] == "file-empty"


def test_a_batch_is_cancelled(service: Service, client: TestClient, achievement: str) -> None:
    location = send(client, achievement, rows_of(2)).headers["location"]

    cancelled = client.post(f"{location}/cancel")
    work_off(service)

    assert cancelled.json()["state"] == "cancelled"
    assert client.get(location).json() == cancelled.json()
    assert client.get(f"{location}/rows").json() == {
        "items": [],
        "nextCursor": None,
        "complete": True,
        "rowsRemovedAt": None,
    }


def events_of(response: Response) -> list[tuple[str, JsonObject]]:
    found = []
    for block in response.text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_a_batch_is_followed_to_its_end(
    service: Service, client: TestClient, achievement: str
) -> None:
    location = send(client, achievement, rows_of(2)).headers["location"]
    seen = []

    with client.stream("GET", f"{location}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        work_off(service)
        stream.read()
        seen = events_of(stream)

    assert seen[-1][0] == "end"
    assert seen[-1][1] == client.get(location).json()
    assert {name for name, _ in seen[:-1]} <= {"progress"}


def test_who_follows_with_a_key_that_is_revoked_hears_no_more(
    service: Service, client: TestClient, achievement: str
) -> None:
    location = send(client, achievement, rows_of(2)).headers["location"]
    number = service.one.hub.number
    before = {key.key_id for key in api_keys.of_hub(service.resources, number)}
    headers = {"authorization": f"Bearer {service.key(Scope.READ)}"}
    (made,) = {key.key_id for key in api_keys.of_hub(service.resources, number)} - before

    with client.stream("GET", f"{location}/events", headers=headers) as stream:
        api_keys.revoke(service.resources, number, made)
        work_off(service)
        stream.read()

    assert {name for name, _ in events_of(stream)} <= {"progress"}
    assert client.get(location).json()["state"] == "finished"


def test_only_so_many_follow(service: Service, client: TestClient, achievement: str) -> None:
    location = send(client, achievement, rows_of(1)).headers["location"]
    client.post(f"{location}/cancel")
    limits = service.app.state.limits

    with ExitStack() as others:
        for _ in range(9):
            others.enter_context(limits.listener(service.one.hub.number))
        with limits.listener(service.one.hub.number):
            refused = client.get(f"{location}/events")
        # The last place is taken and left again by one after the other.
        followed = [client.get(f"{location}/events") for _ in range(3)]

    assert (refused.status_code, refused.json()["code"]) == (503, "batches-busy")
    assert [events_of(one)[-1][0] for one in followed] == ["end", "end", "end"]


def test_whoever_goes_leaves_the_place_from_which_a_batch_was_followed(service: Service) -> None:
    limits = service.app.state.limits
    hub = service.one.hub.number
    place = limits.listener(hub)

    async def endless() -> AsyncIterator[str]:
        while True:
            yield ":\n\n"

    async def gone(_message: object) -> None:
        raise OSError

    http = {"type": "http", "asgi": {"spec_version": "2.4"}}
    followed = Followed(endless(), place)

    with pytest.raises(ClientDisconnect):
        asyncio.run(followed(http, AsyncMock(), gone))

    with ExitStack() as others:
        for _ in range(10):
            others.enter_context(limits.listener(hub))


def test_t62_files_of_all_hubs_together_are_few(
    service: Service, client: TestClient, achievement: str
) -> None:
    files = service.app.state.limits.one_file
    others = [HubNumber(1_000 + n) for n in range(PLACES)]

    with ExitStack() as stack:
        stack.enter_context(files(others[0]))
        for hub in others[1:]:
            stack.enter_context(waiting_for_a_turn(service, hub))
        refused = send(client, achievement, rows_of(1))
        stack.pop_all().close()

    assert (refused.status_code, refused.json()["code"]) == (503, "batches-busy")
    assert refused.headers["retry-after"] == "1"
    assert send(client, achievement, rows_of(1)).status_code == 202


def test_t62_a_hub_with_two_files_under_way_is_told_to_wait(
    service: Service, client: TestClient, achievement: str
) -> None:
    hub = service.one.hub.number

    with service.app.state.limits.one_file(hub), waiting_for_a_turn(service, hub):
        refused = send(client, achievement, rows_of(1), dryRun="true")

    assert (refused.status_code, refused.json()["code"]) == (429, "file-under-way")
    assert refused.headers["retry-after"] == "5"
    assert send(client, achievement, rows_of(1), dryRun="true").status_code == 200


def test_t62_a_hub_with_many_batches_under_way_is_told_to_wait(
    client: TestClient, achievement: str
) -> None:
    for n in range(MOST_OPEN):
        assert send(client, achievement, [row_of(n)]).status_code == 202

    refused = send(client, achievement, [row_of(MOST_OPEN)])

    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-batches")
    assert refused.headers["retry-after"] == "60"
    assert "wait for one to end" in refused.json()["detail"]


def test_t61_fifty_requests_at_once_make_one_batch(
    service: Service, client: TestClient, achievement: str
) -> None:
    key = unique("key")
    before = listed(client)

    def give(_: int) -> str:
        own = service.client()
        while (answer := send(own, achievement, rows_of(20), key=key)).status_code in (429, 503):
            assert answer.json()["code"] in ("file-under-way", "batches-busy")
            time.sleep(0.02)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(give, range(50)))

    assert len(made) == 1
    assert listed(client) - before == made


def listed(client: TestClient) -> set[str]:
    return {str(it["id"]) for it in client.get("/v1/batches").json()["items"]}


@contextmanager
def waiting_for_a_turn(service: Service, hub: HubNumber) -> Iterator[None]:
    """Have a file of a hub wait, until whoever has the turn ends."""
    turns = service.app.state.limits._files  # noqa: SLF001 - a test may look at who waits
    before = len(turns._waiting)  # noqa: SLF001

    def wait() -> None:
        with turns.of(hub):
            pass

    thread = Thread(target=wait)
    thread.start()
    while len(turns._waiting) == before:  # noqa: SLF001
        pass
    yield


@pytest.mark.parametrize("name", ["Ana\r\nSet-Cookie: a=b", "Ana\nX: y", "Ana\x1b[2J"])
def test_t70_a_name_that_breaks_lines_becomes_no_header_and_no_line(
    client: TestClient,
    achievement: str,
    capfd: pytest.CaptureFixture[str],
    name: str,
) -> None:
    refused = send(client, achievement, [row_of(1, recipient={"name": name})])

    assert refused.status_code == 422
    assert "set-cookie" not in refused.headers
    assert "Set-Cookie" not in refused.text
    assert "Set-Cookie" not in "".join(capfd.readouterr())
    good = send(client, achievement, [row_of(1, recipient={"name": "Ana Set-Cookie: a=b"})])
    assert good.status_code == 202


def test_t95_nothing_about_a_batch_says_who(
    service: Service, client: TestClient, achievement: str
) -> None:
    row = row_of(1, key=f"key of {NAME}", recipient={"name": NAME, "email": "quetzal@x.example"})
    location = send(client, achievement, [row]).headers["location"]
    work_off(service)
    send(client, achievement, [row | {"recipient": {"name": f"Another {NAME}"}}])
    work_off(service)

    shown = [client.get("/v1/batches"), client.get(location), client.get(f"{location}/rows")]
    shown.append(client.get(f"{location}/rows", params={"format": "csv"}))

    for response in shown:
        assert response.status_code == 200
        assert "Quetzal" not in response.text
