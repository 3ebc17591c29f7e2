"""One cohort from its program to its credentials, over the API, on both engines."""

from credhub.jsontypes import JsonObject
from tests.running import Service, publish, unique
from tests.services.erasing import erase_learner
from tests.web.cohorts import (
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
DIGEST = "ab" * 32


def test_a_cohort_from_its_program_to_its_credentials(service_on_each: Service) -> None:
    service = service_on_each
    client = service.client()
    there, exam, path = (publish(client, name=unique(name)) for name in ("There", "Exam", "Path"))
    program = make_program(
        client,
        step(path, "prerequisites", there, exam),
        step(there, {"attendance": 80}),
        step(exam, {"result": "passed"}, there),
    )
    cohort = make_cohort(client, str(program["id"]), sessions=10)

    ada, ben, cleo, dan, eve = added(
        client, cohort, *map(person, ("Ada", "Ben", "Cleo", "Dan", "Eve"))
    )
    attended = {"present": 8, "absent": 2}
    known(
        client,
        cohort,
        ada,
        attendance=attended,
        results=[{**PASSED, "achievement": exam}],
        evidence=[{**LINK, "achievement": exam}, {"name": "roof.jpg", "sha256": DIGEST}],
    )
    known(client, cohort, ben, attendance={"present": 7, "absent": 3}, results=[PASSED])
    known(client, cohort, cleo, attendance=attended)
    known(client, cohort, dan, attendance=attended, results=[PASSED])
    gone = client.delete(f"/v1/cohorts/{cohort}/learners/{dan}")
    assert gone.json()["known"]["status"] == "withdrawn"

    trial = told(finish(client, cohort, dryRun="true"))

    assert [it["achievement"] for it in trial.answer["achievements"]] == [there, exam, path]  # type: ignore[attr-defined]
    assert [trial.verdict(ada, it) for it in (there, exam, path)] == ["earned"] * 3
    assert trial.why_not(ben, there) == ["attendance-too-low"]
    assert trial.why_not(ben, exam) == ["prerequisite-missing"]
    assert trial.by_learner[ben][path]["missing"] == [there, exam]
    assert trial.verdict(cleo, there) == "earned"
    assert trial.why_not(cleo, exam) == ["result-missing"]
    assert trial.why_not(cleo, path) == ["prerequisite-missing"]
    assert trial.why_not(dan, there) == ["withdrawn"]
    assert trial.why_not(eve, there) == ["attendance-missing"]
    assert trial.why_not(eve, exam) == ["result-missing", "prerequisite-missing"]
    assert trial.by_achievement[there]["earned"] == 2
    assert trial.by_achievement[there]["reasons"] == {
        "attendance-missing": 1,
        "attendance-too-low": 1,
        "withdrawn": 1,
    }
    assert trial.batches == {}
    assert client.get(f"/v1/cohorts/{cohort}").json()["state"] == "running"

    first = finished(service, service.one, cohort)

    assert set(first.batches) == {there, exam, path}
    assert client.get(f"/v1/cohorts/{cohort}").json()["state"] == "finished"
    (row,) = rows_of_batch(client, first.batches[exam])
    assert row["outcome"] == "issued"
    document = client.get(f"/v1/credentials/{row['credential']}").json()["credential"]
    assert document["awardedDate"] == "2026-11-20T00:00:00Z"
    assert document["credentialSubject"]["result"][0]["value"] == "87"
    assert [it.get("id") for it in document["evidence"]] == [LINK["id"], None]
    assert DIGEST in document["evidence"][1]["narrative"]

    again = finished(service, service.one, cohort)

    assert again.batches == {}
    assert again.by_achievement[there]["issued"] == 2
    assert again.by_achievement[exam]["issued"] == 1

    known(
        client,
        cohort,
        cleo,
        attendance=attended,
        results=[PASSED],
        awardedDate="2026-11-22T09:00:00Z",
    )
    late = finished(service, service.one, cohort)

    assert set(late.batches) == {exam, path}
    (row,) = rows_of_batch(client, late.batches[path])
    document = client.get(f"/v1/credentials/{row['credential']}").json()["credential"]
    assert document["awardedDate"] == "2026-11-22T09:00:00Z"
    assert document["credentialSubject"]["name"] == "Cleo"

    erase_learner(service.resources, service.one.hub.number, str(row["credential"]))
    after = told(finish(client, cohort, dryRun="true"))

    assert after.verdict(cleo, path) == "issued"
    assert read(client, cohort, cleo)["known"] is None
    assert read(client, cohort, cleo)["reason"] == "erased"
    assert client.get(f"/v1/cohorts/{cohort}").json()["learners"] == 5
    refused = client.delete(f"/v1/cohorts/{cohort}/learners/{cleo}")
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
