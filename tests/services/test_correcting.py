"""Corrections: a new credential replaces the old one, which is revoked in the same moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from credhub import jsontypes
from credhub.credentials.draft import Evidence, Recipient, Result
from credhub.errors import (
    AlreadyCorrectedError,
    AlreadyRevokedError,
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
    CredentialSuspendedError,
    CredhubError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    LedgerFaultError,
    NotCorrectableError,
    NothingToCorrectError,
)
from credhub.jsontypes import JsonObject
from credhub.ledger.commitment import ENTRY_ID_LENGTH
from credhub.ledger.events import Standing
from credhub.services import achievements, correcting, reading, revoking, suspending, verifying
from credhub.services.correcting import Corrections
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.services.vcalm import vcalm_recording
from credhub.store.hubs import HubNumber
from credhub.store.tables import credential, learner, status_change
from credhub.verification.report import Verdict
from tests.engines import ENGINES, Databases
from tests.running import Interruption, Service, running
from tests.services.batching import audit, count
from tests.services.erasing import erase_learner
from tests.services.meddling import interrupted
from tests.services.ordering import definition, issue, once, publish_suspendable
from tests.services.test_auditing import drop_guards, newest, write
from tests.services.test_vcalm_recording import PLAIN
from tests.store.rows import raw

AWARDED = datetime(2026, 9, 1, tzinfo=UTC)


def correct(
    resources: Resources,
    hub: HubNumber,
    made: str,
    corrections: Corrections | None = None,
    *,
    key: str | None = None,
) -> OpenedCredential:
    given = Corrections(name="Amélie Martin") if corrections is None else corrections
    body: JsonObject = {"credential": made, "name": given.get("name")}
    request = once(resources, hub, key=key, body=body, route="correction")
    return correcting.correct(
        resources, hub, made, given, request, actor="key", reason="a wrong name"
    )


def document(opened: OpenedCredential) -> JsonObject:
    return jsontypes.parse_object(opened.signed)


def subject(opened: OpenedCredential) -> JsonObject:
    found = document(opened)["credentialSubject"]
    assert isinstance(found, dict)
    return found


def test_the_old_address_leads_to_the_new_one_and_is_not_green(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement)

    new = correct(resources, hub, made)

    old = reading.by_id(resources, hub, made)
    shown = verifying.verify_own(resources, old.credential.code).report
    assert shown.verdict is Verdict.REVOKED
    assert shown.superseded_by == new.address
    assert subject(new)["name"] == "Amélie Martin"
    assert new.credential.supersedes == made
    assert new.credential.learner_id == old.credential.learner_id
    report = verifying.verify_own(resources, new.credential.code).report
    assert (report.verdict, report.superseded_by) == (Verdict.VALID, None)
    assert new.receipt is not None
    audit(resources, hub)


def test_whatever_is_not_corrected_is_claimed_again(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(
        resources,
        hub,
        achievement,
        recipient=Recipient(
            name="Amelie", email="a@mail.example", did="did:example:a", external_id="4711"
        ),
        awarded_at=AWARDED,
        valid_until=AWARDED + timedelta(days=2_000),
        evidence=(Evidence(narrative="Mounted a panel."),),
        results=(Result(value="87"),),
    )

    new = correct(resources, hub, made)

    before, after = document(reading.by_id(resources, hub, made)), document(new)
    for member in ("awardedDate", "validUntil", "evidence", "issuer", "name", "type"):
        assert after[member] == before[member], member
    old_subject, new_subject = subject(reading.by_id(resources, hub, made)), subject(new)
    assert new_subject == old_subject | {"name": "Amélie Martin"}
    assert count(resources, learner, hub) == 1


def test_when_it_was_earned_stays_when_nothing_said_so(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement)
    service_on_each.clock.move(hours=5)

    new = correct(resources, hub, made)

    assert (
        document(new)["awardedDate"] == document(reading.by_id(resources, hub, made))["validFrom"]
    )
    assert document(new)["validFrom"] != document(new)["awardedDate"]


def test_everything_else_can_be_corrected(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    until = AWARDED + timedelta(days=3_000)
    made = issue(
        resources,
        hub,
        achievement,
        valid_until=until,
        evidence=(Evidence(narrative="x"),),
        results=(Result(value="1"),),
    )

    new = correct(
        resources,
        hub,
        made,
        Corrections(awarded_at=AWARDED, valid_until=None, evidence=(), results=()),
    )

    assert document(new)["awardedDate"] == "2026-09-01T00:00:00Z"
    assert not {"validUntil", "evidence"} & set(document(new))
    assert "result" not in subject(new)
    assert subject(new)["name"] == "Amélie Dubois"


def test_the_newest_version_of_the_achievement_is_issued(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement)
    with pytest.raises(NothingToCorrectError):
        correct(resources, hub, made, Corrections())
    with pytest.raises(NothingToCorrectError):
        correct(resources, hub, made, Corrections(name="Amélie Dubois"))
    achievements.publish_version(resources, hub, achievement, definition, once(resources, hub))

    new = correct(resources, hub, made, Corrections())

    assert (new.credential.achievement_id, new.credential.achievement_version) == (achievement, 2)


def test_only_the_newest_can_be_corrected_and_a_chain_leads_on(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = issue(resources, hub, achievement)
    second = correct(resources, hub, first)
    with pytest.raises(AlreadyCorrectedError):
        correct(resources, hub, first, Corrections(name="Somebody Else"))

    third = correct(
        resources, hub, second.credential.credential_id, Corrections(name="Amélie Petit")
    )

    found = reading.by_id(resources, hub, second.credential.credential_id)
    assert found.superseded_by == third.credential.code
    assert found.standing is Standing.REVOKED
    assert reading.by_id(resources, hub, first).superseded_by == second.credential.code
    assert reading.by_id(resources, hub, third.credential.credential_id).standing is Standing.ACTIVE
    audit(resources, hub)


def test_of_two_corrections_at_once_one_wins(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement)
    meanwhile = Interruption(lambda: correct(resources, hub, made, Corrections(name="The First")))

    with pytest.raises(AlreadyCorrectedError):
        correct(interrupted(resources, meanwhile, length=ENTRY_ID_LENGTH), hub, made)

    assert meanwhile.times == 0
    assert count(resources, credential, hub) == 2
    assert count(resources, status_change, hub) == 1
    audit(resources, hub)


def test_whoever_revokes_meanwhile_keeps_it_from_being_replaced(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement)
    meanwhile = Interruption(
        lambda: revoking.revoke(resources, hub, made, actor="key", reason="fraud")
    )

    with pytest.raises(AlreadyRevokedError):
        correct(interrupted(resources, meanwhile, length=ENTRY_ID_LENGTH), hub, made)

    assert meanwhile.times == 0
    assert count(resources, credential, hub) == 1


def test_who_is_always_late_gives_up(resources: Resources, hub: HubNumber) -> None:
    made = issue(resources, hub, publish_suspendable(resources, hub))

    def again_and_again() -> None:
        suspending.suspend(resources, hub, made, actor="key", reason="x")
        suspending.lift(resources, hub, made, actor="key", reason="x")

    late = interrupted(
        resources, Interruption(again_and_again, times=1_000), length=ENTRY_ID_LENGTH
    )
    with pytest.raises(ContendedError):
        correct(late, hub, made)


def test_the_same_request_corrects_once(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement)

    first, again = (correct(resources, hub, made, key="same") for _ in range(2))

    assert first.credential == again.credential
    with pytest.raises(IdempotencyKeyReusedError):
        correct(resources, hub, made, Corrections(name="Other"), key="same")


def test_what_must_not_be_replaced_is_not(resources: Resources, hub: HubNumber) -> None:
    suspendable = publish_suspendable(resources, hub)
    revoked, suspended, erased = (issue(resources, hub, suspendable) for _ in range(3))
    revoking.revoke(resources, hub, revoked, actor="key", reason="fraud")
    suspending.suspend(resources, hub, suspended, actor="key", reason="fees")
    erase_learner(resources, hub, erased)
    cases: list[tuple[str, type[CredhubError]]] = [
        (revoked, AlreadyRevokedError),
        (suspended, CredentialSuspendedError),
        (erased, CredentialErasedError),
        ("nothing", CredentialNotFoundError),
    ]

    for made, error in cases:
        with pytest.raises(error):
            correct(resources, hub, made)

    assert count(resources, credential, hub) == 3


def test_a_credential_of_another_hub_is_not_found(
    service_on_each: Service, resources: Resources, hub: HubNumber
) -> None:
    other = service_on_each.other.hub.number
    made = issue(resources, other)

    with pytest.raises(CredentialNotFoundError):
        correct(resources, hub, made)

    assert reading.by_id(resources, other, made).changes == ()


@pytest.mark.parametrize(
    "wrong",
    [Corrections(name=""), Corrections(valid_until=AWARDED)],
    ids=["no name", "over before it begins"],
)
def test_a_wrong_correction_changes_nothing(
    resources: Resources, hub: HubNumber, achievement: str, wrong: Corrections
) -> None:
    made = issue(resources, hub, achievement)

    with pytest.raises(InvalidClaimError):
        correct(resources, hub, made, wrong)

    assert reading.by_id(resources, hub, made).standing is Standing.ACTIVE


def test_a_credential_that_a_client_composed_cannot_be_corrected(
    resources: Resources, hub: HubNumber
) -> None:
    vcalm_recording.record(resources, hub, PLAIN)
    (made,) = reading.page(resources, hub, before=None, limit=5)

    with pytest.raises(NotCorrectableError):
        correct(resources, hub, made.credential.credential_id)


@pytest.fixture(params=ENGINES)
def open_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service on a database without guards, in which one credential was corrected."""
    databases: Databases = request.getfixturevalue(request.param)
    with databases.migrated() as url, running(url, tmp_path_factory.mktemp("data")) as service:
        number = service.one.hub.number
        correct(service.resources, number, issue(service.resources, number))
        with raw(url) as connection:
            drop_guards(connection)
        yield service


def test_t81_a_correction_that_was_taken_away_is_found(open_database: Service) -> None:
    hub = open_database.one.hub.number
    audit(open_database.resources, hub)
    row = newest(open_database, credential)

    write(open_database, credential, row, {"supersedes": None})

    with pytest.raises(LedgerFaultError) as caught:
        audit(open_database.resources, hub)
    assert (caught.value.table, caught.value.column) == ("credential", "supersedes")
