"""Issuing rosters: each row by itself, none twice."""

from dataclasses import replace
from datetime import date

import pytest

from credhub.credentials.achievement import Achievement
from credhub.documents.roster import RosterRow
from credhub.jsontypes import JsonObject, parse_object
from credhub.services import achievements, reading, rostering
from credhub.services.rostering import RowResult
from credhub.store.achievements import StoredAchievement
from credhub.store.hubs import HubNumber
from tests.running import Service, make_member, unique
from tests.services.ordering import definition, once

ROW = RosterRow(
    row=2,
    external_id="RLH-1",
    name="Amélie Dubois",
    email="amelie@example.org",
    achievement="solar-installer",
    awarded_on=date(2026, 11, 14),
    evidence_url="https://hub.example/portfolio/1",
)


@pytest.fixture
def hub(service_on_each: Service) -> HubNumber:
    """A new hub, so that names and external ids are free."""
    return make_member(service_on_each.runtime, unique("roster")).hub.number


def publish(service: Service, hub: HubNumber, name: str) -> StoredAchievement:
    def named(address: str, version: int) -> Achievement:
        return replace(definition(address, version), name=name)

    return achievements.publish(service.resources, hub, named, once(service.resources, hub))


def issue(service: Service, hub: HubNumber, *rows: RosterRow, **aliases: str) -> list[RowResult]:
    return list(rostering.issue(service.resources, hub, rows, aliases=aliases))


def document_of(service: Service, hub: HubNumber, result: RowResult) -> JsonObject:
    assert result.credential_id is not None, result.problem
    return parse_object(reading.by_id(service.resources, hub, result.credential_id).signed)


def test_a_row_becomes_a_credential(service_on_each: Service, hub: HubNumber) -> None:
    publish(service_on_each, hub, "Solar Installer")

    (result,) = issue(service_on_each, hub, ROW)

    document = document_of(service_on_each, hub, result)
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    assert subject["name"] == "Amélie Dubois"
    assert document["awardedDate"] == "2026-11-14T00:00:00Z"
    assert document["evidence"] == [{"id": "https://hub.example/portfolio/1", "type": ["Evidence"]}]
    assert "RLH-1" not in str(document)


def test_a_row_without_a_day_or_evidence_is_issued(
    service_on_each: Service, hub: HubNumber
) -> None:
    publish(service_on_each, hub, "Solar Installer")
    bare = replace(ROW, email=None, awarded_on=None, evidence_url=None)

    (result,) = issue(service_on_each, hub, bare)

    document = document_of(service_on_each, hub, result)
    assert "awardedDate" not in document
    assert "evidence" not in document


@pytest.mark.parametrize("label", ["Solar Installer", "solar-installer", "sun", "id"])
def test_an_achievement_has_several_names(
    service_on_each: Service, hub: HubNumber, label: str
) -> None:
    published = publish(service_on_each, hub, "Solar Installer").achievement_id
    named = replace(ROW, achievement=published if label == "id" else label)

    (result,) = issue(service_on_each, hub, named, sun=published)

    assert document_of(service_on_each, hub, result)


def test_the_same_roster_again_gives_the_same_credentials(
    service_on_each: Service, hub: HubNumber
) -> None:
    publish(service_on_each, hub, "Solar Installer")
    rows = [replace(ROW, row=2 + n, external_id=f"RLH-{n}") for n in range(8)]

    first = issue(service_on_each, hub, *rows[:5])
    second = issue(service_on_each, hub, *rows)

    assert second[:5] == first
    assert len({result.credential_id for result in second}) == 8
    listed = reading.page(service_on_each.resources, hub, before=None, limit=50)
    assert len(listed) == 8


def test_a_row_that_fails_stops_no_other(service_on_each: Service, hub: HubNumber) -> None:
    publish(service_on_each, hub, "Solar Installer")
    unknown = replace(ROW, row=3, achievement="Nothing")
    blank = replace(ROW, row=4, external_id="RLH-4", name=" ")
    last = replace(ROW, row=5, external_id="RLH-5")

    results = issue(service_on_each, hub, ROW, unknown, blank, last)

    assert [result.row.row for result in results] == [2, 3, 4, 5]
    assert [result.credential_id is None for result in results] == [False, True, True, False]
    assert [result.problem is None for result in results] == [True, False, False, True]
    assert results[1].problem == "There is no such achievement."
    assert "name" in str(results[2].problem)


def test_a_row_with_other_details_says_so(service_on_each: Service, hub: HubNumber) -> None:
    publish(service_on_each, hub, "Solar Installer")
    issue(service_on_each, hub, ROW)

    (result,) = issue(service_on_each, hub, replace(ROW, name="Amelie Dubois"))

    assert result.credential_id is None
    assert "another name" in str(result.problem)


def test_a_name_of_two_achievements_is_not_guessed(
    service_on_each: Service, hub: HubNumber
) -> None:
    first = publish(service_on_each, hub, "Solar Installer").achievement_id
    publish(service_on_each, hub, "Solar installer")
    by_id = replace(ROW, row=3, achievement=first)
    by_name = replace(ROW, row=4, external_id="RLH-4", achievement="Solar Installer")

    results = issue(service_on_each, hub, ROW, by_id, by_name)

    assert "Several achievements" in str(results[0].problem)
    assert results[0].credential_id is None
    assert document_of(service_on_each, hub, results[1])
    assert document_of(service_on_each, hub, results[2])


def test_a_new_version_is_the_same_achievement(service_on_each: Service, hub: HubNumber) -> None:
    resources = service_on_each.resources
    published = publish(service_on_each, hub, "Solar").achievement_id
    achievements.publish_version(resources, hub, published, definition, once(resources, hub))

    (result,) = issue(service_on_each, hub, replace(ROW, achievement="Solar"))

    subject = document_of(service_on_each, hub, result)["credentialSubject"]
    assert isinstance(subject, dict)
    assert isinstance(subject["achievement"], dict)
    assert subject["achievement"]["version"] == "2"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Community Bicycle Mechanic", "community-bicycle-mechanic"),
        ("  Café: déjà vu! ", "cafe-deja-vu"),
        ("基礎", ""),
    ],
)
def test_a_key_is_the_name_in_plain_letters(name: str, key: str) -> None:
    assert achievements.key_of(name) == key


def test_an_achievement_without_plain_letters_has_its_name(
    service_on_each: Service, hub: HubNumber
) -> None:
    publish(service_on_each, hub, "基礎")
    publish(service_on_each, hub, "電気")

    (result,) = issue(service_on_each, hub, replace(ROW, achievement="電気"))

    assert document_of(service_on_each, hub, result)
