"""Suspending and lifting: at once, once each, in the list of suspensions, in the ledger."""

from datetime import datetime

import pytest

from credhub import jsontypes
from credhub.errors import (
    AlreadyRevokedError,
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
    InvalidClaimError,
    NotSuspendableError,
    NotSuspendedError,
)
from credhub.keys.sealing import unseal
from credhub.ledger.entry import LedgerEntry
from credhub.ledger.events import Standing
from credhub.services import (
    bundles,
    changing,
    reading,
    revoking,
    status_lists,
    suspending,
    verifying,
)
from credhub.services.changing import Recorded
from credhub.services.resources import Resources
from credhub.services.sealed import reason_context
from credhub.status import bitstring
from credhub.status.document import Purpose, StatusEntry, StatusList
from credhub.store.hubs import Hub, HubNumber
from credhub.verification.report import Verdict
from tests.running import Interruption, Service
from tests.services.erasing import erase_learner_of
from tests.services.ordering import issue, publish_suspendable


def suspendable(resources: Resources, hub: HubNumber) -> str:
    return issue(resources, hub, publish_suspendable(resources, hub))


def suspend(resources: Resources, hub: HubNumber, made: str, reason: str = "fees") -> Recorded:
    return suspending.suspend(resources, hub, made, actor="key", reason=reason)


def lift(resources: Resources, hub: HubNumber, made: str, reason: str = "paid") -> Recorded:
    return suspending.lift(resources, hub, made, actor="key", reason=reason)


def verdict(resources: Resources, hub: HubNumber, made: str) -> Verdict:
    code = reading.by_id(resources, hub, made).credential.code
    return verifying.verify_own(resources, code).report.verdict


def entries_in(resources: Resources, hub: HubNumber, made: str) -> tuple[StatusEntry, ...]:
    document = jsontypes.parse_object(reading.by_id(resources, hub, made).signed)
    entries = document["credentialStatus"]
    assert isinstance(entries, list)
    return tuple(StatusEntry.from_document(one) for one in entries if isinstance(one, dict))


def published(resources: Resources, hub: Hub, entry: StatusEntry) -> bool:
    """Publish the list of an entry and read its bit, as a verifier would."""
    number = int(entry.list_url.rpartition("/")[2])
    status_lists.publish(resources, hub, number)
    document = jsontypes.parse_object(status_lists.newest(resources, hub, number).document)
    read = StatusList.from_document(document)
    assert (read.url, read.purpose) == (entry.list_url, entry.purpose)
    return bitstring.bit(bitstring.decode(read.encoded), entry.index)


def test_a_suspendable_achievement_gives_its_credentials_both_entries(
    service_on_each: Service,
) -> None:
    hub, resources = service_on_each.one.hub, service_on_each.resources

    made = suspendable(resources, hub.number)

    revocation, suspension = entries_in(resources, hub.number, made)
    assert (revocation.purpose, suspension.purpose) == (Purpose.REVOCATION, Purpose.SUSPENSION)
    assert revocation.list_url != suspension.list_url
    assert verdict(resources, hub.number, made) is Verdict.VALID
    other = jsontypes.parse_object(
        reading.by_id(resources, hub.number, issue(resources, hub.number)).signed
    )
    assert isinstance(other["credentialStatus"], dict)


def test_a_suspension_shows_at_once_and_in_the_list_until_it_is_lifted(
    service_on_each: Service,
) -> None:
    hub, resources = service_on_each.one.hub, service_on_each.resources
    made = suspendable(resources, hub.number)
    revocation, suspension = entries_in(resources, hub.number, made)

    recorded = suspend(resources, hub.number, made)

    assert recorded.is_new
    assert verdict(resources, hub.number, made) is Verdict.SUSPENDED
    assert published(resources, hub, suspension)
    assert not published(resources, hub, revocation)
    lifted = lift(resources, hub.number, made)
    assert lifted.is_new
    assert verdict(resources, hub.number, made) is Verdict.VALID
    assert not published(resources, hub, suspension)
    again = suspend(resources, hub.number, made)
    assert again.seq > lifted.seq > recorded.seq
    assert published(resources, hub, suspension)


