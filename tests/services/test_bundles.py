"""Bundles of a running service, judged by nothing but its policy."""

from dataclasses import replace
from datetime import timedelta

import pytest

from credhub import jsontypes, multikey
from credhub.errors import CredentialErasedError, KeyNotFoundError, ReceiptNotReadyError
from credhub.jsontypes import parse_object
from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.entry import Kind
from credhub.ledger.events import AchievementDefined, KeyChange, KeyEvent, StatusListPublished
from credhub.ledger.note import VerifierKey
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import KnownWitness
from credhub.ledger.receipt import OpenedReceipt, Receipt, open_receipt, verify_receipt
from credhub.services import (
    bundles,
    key_events,
    policies,
    reading,
    receipts,
    revoking,
    rollover,
    status_lists,
    verifying,
)
from credhub.services.resources import Resources
from credhub.store.cosignatures import StoredCosignature
from credhub.store.hubs import Hub, HubNumber
from credhub.store.unit import PendingEntry, Unit
from credhub.verification.bundle import Bundle
from credhub.verification.offline import verify_bundle
from credhub.verification.report import Report, Verdict
from tests.running import Service
from tests.services.erasing import erase_learner_of
from tests.services.ordering import issue, publish
from tests.unit.ledger.builder import KeyOf


def bundle_of(resources: Resources, number: HubNumber) -> Bundle:
    return bundles.make(resources, reading.by_id(resources, number, issue(resources, number)))


def policy_of(service: Service) -> Policy:
    return policies.of_hubs(service.resources.store, witnesses=Policy())


def judge(service: Service, bundle: Bundle, policy: Policy | None = None) -> Report:
    resources = service.resources
    return verify_bundle(
        bundle.encode(),
        policy=policy or policy_of(service),
        suites=resources.guarded_suites,
        schemas=resources.schemas,
        now=service.clock(),
    )


def keys_of(resources: Resources, hub: Hub) -> list[VerifierKey]:
    with resources.store.read() as tx:
        return [VerifierKey.parse(log.vkey) for log in tx.ledger.logs(hub.number)]


def opened(resources: Resources, hub: Hub, receipt: Receipt) -> OpenedReceipt:
    return open_receipt(receipt, keys_of(resources, hub))


def test_a_bundle_of_ours_is_valid_offline(service_on_each: Service) -> None:
    bundle = bundle_of(service_on_each.resources, service_on_each.one.hub.number)

    report = judge(service_on_each, bundle)

    assert report.verdict is Verdict.VALID, report.checks
    assert {line.outcome for line in report.checks} == {"passed"}
    assert Bundle.parse(bundle.encode()) == bundle


def test_a_bundle_is_small(service: Service) -> None:
    assert len(bundle_of(service.resources, service.one.hub.number).encode()) < 16_384


def test_the_policy_names_each_log_and_each_hub_once(service_on_each: Service) -> None:
    policy = policy_of(service_on_each)

    for hub in (service_on_each.one.hub, service_on_each.other.hub):
        origin = f"127.0.0.1:8000/ledger/{hub.slug}/2026"
        (log,) = [log for log in policy.logs if log.key.name == origin]
        assert log.url == f"http://{origin}"
        assert policy.issuers_of(origin) == (hub.did,)
        assert policy.issuers_of(f"127.0.0.1:8000/ledger/{hub.slug}/2031") == (hub.did,)
    assert Policy.parse(policy.text().encode()) == policy


def test_the_policy_takes_witnesses_and_quorum_from_elsewhere(service: Service) -> None:
    policy = policies.of_hubs(service.resources.store, witnesses=WITNESSED)
    report = judge(service, bundle_of(service.resources, service.one.hub.number), policy)

    assert (policy.witnesses, policy.quorum) == (WITNESSED.witnesses, "north")
    assert report.verdict is Verdict.INDETERMINATE


def test_bundles_of_two_hubs_are_not_mixed(service: Service) -> None:
    mine = bundle_of(service.resources, service.one.hub.number)
    theirs = bundle_of(service.resources, service.other.hub.number)

    for part in ("receipt", "key", "did_document", "status_list"):
        report = judge(service, replace(mine, **{part: getattr(theirs, part)}))
        assert report.verdict is Verdict.INVALID, part


def test_another_service_under_the_same_names_is_not_believed(
    service: Service, fresh_service: Service
) -> None:
    """Both have the same address and the same hubs: only the keys tell them apart."""
    forged = bundle_of(fresh_service.resources, fresh_service.one.hub.number)

    assert fresh_service.one.hub.did == service.one.hub.did
    assert judge(fresh_service, forged).verdict is Verdict.VALID
    assert judge(service, forged).verdict is Verdict.INVALID


