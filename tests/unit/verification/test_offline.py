"""What a bundle proves under a policy, and what it cannot."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.entry import Kind
from credhub.ledger.events import Issued, KeyChange, StatusListPublished
from credhub.ledger.note import add_signatures
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import Group, KnownIssuer, KnownWitness
from credhub.ledger.receipt import Receipt
from credhub.proofs import jose
from credhub.status.document import Purpose, StatusEntry
from credhub.status.list_token import JWT_TYPE, ListToken
from credhub.status.token_reference import TokenStatusReference
from credhub.status.token_status_list import TokenStatusList
from credhub.verification.bundle import Bundle, StapledKey, StapledList
from credhub.verification.report import Check, Outcome, Verdict
from tests.unit import factories
from tests.unit.factories import HOST, NOON
from tests.unit.ledger.builder import KeyOf
from tests.unit.verification.stapling import INDEX, WEEK, StapledHub, codes, judge
from tests.unit.verification.world import result

DAY = timedelta(days=1)
HUB = StapledHub()
BUNDLE = HUB.bundle()
POLICY = HUB.policy()


def without_status(document: JsonObject) -> object:
    return document.pop("credentialStatus"), document.pop("credentialSchema")


# The policy reaches


def test_a_bundle_is_valid_under_a_policy_that_names_its_hub_and_ledger() -> None:
    report = judge(BUNDLE, POLICY)

    assert report.verdict is Verdict.VALID, codes(report)
    assert {line.outcome for line in report.checks} == {Outcome.PASSED}
    assert report.ledger is not None
    assert (report.ledger.log, report.ledger.seq) == (HUB.log.origin, 1)
    assert report.ledger.logged_at == NOON
    assert report.ledger.cosignatures == ()
    assert report.credential is not None
    assert report.credential["id"] == f"{HOST}/c/1"
    assert report.issuer is not None
    assert (report.issuer.id, report.issuer.trusted) == (HUB.did, True)


def test_the_report_says_whose_word_it_is_and_how_old() -> None:
    report = judge(BUNDLE, POLICY)

    assert codes(report) | {"status": "stapled-status", "trust": "in-policy"} == codes(report)
    assert (
        result(report, Check.TRUST).detail
        == f"Your own list of those that you believe names {HUB.did}."
    )
    assert "when the list in the file was made" in result(report, Check.STATUS).detail
    assert report.status_at == NOON
    assert report.to_document()["statusAt"] == "2026-11-22T12:00:00Z"


def test_a_moment_in_the_past_is_called_so() -> None:
    assert codes(judge(BUNDLE, POLICY))["validity"] == "passed"
    assert codes(judge(BUNDLE, POLICY, in_the_past=True))["validity"] == "valid-then"


def test_a_credential_without_status_needs_no_list() -> None:
    hub = StapledHub()
    bundle = replace(hub.bundle(hub.credential(change=without_status)), status_list=None)

    report = judge(bundle, hub.policy())

    assert report.verdict is Verdict.VALID
    assert codes(report)["status"] == "no-status-entry"
    assert report.status_at is None
    assert "statusAt" not in report.to_document()


def test_an_issuer_may_be_named_by_its_identifier_alone() -> None:
    hub = StapledHub()
    document = hub.credential(change=lambda document: document.update(issuer=hub.did))

    report = judge(hub.bundle(document), hub.policy())

    assert report.issuer is not None
    assert report.issuer.trusted
    assert codes(report)["ledger"] == codes(report)["issuerBinding"] == "passed"


# The policy does not reach


def test_without_a_hub_line_the_issuer_is_unknown() -> None:
    report = judge(BUNDLE, replace(POLICY, issuers=()))

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert codes(report)["trust"] == "issuer-not-known"
    assert codes(report)["ledger"] == "foreign-credential"


def test_without_the_key_of_the_ledger_the_issuer_is_unknown() -> None:
    report = judge(BUNDLE, replace(POLICY, logs=()))

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert codes(report)["trust"] == "log-not-in-policy"


@pytest.mark.parametrize(
    "policy", [Policy(), replace(POLICY, logs=()), replace(POLICY, issuers=())]
)
def test_nothing_is_reported_of_a_document_that_is_only_claimed(policy: Policy) -> None:
    report = judge(BUNDLE, policy)

    assert (report.credential, report.issuer, report.ledger) == (None, None, None)
    assert (report.status, report.status_at) == (None, None)
    assert codes(report)["issuerBinding"] == "key-claimed"
    assert HUB.did not in str(report.to_document())


def test_what_was_changed_is_invalid_even_when_nobody_is_known() -> None:
    document = HUB.credential() | {"name": "Master of everything"}
    changed = replace(BUNDLE, credential=canonical(document).decode())

    assert judge(changed, Policy()).verdict is Verdict.INVALID


# The key


def with_changes(hub: StapledHub, *changes: tuple[KeyChange, datetime]) -> Bundle:
    bundle = hub.bundle()
    receipts = tuple(hub.record_key(hub.key_event(event=kind, at=at)) for kind, at in changes)
    return replace(bundle, key=replace(bundle.key, changes=receipts))


@pytest.mark.parametrize("kind", [KeyChange.RETIRED, KeyChange.COMPROMISED])
def test_t84_a_signature_from_before_the_end_of_its_key_stays_valid(kind: KeyChange) -> None:
    hub = StapledHub()

    assert judge(with_changes(hub, (kind, NOON + DAY)), hub.policy()).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("kind", "code"),
    [(KeyChange.RETIRED, "key-retired"), (KeyChange.COMPROMISED, "key-revoked")],
)
def test_t84_a_signature_from_after_the_end_of_its_key_is_invalid(
    kind: KeyChange, code: str
) -> None:
    hub = StapledHub()

    report = judge(with_changes(hub, (kind, NOON)), hub.policy())

    assert report.verdict is Verdict.INVALID
    assert codes(report)["issuerBinding"] == code


def test_t84_the_earliest_end_counts() -> None:
    hub = StapledHub()
    bundle = with_changes(hub, (KeyChange.RETIRED, NOON + DAY), (KeyChange.COMPROMISED, NOON - DAY))

    assert judge(bundle, hub.policy()).verdict is Verdict.INVALID


def test_the_did_document_can_end_a_key() -> None:
    before = replace(BUNDLE, did_document=HUB.did_document(("key-1", NOON - DAY)))
    after = replace(BUNDLE, did_document=HUB.did_document(("key-1", NOON + DAY)))

    assert codes(judge(before, POLICY))["issuerBinding"] == "key-revoked"
    assert judge(after, POLICY).verdict is Verdict.VALID


def test_a_key_that_the_did_document_drops_signs_nothing() -> None:
    document = HUB.did_document()
    dropped = replace(BUNDLE, did_document=document | {"verificationMethod": []})
    unlisted = replace(BUNDLE, did_document=document | {"assertionMethod": []})

    for bundle in (dropped, unlisted):
        report = judge(bundle, POLICY)
        assert report.verdict is Verdict.INVALID
        assert codes(report)["proof"] == "key-not-for-assertion"


def test_a_list_may_be_signed_by_a_later_key() -> None:
    hub = StapledHub()
    bundle = hub.bundle()
    later = hub.record_key(hub.key_event("key-2"))
    stapled = replace(hub.stapled_list(key_id="key-2"), key=StapledKey(receipt=later))
    document = hub.did_document(("key-1", NOON + DAY), keys=("key-1", "key-2"))

    whole = replace(bundle, status_list=stapled, did_document=document)
    without_key = replace(whole, status_list=replace(stapled, key=None))

    assert judge(whole, hub.policy()).verdict is Verdict.VALID
    assert codes(judge(without_key, hub.policy()))["status"] == "key-not-for-assertion"


def test_t84_a_list_from_after_the_end_of_its_key_is_refused() -> None:
    hub = StapledHub()
    bundle = with_changes(hub, (KeyChange.RETIRED, NOON + timedelta(hours=1)))
    document = hub.status_list(made_at=NOON + timedelta(hours=2))
    later = hub.record_list(document, at=NOON + timedelta(hours=2))
    stapled = StapledList(credential=canonical(document).decode(), receipt=later)

    report = judge(replace(bundle, status_list=stapled), hub.policy())

    assert report.verdict is Verdict.INVALID
    assert codes(report)["status"] == "key-retired"
    assert codes(report)["issuerBinding"] == "passed"


def test_t84_the_event_of_an_older_key_proves_no_later_one() -> None:
    hub = StapledHub()
    document = hub.credential(key_id="key-2")
    whole = replace(
        hub.bundle(document),
        key=StapledKey(receipt=hub.record_key(hub.key_event("key-2"))),
        did_document=hub.did_document(keys=("key-1", "key-2")),
        status_list=hub.stapled_list(key_id="key-2"),
    )

    assert judge(whole, hub.policy()).verdict is Verdict.VALID
    older = replace(whole, key=StapledKey(receipt=hub.record_key()))
    assert codes(judge(older, hub.policy()))["proof"] == "key-not-for-assertion"


# Logs that follow one another


def rolled_over() -> tuple[StapledHub, Bundle]:
    """A credential of a log that ended, with the list of the next one."""
    hub = StapledHub()
    bundle = hub.bundle()
    hub.begin_log("2027")
    return hub, replace(bundle, status_list=hub.stapled_list())


def test_a_credential_of_a_log_that_ended_stays_valid() -> None:
    hub, bundle = rolled_over()

    assert judge(bundle, hub.policy()).verdict is Verdict.VALID


def test_a_list_of_a_log_that_the_policy_does_not_name_leaves_the_status_open() -> None:
    hub, bundle = rolled_over()

    report = judge(bundle, hub.policy(hub.logs[0]))

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report)["status"] == "log-not-in-policy"
    assert "present list" in result(report, Check.STATUS).detail


def test_a_list_by_a_key_of_a_log_that_the_policy_does_not_name_leaves_the_status_open() -> None:
    hub, bundle = rolled_over()
    later = StapledKey(receipt=hub.record_key(hub.key_event("key-2")))
    stapled = replace(hub.stapled_list(key_id="key-2"), key=later)
    document = hub.did_document(keys=("key-1", "key-2"))

    report = judge(
        replace(bundle, status_list=stapled, did_document=document), hub.policy(hub.logs[0])
    )

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report)["status"] == "log-not-in-policy"


def test_a_credential_of_a_log_that_the_policy_does_not_name_is_of_an_unknown_issuer() -> None:
    hub = StapledHub()
    bundle = hub.bundle()
    document = hub.credential("2")
    hub.begin_log("2027")
    later = replace(
        bundle, credential=canonical(document).decode(), receipt=hub.record_issue(document)
    )

    report = judge(later, hub.policy(hub.logs[0]))

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert codes(report)["ledger"] == "foreign-credential"
    assert codes(report)["trust"] == "log-not-in-policy"
    assert judge(later, hub.policy()).verdict is Verdict.VALID


# Witnesses


WITNESSES = {name: KeyOf(name) for name in ("north", "south")}


def witness(name: str) -> WitnessKey:
    return WitnessKey(name=f"{name}.example/witness", public_key=WITNESSES[name].public_key)


def cosigned(receipt: str, *names: str) -> str:
    parsed = Receipt.parse(receipt)
    text = parsed.checkpoint.partition("\n\n")[0] + "\n"
    lines = [
        cosign(text, key=witness(name), timestamp=1_795_000_000, sign=WITNESSES[name].sign)
        for name in names
    ]
    return replace(parsed, checkpoint=add_signatures(parsed.checkpoint, lines)).text()


def all_cosigned(bundle: Bundle, *names: str) -> Bundle:
    assert bundle.status_list is not None
    stapled = replace(bundle.status_list, receipt=cosigned(bundle.status_list.receipt, *names))
    return replace(
        bundle,
        receipt=cosigned(bundle.receipt, *names),
        key=StapledKey(receipt=cosigned(bundle.key.receipt, *names)),
        status_list=stapled,
    )


def with_quorum(quorum: str) -> Policy:
    return replace(
        POLICY,
        witnesses=tuple(KnownWitness(name=name, key=witness(name)) for name in WITNESSES),
        groups=(Group(name="both", threshold=2, members=tuple(WITNESSES)),),
        quorum=quorum,
    )


@pytest.mark.parametrize(
    ("quorum", "names", "verdict"),
    [
        ("none", (), Verdict.VALID),
        ("north", (), Verdict.INDETERMINATE),
        ("north", ("north",), Verdict.VALID),
        ("north", ("south",), Verdict.INDETERMINATE),
        ("both", ("north",), Verdict.INDETERMINATE),
        ("both", ("north", "south"), Verdict.VALID),
    ],
)
def test_every_receipt_has_the_quorum_of_the_policy(
    quorum: str, names: tuple[str, ...], verdict: Verdict
) -> None:
    report = judge(all_cosigned(BUNDLE, *names), with_quorum(quorum))

    assert report.verdict is verdict
    if report.ledger is not None:
        assert len(report.ledger.cosignatures) == len(names)
        assert all(line.endswith("\n") for line in report.ledger.cosignatures)


@pytest.mark.parametrize("part", ["credential", "key", "list"])
def test_one_receipt_without_quorum_is_enough_to_doubt(part: str) -> None:
    whole = all_cosigned(BUNDLE, "north", "south")
    assert BUNDLE.status_list is not None
    assert whole.status_list is not None
    spoiled = {
        "credential": replace(whole, receipt=BUNDLE.receipt),
        "key": replace(whole, key=BUNDLE.key),
        "list": replace(
            whole, status_list=replace(whole.status_list, receipt=BUNDLE.status_list.receipt)
        ),
    }[part]

    report = judge(spoiled, with_quorum("both"))

    assert report.verdict is Verdict.INDETERMINATE
    assert "quorum-not-met" in codes(report).values()


def test_the_cosignature_of_a_stranger_counts_for_nothing() -> None:
    report = judge(all_cosigned(BUNDLE, "north"), POLICY)

    assert report.verdict is Verdict.VALID
    assert report.ledger is not None
    assert report.ledger.cosignatures == ()


def test_a_forged_cosignature_makes_a_receipt_worthless() -> None:
    forged = all_cosigned(BUNDLE, "north")
    own = f"{witness('north').name} "
    head, _, line = forged.receipt.rpartition(own)
    spoiled = replace(forged, receipt=head + own + line[:-10] + "AAAAAAA==\n")

    assert judge(spoiled, with_quorum("none")).verdict is Verdict.INVALID


# The list


def relisted(hub: StapledHub, *revoked: int, **changes: object) -> Bundle:
    return replace(hub.bundle(), status_list=hub.stapled_list(*revoked, **changes))


def test_what_was_revoked_is_revoked() -> None:
    hub = StapledHub()

    assert judge(relisted(hub, INDEX), hub.policy()).verdict is Verdict.REVOKED
    assert judge(relisted(hub, INDEX + 1), hub.policy()).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("now", "code", "verdict"),
    [
        (NOON - timedelta(seconds=1), "status-list-too-new", Verdict.NOT_YET_VALID),
        (NOON, "stapled-status", Verdict.VALID),
        (NOON + WEEK, "stapled-status", Verdict.VALID),
        (NOON + WEEK + timedelta(seconds=1), "status-list-stale", Verdict.INDETERMINATE),
    ],
)
def test_a_list_speaks_for_its_own_period(now: datetime, code: str, verdict: Verdict) -> None:
    report = judge(BUNDLE, POLICY, now=now)

    assert (codes(report)["status"], report.verdict) == (code, verdict)


def test_an_old_list_says_what_to_do() -> None:
    report = judge(BUNDLE, POLICY, now=NOON + 2 * WEEK)

    assert "Get the file again from its address" in result(report, Check.STATUS).detail


def test_t84_nothing_was_valid_before_it_was_recorded() -> None:
    """A hub writes any date into what it signs; the ledger has its own."""
    hub = StapledHub()
    bundle = hub.bundle()
    document = hub.credential()
    late = replace(bundle, receipt=hub.record_issue(document, at=NOON + 3 * DAY))

    before = judge(late, hub.policy(), now=NOON + 2 * DAY, in_the_past=True)

    assert before.verdict is Verdict.NOT_YET_VALID
    assert codes(before)["ledger"] == "recorded-later"
    assert codes(before)["validity"] == "valid-then"
    assert judge(late, hub.policy(), now=NOON + 3 * DAY).verdict is Verdict.VALID


def test_t84_no_list_says_anything_of_the_time_before_it_was_recorded() -> None:
    hub = StapledHub()
    document = hub.status_list()
    receipt = hub.record_list(document, at=NOON + 3 * DAY)
    stapled = StapledList(credential=canonical(document).decode(), receipt=receipt)
    late = replace(hub.bundle(), status_list=stapled)

    before = judge(late, hub.policy(), now=NOON + 2 * DAY)

    assert codes(before)["status"] == "status-list-too-new"
    assert judge(late, hub.policy(), now=NOON + 3 * DAY).verdict is Verdict.VALID


def test_a_moment_is_a_second_long() -> None:
    hub = StapledHub()
    document = hub.credential()
    receipt = hub.record_issue(document, at=NOON + timedelta(milliseconds=999))

    assert judge(replace(hub.bundle(), receipt=receipt), hub.policy(), now=NOON).verdict is (
        Verdict.VALID
    )


def test_no_later_list_takes_a_revocation_back() -> None:
    hub = StapledHub()
    revoked = relisted(hub, INDEX)

    assert judge(revoked, hub.policy(), now=NOON + 2 * WEEK).verdict is Verdict.REVOKED


def test_a_list_from_after_the_moment_says_nothing_of_it() -> None:
    hub = StapledHub()
    later = relisted(hub, INDEX, made_at=NOON + DAY)

    report = judge(later, hub.policy(), now=NOON + timedelta(hours=1))

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report)["status"] == "status-list-too-new"


def test_a_list_that_is_missing_leaves_the_status_open() -> None:
    report = judge(replace(BUNDLE, status_list=None), POLICY)

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report)["status"] == "status-not-stapled"


@pytest.mark.parametrize(("bits", "purpose"), [((), "active"), ((INDEX,), "revoked")])
def test_one_list_of_two_can_only_refuse(bits: tuple[int, ...], purpose: str) -> None:
    hub = StapledHub()

    def suspendable(document: JsonObject) -> None:
        second = StatusEntry.at(f"{HOST}/hubs/riverside/status/2", 7, Purpose.SUSPENSION)
        document["credentialStatus"] = [document["credentialStatus"], second.to_document()]
        del document["credentialSchema"]

    bundle = hub.bundle(hub.credential(change=suspendable))
    report = judge(replace(bundle, status_list=hub.stapled_list(*bits)), hub.policy())

    expected = Verdict.REVOKED if purpose == "revoked" else Verdict.INDETERMINATE
    assert report.verdict is expected


SUSPENSIONS = f"{HOST}/hubs/riverside/status/2"


def with_both_lists(hub: StapledHub, revoked: int, suspended: int) -> Bundle:
    """Staple both lists to a credential that has place 7 in the second."""

    def suspendable(document: JsonObject) -> None:
        second = StatusEntry.at(SUSPENSIONS, 7, Purpose.SUSPENSION)
        document["credentialStatus"] = [document["credentialStatus"], second.to_document()]

    return replace(
        hub.bundle(hub.credential(change=suspendable)),
        status_list=hub.stapled_list(revoked),
        suspension_list=hub.stapled_list(suspended, purpose=Purpose.SUSPENSION, url=SUSPENSIONS),
    )


@pytest.mark.parametrize(
    ("revoked", "suspended", "verdict"),
    [
        (1, 1, Verdict.VALID),
        (1, 7, Verdict.SUSPENDED),
        (INDEX, 1, Verdict.REVOKED),
        (INDEX, 7, Verdict.REVOKED),
    ],
)
def test_both_lists_of_a_suspendable_credential_say_whether_it_stood(
    revoked: int, suspended: int, verdict: Verdict
) -> None:
    hub = StapledHub()
    bundle = with_both_lists(hub, revoked, suspended)

    report = judge(bundle.encode(), hub.policy())

    assert Bundle.parse(bundle.encode()) == bundle
    assert report.verdict is verdict
    assert report.status_at == NOON


@pytest.mark.parametrize("missing", ["status_list", "suspension_list"])
def test_without_one_of_both_lists_the_status_is_open(missing: str) -> None:
    hub = StapledHub()
    bundle = replace(with_both_lists(hub, 1, 1), **{missing: None})  # type: ignore[arg-type]  # a test may name any member

    report = judge(bundle, hub.policy())

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report)["status"] == "status-not-stapled"


@pytest.mark.parametrize(
    ("revoked", "suspended", "again", "verdict"),
    [
        (INDEX, 1, "suspension_list", Verdict.REVOKED),
        (1, 7, "status_list", Verdict.SUSPENDED),
        (1, 1, "status_list", Verdict.VALID),
    ],
)
def test_t29_one_list_twice_is_not_both(
    revoked: int, suspended: int, again: str, verdict: Verdict
) -> None:
    hub = StapledHub()
    bundle = with_both_lists(hub, revoked, suspended)
    stapled = getattr(bundle, again)
    made_twice = replace(bundle, status_list=stapled, suspension_list=stapled)

    assert judge(bundle, hub.policy()).verdict is verdict
    report = judge(made_twice.encode(), hub.policy())
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report)["status"] == "status-not-stapled"


@pytest.mark.parametrize("purpose", ["message", "refresh"])
def test_a_purpose_that_takes_nothing_away_needs_no_list(purpose: str) -> None:
    hub = StapledHub()

    def with_message(document: JsonObject) -> None:
        second = StatusEntry.at(SUSPENSIONS, 7, Purpose.SUSPENSION).to_document()
        other = second | {"statusPurpose": purpose}
        document["credentialStatus"] = [document["credentialStatus"], other]
        del document["credentialSchema"]

    assert judge(hub.bundle(hub.credential(change=with_message)), hub.policy()).verdict is (
        Verdict.VALID
    )


@pytest.mark.parametrize("purpose", [["refresh"], {}, None, 1], ids=str)
def test_a_purpose_that_is_no_text_is_never_a_harmless_one(purpose: JsonValue) -> None:
    hub = StapledHub()

    def with_another(document: JsonObject) -> None:
        other = StatusEntry.at(SUSPENSIONS, 7, Purpose.SUSPENSION).to_document()
        document["credentialStatus"] = [
            document["credentialStatus"],
            other | {"statusPurpose": purpose},
        ]
        del document["credentialSchema"]

    report = judge(hub.bundle(hub.credential(change=with_another)), hub.policy())

    assert report.verdict in {Verdict.INVALID, Verdict.INDETERMINATE}


def test_what_was_suspended_is_suspended_while_the_list_lasts() -> None:
    hub = StapledHub()

    def suspendable(document: JsonObject) -> None:
        entry = StatusEntry.at(hub.list_url, INDEX, Purpose.SUSPENSION)
        document["credentialStatus"] = entry.to_document()

    bundle = hub.bundle(hub.credential(change=suspendable))
    stapled = hub.stapled_list(INDEX, purpose=Purpose.SUSPENSION)
    suspended = replace(bundle, status_list=stapled)

    assert judge(suspended, hub.policy()).verdict is Verdict.SUSPENDED
    later = judge(suspended, hub.policy(), now=NOON + 2 * WEEK)
    assert later.verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize("text", ["[]", "{", "{}", '{"a":1,"a":2}'])
def test_a_list_that_cannot_be_read_never_says_that_all_is_well(text: str) -> None:
    assert BUNDLE.status_list is not None
    stapled = replace(BUNDLE.status_list, credential=text)

    report = judge(replace(BUNDLE, status_list=stapled), POLICY)

    assert report.verdict in {Verdict.INVALID, Verdict.INDETERMINATE}
    assert result(report, Check.STATUS).outcome is not Outcome.PASSED


# The file


@pytest.mark.parametrize("data", [b"", b"{}", b'{"type":"CredhubBundle"}', b"\xff"])
def test_what_is_no_bundle_is_invalid(data: bytes) -> None:
    report = judge(data, POLICY)

    assert report.verdict is Verdict.INVALID
    assert codes(report)["parse"] == "malformed-bundle"
    assert {line.code for line in report.checks[1:]} == {"not-checked"}


@pytest.mark.parametrize("text", ["[]", "no json", '{"a": 1, "a": 2}'])
def test_a_credential_that_cannot_be_read_is_invalid(text: str) -> None:
    report = judge(replace(BUNDLE, credential=text), POLICY)

    assert report.verdict is Verdict.INVALID
    assert codes(report)["parse"] == "unreadable"


# Policies of other people


@pytest.mark.parametrize(
    ("origin", "verdict"),
    [
        ("hub.example/ledger/riverside/2026", Verdict.VALID),
        ("hub.example/ledger/", Verdict.VALID),
        ("hub.example/ledger/riverside/2027", Verdict.INVALID),
        ("hub.example/ledger/riverside", Verdict.INVALID),
        ("hub.example/ledger/riverside/2026/", Verdict.INVALID),
        ("other.example/ledger/riverside/", Verdict.INVALID),
    ],
)
def test_a_hub_line_reaches_as_far_as_it_says(origin: str, verdict: Verdict) -> None:
    policy = replace(POLICY, issuers=(KnownIssuer(did=HUB.did, origin=origin),))

    assert judge(BUNDLE, policy).verdict is verdict


def test_a_hub_that_moved_is_not_called_a_forger() -> None:
    moved = StapledHub(host="new.example")
    bundle = moved.bundle()

    stale = judge(bundle, POLICY)

    assert moved.did == HUB.did
    assert stale.verdict is Verdict.UNKNOWN_ISSUER
    assert codes(stale)["trust"] == "log-not-in-policy"
    assert judge(bundle, moved.policy()).verdict is Verdict.VALID


def test_a_hub_may_have_several_lines() -> None:
    lines = ("hub.example/ledger/riverside/", "new.example/ledger/riverside/")
    issuers = tuple(KnownIssuer(did=HUB.did, origin=line) for line in lines)

    assert judge(BUNDLE, replace(POLICY, issuers=issuers)).verdict is Verdict.VALID


def test_a_policy_is_read_from_its_own_text() -> None:
    text = f"# A policy of an employer.\n\n{POLICY.text()}# The end.\n"

    assert judge(BUNDLE, Policy.parse(text.encode())).verdict is Verdict.VALID


def test_another_key_of_the_same_ledger_is_no_reason_to_believe() -> None:
    other = StapledHub(owner="mallory").policy().logs

    assert judge(BUNDLE, replace(POLICY, logs=other)).verdict is Verdict.INVALID
    assert judge(BUNDLE, replace(POLICY, logs=(*other, *POLICY.logs))).verdict is Verdict.VALID


TOKENS = f"{HOST}/hubs/riverside/status/3"


def token_list(hub: StapledHub, **changes: object) -> ListToken:
    values: dict[str, object] = {
        "uri": TOKENS,
        "issuer_id": hub.did,
        "statuses": TokenStatusList.of({1: 1, 2: 2, 3: 3}, bits=2, length=16),
        "valid_from": NOON,
        "valid_until": NOON + WEEK,
    }
    return ListToken(**(values | changes))  # type: ignore[arg-type]  # a test may name any member


def with_token_list(hub: StapledHub, index: int, token: ListToken | None = None) -> Bundle:
    """Staple a Token Status List to a credential that says its status there."""

    def in_tokens(document: JsonObject) -> None:
        del document["credentialSchema"]
        document["credentialStatus"] = TokenStatusReference(uri=TOKENS, index=index).to_entry()

    text = jose.sign(
        {"typ": JWT_TYPE, "kid": f"{hub.did}#key-1"},
        canonical((token or token_list(hub)).to_claims()),
        signer=hub.signer_of("key-1"),
    )
    published = StatusListPublished(url=TOKENS, version=1, digest=sha256(text.encode()).digest())
    recorded = hub.log.receipt(hub.log.record(Kind.STATUS_LIST, published.payload(), at=NOON))
    issued = jose.sign(
        {"typ": "vc+jwt", "kid": f"{hub.did}#key-1"},
        canonical(unsigned_with(hub, in_tokens)),
        signer=hub.signer_of("key-1"),
    )
    payload = Issued(
        credential_id="1", form="vc+jwt", digest=sha256(issued.encode()).digest()
    ).payload()
    return replace(
        hub.bundle(),
        credential=issued,
        receipt=hub.log.receipt(hub.log.record_private(payload, at=NOON)),
        status_list=StapledList(credential=text, receipt=recorded),
    )


def unsigned_with(hub: StapledHub, change: Callable[[JsonObject], None]) -> JsonObject:
    document = factories.credential(did=hub.did)
    change(document)
    return document


@pytest.mark.parametrize(
    ("index", "verdict"),
    [
        (0, Verdict.VALID),
        (1, Verdict.REVOKED),
        (2, Verdict.SUSPENDED),
        (3, Verdict.INDETERMINATE),
        (16, Verdict.INDETERMINATE),
    ],
)
def test_a_token_status_list_says_whether_a_credential_stood(index: int, verdict: Verdict) -> None:
    hub = StapledHub()

    assert judge(with_token_list(hub, index), hub.policy()).verdict is verdict


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"issuer_id": "did:web:other.example"}, Verdict.INVALID),
        ({"issuer_id": None}, Verdict.INVALID),
        ({"uri": SUSPENSIONS}, Verdict.INVALID),
        ({"valid_from": NOON + 2 * DAY}, Verdict.INDETERMINATE),
        ({"valid_until": NOON}, Verdict.INDETERMINATE),
        ({"valid_until": None}, Verdict.VALID),
    ],
)
def test_t29_a_token_status_list_of_another_place_or_time_says_nothing(
    changes: dict[str, object], verdict: Verdict
) -> None:
    hub = StapledHub()

    assert judge(with_token_list(hub, 0, token_list(hub, **changes)), hub.policy()).verdict is (
        verdict
    )
