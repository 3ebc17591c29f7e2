"""``/v1/programs`` and ``/v1/cohorts``: what is taken, what is refused, and why."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus

import pytest
from httpx2 import Response
from sqlalchemy import event, func, select, update
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from credhub.jobs.batch_working import work_once
from credhub.jsontypes import JsonObject
from credhub.services.programs import roster
from credhub.store.tables import cohort_learner, idempotency, learner
from tests.running import Service, publish, unique
from tests.services.batching import cancel_all
from tests.web.cohorts import (
    add,
    added,
    cohort_body,
    finish,
    finished,
    know,
    known,
    make_cohort,
    make_program,
    person,
    read,
    rows_of_batch,
    step,
    told,
)

CANARY = "Canary Quetzalcoatl"
CSV = "text/csv"


@pytest.fixture(autouse=True)
def _nothing_left(service: Service) -> Iterator[None]:
    yield
    cancel_all(service.resources)


@pytest.fixture
def achievement(client: TestClient) -> str:
    return publish(client, name=unique("Solar"))


@pytest.fixture
def cohort(client: TestClient, achievement: str) -> str:
    program = make_program(client, step(achievement))
    return make_cohort(client, str(program["id"]), sessions=10)


def send(client: TestClient, path: str, body: object, *, key: str | None = None) -> Response:
    return client.post(path, json=body, headers={"idempotency-key": key or unique("key")})


def send_csv(client: TestClient, cohort: str, text: str, **parameters: str) -> Response:
    return client.post(
        f"/v1/cohorts/{cohort}/learners",
        content=text.encode(),
        params=parameters,
        headers={"content-type": CSV, "idempotency-key": unique("key")},
    )


def refused(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def size(client: TestClient, cohort: str) -> int:
    learners: int = client.get(f"/v1/cohorts/{cohort}").json()["learners"]
    return learners


def test_a_program_is_made_read_changed_and_archived(client: TestClient, achievement: str) -> None:
    other = publish(client, name=unique("Wind"))
    made = make_program(client, step(achievement, {"attendance": 75}))
    path = f"/v1/programs/{made['id']}"
    body = {
        "name": "Energy",
        "achievements": [step(achievement), step(other, "prerequisites", achievement)],
    }

    changed = client.put(path, json={**body, "version": 1})
    late = client.put(path, json={**body, "version": 1})
    archived = client.delete(path)

    assert made["achievements"] == [step(achievement, {"attendance": 75})]
    assert changed.json()["version"] == 2
    assert changed.json()["achievements"] == body["achievements"]
    assert refused(late) == (409, "changed-meanwhile")
    assert archived.json()["archivedAt"]
    new = send(client, "/v1/cohorts", cohort_body(str(made["id"])))
    assert refused(new) == (409, "program-archived")
    assert client.put(path, json={**body, "version": 3}).json()["archivedAt"] is None
    assert make_cohort(client, str(made["id"]))


def test_a_program_of_what_the_hub_does_not_have_is_refused_by_name(
    service: Service, client: TestClient, achievement: str
) -> None:
    theirs = publish(service.client(service.other))
    body = {"name": "Energy", "achievements": [step(achievement, "completion", achievement[::-1])]}

    own = send(client, "/v1/programs", body)
    other = send(client, "/v1/programs", {"name": "Energy", "achievements": [step(theirs)]})

    assert refused(own) == refused(other) == (404, "program-achievement-not-found")
    assert "achievements/0/requires/0" in own.json()["detail"]
    assert "achievements/0/achievement" in other.json()["detail"]


def test_a_circle_is_refused_by_name(client: TestClient, achievement: str) -> None:
    other = publish(client, name=unique("Wind"))
    steps = [step(achievement, "completion", other), step(other, "completion", achievement)]

    answer = send(client, "/v1/programs", {"name": "Energy", "achievements": steps})

    assert refused(answer) == (422, "program-cycle")
    assert "achievements/0" in answer.json()["detail"]
    assert "achievements/1" in answer.json()["detail"]


@pytest.mark.parametrize(
    "rule",
    ["often", {"attendance": 0}, {"attendance": 101}, {"attendance": "80"}, {"result": "failed"}],
    ids=["word", "0", "101", "text", "failed"],
)
def test_a_rule_that_is_none_is_refused(
    client: TestClient, achievement: str, rule: str | JsonObject
) -> None:
    body = {"name": "Energy", "achievements": [step(achievement, rule)]}

    assert refused(send(client, "/v1/programs", body)) == (422, "malformed-request")


def test_t61_the_same_key_makes_one_program_one_cohort_and_one_roster(
    client: TestClient, achievement: str
) -> None:
    body: JsonObject = {"name": "Energy", "achievements": [step(achievement)]}
    key = unique("key")
    program, again = (send(client, "/v1/programs", body, key=key).json() for _ in range(2))
    other = send(client, "/v1/programs", {**body, "name": "Water"}, key=key)
    said = cohort_body(program["id"])
    first, second = (send(client, "/v1/cohorts", said, key=key).json() for _ in range(2))
    row = person("Ada")
    one, two = (add(client, first["id"], [row], key=key).json() for _ in range(2))

    assert program == again
    assert first == second
    assert refused(other) == (409, "idempotency-key-reused")
    assert refused(add(client, first["id"], [person("Ben")], key=key)) == (
        409,
        "idempotency-key-reused",
    )
    assert (one["added"], two["added"], two["present"]) == (1, 0, 1)
    assert one["rows"][0]["learner"] == two["rows"][0]["learner"]
    assert size(client, first["id"]) == 1


def test_t61_a_roster_sent_by_many_at_once_is_added_once(service: Service, cohort: str) -> None:
    rows = [person(f"Learner {number}") for number in range(5)]
    key = unique("key")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: add(service.client(), cohort, rows, key=key), range(8)))

    good = [it.json() for it in answers if it.status_code == HTTPStatus.OK]
    assert {it.status_code for it in answers} <= {200, 429}
    assert sum(it["added"] for it in good) == 5
    assert size(service.client(), cohort) == 5


def test_the_same_person_is_the_same_learner_in_every_cohort(
    client: TestClient, achievement: str, cohort: str
) -> None:
    program = make_program(client, step(achievement))
    other = make_cohort(client, str(program["id"]))
    email = f"{unique('ada')}@mail.example"
    by_email: JsonObject = {"recipient": {"name": "Ada", "email": email}}
    shouted: JsonObject = {"recipient": {"name": "Ada L.", "email": email.upper()}}

    (first,) = added(client, cohort, by_email)
    (second,) = added(client, other, shouted)
    again = add(client, cohort, [shouted]).json()

    assert first == second
    assert (again["added"], again["present"]) == (0, 1)
    assert read(client, cohort, first)["known"]["name"] == "Ada"  # type: ignore[index,call-overload]
    assert read(client, other, first)["known"]["name"] == "Ada L."  # type: ignore[index,call-overload]


def test_a_learner_of_a_credential_is_the_learner_of_the_roster(
    client: TestClient, achievement: str
) -> None:
    pathway = publish(client, name=unique("Path"))
    program = make_program(client, step(pathway, "prerequisites", achievement))
    later = make_cohort(client, str(program["id"]))
    row = person("Ada")
    body = {"achievement": achievement, "recipient": row["recipient"]}
    issued = send(client, "/v1/credentials", body).json()
    (ada, ben) = added(client, later, row, person("Ben"))

    before = told(finish(client, later, dryRun="true"))
    client.post(f"/v1/credentials/{issued['id']}/revocation", json={"reason": "Sold."})
    after = told(finish(client, later, dryRun="true"))

    assert before.verdict(ada, pathway) == "earned"
    assert before.why_not(ben, pathway) == ["prerequisite-missing"]
    assert after.why_not(ada, pathway) == ["prerequisite-missing"]


def test_a_pathway_is_issued_by_one_cohort_of_several(
    service: Service, client: TestClient, achievement: str
) -> None:
    pathway = publish(client, name=unique("Path"))
    steps = (step(achievement), step(pathway, "prerequisites", achievement))
    program = str(make_program(client, *steps)["id"])
    row = person("Ada")
    for_first, for_second = make_cohort(client, program), make_cohort(client, program)
    for one in (for_first, for_second):
        (ada,) = added(client, one, row)
        known(client, one, ada, status="completed")

    first = finished(service, service.one, for_first)
    second = finished(service, service.one, for_second)

    assert set(first.batches) == {achievement, pathway}
    assert set(second.batches) == {achievement}
    assert second.by_achievement[pathway]["held"] == 1


def test_t68_a_csv_file_is_tried_out_and_added(client: TestClient, cohort: str) -> None:
    mark = unique("roll")
    text = f"Matrikel;Vorname;Nachname;E-Mail\n{mark}-1;Ada;Löv;a@mail.example\n{mark}-2;Ben;Ö;\n"

    trial = send_csv(client, cohort, text, dryRun="true", column="Matrikel:externalId").json()
    empty = size(client, cohort)
    done = send_csv(client, cohort, text, column="Matrikel:externalId").json()

    assert (trial["added"], trial["faults"], empty) == (2, [], 0)
    assert [row["learner"] for row in trial["rows"]] == [None, None]
    assert [use["field"] for use in trial["reading"]["columns"]] == [
        "externalId",
        "givenName",
        "familyName",
        "email",
    ]
    assert (done["added"], size(client, cohort)) == (2, 2)


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("name,email\nAda,a@mail.example\nBen,\n", "learner-not-identified", 3),
        ("name,email\nAda,a@mail.example\nBen,A@mail.example\n", "learner-repeated", 3),
        ("name,email,achievement\nAda,a@mail.example,Solar\n", "achievement-not-taken", 2),
        ("name,email,evidence_url\nAda,a@mail.example,http://a.example\n", "evidence-not-https", 2),
        ("name,email\nAda,nobody\n", None, 2),
        ("name,email\n", "no-rows", None),
    ],
    ids=["nobody", "repeated", "achievement", "http", "email", "none"],
)
def test_t68_a_roster_with_a_fault_adds_nobody_and_names_the_row(
    client: TestClient, cohort: str, text: str, code: str | None, row: int | None
) -> None:
    trial = send_csv(client, cohort, text, dryRun="true")
    answer = send_csv(client, cohort, text)

    assert refused(answer) == (422, "malformed-batch")
    (fault,) = trial.json()["faults"]
    (error,) = answer.json()["errors"]
    assert fault["row"] == row
    assert error["code"] == fault["code"]
    assert code in (None, fault["code"])
    assert size(client, cohort) == 0


def test_t68_a_roster_of_more_than_a_cohort_may_have_is_refused(
    client: TestClient, cohort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "MOST_LEARNERS", 3)
    rows = [person(f"Learner {number}") for number in range(4)]

    assert refused(add(client, cohort, rows)) == (422, "malformed-batch")
    assert len(added(client, cohort, *rows[:3])) == 3
    assert refused(add(client, cohort, rows[3:])) == (409, "cohort-full")
    trial = add(client, cohort, rows[3:], dryRun="true").json()
    assert [fault["code"] for fault in trial["faults"]] == ["too-many-rows"]


def test_a_list_of_learners_goes_on_with_its_cursor(client: TestClient, cohort: str) -> None:
    names = [f"Learner {number}" for number in range(5)]
    ids = added(client, cohort, *map(person, names))

    found: list[tuple[str, str]] = []
    cursor: str | None = "0"
    for _ in range(3):
        page = client.get(
            f"/v1/cohorts/{cohort}/learners", params={"cursor": cursor, "limit": 2}
        ).json()
        found += [(it["learner"], it["known"]["name"]) for it in page["items"]]
        cursor = page["nextCursor"]

    assert cursor is None
    assert found == list(zip(ids, names, strict=True))


def test_a_preview_goes_on_with_its_cursor(client: TestClient, cohort: str) -> None:
    ids = added(client, cohort, *(person(f"Learner {number}") for number in range(5)))

    first = told(finish(client, cohort, dryRun="true", limit="3"))
    second = told(
        finish(client, cohort, dryRun="true", limit="3", cursor=str(first.answer["nextCursor"]))
    )

    assert [*first.by_learner, *second.by_learner] == ids
    assert first.answer["learners"] == second.answer["learners"] == 5
    assert second.answer["nextCursor"] is None


def test_what_is_known_is_read_as_it_was_said(
    client: TestClient, achievement: str, cohort: str
) -> None:
    (ada,) = added(client, cohort, person("Ada", email="ada@mail.example"))
    said = {
        "attendance": {"marks": ["present", "excused", "absent"]},
        "results": [{"value": "87", "status": "Failed", "achievement": achievement}],
        "evidence": [
            {"id": "https://school.example/x", "name": "The roof"},
            {"name": "roof.jpg", "sha256": "ab" * 32},
        ],
        "awardedDate": "2026-11-20T10:00:00Z",
    }

    changed = known(client, cohort, ada, name="Ada Lovelace", **said)  # type: ignore[arg-type]  # JSON
    found = read(client, cohort, ada)

    assert found == changed
    assert found["version"] == 2
    told_of: JsonObject = found["known"]  # type: ignore[assignment]  # an object
    assert told_of["name"] == "Ada Lovelace"
    assert told_of["email"] == "ada@mail.example"
    assert told_of["attendance"] == {
        "present": 1,
        "absent": 1,
        "excused": 1,
        "marks": ["present", "excused", "absent"],
    }
    assert [
        {name: value for name, value in item.items() if value is not None}  # type: ignore[union-attr]  # an object
        for item in told_of["evidence"]  # type: ignore[union-attr]  # a list
    ] == said["evidence"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"attendance": {"present": 11, "absent": 0}}, "invalid-claim"),
        ({"attendance": {"marks": ["late"]}}, "malformed-request"),
        ({"attendance": {"present": 1}}, "malformed-request"),
        ({"results": [{"status": "Completed", "achievement": "other"}]}, "invalid-claim"),
        ({"results": [{"status": "Passed"}]}, "malformed-request"),
        ({"evidence": [{"id": "http://school.example"}]}, "malformed-request"),
        ({"evidence": [{"sha256": "ab" * 32}]}, "malformed-request"),
        ({"evidence": [{"name": "a", "sha256": "AB" * 32}]}, "malformed-request"),
        ({"evidence": [{"name": "a"}]}, "malformed-request"),
        ({"awardedDate": "2027-11-20T10:00:00Z"}, "invalid-claim"),
        ({"validUntil": "2020-11-20T10:00:00Z"}, "invalid-claim"),
        ({"name": "\u202eadA"}, "invalid-claim"),
        ({"evidence": [{"narrative": "x" * 10_000}] * 4}, "invalid-claim"),
        ({"status": "gone"}, "malformed-request"),
    ],
    ids=[
        *("sessions", "mark", "half", "stranger", "status", "http", "no-name", "digest", "nothing"),
        *("ahead", "over", "turned", "much", "enrolment"),
    ],
)
def test_what_no_credential_could_say_is_refused_when_it_is_said(
    client: TestClient, cohort: str, said: JsonObject, code: str
) -> None:
    (ada,) = added(client, cohort, person("Ada"))

    assert refused(know(client, cohort, ada, **said)) == (422, code)
    assert read(client, cohort, ada)["version"] == 1


def test_who_read_an_older_version_changes_nothing(client: TestClient, cohort: str) -> None:
    (ada,) = added(client, cohort, person("Ada"))
    known(client, cohort, ada, status="completed")

    late = client.put(
        f"/v1/cohorts/{cohort}/learners/{ada}", json={"version": 1, "status": "withdrawn"}
    )

    assert refused(late) == (409, "changed-meanwhile")
    assert read(client, cohort, ada)["known"]["status"] == "completed"  # type: ignore[index,call-overload]


def test_a_cohort_is_finished_from_its_last_day_on(client: TestClient, achievement: str) -> None:
    program = str(make_program(client, step(achievement))["id"])
    cohort = make_cohort(client, program, endsOn="2026-12-24")
    (ada,) = added(client, cohort, person("Ada"))
    known(client, cohort, ada, status="completed")

    trial = told(finish(client, cohort, dryRun="true"))
    early = finish(client, cohort)
    body = cohort_body(program, endsOn="2026-11-22", version=1)
    body.pop("program")
    changed = client.put(f"/v1/cohorts/{cohort}", json=body)
    last = finish(client, cohort)

    assert trial.verdict(ada, achievement) == "earned"
    assert refused(early) == (409, "cohort-not-over")
    assert changed.json()["version"] == 2
    assert told(last).by_achievement[achievement]["earned"] == 1


def test_t61_the_same_finish_gives_the_same_batches(
    client: TestClient, achievement: str, cohort: str
) -> None:
    (ada,) = added(client, cohort, person("Ada"))
    known(client, cohort, ada, status="completed")
    key = unique("key")

    first = told(finish(client, cohort, key=key))
    again = told(finish(client, cohort, key=key))
    other = make_cohort(client, str(make_program(client, step(achievement))["id"]))

    assert first.batches == again.batches
    assert set(first.batches) == {achievement}
    assert refused(finish(client, other, key=key)) == (409, "idempotency-key-reused")


def test_two_finishes_before_anything_is_issued_issue_once(
    service: Service, client: TestClient, achievement: str, cohort: str
) -> None:
    (ada,) = added(client, cohort, person("Ada"))
    known(client, cohort, ada, status="completed")
    early = told(finish(client, cohort)).batches[achievement]

    late = finished(service, service.one, cohort).batches[achievement]
    finished(service, service.one, cohort)
    while service.client().get(f"/v1/batches/{early}").json()["state"] != "finished":
        work_once(service.resources, batch=(service.one.hub.number, early))

    outcomes = [rows_of_batch(client, it)[0]["outcome"] for it in (late, early)]
    assert outcomes == ["issued", "skipped"]


def test_a_record_that_was_changed_counts_as_nothing_and_harms_nobody_else(
    service: Service, client: TestClient, achievement: str, cohort: str
) -> None:
    ada, ben = added(client, cohort, person("Ada"), person("Ben"))
    for one in (ada, ben):
        known(client, cohort, one, status="completed")
    with service.resources.store.connect_to_write() as connection:
        own = cohort_learner.c.learner_id == ada
        connection.execute(update(cohort_learner).where(own).values(sealed=b"\x01" + bytes(60)))

    trial = told(finish(client, cohort, dryRun="true"))

    assert trial.why_not(ada, achievement) == ["record-damaged"]
    assert trial.verdict(ben, achievement) == "earned"
    assert read(client, cohort, ada)["reason"] == "record-damaged"
    assert refused(client.delete(f"/v1/cohorts/{cohort}/learners/{ada}")) == (
        503,
        "record-damaged",
    )


def test_a_record_of_another_learner_or_cohort_cannot_be_put_in_its_place(
    service: Service, client: TestClient, achievement: str, cohort: str
) -> None:
    other = make_cohort(client, str(make_program(client, step(achievement))["id"]))
    row = person("Ada")
    (ada,) = added(client, cohort, row)
    added(client, other, row)
    known(client, other, ada, status="completed")
    with service.resources.store.connect_to_write() as connection:
        there = (cohort_learner.c.learner_id == ada) & (cohort_learner.c.cohort_id == other)
        sealed = connection.execute(select(cohort_learner.c.sealed).where(there)).scalar_one()
        here = (cohort_learner.c.learner_id == ada) & (cohort_learner.c.cohort_id == cohort)
        connection.execute(update(cohort_learner).where(here).values(sealed=sealed))

    assert read(client, cohort, ada)["reason"] == "record-damaged"
    assert read(client, other, ada)["reason"] is None


def test_t95_nothing_of_a_learner_stands_in_clear(
    service: Service, client: TestClient, cohort: str, capsys: pytest.CaptureFixture[str]
) -> None:
    row = person(CANARY, email="canary@mail.example")
    (ada,) = added(client, cohort, row)
    known(client, cohort, ada, evidence=[{"narrative": CANARY}], results=[{"value": CANARY}])
    add(client, cohort, [{"recipient": {"name": CANARY}}])
    told(finish(client, cohort, dryRun="true"))

    with service.resources.store.connect_to_read() as connection:
        for table in (cohort_learner, learner, idempotency):
            for kept in connection.execute(select(table)):
                assert CANARY not in repr(tuple(kept))
    assert CANARY not in "".join(capsys.readouterr())
    assert CANARY in json.dumps(read(client, cohort, ada))


def test_t95_a_preview_names_nobody(client: TestClient, cohort: str) -> None:
    added(client, cohort, person(CANARY))

    assert CANARY not in finish(client, cohort, dryRun="true").text


def test_t70_a_name_that_writes_headers_is_refused(client: TestClient, cohort: str) -> None:
    bad: JsonObject = {"recipient": {"name": "Ada\r\nSet-Cookie: x", "externalId": unique("x")}}

    answer = add(client, cohort, [bad])

    assert refused(answer) == (422, "malformed-batch")
    assert "set-cookie" not in answer.headers
    assert size(client, cohort) == 0


def test_a_finish_asks_few_questions_however_many_learners_there_are(
    service: Service, client: TestClient, achievement: str, cohort: str
) -> None:
    few = make_cohort(client, str(make_program(client, step(achievement))["id"]))
    added(client, few, *(person(f"Learner {number}") for number in range(2)))
    added(client, cohort, *(person(f"Learner {number}") for number in range(400)))

    assert questions(service, cohort) <= questions(service, few)


def questions(service: Service, cohort: str) -> int:
    """Count the statements of a preview."""
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert finish(service.client(), cohort, dryRun="true").status_code == HTTPStatus.OK
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(asked)


def test_t55_another_hub_adds_nobody_and_finishes_nothing(
    service: Service, client: TestClient, cohort: str
) -> None:
    intruder = service.client(service.other)
    (ada,) = added(client, cohort, person("Ada"))

    for answer in (
        add(intruder, cohort, [person("Eve")]),
        add(intruder, cohort, [person("Eve")], dryRun="true"),
        finish(intruder, cohort),
        finish(intruder, cohort, dryRun="true"),
        intruder.get(f"/v1/cohorts/{cohort}/learners"),
        intruder.delete(f"/v1/cohorts/{cohort}/learners/{ada}"),
    ):
        assert refused(answer) == (404, "cohort-not-found")
    assert size(client, cohort) == 1


def test_a_learner_of_another_cohort_is_not_found(
    client: TestClient, achievement: str, cohort: str
) -> None:
    other = make_cohort(client, str(make_program(client, step(achievement))["id"]))
    (ada,) = added(client, other, person("Ada"))

    assert refused(client.get(f"/v1/cohorts/{cohort}/learners/{ada}")) == (404, "learner-not-found")


def test_days_and_finishing_say_the_state(
    fresh_service: Service,
) -> None:
    client = fresh_service.client()
    program = str(make_program(client)["id"])
    cohort = make_cohort(client, program, startsOn="2026-11-24", endsOn="2026-11-25")
    path = f"/v1/cohorts/{cohort}"

    planned = client.get(path).json()["state"]
    fresh_service.clock.move(days=timedelta(days=3).days)
    running = client.get(path).json()["state"]
    told(finish(client, cohort))

    assert (planned, running, client.get(path).json()["state"]) == (
        "planned",
        "running",
        "finished",
    )


def test_cohorts_are_listed_newest_first_all_or_of_a_program(client: TestClient) -> None:
    one, other = (str(make_program(client)["id"]) for _ in range(2))
    made = [make_cohort(client, program) for program in (one, other, one)]

    whole = client.get("/v1/cohorts", params={"limit": 3}).json()
    of_one = client.get("/v1/cohorts", params={"program": one}).json()
    rest = client.get("/v1/cohorts", params={"limit": 1, "cursor": made[2]}).json()

    assert [it["id"] for it in whole["items"]] == made[::-1]
    assert [it["id"] for it in of_one["items"]] == [made[2], made[0]]
    assert [it["id"] for it in rest["items"]] == [made[1]]


def count_of(service: Service) -> int:
    with service.resources.store.connect_to_read() as connection:
        found: int = connection.execute(select(func.count()).select_from(learner)).scalar_one()
    return found


def test_a_trial_makes_no_learner(service: Service, client: TestClient, cohort: str) -> None:
    before = count_of(service)

    add(client, cohort, [person("Ada")], dryRun="true")

    assert count_of(service) == before