def test_a_list_that_shows_the_revocation_is_stapled_when_it_is_there(
    fresh_service: Service,
) -> None:
    resources, number = fresh_service.resources, fresh_service.one.hub.number
    credential_id = issue(resources, number)
    before = bundles.make(resources, reading.by_id(resources, number, credential_id))
    revoking.revoke(resources, number, credential_id, actor="me", reason="A test.")
    status_lists.publish(resources, fresh_service.one.hub, 1)
    after = bundles.make(resources, reading.by_id(resources, number, credential_id))

    assert judge(fresh_service, after).verdict is Verdict.REVOKED
    assert judge(fresh_service, before).verdict is Verdict.VALID  # as of its own list
    fresh_service.clock.move(days=8)
    assert judge(fresh_service, before).verdict is Verdict.INDETERMINATE
    assert judge(fresh_service, after).verdict is Verdict.REVOKED


def end_key(service: Service, kind: KeyChange) -> None:
    hub = service.one.hub
    (added, *_) = key_events.of_key(service.resources, hub, "key-1")
    event = replace(added.event, event=kind, at=service.clock())
    entry = PendingEntry(kind=Kind.KEY, public=event.payload())
    service.resources.sequencer.submit(Unit(hub=hub.number, entries=(entry,)))


@pytest.mark.parametrize("kind", [KeyChange.RETIRED, KeyChange.COMPROMISED])
def test_t84_the_end_of_a_key_is_stapled(fresh_service: Service, kind: KeyChange) -> None:
    resources, number = fresh_service.resources, fresh_service.one.hub.number
    before = issue(resources, number)
    fresh_service.clock.move(hours=1)
    end_key(fresh_service, kind)
    fresh_service.clock.move(hours=1)
    after = issue(resources, number)  # The keyring still has the key, as another process would.

    made = [
        bundles.make(resources, reading.by_id(resources, number, one)) for one in (before, after)
    ]

    assert [len(bundle.key.changes) for bundle in made] == [1, 1]
    assert judge(fresh_service, made[0]).verdict is Verdict.VALID
    assert judge(fresh_service, made[1]).verdict is Verdict.INVALID


def test_what_was_erased_is_bundled_no_more(fresh_service: Service) -> None:
    resources, number = fresh_service.resources, fresh_service.one.hub.number
    credential_id = issue(resources, number)
    kept = bundles.make(resources, reading.by_id(resources, number, credential_id))
    erase_learner_of(fresh_service, credential_id)

    with pytest.raises(CredentialErasedError):
        bundles.make(resources, reading.by_id(resources, number, credential_id))
    assert judge(fresh_service, kept).verdict is Verdict.VALID


# Logs that follow one another, and witnesses


