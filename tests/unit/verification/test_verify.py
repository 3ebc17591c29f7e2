"""One credential in a small world. Names carry the rows of THREATS.md."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from credhub import multikey
from credhub.dids.document import DidDocument
from credhub.errors import (
    LedgerNotReachedError,
    NotInLedgerError,
    ReceiptMismatchError,
    StatusNotReachedError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical, digest
from credhub.ledger.events import Standing
from credhub.proofs import data_integrity
from credhub.verification.findings import IssuerStanding
from credhub.verification.report import Check, Outcome, Report, Verdict
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import (
    HUB,
    HUB_DID,
    HUB_KEY,
    POSITION,
    STRANGER,
    World,
    credential,
    document_of,
    hub_document,
    load_schemas,
    result,
    sign,
)

ATTACKER = MemorySigner(66)
CANARY = "summa cum laude"
PROOF_GATE = [Check.PARSE, Check.STRUCTURE, Check.PROOF, Check.ISSUER_BINDING]


def codes(report: Report) -> dict[str, str]:
    return {one.check.value: one.code for one in report.checks if one.outcome is not Outcome.PASSED}


def assert_shows_nothing(report: Report) -> None:
    shown = (report.credential, report.issuer, report.status, report.ledger, report.superseded_by)
    assert shown == (None,) * 5


def test_a_genuine_credential_is_valid() -> None:
    document = credential()

    report = World().verify(canonical(document))

    assert report.verdict is Verdict.VALID
    assert codes(report) == {}
    assert [one.check for one in report.checks] == list(Check)
    assert report.credential == document
    assert report.status is Standing.ACTIVE
    assert report.ledger == POSITION
    assert report.issuer is not None
    assert (report.issuer.name, report.issuer.trusted) == (HUB.name, True)
    assert (
        "a key that Riverside Learning Hub publishes" in result(report, Check.ISSUER_BINDING).detail
    )


def test_bytes_and_the_object_in_them_have_one_report() -> None:
    document = credential()

    assert World().verify(canonical(document)) == World().verify(document)


def test_a_foreign_credential_of_a_trusted_issuer_is_valid_without_our_ledger() -> None:
    report = World(position=None).verify()

    assert report.verdict is Verdict.VALID
    assert codes(report) == {"ledger": "foreign-credential"}
    assert report.ledger is None


def test_a_superseded_credential_says_what_replaces_it() -> None:
    corrected = "https://hub.example/c/2"

    report = World(position=replace(POSITION, superseded_by=corrected)).verify()

    assert report.superseded_by == corrected
    assert report.to_document()["supersededBy"] == corrected


def test_t01_a_credential_that_names_the_hub_but_is_signed_by_another_key_is_invalid() -> None:
    forged = sign(factories.credential(did=HUB_DID), signer=ATTACKER, method=ATTACKER.method)

    report = World().verify(forged)

    assert report.verdict is Verdict.INVALID
    assert result(report, Check.PROOF).outcome is Outcome.PASSED
    assert result(report, Check.ISSUER_BINDING).outcome is Outcome.FAILED
    assert result(report, Check.ISSUER_BINDING).code == "issuer-key-mismatch"
    assert_shows_nothing(report)


def test_t01_the_same_credential_by_the_hub_s_own_key_is_valid() -> None:
    assert World().verify(sign(factories.credential(did=HUB_DID))).verdict is Verdict.VALID


def test_t01_a_key_of_the_attacker_under_the_hub_s_name_is_not_there() -> None:
    forged = sign(factories.credential(did=HUB_DID), signer=ATTACKER, method=f"{HUB_DID}#attacker")

    report = World().verify(forged)

    assert (report.verdict, result(report, Check.PROOF).code) == (
        Verdict.INVALID,
        "key-not-for-assertion",
    )


def test_t01_a_key_that_is_not_for_credentials_is_refused() -> None:
    document = hub_document()
    world = World(dids={HUB_DID: replace(document, assertion=frozenset())})

    report = world.verify()

    assert (report.verdict, codes(report)["issuerBinding"]) == (
        Verdict.INVALID,
        "key-not-for-assertion",
    )


def test_t02_a_stranger_s_genuine_credential_is_of_an_unknown_issuer() -> None:
    genuine = factories.signed(signer=ATTACKER)

    report = World(position=None).verify(genuine)

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert report.issuer is not None
    assert (report.issuer.id, report.issuer.trusted) == (ATTACKER.did, False)
    assert codes(report) == {"ledger": "foreign-credential", "trust": "issuer-namesake"}


def test_t02_a_stranger_under_its_own_name_is_of_an_unknown_issuer_and_no_namesake() -> None:
    report = World(position=None, issuers={}).verify(factories.signed(signer=ATTACKER))

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert codes(report) == {"ledger": "foreign-credential", "trust": "issuer-not-known"}
    assert f"ask whether {ATTACKER.did} is its identifier" in result(report, Check.TRUST).detail


def test_t02_no_sentence_calls_a_stranger_by_the_name_that_it_gave_itself() -> None:
    report = World(position=None).verify(factories.signed(signer=ATTACKER))

    details = {one.check: one.detail for one in report.checks}

    # It is told apart from the one that is known, and nothing else says the name.
    assert details.pop(Check.TRUST).startswith(
        "It calls itself by a name that reads like Riverside Learning Hub, but it has another"
    )
    assert ATTACKER.did in " ".join(details.values())
    assert "Riverside" not in " ".join(details.values())


def test_t03_an_added_term_that_no_context_defines_is_never_shown() -> None:
    document = credential()
    document["honours"] = CANARY

    report = World().verify(document)

    assert (report.verdict, result(report, Check.PROOF).code) == (Verdict.INVALID, "data-loss")
    assert CANARY not in json.dumps(report.to_document())
    assert "honours" not in json.dumps(report.to_document())


def test_t04_a_context_of_one_s_own_is_refused() -> None:
    document = credential()
    contexts = document["@context"]
    assert isinstance(contexts, list)
    document["@context"] = [*contexts, {"displayName": "https://schema.org/name"}]

    report = World().verify(document)

    assert (report.verdict, result(report, Check.PROOF).code) == (
        Verdict.INVALID,
        "context-not-allowed",
    )


TEXTS_OF_A_CREDENTIAL: list[Callable[[JsonObject], object]] = [
    lambda document: document.update({"name": CANARY}),
    lambda document: document.update({"id": f"https://evil.example/{CANARY}"}),
    lambda document: document.update({"issuer": {"id": HUB_DID, "name": CANARY}}),
    lambda document: document["credentialSubject"].update({"name": CANARY}),  # type: ignore[union-attr]  # an object
    lambda document: document.update({"credentialStatus": {"type": CANARY}}),
    lambda document: document.update({"credentialSchema": [{"id": CANARY, "type": CANARY}]}),
    lambda document: document.update({"type": ["VerifiableCredential", CANARY]}),
    lambda document: document.update({"proof": [{"cryptosuite": CANARY}]}),
    lambda document: document.update({"validUntil": CANARY}),
]


@pytest.mark.parametrize("change", TEXTS_OF_A_CREDENTIAL)
def test_t05_nothing_of_an_unproved_document_is_in_the_report(
    change: Callable[[JsonObject], object],
) -> None:
    document = credential()
    change(document)

    report = World().verify(document)

    assert report.verdict in {Verdict.INVALID, Verdict.INDETERMINATE}
    assert_shows_nothing(report)
    assert CANARY not in json.dumps(report.to_document())


def test_t05_the_report_holds_the_one_document_that_was_checked() -> None:
    document = credential()
    report = World().verify(document)

    document["name"] = CANARY

    assert report.credential is not None
    assert CANARY not in json.dumps(report.to_document())
    assert digest(report.credential) != digest(document)


def test_t05_bytes_with_two_readings_are_refused() -> None:
    data = canonical(credential())
    twice = data.replace(b'{"@context"', b'{"name":"summa cum laude","name":"x","@context"', 1)

    report = World().verify(twice)

    assert (report.verdict, result(report, Check.PARSE).code) == (Verdict.INVALID, "unreadable")
    assert CANARY not in json.dumps(report.to_document())


def spoiled_proof() -> JsonObject:
    document = credential()
    document["name"] = "Another name"
    return document


def with_foreign_key() -> JsonObject:
    return sign(factories.credential(did=HUB_DID), signer=ATTACKER, method=ATTACKER.method)


def against_its_schema() -> JsonObject:
    return credential(lambda document: document.update({"name": ""}))


NO_SCHEMAS = replace(load_schemas(), validators={})
YEARS_LATER = NOON + timedelta(days=4_000)
BROKEN: dict[Check, Callable[[], Report]] = {
    Check.PARSE: lambda: World().verify(b"{"),
    Check.STRUCTURE: lambda: World().verify({"type": "VerifiableCredential"}),
    Check.PROOF: lambda: World().verify(spoiled_proof()),
    Check.ISSUER_BINDING: lambda: World().verify(with_foreign_key()),
    Check.SCHEMA: lambda: World().verify(against_its_schema()),
    Check.VALIDITY: lambda: World().verify(now=YEARS_LATER),
    Check.STATUS: lambda: World(standing=Standing.REVOKED).verify(),
    Check.LEDGER: lambda: World(position=NotInLedgerError("none")).verify(),
    Check.TRUST: lambda: World(issuers={}).verify(),
}


@pytest.mark.parametrize("check", Check)
def test_t06_each_check_can_spoil_the_verdict_and_is_listed(check: Check) -> None:
    report = BROKEN[check]()

    assert report.verdict is not Verdict.VALID
    assert result(report, check).outcome in {Outcome.FAILED, Outcome.UNKNOWN}
    assert len(report.checks) == len(Check)
    others = [one for one in report.checks if one.check is not check]
    assert all(one.outcome is Outcome.PASSED or one.code == "not-checked" for one in others)


@pytest.mark.parametrize("check", PROOF_GATE)
def test_t06_after_a_failed_gate_nothing_is_checked_and_nothing_shown(check: Check) -> None:
    report = BROKEN[check]()

    after = list(Check)[list(Check).index(check) + 1 :]
    assert report.verdict is Verdict.INVALID
    for later in after:
        # The ledger is asked before the binding, which needs its answer.
        if (check, later) != (Check.ISSUER_BINDING, Check.LEDGER):
            assert result(report, later).code == "not-checked"
    assert_shows_nothing(report)


def proofs_of(document: JsonObject) -> list[JsonObject]:
    proofs = document["proof"]
    assert isinstance(proofs, list)
    return [proof for proof in proofs if isinstance(proof, dict)]


def with_proofs(change: Callable[[JsonObject], list[JsonObject]]) -> JsonObject:
    document = credential()
    document["proof"] = [*change(proofs_of(document)[0])]
    return document


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (with_proofs(lambda _: []), "malformed-proof"),
        (with_proofs(lambda proof: [proof, proof]), "duplicate-proof"),
        (
            with_proofs(lambda proof: [proof | {"previousProof": "urn:uuid:nothing"}]),
            "previous-proof-missing",
        ),
    ],
)
def test_t07_a_set_of_proofs_that_plays_tricks_is_invalid(document: JsonObject, code: str) -> None:
    report = World().verify(document)

    assert (report.verdict, result(report, Check.PROOF).code) == (Verdict.INVALID, code)


def test_t07_a_further_proof_by_an_unknown_method_is_passed_over_and_told() -> None:
    other: JsonObject = {"cryptosuite": "new-2030", "proofValue": "z1"}

    report = World().verify(with_proofs(lambda proof: [proof, proof | other]))

    assert report.verdict is Verdict.VALID
    assert result(report, Check.PROOF).outcome is Outcome.PASSED
    assert result(report, Check.PROOF).code == "other-proofs-ignored"
    assert "not known" in result(report, Check.PROOF).detail


def test_t07_a_proof_by_an_unknown_method_alone_is_not_called_forged() -> None:
    document = with_proofs(lambda proof: [proof | {"cryptosuite": "new-2030"}])

    report = World().verify(document)

    assert report.verdict is Verdict.INDETERMINATE
    assert result(report, Check.PROOF).code == "unknown-cryptosuite"


def test_a_proof_that_names_no_key_of_a_did_is_refused() -> None:
    report = World().verify(sign(factories.credential(did=HUB_DID), method=HUB_DID))

    assert (report.verdict, result(report, Check.PROOF).code) == (Verdict.INVALID, "did-syntax")


def test_a_document_that_is_not_json_ld_is_refused() -> None:
    document = credential()
    document["credentialSubject"] = {
        **factories.credential()["credentialSubject"],  # type: ignore[dict-item]  # an object
        "image": {"id": 5, "type": "Image"},
    }

    report = World().verify(document)

    assert report.verdict is Verdict.INVALID
    assert result(report, Check.PROOF).outcome is Outcome.FAILED


def test_an_unreachable_issuer_is_never_called_forged() -> None:
    report = World(dids={}).verify()

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report)["proof"] == "did-not-resolved"
    assert_shows_nothing(report)


def test_t30_an_unreachable_status_is_never_valid() -> None:
    report = World(standing=StatusNotReachedError()).verify()

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) == {"status": "status-not-reached"}
    assert report.status is None


@pytest.mark.parametrize(
    ("standing", "verdict"),
    [(Standing.REVOKED, Verdict.REVOKED), (Standing.SUSPENDED, Verdict.SUSPENDED)],
)
def test_a_withdrawn_credential_is_genuine_but_does_not_stand(
    standing: Standing, verdict: Verdict
) -> None:
    report = World(standing=standing).verify()

    assert (report.verdict, report.status) == (verdict, standing)
    assert codes(report) == {"status": standing.value}
    assert report.credential is not None


def test_a_credential_without_a_status_entry_is_not_asked_about() -> None:
    world = World()
    without = credential(lambda document: document.pop("credentialStatus"))
    world.schemas = NO_SCHEMAS

    report = world.verify(without)

    assert codes(report)["status"] == "no-status-entry"
    assert "statuses" not in world.asked


def listed_for(*purposes: str) -> JsonObject:
    def change(document: JsonObject) -> None:
        entry: JsonObject = {
            "type": "BitstringStatusListEntry",
            "statusListIndex": "7",
            "statusListCredential": "https://hub.example/lists/1",
        }
        document["credentialStatus"] = [entry | {"statusPurpose": one} for one in purposes]
        del document["credentialSchema"]

    return credential(change)


@pytest.mark.parametrize("purposes", [["message"], ["refresh", "message"]], ids=["one", "two"])
def test_what_takes_nothing_away_does_not_say_that_a_credential_stands(
    purposes: list[str],
) -> None:
    world = World()

    report = world.verify(listed_for(*purposes))

    assert (report.verdict, report.status) == (Verdict.VALID, None)
    assert result(report, Check.STATUS).outcome is Outcome.SKIPPED
    assert codes(report)["status"] == "no-withdrawal-entry"
    assert "so nobody can see that" in result(report, Check.STATUS).detail
    assert "statuses" not in world.asked


@pytest.mark.parametrize("other", ["revocation", "suspension", "a word of the issuer's own"])
def test_whoever_can_withdraw_is_asked_whatever_stands_beside(other: str) -> None:
    world = World()

    report = world.verify(listed_for("message", other))

    assert result(report, Check.STATUS).outcome is Outcome.PASSED
    assert "statuses" in world.asked


def test_a_credential_that_names_no_schema_is_valid() -> None:
    without = credential(lambda document: document.pop("credentialSchema"))

    report = World().verify(without)

    assert report.verdict is Verdict.VALID
    assert codes(report) == {"schema": "no-schema"}


def test_t33_an_unknown_schema_is_neither_fetched_nor_called_a_failure() -> None:
    world = World(schemas=NO_SCHEMAS)

    report = world.verify()

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) == {"schema": "schema-not-known"}


def test_an_unknown_schema_does_not_hide_that_another_is_violated() -> None:
    foreign: JsonObject = {"id": "https://evil.example/schema", "type": "JsonSchema"}

    def change(document: JsonObject) -> None:
        schemas = document["credentialSchema"]
        assert isinstance(schemas, list)
        document.update({"credentialSchema": [foreign, *schemas], "name": ""})

    report = World().verify(credential(change))

    assert codes(report)["schema"] == "schema-violated"


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (NOON - timedelta(seconds=1), Verdict.NOT_YET_VALID),
        (NOON, Verdict.VALID),
        (datetime(2028, 11, 22, 12, tzinfo=UTC), Verdict.VALID),
        (datetime(2028, 11, 22, 12, 0, 1, tzinfo=UTC), Verdict.EXPIRED),
    ],
)
def test_t90_both_ends_of_the_validity_are_exact_to_the_second(
    now: datetime, verdict: Verdict
) -> None:
    report = World().verify(now=now)

    assert report.verdict is verdict
    if verdict is Verdict.EXPIRED:
        assert result(report, Check.VALIDITY).detail == (
            "The credential was valid until 22 November 2028, 12:00 UTC."
        )


def test_t83_a_receipt_of_another_credential_makes_it_invalid() -> None:
    report = World(position=ReceiptMismatchError("another")).verify()

    assert report.verdict is Verdict.INVALID
    assert codes(report) == {"ledger": "receipt-mismatch"}


def test_t84_a_genuine_signature_that_the_ledger_does_not_hold_is_invalid() -> None:
    report = World(position=NotInLedgerError("none")).verify()

    assert report.verdict is Verdict.INVALID
    assert codes(report) == {"ledger": "not-in-ledger"}
    assert "stolen key" in result(report, Check.LEDGER).detail


BEFORE, AFTER = NOON - timedelta(days=1), NOON + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("signer", "verdict", "code"),
    [
        (hub_document(revoked_at=AFTER), Verdict.VALID, None),
        (hub_document(revoked_at=NOON), Verdict.INVALID, "key-revoked"),
        (hub_document(revoked_at=BEFORE), Verdict.INVALID, "key-revoked"),
        (hub_document(retired_at=AFTER), Verdict.VALID, None),
        (hub_document(retired_at=NOON), Verdict.INVALID, "key-retired"),
        (hub_document(retired_at=AFTER, revoked_at=BEFORE), Verdict.INVALID, "key-revoked"),
        (hub_document(expires_at=AFTER), Verdict.VALID, None),
        (hub_document(expires_at=NOON), Verdict.INVALID, "key-expired"),
    ],
)
def test_t84_the_ledger_says_whether_a_key_had_ended_and_not_the_document(
    signer: DidDocument, verdict: Verdict, code: str | None
) -> None:
    report = World(dids={HUB_DID: signer}).verify()

    assert (report.verdict, codes(report).get("issuerBinding")) == (verdict, code)


ENDED = [
    hub_document(revoked_at=AFTER),
    hub_document(expires_at=AFTER),
    hub_document(retired_at=AFTER),
]


@pytest.mark.parametrize("signer", ENDED)
def test_t84_without_a_ledger_an_ended_key_proves_nothing(signer: DidDocument) -> None:
    world = World(dids={HUB_DID: signer}, position=None)

    assert world.verify(now=NOON).verdict is Verdict.VALID
    assert world.verify(now=AFTER).verdict is Verdict.INVALID


@pytest.mark.parametrize("signer", ENDED)
def test_t84_a_ledger_that_is_out_of_reach_leaves_an_ended_key_undecided(
    signer: DidDocument,
) -> None:
    world = World(dids={HUB_DID: signer}, position=LedgerNotReachedError())

    report = world.verify()

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report)["issuerBinding"] == "key-time-unknown"
    assert_shows_nothing(report)


def test_a_ledger_that_is_out_of_reach_leaves_the_rest_as_it_is() -> None:
    report = World(position=LedgerNotReachedError()).verify()

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) == {"ledger": "ledger-not-reached"}


def test_nothing_but_the_signer_s_keys_is_asked_for_before_the_proof_has_passed() -> None:
    world = World()

    world.verify(spoiled_proof())

    assert world.asked == ["dids"]


def test_a_malformed_document_asks_nobody() -> None:
    world = World()

    world.verify({"type": "VerifiableCredential"})

    assert world.asked == []


def test_a_bug_of_ours_is_no_verdict() -> None:
    with pytest.raises(ZeroDivisionError):
        World(position=ZeroDivisionError()).verify()
    with pytest.raises(ZeroDivisionError):
        World(standing=ZeroDivisionError()).verify()


def test_a_did_document_of_somebody_else_does_not_bind() -> None:
    signer = MemorySigner()
    other = document_of("did:web:other.example", HUB_KEY, signer)

    report = World(dids={HUB_DID: other}).verify()

    assert (report.verdict, codes(report)["issuerBinding"]) == (
        Verdict.INVALID,
        "issuer-key-mismatch",
    )


@pytest.mark.parametrize(
    ("standing", "name", "url"),
    [
        # What a hub is called in our database, nobody signed.
        (HUB, None, "https://hub.example/hubs/riverside"),
        (replace(HUB, name="A claimed name"), "A claimed name", HUB.url),
        (replace(HUB, source="mine"), "Riverside Learning Hub", HUB.url),
        (STRANGER, "A claimed name", None),
        (IssuerStanding(trusted=True), "A claimed name", None),
        (IssuerStanding(trusted=False, name="Not for use"), "A claimed name", None),
    ],
)
def test_an_issuer_is_called_by_the_name_that_we_know(
    standing: IssuerStanding, name: str | None, url: str | None
) -> None:
    claimed = credential(
        lambda document: document.update(
            {"issuer": {"id": HUB_DID, "type": ["Profile"], "name": "A claimed name"}}
        )
    )

    report = World(issuers={HUB_DID: standing}, schemas=NO_SCHEMAS).verify(claimed)

    assert report.issuer is not None
    assert (report.issuer.name, report.issuer.url) == (name, url)
    assert report.issuer.trusted is standing.trusted


@pytest.mark.parametrize(
    ("expires", "code"),
    [
        ("2026-11-24T12:00:00Z", None),
        ("2026-11-23T12:00:00Z", "proof-expired"),
        ("2020-01-01T00:00:00Z", "proof-expired"),
        ("never", "malformed-proof"),
    ],
)
def test_a_proof_counts_until_the_end_that_it_names(expires: JsonValue, code: str | None) -> None:
    document = resigned(credential(), expires=expires)

    report = World().verify(document, now=datetime(2026, 11, 23, 12, tzinfo=UTC))

    assert codes(report).get("proof") == code
    assert (report.verdict is Verdict.VALID) is (code is None)


def test_a_number_is_no_end_of_a_proof() -> None:
    document = credential()
    (proof,) = data_integrity.proofs_of(document)

    report = World().verify(document | {"proof": [dict(proof) | {"expires": 7}]})

    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "data-loss")


def resigned(document: JsonObject, **options: JsonValue) -> JsonObject:
    """Sign a document again, with more options in the proof."""
    proofs = data_integrity.proofs_of(document)
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    chosen = {name: value for name, value in proofs[0].items() if name != "proofValue"} | options
    message = factories.suite().signing_input(unsigned, chosen)
    proof = chosen | {"proofValue": multikey.encode_base58(MemorySigner().sign(message))}
    return unsigned | {"proof": [proof]}


def test_a_credential_that_is_no_badge_is_judged_like_one() -> None:
    document = sign(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": "urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008",
            "type": ["VerifiableCredential"],
            "issuer": HUB_DID,
            "credentialSubject": {"id": "did:example:somebody"},
        }
    )

    report = World().verify(document)

    assert report.verdict is Verdict.VALID
    assert result(report, Check.STRUCTURE).code == "other-credential"
    assert "not an Open Badge" in result(report, Check.STRUCTURE).detail


def test_t35_the_report_says_which_files_were_not_compared() -> None:
    resource: JsonObject = {
        "id": "https://hub.example/there",
        "digestSRI": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    }

    report = World().verify(credential(lambda document: document.update(relatedResource=resource)))

    assert result(report, Check.STRUCTURE).code == "related-not-compared"
    assert result(report, Check.PROOF).outcome is Outcome.PASSED
