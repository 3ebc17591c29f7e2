"""Programs and cohorts over the API, for tests that are about what becomes of them."""

from dataclasses import dataclass, field
from http import HTTPStatus

from httpx2 import Response
from starlette.testclient import TestClient

from credhub.jobs.batch_working import work_once
from credhub.jsontypes import JsonObject, JsonValue
from tests.running import Member, Service, post, publish, unique

ENDS_ON = "2026-11-20"


def step(achievement: str, rule: JsonValue = "completion", *requires: str) -> JsonObject:
    """Give one achievement of a program."""
    return {"achievement": achievement, "rule": rule, "requires": list(requires)}


def make_program(client: TestClient, *steps: JsonObject, **changes: JsonValue) -> JsonObject:
    """Make a program of these achievements, or of one."""
    values: JsonObject = {
        "name": unique("Solar"),
        "achievements": list(steps) or [step(publish(client))],
    }
    return post(client, "/v1/programs", values | changes)


def cohort_body(program: str, **changes: JsonValue) -> JsonObject:
    """Give what makes a cohort that ended two days ago."""
    values: JsonObject = {
        "program": program,
        "name": unique("Autumn"),
        "startsOn": "2026-10-01",
        "endsOn": ENDS_ON,
    }
    return values | changes


def make_cohort(client: TestClient, program: str, **changes: JsonValue) -> str:
    """Make a cohort and give its id."""
    return str(post(client, "/v1/cohorts", cohort_body(program, **changes))["id"])


def person(name: str, **changes: JsonValue) -> JsonObject:
    """Give a row of a roster."""
    return {"recipient": {"name": name, "externalId": unique(name), **changes}}


def add(
    client: TestClient,
    cohort: str,
    rows: object,
    *,
    key: str | None = None,
    **parameters: str,
) -> Response:
    """Send a roster as JSON."""
    return client.post(
        f"/v1/cohorts/{cohort}/learners",
        json=rows,
        params=parameters,
        headers={"idempotency-key": key or unique("key")},
    )


def added(client: TestClient, cohort: str, *rows: JsonObject) -> list[str]:
    """Add learners and give their ids."""
    answer = add(client, cohort, list(rows))
    assert answer.status_code == HTTPStatus.OK, answer.text
    return [row["learner"] for row in answer.json()["rows"]]


def read(client: TestClient, cohort: str, learner: str) -> JsonObject:
    """Read what is known of a learner."""
    answer = client.get(f"/v1/cohorts/{cohort}/learners/{learner}")
    assert answer.status_code == HTTPStatus.OK, answer.text
    found: JsonObject = answer.json()
    return found


def know(client: TestClient, cohort: str, learner: str, **said: JsonValue) -> Response:
    """Say what is known of a learner, as of what is there now."""
    body = {"version": read(client, cohort, learner)["version"], "status": "enrolled"} | said
    return client.put(f"/v1/cohorts/{cohort}/learners/{learner}", json=body)


def known(client: TestClient, cohort: str, learner: str, **said: JsonValue) -> JsonObject:
    """Do the same, and have it succeed."""
    answer = know(client, cohort, learner, **said)
    assert answer.status_code == HTTPStatus.OK, answer.text
    changed: JsonObject = answer.json()
    return changed


def finish(
    client: TestClient, cohort: str, *, key: str | None = None, **parameters: str
) -> Response:
    """Finish a cohort, or try that out."""
    return client.post(
        f"/v1/cohorts/{cohort}/finish",
        params=parameters,
        headers={"idempotency-key": key or unique("key")},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What finishing answered."""

    answer: dict[str, object] = field(repr=False)
    by_achievement: dict[str, dict[str, object]]
    by_learner: dict[str, dict[str, dict[str, object]]]

    @property
    def batches(self) -> dict[str, str]:
        """The batches, by achievement."""
        return {own: str(it["batch"]) for own, it in self.by_achievement.items() if it["batch"]}

    def why_not(self, learner: str, achievement: str) -> object:
        """Give the codes of a learner and an achievement."""
        return self.by_learner[learner][achievement]["reasons"]

    def verdict(self, learner: str, achievement: str) -> object:
        """Give what becomes of a learner and an achievement."""
        return self.by_learner[learner][achievement]["verdict"]


def told(answer: Response) -> Told:
    """Read what finishing answered."""
    assert answer.status_code == HTTPStatus.OK, answer.text
    said = answer.json()
    return Told(
        answer=said,
        by_achievement={it["achievement"]: it for it in said["achievements"]},
        by_learner={
            it["learner"]: {one["achievement"]: one for one in it["achievements"]}
            for it in said["items"] or ()
        },
    )


def finished(service: Service, member: Member, cohort: str, **parameters: str) -> Told:
    """Finish a cohort, and have its batches issued."""
    result = told(finish(service.client(member), cohort, **parameters))
    for batch in result.batches.values():
        while work_once(service.resources, batch=(member.hub.number, batch)):
            pass
    return result


def rows_of_batch(client: TestClient, batch: str) -> list[dict[str, object]]:
    """Give what became of the rows of a batch."""
    rows: list[dict[str, object]] = client.get(f"/v1/batches/{batch}/rows").json()["items"]
    return rows