def test_a_credential_of_a_log_that_ended_stays_valid(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    credential_id = issue(resources, hub.number)
    old_policy = policy_of(fresh_service)
    rollover.roll(resources, hub)
    fresh_service.clock.move(days=2)
    status_lists.publish(resources, hub, 1)

    bundle = bundles.make(resources, reading.by_id(resources, hub.number, credential_id))
    whole, partial = judge(fresh_service, bundle), judge(fresh_service, bundle, old_policy)

    assert whole.verdict is Verdict.VALID
    assert whole.ledger is not None
    assert whole.ledger.log.endswith("/2026")
    assert partial.verdict is Verdict.INDETERMINATE  # its list is in the next log
    assert {line.code for line in partial.checks} >= {"log-not-in-policy"}


def test_a_credential_of_the_next_log_needs_the_next_policy(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    old_policy = policy_of(fresh_service)
    rollover.roll(resources, hub)
    bundle = bundle_of(resources, hub.number)

    assert judge(fresh_service, bundle).verdict is Verdict.VALID
    assert judge(fresh_service, bundle, old_policy).verdict is Verdict.UNKNOWN_ISSUER


NORTH = KeyOf("north")
WITNESS = WitnessKey(name="north.example/witness", public_key=NORTH.public_key)
WITNESSED = Policy(witnesses=(KnownWitness(name="north", key=WITNESS),), quorum="north")


def see(resources: Resources, hub: Hub) -> int:
    """Let the witness cosign the newest checkpoint; give its size."""
    with resources.store.read() as tx:
        newest = tx.ledger.latest_checkpoint(hub.number, "2026")
    assert newest is not None
    text = newest.note.partition("\n\n")[0] + "\n"
    line = cosign(text, key=WITNESS, timestamp=1_795_000_000, sign=NORTH.sign)
    stored = StoredCosignature(
        hub=hub.number, log="2026", size=newest.size, witness=WITNESS.text(), line=line.text()
    )
    with resources.store.begin() as tx:
        tx.cosignatures.insert(stored)
    return newest.size


def test_receipts_wait_for_the_checkpoint_that_the_witnesses_saw(fresh_service: Service) -> None:
    hub = fresh_service.one.hub
    resources = fresh_service.with_resources(witness_policy=WITNESSED)
    policy = policies.of_hubs(resources.store, witnesses=WITNESSED)
    opened = reading.by_id(resources, hub.number, issue(resources, hub.number))
    before = bundles.make(resources, opened)
    issue(resources, hub.number)
    size = see(resources, hub)
    issue(resources, hub.number)
    after = bundles.make(resources, opened)

    early, late = judge(fresh_service, before, policy), judge(fresh_service, after, policy)

    assert early.verdict is Verdict.INDETERMINATE
    assert "quorum-not-met" in {line.code for line in early.checks}
    assert late.verdict is Verdict.VALID, late.checks
    assert late.ledger is not None
    assert len(late.ledger.cosignatures) == 1
    assert late.ledger.checkpoint.split("\n")[1] == str(size)
    assert judge(fresh_service, after).verdict is Verdict.VALID


# Receipts of what is public


def test_a_status_list_has_a_receipt(service_on_each: Service) -> None:
    resources, hub = service_on_each.resources, service_on_each.one.hub
    newest = status_lists.newest(resources, hub, 1)

    receipt = receipts.of_public(resources, hub.number, newest.log, newest.seq)

    digest = StatusListPublished.parse(opened(resources, hub, receipt).payload).digest
    assert digest == jsontypes.digest(parse_object(newest.document))
    verify_receipt(receipt, digest=digest, keys=keys_of(resources, hub))


def test_a_definition_has_a_receipt(service_on_each: Service) -> None:
    resources, hub = service_on_each.resources, service_on_each.one.hub
    stored = publish(resources, hub.number)

    receipt = receipts.of_public(resources, hub.number, stored.log, stored.seq)

    defined = AchievementDefined.parse(opened(resources, hub, receipt).payload)
    assert defined.achievement.endswith(stored.achievement_id)


def test_every_key_has_a_receipt(service_on_each: Service) -> None:
    resources, hub = service_on_each.resources, service_on_each.one.hub
    with resources.store.read() as tx:
        keys = {key.key_id: key.public_key for key in tx.signing_keys.of_hub(hub.number)}

    for key_id, public_key in keys.items():
        (added,) = key_events.of_key(resources, hub, key_id)
        receipt = receipts.of_public(resources, hub.number, added.log, added.seq)
        event = KeyEvent.parse(opened(resources, hub, receipt).payload)
        assert event == added.event
        assert event.public_key_multibase == multikey.encode_ed25519(public_key)


def test_a_key_that_is_not_in_the_ledger_has_none(service: Service) -> None:
    with pytest.raises(KeyNotFoundError):
        key_events.of_key(service.resources, service.one.hub, "key-9")


def test_an_entry_that_is_not_there_has_no_receipt(service: Service) -> None:
    with pytest.raises(ReceiptNotReadyError):
        receipts.of_public(service.resources, service.one.hub.number, "2026", 10**6)


# Bundles where we can be asked


def test_a_bundle_that_is_sent_in_is_judged_by_what_we_know(service: Service) -> None:
    bundle = bundle_of(service.resources, service.one.hub.number)

    report = verifying.verify_uploaded(service.resources, bundle.to_document())

    assert report.verdict is Verdict.VALID
    assert report.credential == parse_object(bundle.credential.encode())
    assert report.status_at is None


def test_a_bundle_with_a_receipt_of_another_is_refused_online_too(service: Service) -> None:
    bundle = bundle_of(service.resources, service.one.hub.number)
    other = bundle_of(service.resources, service.one.hub.number)
    mixed = replace(bundle, receipt=other.receipt).to_document()

    assert verifying.verify_uploaded(service.resources, mixed).verdict is Verdict.INVALID
    own = verifying.verify_uploaded(service.resources, mixed, receipt=bundle.receipt)
    assert own.verdict is Verdict.VALID


def test_a_revocation_shows_online_whatever_list_is_stapled(fresh_service: Service) -> None:
    resources, number = fresh_service.resources, fresh_service.one.hub.number
    credential_id = issue(resources, number)
    bundle = bundles.make(resources, reading.by_id(resources, number, credential_id))
    revoking.revoke(resources, number, credential_id, actor="me", reason="A test.")

    report = verifying.verify_uploaded(resources, bundle.to_document())

    assert report.verdict is Verdict.REVOKED


def test_a_bundle_that_is_damaged_is_invalid_online(service: Service) -> None:
    report = verifying.verify_uploaded(service.resources, {"type": "CredhubBundle"})

    assert report.verdict is Verdict.INVALID
    assert report.checks[0].code == "malformed-bundle"


def test_a_moment_of_before_can_be_judged(fresh_service: Service) -> None:
    bundle = bundle_of(fresh_service.resources, fresh_service.one.hub.number)
    policy = policy_of(fresh_service)
    then = fresh_service.clock()
    fresh_service.clock.move(days=30)
    resources = fresh_service.resources

    report = verify_bundle(
        bundle.encode(),
        policy=policy,
        suites=resources.suites,
        schemas=resources.schemas,
        now=then + timedelta(minutes=1),
        in_the_past=True,
    )

    assert judge(fresh_service, bundle, policy).verdict is Verdict.INDETERMINATE
    assert report.verdict is Verdict.VALID