def test_asking_twice_records_once(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    made = suspendable(resources, hub)

    first = suspend(resources, hub, made)
    second = suspend(resources, hub, made, reason="another reason")

    assert (second.log, second.seq, second.is_new) == (first.log, first.seq, False)
    first = lift(resources, hub, made)
    second = lift(resources, hub, made)
    assert (second.log, second.seq, second.is_new) == (first.log, first.seq, False)
    assert len(reading.by_id(resources, hub, made).changes) == 2


def test_a_suspension_is_in_the_ledger_with_actor_and_sealed_reason(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    made = suspendable(resources, hub)

    recorded = suspend(resources, hub, made, reason="Amélie owes fees")

    opened = reading.by_id(resources, hub, made)
    (change,) = opened.changes
    assert (change.log, change.seq, change.actor) == (recorded.log, recorded.seq, "key")
    assert (change.old, change.new) == (Standing.ACTIVE, Standing.SUSPENDED)
    context = reason_context(hub, made, 0)
    reason = unseal(opened.learner_key, change.sealed_reason, context=context)
    assert reason.decode() == "Amélie owes fees"


def test_issue_revoke_suspend_and_lift_look_alike_in_the_ledger(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    made = suspendable(resources, hub)
    suspended, lifted = suspend(resources, hub, made), lift(resources, hub, made)
    revoked = revoking.revoke(resources, hub, made, actor="key", reason="annulled")
    issued = reading.by_id(resources, hub, made).form

    with resources.store.read() as tx:
        entries = [
            tx.ledger.entry(hub, log, seq)
            for log, seq in (
                (issued.log, issued.seq),
                (suspended.log, suspended.seq),
                (lifted.log, lifted.seq),
                (revoked.log, revoked.seq),
            )
        ]
    parsed = [LedgerEntry.parse(row.entry) for row in entries if row is not None]
    assert len(parsed) == 4
    assert len({(entry.kind, len(entry.encode())) for entry in parsed}) == 1
    assert len({entry.commitment for entry in parsed}) == 4


def test_only_what_was_issued_as_suspendable_is_suspended(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    made = issue(resources, hub)

    with pytest.raises(NotSuspendableError):
        suspend(resources, hub, made)

    assert verdict(resources, hub, made) is Verdict.VALID


def test_what_was_never_suspended_is_not_lifted(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources

    with pytest.raises(NotSuspendedError):
        lift(resources, hub, suspendable(resources, hub))


def test_t92_a_suspension_neither_follows_nor_undoes_a_revocation(service: Service) -> None:
    hub, resources = service.one.hub, service.resources
    made = suspendable(resources, hub.number)
    revocation, _ = entries_in(resources, hub.number, made)
    suspend(resources, hub.number, made)
    revoking.revoke(resources, hub.number, made, actor="key", reason="annulled")

    for change in (suspend, lift):
        with pytest.raises(AlreadyRevokedError):
            change(resources, hub.number, made)

    assert verdict(resources, hub.number, made) is Verdict.REVOKED
    assert published(resources, hub, revocation)


def test_a_credential_of_another_hub_is_not_there(service: Service) -> None:
    made = suspendable(service.resources, service.one.hub.number)

    for change in (suspend, lift):
        with pytest.raises(CredentialNotFoundError):
            change(service.resources, service.other.hub.number, made)


def test_an_erased_credential_is_not_suspended(service: Service) -> None:
    hub = service.one.hub.number
    made = suspendable(service.resources, hub)
    erase_learner_of(service, made)

    with pytest.raises(CredentialErasedError):
        suspend(service.resources, hub, made)


def test_a_reason_that_cannot_be_printed_is_refused(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    made = suspendable(resources, hub)

    for change in (suspend, lift):
        with pytest.raises(InvalidClaimError):
            change(resources, hub, made, reason="\x00")


def test_who_lost_the_race_finds_it_suspended(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    made = suspendable(resources, hub)
    meanwhile = Interruption(lambda: suspend(resources, hub, made))

    def clock() -> datetime:
        meanwhile()
        return service.clock()

    recorded = suspend(service.with_resources(clock=clock), hub, made)

    assert not recorded.is_new
    assert len(reading.by_id(resources, hub, made).changes) == 1


def test_after_twenty_lost_races_the_caller_is_told_to_come_back(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    made = suspendable(resources, hub)

    def another_process() -> None:
        suspend(resources, hub, made)
        lift(resources, hub, made)

    meanwhile = Interruption(another_process, times=changing.ATTEMPTS)

    def clock() -> datetime:
        meanwhile()
        return service.clock()

    with pytest.raises(ContendedError):
        suspend(service.with_resources(clock=clock), hub, made)


def test_a_bundle_of_a_suspendable_credential_holds_both_lists(service: Service) -> None:
    hub, resources = service.one.hub, service.resources
    made = suspendable(resources, hub.number)

    bundle = bundles.make(resources, reading.by_id(resources, hub.number, made))

    assert [stapled.credential.count('"suspension"') for stapled in bundle.lists] == [0, 1]
    plain = reading.by_id(resources, hub.number, issue(resources, hub.number))
    assert len(bundles.make(resources, plain).lists) == 1
