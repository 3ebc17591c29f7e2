"""Taking over: what would become of old credentials, and what they say then."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from credhub import jsontypes
from credhub.credentials.achievement import Achievement
from credhub.credentials.draft import Recipient
from credhub.credentials.validity import Validity
from credhub.documents.imports.choices import ImportChoices
from credhub.documents.imports.known_names import KnownNames
from credhub.documents.imports.outcome import OldAchievement, OldCredential, PassedOver, Why
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import RowFault
from credhub.services import achievements, pictures, reading
from credhub.services.imports import import_reading, importing
from credhub.services.imports.import_matching import Wishes
from credhub.services.imports.import_plan import Group, OldFile, Plan
from credhub.services.resources import Resources
from credhub.store.batch_results import Outcome
from credhub.store.hubs import HubNumber
from tests.hostile import pngs
from tests.services.batching import results, work_off
from tests.services.ordering import definition, once, publish
from tests.unit.documents.imports import exports
from tests.unit.documents.imports.badges import BADGE, assertion

SOLAR = OldAchievement(name="Solar", issuer="Riverside")


def old(number: int, achievement: OldAchievement = SOLAR, **changes: object) -> OldCredential:
    row = ReadRow(
        row=number,
        key=f"old:{number}",
        recipient=Recipient(name=f"Learner {number}", email=f"l{number}@mail.example"),
        awarded_at=datetime(2019, 5, 3, tzinfo=UTC),
    )
    return OldCredential(
        achievement=achievement,
        row=replace(row, **changes),  # type: ignore[arg-type]  # a test may name any
    )


def plan_of(
    resources: Resources,
    hub: HubNumber,
    *files: OldFile,
    issuers: frozenset[str] = frozenset(),
    **wishes: Any,  # noqa: ANN401 - as they are named
) -> Plan:
    return importing.plan(resources, hub, files, Wishes(**wishes), issuers)


def file_of(*items: OldCredential | PassedOver | RowFault, name: str = "old.csv") -> OldFile:
    return OldFile(name=name, items=items)


def issued(resources: Resources, hub: HubNumber, group: Group) -> Iterator[dict[str, Any]]:
    """Issue a group and read its credentials back."""
    importing.publish(resources, hub, group)
    batch = importing.receive(resources, hub, group)
    work_off(resources)
    for it in results(resources, batch):
        assert it.result.outcome is Outcome.ISSUED, it.result
        assert it.result.credential_id is not None
        opened = reading.by_id(resources, hub, it.result.credential_id)
        yield jsontypes.parse_object(opened.signed)


def codes(plan: Plan) -> list[tuple[str, int | None, str]]:
    return [(it.file, it.fault.row, it.fault.code) for it in plan.faults]


def test_an_old_date_is_a_claim_and_the_signature_is_of_today(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    choices = ImportChoices(now=resources.clock())
    content = [("credly.csv", exports.CREDLY.replace("Welding", "Solar").encode())]
    read = import_reading.read_files(resources, content, choices, KnownNames())
    (group,) = importing.plan(resources, hub, read.files, Wishes()).groups

    first, _ = issued(resources, hub, group)

    now = resources.clock()
    signed_at = datetime.fromisoformat(first["validFrom"])
    assert first["awardedDate"] == "2019-05-03T00:00:00Z"
    assert abs((now - signed_at).total_seconds()) < 3600
    assert abs((now - datetime.fromisoformat(first["proof"][0]["created"])).total_seconds()) < 3600
    assert first["credentialSubject"]["achievement"]["id"].endswith(achievement)
    assert first["evidence"][0]["id"] == "https://badges.example/b-1"
    assert "is a claim of its issuer" in first["evidence"][0]["narrative"]


def test_the_same_credentials_are_the_same_batch(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = importing.receive(
        resources, hub, plan_of(resources, hub, file_of(old(1), old(2))).groups[0]
    )
    work_off(resources)

    plan = plan_of(resources, hub, file_of(old(1), old(2)))
    (group,) = plan.groups

    assert group.achievement.achievement_id == achievement
    assert group.trial is not None
    assert (group.trial.new, group.trial.skipped) == (0, 2)
    assert importing.receive(resources, hub, group).batch_id == first.batch_id
    assert importing.receive(resources, hub, group, again="x").batch_id != first.batch_id


def test_what_an_achievement_lets_stand_counts_from_the_award(
    resources: Resources, hub: HubNumber
) -> None:
    def of_ten_years(address: str, version: int) -> Achievement:
        return replace(definition(address, version), validity=Validity(years=10))

    achievements.publish(resources, hub, of_ten_years, once(resources, hub))
    long_ago = datetime(2009, 5, 3, tzinfo=UTC)
    until = datetime(2050, 1, 1, tzinfo=UTC)
    plan = plan_of(
        resources,
        hub,
        file_of(
            old(1),
            old(2, awarded_at=long_ago),
            old(3, awarded_at=None),
            old(4, awarded_at=long_ago, valid_until=until),
        ),
    )

    ends = [row.valid_until for row in plan.groups[0].rows]
    assert ends == [datetime(2029, 5, 3, tzinfo=UTC), None, until]
    assert plan.passed_rows == [("old.csv", 2, Why.EXPIRED)]

    nothing = plan_of(resources, hub, file_of(old(2, awarded_at=long_ago)))
    assert (nothing.groups, nothing.faults) == ((), [])


def test_an_achievement_is_found_by_name_id_or_as_it_is_said(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    sun = OldAchievement(name="Sun", id="t-9")
    file = file_of(old(1, OldAchievement(name="SOLAR ")), old(2, sun))

    by_old_name = plan_of(resources, hub, file, mapping={"Sun": achievement})
    by_old_id = plan_of(resources, hub, file, mapping={"t-9": "Solar"})
    unsaid = plan_of(resources, hub, file)

    assert [len(plan.groups) for plan in (by_old_name, by_old_id)] == [1, 1]
    assert len(by_old_id.groups[0].rows) == 2
    assert by_old_id.groups[0].names == {"SOLAR ", "Sun"}
    assert codes(unsaid) == [("old.csv", 2, "achievement-unknown")]


@pytest.mark.usefixtures("achievement")
def test_a_name_that_two_achievements_have_must_be_an_id(
    resources: Resources, hub: HubNumber
) -> None:
    achievements.publish(resources, hub, definition, once(resources, hub))

    assert codes(plan_of(resources, hub, file_of(old(1), old(2)))) == [
        ("old.csv", 1, "achievement-ambiguous")
    ]


def test_names_that_differ_in_signs_are_not_the_same(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    assert achievement
    for name in ("Solar#", "Solar++", "太陽能"):
        plan = plan_of(resources, hub, file_of(old(1, OldAchievement(name=name))))
        assert codes(plan) == [("old.csv", 1, "achievement-unknown")]


def test_a_new_achievement_says_what_the_old_one_said(resources: Resources, hub: HubNumber) -> None:
    told = OldAchievement(
        name="Weaving",
        issuer="Loom School",
        description="Weaves.",
        criteria="Wove a cloth.",
        criteria_url="https://loom.example/weaving",
    )
    plan = plan_of(
        resources, hub, file_of(old(1, told), old(2, OldAchievement(name="Dyeing"))), create=True
    )
    dyeing, weaving = plan.groups

    assert plan.faults == []
    assert (weaving.is_new, weaving.trial is not None and weaving.trial.new) == (True, 1)
    (made,) = issued(resources, hub, weaving)
    (other,) = issued(resources, hub, dyeing)
    described = made["credentialSubject"]["achievement"]
    assert described["description"] == "Weaves."
    assert described["criteria"] == {
        "id": "https://loom.example/weaving",
        "type": "Criteria",
        "narrative": "Wove a cloth.",
    }
    assert (
        "whoever issued it first"
        in other["credentialSubject"]["achievement"]["criteria"]["narrative"]
    )
    again = plan_of(resources, hub, file_of(old(1, told)), create=True)
    assert again.groups[0].achievement.achievement_id == weaving.achievement.achievement_id


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"id": "https://a.example/2"}, "Welding (https://a.example/1, https://a.example/2)"),
        ({"description": "Level three."}, "Welding"),
        ({"criteria": "Two years."}, "Welding"),
        ({"criteria_url": "https://a.example/three"}, "Welding"),
    ],
    ids=["id", "description", "criteria", "page"],
)
def test_two_achievements_of_one_name_do_not_become_one(
    resources: Resources, hub: HubNumber, change: dict[str, str], shown: str
) -> None:
    one = OldAchievement(
        name="Welding",
        id="https://a.example/1",
        description="Level one.",
        criteria="Two hours.",
        criteria_url="https://a.example/one",
    )
    other = replace(one, **change)
    file = file_of(old(1, one), old(2, one), old(3, other), old(4, other))

    plan = plan_of(resources, hub, file, create=True)
    mapped = plan_of(
        resources,
        hub,
        file,
        create=True,
        mapping={"Welding": publish(resources, hub).achievement_id},
    )

    assert codes(plan) == [("old.csv", 3, "achievement-ambiguous")]
    assert plan.faults[0].text().endswith(f"({shown})")
    assert mapped.faults == []


def test_what_two_issuers_asked_for_is_not_said_of_one(
    resources: Resources, hub: HubNumber
) -> None:
    one, other = (OldAchievement(name="Welding", issuer=issuer) for issuer in ("A", "B"))
    same = {"criteria": "Two hours."}

    told_apart = plan_of(
        resources, hub, file_of(old(1, one), old(2, other)), create=True, issuers=frozenset("AB")
    )
    alike = plan_of(
        resources,
        hub,
        file_of(old(1, replace(one, **same)), old(2, replace(other, **same))),
        create=True,
        issuers=frozenset("AB"),
    )

    assert codes(told_apart) == [("old.csv", 2, "achievement-ambiguous")]
    assert (codes(alike), len(alike.groups)) == ([], 1)


def test_a_new_achievement_is_described_by_whichever_export_describes_it(
    resources: Resources, hub: HubNumber
) -> None:
    plain = OldAchievement(name="Welding")
    full = OldAchievement(name="Welding", id="w", description="Joins.", criteria="Joined.")
    plan = plan_of(resources, hub, file_of(old(1, plain), old(2, full), old(3, plain)), create=True)
    (group,) = plan.groups

    documents = list(issued(resources, hub, group))

    assert len(documents) == 3
    for made in documents:
        assert made["credentialSubject"]["achievement"]["description"] == "Joins."
        assert made["credentialSubject"]["achievement"]["criteria"]["narrative"] == "Joined."


def test_names_that_differ_in_case_are_one_new_achievement(
    resources: Resources, hub: HubNumber
) -> None:
    names = ("First Aid", "First  aid")
    file = file_of(*(old(n, OldAchievement(name=name)) for n, name in enumerate(names, 1)))
    (group,) = plan_of(resources, hub, file, create=True).groups
    assert len(list(issued(resources, hub, group))) == 2

    again = plan_of(resources, hub, file, create=True)

    assert group.names == set(names)
    assert codes(again) == []
    assert [it.trial and it.trial.skipped for it in again.groups] == [2]


@pytest.mark.parametrize("create", [True, False], ids=["create", "not"])
def test_what_a_new_achievement_is_called_since_is_told(
    resources: Resources, hub: HubNumber, *, create: bool
) -> None:
    brand_new = replace(SOLAR, name="Brand new", id="n-1")
    file = file_of(old(1, brand_new))
    (first,) = plan_of(resources, hub, file, create=True).groups
    assert len(list(issued(resources, hub, first))) == 1
    made = first.achievement.achievement_id
    achievements.publish_version(
        resources,
        hub,
        made,
        lambda address, version: replace(definition(address, version), name="Renamed"),
        once(resources, hub),
    )

    (again,) = plan_of(resources, hub, file, create=create).groups
    other = plan_of(resources, hub, file_of(old(2, replace(brand_new, id="n-2"))), create=True)

    assert first.here == made
    assert (again.is_new, again.here) == (False, f"{made} (Renamed)")
    assert again.trial is not None
    assert (again.trial.new, again.trial.skipped) == (0, 1)
    assert [group.is_new for group in other.groups] == [True]


@pytest.mark.parametrize("runs", ["one run", "two runs"])
def test_one_credential_in_two_exports_is_issued_once(
    resources: Resources, hub: HubNumber, achievement: str, runs: str
) -> None:
    table = exports.CREDLY.partition("\nSolar,t-1,Riverside,b-2")[0]
    badge = assertion(
        id="https://badges.example/b-1",
        badge={**BADGE, "name": "Solar", "issuer": "Riverside"},
        **{"extensions:recipientProfile": {"name": "Amélie Dubois"}},
    )
    files = [("1.csv", table.encode()), ("2.json", json.dumps(badge).encode())]
    choices = ImportChoices(now=resources.clock())
    one, two = import_reading.read_files(resources, files, choices, KnownNames()).files

    if runs == "one run":
        assert codes(plan_of(resources, hub, one, two)) == [("2.json", 1, "row-repeated")]
        return
    assert len(list(issued(resources, hub, plan_of(resources, hub, one).groups[0]))) == 1
    later = plan_of(resources, hub, two)
    assert [group.achievement.achievement_id for group in later.groups] == [achievement]
    assert codes(later) == [("2.json", 1, "row-key-reused")]
    same = plan_of(resources, hub, one).groups[0].trial
    assert same is not None
    assert (same.new, same.skipped) == (0, 1)


def test_an_image_is_drawn_anew_and_one_that_cannot_be_is_left_out(
    resources: Resources, hub: HubNumber
) -> None:
    image = pngs.image(pngs.international(b"hidden"))
    drawn = replace(SOLAR, picture=_held("png", image))
    plain = replace(SOLAR, name="Wind", picture=_held("svg+xml", b"<svg/>"))
    plan = plan_of(resources, hub, file_of(old(1, drawn), old(2, plain)), create=True)
    solar, wind = plan.groups

    (made,) = issued(resources, hub, solar)
    (other,) = issued(resources, hub, wind)

    assert plan.faults == []
    assert solar.picture is not None
    address = made["credentialSubject"]["achievement"]["image"]["id"]
    own = resources.keyring.of(hub).hub
    digest = address.rpartition("/")[2].removesuffix(".png")
    assert address.startswith(f"{own.base_url}/hubs/{own.slug}/pictures/")
    assert b"hidden" not in pictures.read(resources, own, digest)
    assert (wind.picture, wind.picture_refused) == (None, "photo-kind-not-read")
    assert "image" not in other["credentialSubject"]["achievement"]


def _held(kind: str, image: bytes) -> str:
    return f"data:image/{kind};base64,{b64encode(image).decode()}"


def test_a_definition_that_no_achievement_can_have_is_a_fault(
    resources: Resources, hub: HubNumber
) -> None:
    told = OldAchievement(name="Weaving", criteria_url="https://[not an address]/")

    plan = plan_of(resources, hub, file_of(old(1, told), old(2, told)), create=True)

    assert codes(plan) == [("old.csv", 1, "invalid-claim")]
    assert plan.groups == ()


@pytest.mark.usefixtures("achievement")
def test_credentials_of_two_issuers_are_not_mixed_unawares(
    resources: Resources, hub: HubNumber
) -> None:
    other = replace(SOLAR, issuer="Somebody else")
    file = file_of(old(1), old(2, other))

    unsaid = plan_of(resources, hub, file)
    said = plan_of(resources, hub, file, issuers=frozenset({"Riverside"}))

    assert codes(unsaid) == [("All files", None, "issuers-several")]
    assert unsaid.faults[0].text().endswith("passed over. (Riverside, Somebody else)")
    assert [row.row for row in said.groups[0].rows] == [1]
    assert said.passed_over == {Why.OTHER_ISSUER: 1}
    assert said.faults == []


@pytest.mark.usefixtures("achievement")
def test_faults_are_told_by_file_and_row(resources: Resources, hub: HubNumber) -> None:
    fault = RowFault(row=4, code="name-missing", detail="No name.")
    first = file_of(old(2), PassedOver(row=3, why=Why.REVOKED), fault, name="a.csv")
    second = file_of(old(2, key="old:2"), name="b.csv")

    plan = plan_of(resources, hub, first, second)

    assert codes(plan) == [("a.csv", 4, "name-missing"), ("b.csv", 2, "row-repeated")]
    assert plan.faults[0].text() == "a.csv: Row 4: No name."
    assert plan.faults[1].text() == "b.csv: Row 2: It repeats row 2 of a.csv."
    assert plan.passed_rows == [("a.csv", 3, Why.REVOKED)]


@pytest.mark.usefixtures("achievement")
def test_rows_of_several_files_have_numbers_of_their_own(
    resources: Resources, hub: HubNumber
) -> None:
    files = (file_of(old(2), name="a.csv"), file_of(old(2, key="b"), name="b.csv"))

    (group,) = plan_of(resources, hub, *files).groups

    assert [row.row for row in group.rows] == [1, 2]
    assert group.places == {1: ("a.csv", 2), 2: ("b.csv", 2)}
