"""Taking over what this service issued itself: its rows say whether it still stands."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import pytest

from credhub.documents.imports.choices import ImportChoices
from credhub.documents.imports.outcome import Why
from credhub.services import reading, revoking
from credhub.services.imports import import_reading, import_standings, importing
from credhub.services.imports.import_matching import Wishes
from credhub.services.imports.import_plan import Plan
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from tests.running import Service, make_member, unique
from tests.services.erasing import erase_learner
from tests.services.ordering import issue, publish, publish_suspendable
from tests.services.test_correcting import correct
from tests.services.test_suspending import suspend
from tests.unit.documents.imports.badges import NAMES, assertion, credential

Change = Callable[[Resources, HubNumber, str], object]


def revoke(resources: Resources, hub: HubNumber, credential_id: str) -> None:
    revoking.revoke(resources, hub, credential_id, reason="cheated", actor="a test")


ENDS: Final[Mapping[str, tuple[Change, Why]]] = MappingProxyType(
    {
        "revoked": (revoke, Why.REVOKED),
        "suspended": (suspend, Why.REVOKED),
        "superseded": (correct, Why.REVOKED),
        "erased": (erase_learner, Why.ERASED),
    }
)


def plan_of(resources: Resources, hub: HubNumber, *contents: bytes, create: bool = False) -> Plan:
    files = ((f"{n}.json", content) for n, content in enumerate(contents))
    choices = ImportChoices(now=resources.clock())
    read = import_reading.read_files(resources, files, choices, NAMES)
    return importing.plan(resources, hub, read.files, Wishes(create=create))


def rows_of(plan: Plan) -> int:
    assert plan.faults == []
    return sum(len(group.rows) for group in plan.groups)


@pytest.mark.parametrize("end", ENDS)
def test_a_credential_of_ours_that_stands_no_more_is_not_made_good_again(
    resources: Resources, hub: HubNumber, end: str
) -> None:
    change, why = ENDS[end]
    made = issue(resources, hub, publish_suspendable(resources, hub))
    signed = reading.by_id(resources, hub, made).signed
    change(resources, hub, made)

    plan = plan_of(resources, hub, signed)

    assert plan.groups == ()
    assert plan.faults == []
    assert plan.passed_over == {why: 1}
    assert plan.passed_rows == [("0.json", 1, why)]


def test_a_credential_that_the_hub_issued_itself_is_not_issued_again(
    resources: Resources, hub: HubNumber
) -> None:
    signed = reading.by_id(resources, hub, issue(resources, hub)).signed

    plan = plan_of(resources, hub, signed)

    assert (rows_of(plan), plan.passed_over) == (0, {Why.HERE: 1})


def test_another_hub_of_the_service_may_take_over_what_stands(
    resources: Resources, service_on_each: Service, hub: HubNumber
) -> None:
    other = make_member(service_on_each.runtime, unique("other")).hub.number
    publish(resources, hub)
    stands, ended = (issue(resources, other) for _ in range(2))
    signed = [reading.by_id(resources, other, it).signed for it in (stands, ended)]
    revoke(resources, other, ended)

    plan = plan_of(resources, hub, *signed)

    assert (rows_of(plan), plan.passed_over, plan.unasked) == (1, {Why.REVOKED: 1}, 0)


@pytest.mark.parametrize("spelling", ["address", "address with more", "code in another case"])
def test_a_table_that_names_a_revoked_credential_of_ours_does_not_make_it_good_again(
    resources: Resources, hub: HubNumber, spelling: str
) -> None:
    made = issue(resources, hub)
    opened = reading.by_id(resources, hub, made)
    revoke(resources, hub, made)
    named = {
        "address": opened.address,
        "address with more": f"{opened.address}/?format=json#proof",
        "code in another case": opened.credential.code.upper(),
    }[spelling]
    header = "certificate id" if spelling.startswith("code") else "link"

    plan = plan_of(resources, hub, f"name,course,{header}\nAna Lima,Solar,{named}\n".encode())

    assert (rows_of(plan), plan.passed_over) == (0, {Why.REVOKED: 1})


def test_of_more_than_are_asked_for_at_once_each_is_found(
    resources: Resources, hub: HubNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_standings, "AT_ONCE", 2)
    achievement = publish(resources, hub).achievement_id
    made = [issue(resources, hub, achievement) for _ in range(3)]
    signed = [reading.by_id(resources, hub, it).signed for it in made]
    for one in made:
        revoke(resources, hub, one)

    assert plan_of(resources, hub, *signed).passed_over == {Why.REVOKED: 3}


def test_of_what_others_issued_it_is_told_how_many_name_a_list_that_nobody_asks(
    resources: Resources, hub: HubNumber
) -> None:
    status = {"type": "BitstringStatusListEntry", "statusListIndex": "3"}
    listed = credential(id="urn:uuid:1", credentialStatus=status)
    ended = credential(id="urn:uuid:2", credentialStatus=status, validUntil="2020-01-01T00:00:00Z")
    unlisted = credential(id="urn:uuid:3")
    older = assertion(id="urn:uuid:4")

    plan = plan_of(
        resources, hub, json.dumps([listed, ended, unlisted, older]).encode(), create=True
    )

    assert (rows_of(plan), plan.unasked) == (3, 1)
    assert plan.passed_over == Counter({Why.EXPIRED: 1})
