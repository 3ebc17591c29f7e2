"""One cohort from its program to its credentials, over the API, on both engines."""

from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject
from tests.running import Service, publish, unique
from tests.services.erasing import erase_learner
from tests.web.cohorts import (
    Told,
    add,
    added,
    finish,
    finished,
    known,
    make_cohort,
    make_program,
    person,
    read,
    rows_of_batch,
    step,
    told,
)

PASSED: JsonObject = {"value": "87", "status": "Completed"}
LINK: JsonObject = {"id": "https://school.example/work", "name": "The roof"}
ATTENDED: JsonObject = {"present": 8, "absent": 2}
DIGEST = "ab" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A cohort that has ended: who was there earns ``there``, then ``exam``, then ``path``."""

    service: Service
    cohort: str
    there: str
    exam: str
    path: str
    ada: str
    ben: str
    cleo: str
    dan: str
    eve: str

    @property
    def client(self) -> TestClient:
        return self.service.client()

    def finished(self) -> Told:
        """Finish it, and have everything issued."""
        return finished(self.service, self.service.one, self.cohort)

    def tried(self) -> Told:
        """Try out to finish it."""
        return told(finish(self.client, self.cohort, dryRun="true"))

    def document(self, batch: str) -> JsonObject:
        """Read the only credential that a batch gave."""
        (row,) = rows_of_batch(self.client, batch)
        answer = self.client.get(f"/v1/credentials/{row['credential']}").json()
        document: JsonObject = answer["credential"]
        return document


@pytest.fixture
def story(service_on_each: Service) -> Story:
    """Five learners: Ada has all, Ben missed too much, Cleo has no result yet, Dan left."""
    client = service_on_each.client()
    there, exam, path = (publish(client, name=unique(name)) for name in ("There", "Exam", "Path"))
    program = make_program(
        client,
        step(path, "prerequisites", there, exam),
        step(there, {"attendance": 80}),
        step(exam, {"result": "passed"}, there),
    )
    cohort = make_cohort(client, str(program["id"]), sessions=10)
    people = [person(name) for name in ("Ada", "Ben", "Cleo", "Dan", "Eve")]
    ada, ben, cleo, dan, eve = added(client, cohort, *people)
    known(
        client,
        cohort,
        ada,
        attendance=ATTENDED,
        results=[{**PASSED, "achievement": exam}],
        evidence=[{**LINK, "achievement": exam}, {"name": "roof.jpg", "sha256": DIGEST}],
    )
    known(client, cohort, ben, attendance={"present": 7, "absent": 3}, results=[PASSED])
    known(client, cohort, cleo, attendance=ATTENDED)
    known(client, cohort, dan, attendance=ATTENDED, results=[PASSED])
    gone = client.delete(f"/v1/cohorts/{cohort}/learners/{dan}")
    assert gone.json()["known"]["status"] == "withdrawn"
    return Story(
        service=service_on_each,
        cohort=cohort,
        there=there,
        exam=exam,
        path=path,
        ada=ada,
        ben=ben,
        cleo=cleo,
        dan=dan,
        eve=eve,
    )


def test_a_preview_says_of_everybody_what_was_earned_and_why_not(story: Story) -> None:
    there, exam, path = story.there, story.exam, story.path

    trial = story.tried()

    assert list(trial.by_achievement) == [there, exam, path]
    assert [trial.verdict(story.ada, it) for it in (there, exam, path)] == ["earned"] * 3
    assert trial.why_not(story.ben, there) == ["attendance-too-low"]
    assert trial.why_not(story.ben, exam) == ["prerequisite-missing"]
    assert trial.by_learner[story.ben][path]["missing"] == [there, exam]
    assert trial.verdict(story.cleo, there) == "earned"
    assert trial.why_not(story.cleo, exam) == ["result-missing"]
    assert trial.why_not(story.cleo, path) == ["prerequisite-missing"]
    assert trial.why_not(story.dan, there) == ["withdrawn"]
    assert trial.why_not(story.eve, there) == ["attendance-missing"]
    assert trial.why_not(story.eve, exam) == ["result-missing", "prerequisite-missing"]
    assert trial.by_achievement[there]["earned"] == 2
    assert trial.by_achievement[there]["reasons"] == {
        "attendance-missing": 1,
        "attendance-too-low": 1,
        "withdrawn": 1,
    }
    assert trial.batches == {}
    assert story.client.get(f"/v1/cohorts/{story.cohort}").json()["state"] == "running"


def test_finishing_issues_what_was_earned_with_results_and_evidence(story: Story) -> None:
    first = story.finished()

    assert set(first.batches) == {story.there, story.exam, story.path}
    assert len(rows_of_batch(story.client, first.batches[story.there])) == 2
    assert story.client.get(f"/v1/cohorts/{story.cohort}").json()["state"] == "finished"
    document: Any = story.document(first.batches[story.exam])
    assert document["awardedDate"] == "2026-11-20T00:00:00Z"
    assert document["credentialSubject"]["name"] == "Ada"
    assert document["credentialSubject"]["result"][0]["value"] == "87"
    assert [it.get("id") for it in document["evidence"]] == [LINK["id"], None]
    assert DIGEST in document["evidence"][1]["narrative"]


def test_finishing_again_issues_nothing_twice_and_late_learners_get_theirs(story: Story) -> None:
    story.finished()

    again = story.finished()

    assert again.batches == {}
    assert again.by_achievement[story.there]["issued"] == 2
    assert again.by_achievement[story.exam]["issued"] == 1
    known(
        story.client,
        story.cohort,
        story.cleo,
        attendance=ATTENDED,
        results=[PASSED],
        awardedDate="2026-11-22T09:00:00Z",
    )
    late = story.finished()
    assert set(late.batches) == {story.exam, story.path}
    document: Any = story.document(late.batches[story.path])
    assert document["awardedDate"] == "2026-11-22T09:00:00Z"
    assert document["credentialSubject"]["name"] == "Cleo"


def test_of_somebody_who_was_erased_nothing_is_known(story: Story) -> None:
    client, cohort = story.client, story.cohort
    first = story.finished()
    (row,) = rows_of_batch(client, first.batches[story.exam])

    erase_learner(story.service.resources, story.service.one.hub.number, str(row["credential"]))

    after = story.tried()
    assert after.verdict(story.ada, story.exam) == "issued"
    assert read(client, cohort, story.ben)["reason"] is None
    assert read(client, cohort, story.ada)["known"] is None
    assert read(client, cohort, story.ada)["reason"] == "erased"
    assert client.get(f"/v1/cohorts/{cohort}").json()["learners"] == 5
    refused = client.delete(f"/v1/cohorts/{cohort}/learners/{story.ada}")
    assert (refused.status_code, refused.json()["code"]) == (410, "learner-erased")


def test_somebody_erased_before_the_end_gets_nothing(service_on_each: Service) -> None:
    service = service_on_each
    client = service.client()
    achievement = publish(client, name=unique("Solar"))
    program = str(make_program(client, step(achievement))["id"])
    earlier = make_cohort(client, program)
    rows = [person("Ada"), person("Ben")]
    ada, ben = added(client, earlier, *rows)
    known(client, earlier, ada, status="completed")
    (issued,) = rows_of_batch(client, finished(service, service.one, earlier).batches[achievement])
    later = make_cohort(client, program)
    assert added(client, later, *rows) == [ada, ben]
    known(client, later, ada, status="completed")
    known(client, later, ben, status="completed")

    erase_learner(service.resources, service.one.hub.number, str(issued["credential"]))
    result = told(finish(client, later, dryRun="true"))
    batch = finished(service, service.one, later).batches[achievement]

    assert result.why_not(ada, achievement) == ["erased"]
    assert result.verdict(ben, achievement) == "earned"
    assert len(rows_of_batch(client, batch)) == 1
    back = add(client, later, rows).json()
    assert (back["added"], back["present"]) == (1, 1)
    assert back["rows"][0]["learner"] not in (ada, ben)
