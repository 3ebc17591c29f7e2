"""T01, T03 to T07, T83 over HTTP: what is sent in proves itself, or shows nothing of itself."""

import json
from copy import deepcopy
from typing import Any

import pytest

from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity
from credhub.verification.report import OTHERS_IGNORED_CODE, PASSED_CODE, Check
from tests.running import Service, issue
from tests.unit import factories

CANARY = "Summa cum laude of Nowhere"


@pytest.fixture(scope="module")
def genuine(service: Service) -> JsonObject:
    document = issue(service.client())["credential"]
    assert isinstance(document, dict)
    return document


def report_of(service: Service, document: JsonValue, **more: str) -> dict[str, Any]:
    response = service.public().post("/v1/verify", json={"credential": document, **more})
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report


def code_of(report: dict[str, Any], check: Check) -> str:
    return next(str(it["code"]) for it in report["checks"] if it["check"] == check)


def page_of(service: Service, document: JsonValue) -> str:
    response = service.public().post("/verify", data={"credential": json.dumps(document)})
    assert response.status_code == 200
    return response.text


def shows_nothing(service: Service, document: JsonObject, *hidden: str) -> dict[str, Any]:
    """Check that a document is invalid, and that neither page nor report shows these texts."""
    report, page = report_of(service, document), page_of(service, document)
    assert report["verdict"] == "invalid"
    assert report["credential"] is None
    for text in hidden:
        assert text not in page
        assert text not in json.dumps(report)
    return report


def sign_as_stranger(document: JsonObject) -> JsonObject:
    stranger = factories.MemorySigner(66)
    return data_integrity.sign(
        {name: value for name, value in document.items() if name != "proof"},
        suite=factories.suite(),
        signer=stranger,
        verification_method=stranger.method,
        created=factories.NOON,
    )


def with_name(document: JsonObject, name: str) -> JsonObject:
    changed: Any = deepcopy(document)
    changed["credentialSubject"]["name"] = name
    return dict(changed)


def test_a_genuine_credential_is_valid_and_shown(service: Service, genuine: JsonObject) -> None:
    report = report_of(service, genuine)

    assert report["verdict"] == "valid"
    assert [check["check"] for check in report["checks"]] == list(Check)
    assert report["credential"] == genuine
    assert report["issuer"]["trusted"]
    assert "Amélie Dubois" in page_of(service, genuine)


def test_t01_a_strangers_key_cannot_sign_for_a_hub(service: Service, genuine: JsonObject) -> None:
    forged = sign_as_stranger(with_name(genuine, CANARY))

    report = shows_nothing(service, forged, CANARY)

    assert code_of(report, Check.PROOF) == PASSED_CODE
    assert code_of(report, Check.ISSUER_BINDING) == "issuer-key-mismatch"


def test_t01_a_stranger_may_sign_for_themselves(service: Service, genuine: JsonObject) -> None:
    issuer = genuine["issuer"]
    assert isinstance(issuer, dict)
    own = sign_as_stranger(
        with_name(genuine, CANARY)
        | {
            "id": "https://stranger.example/1",
            "issuer": issuer | {"id": factories.MemorySigner(66).did},
        }
    )

    report = report_of(service, own)

    assert code_of(report, Check.ISSUER_BINDING) == PASSED_CODE
    assert report["verdict"] not in {"valid", "invalid"}
    assert not report["issuer"]["trusted"]


@pytest.mark.parametrize("member", ["honours", "credentialSubject/honours", "issuer/honours"])
def test_t03_a_term_that_nobody_signed_is_refused(
    service: Service, genuine: JsonObject, member: str
) -> None:
    changed: Any = deepcopy(genuine)
    *path, name = member.split("/")
    place = changed
    for step in path:
        place = place[step]
    place[name] = CANARY

    report = shows_nothing(service, changed, CANARY, "Amélie Dubois")

    assert code_of(report, Check.PROOF) == "data-loss"


def test_t03_a_type_that_nobody_defines_is_refused(service: Service, genuine: JsonObject) -> None:
    changed: Any = deepcopy(genuine)
    changed["credentialSubject"]["achievement"]["type"].append("SummaCumLaude")

    report = shows_nothing(service, changed, "SummaCumLaude")

    assert code_of(report, Check.PROOF) == "data-loss"


def contexts(genuine: JsonObject) -> list[JsonValue]:
    found = genuine["@context"]
    assert isinstance(found, list)
    return found


def renamed(genuine: JsonObject) -> JsonObject:
    """Give the same statements under a name of one's own, beside another that nobody signed."""
    changed: Any = deepcopy(genuine)
    subject = changed["credentialSubject"]
    subject["displayName"] = subject.pop("name")
    alias = {"displayName": "https://schema.org/name", "name": None}
    changed["@context"] = [*contexts(genuine), alias]
    subject["name"] = CANARY
    return dict(changed)


@pytest.mark.parametrize(
    "more",
    [
        {"honours": "https://evil.example/honours"},
        {"@vocab": "https://evil.example/"},
        {"@version": 1.1},
        "https://evil.example/context.json",
    ],
    ids=str,
)
def test_t04_a_document_brings_no_context_of_its_own(
    service: Service, genuine: JsonObject, more: JsonValue
) -> None:
    changed = with_name(genuine, CANARY) | {"@context": [*contexts(genuine), more]}

    report = shows_nothing(service, changed, CANARY, "evil.example")

    assert code_of(report, Check.PROOF) == "context-not-allowed"


@pytest.mark.parametrize("more", ["https://www.w3.org/ns/credentials/v2", None], ids=str)
def test_t04_a_document_takes_no_meaning_back(
    service: Service, genuine: JsonObject, more: JsonValue
) -> None:
    changed = with_name(genuine, CANARY) | {"@context": [*contexts(genuine), more]}

    report = shows_nothing(service, changed, CANARY)

    assert code_of(report, Check.STRUCTURE) == "malformed-context"


def test_t04_an_alias_cannot_change_what_is_shown(service: Service, genuine: JsonObject) -> None:
    report = shows_nothing(service, renamed(genuine), CANARY)

    assert code_of(report, Check.PROOF) == "context-not-allowed"


@pytest.mark.parametrize("keyword", ["@graph", "@included", "@nest", "@reverse", "@context"])
def test_t04_no_keyword_hides_anything(service: Service, genuine: JsonObject, keyword: str) -> None:
    changed: Any = deepcopy(genuine)
    changed["credentialSubject"][keyword] = {"name": CANARY}

    shows_nothing(service, changed, CANARY)


@pytest.mark.parametrize(
    "wrapped",
    [
        {
            "type": "EnvelopedVerifiableCredential",
            "id": "data:application/vc+jwt,eyJhbGciOiJub25lIn0",
        },
        {"credential": "<genuine>"},
        {"vc": "<genuine>", "iss": "did:example:evil"},
        {"payload": "<genuine>"},
    ],
    ids=str,
)
def test_t05_what_is_wrapped_is_not_taken_for_what_is_around_it(
    service: Service, genuine: JsonObject, wrapped: JsonObject
) -> None:
    outer: JsonObject = {
        name: genuine if value == "<genuine>" else value for name, value in wrapped.items()
    }
    outer |= {
        "@context": contexts(genuine),
        "credentialSubject": {"type": ["AchievementSubject"], "name": CANARY},
    }

    shows_nothing(service, outer, CANARY, "Amélie Dubois")


def test_t05_of_a_presentation_only_the_credential_in_it_is_shown(
    service: Service, genuine: JsonObject
) -> None:
    outer: JsonObject = {
        "@context": contexts(genuine),
        "type": ["VerifiablePresentation"],
        "verifiableCredential": genuine,
        "credentialSubject": {"type": ["AchievementSubject"], "name": CANARY},
        "name": CANARY,
    }

    as_credential, page = report_of(service, outer), page_of(service, outer)
    alone = service.public().post("/v1/verify", json={"presentation": outer}).json()

    assert (as_credential["verdict"], as_credential["credential"]) == ("invalid", None)
    assert [one["report"]["credential"] for one in alone["credentials"]] == [genuine]
    assert "Amélie Dubois" in page
    for shown in (json.dumps(as_credential), json.dumps(alone), page):
        assert CANARY not in shown


def test_t05_page_and_report_show_one_document(service: Service, genuine: JsonObject) -> None:
    shows_nothing(service, with_name(genuine, CANARY), CANARY, "Amélie Dubois")


CHANGES: dict[str, tuple[str, JsonValue]] = {
    "another learner": ("credentialSubject/name", CANARY),
    "another achievement": ("credentialSubject/achievement/name", CANARY),
    "another description": ("credentialSubject/achievement/description", CANARY),
    "another address": ("id", "https://evil.example/c/1"),
    "another issuer name": ("issuer/name", CANARY),
    "an earlier start": ("validFrom", "2001-01-01T00:00:00Z"),
    "another end": ("validUntil", "2999-01-01T00:00:00Z"),
    "another place in the list": ("credentialStatus/statusListIndex", "5"),
    "another purpose of a proof": ("proof/0/proofPurpose", "authentication"),
    "another time of a proof": ("proof/0/created", "2001-01-01T00:00:00Z"),
    "another suite": ("proof/0/cryptosuite", "eddsa-jcs-2022"),
    "another type of proof": ("proof/0/type", "Ed25519Signature2020"),
    "another key": ("proof/0/verificationMethod", "did:web:evil.example#key-1"),
    "no signature": ("proof/0/proofValue", "z"),
    "no proof at all": ("proof", None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_t06_no_changed_credential_is_valid(
    service: Service, genuine: JsonObject, change: str
) -> None:
    path, value = CHANGES[change]
    changed: Any = deepcopy(genuine)
    *steps, name = path.split("/")
    place = changed
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    place[name] = value

    report = report_of(service, changed)

    assert report["verdict"] in {"invalid", "indeterminate"}
    assert report["credential"] is None
    assert any(check["outcome"] in {"failed", "unknown"} for check in report["checks"])
    assert CANARY not in page_of(service, changed)


def test_t07_no_proof_is_no_proof(service: Service, genuine: JsonObject) -> None:
    shows_nothing(service, genuine | {"proof": []}, "Amélie Dubois")
    shows_nothing(
        service, {name: genuine[name] for name in genuine if name != "proof"}, "Amélie Dubois"
    )


def proof_of(genuine: JsonObject) -> JsonObject:
    proofs = genuine["proof"]
    assert isinstance(proofs, list)
    assert isinstance(proofs[0], dict)
    return proofs[0]


def test_t07_one_proof_counts_once(service: Service, genuine: JsonObject) -> None:
    proof = proof_of(genuine)

    report = shows_nothing(service, genuine | {"proof": [proof, proof]})

    assert code_of(report, Check.PROOF) == "duplicate-proof"


def test_t07_a_proof_after_one_that_is_not_there_is_refused(
    service: Service, genuine: JsonObject
) -> None:
    proof = proof_of(genuine) | {"previousProof": "urn:uuid:36245ee9-9074-4b05-a777-febff2e69757"}

    report = shows_nothing(service, genuine | {"proof": [proof]})

    assert code_of(report, Check.PROOF) == "previous-proof-missing"


def test_t07_a_second_proof_that_is_wrong_is_refused(service: Service, genuine: JsonObject) -> None:
    proof = proof_of(genuine)
    other = proof | {"created": "2001-01-01T00:00:00Z"}

    shows_nothing(service, genuine | {"proof": [proof, other]})
    shows_nothing(service, genuine | {"proof": [other, proof]})


def test_t07_a_proof_by_a_suite_that_we_do_not_know_is_told_of(
    service: Service, genuine: JsonObject
) -> None:
    proof = proof_of(genuine)
    other = proof | {"cryptosuite": "bbs-2023", "proofValue": "u2V0ChVhB"}

    report = report_of(service, genuine | {"proof": [proof, other]})

    assert code_of(report, Check.PROOF) == OTHERS_IGNORED_CODE
    assert code_of(report, Check.LEDGER) == "not-in-ledger"


def test_t83_a_credential_with_its_own_receipt_is_valid(service: Service) -> None:
    made = issue(service.client())

    assert report_of(service, made["credential"], receipt=str(made["receipt"]))["verdict"] == (
        "valid"
    )


def test_t83_a_credential_with_the_receipt_of_another_is_invalid(service: Service) -> None:
    mine, others = issue(service.client()), issue(service.client(service.other))

    report = report_of(service, mine["credential"], receipt=str(others["receipt"]))

    assert report["verdict"] == "invalid"
    assert code_of(report, Check.LEDGER) == "receipt-mismatch"


@pytest.mark.parametrize("receipt", ["", "x", "c2sp.org/tlog-proof@v1\n"])
def test_t83_a_receipt_that_is_none_is_no_proof(
    service: Service, genuine: JsonObject, receipt: str
) -> None:
    assert report_of(service, genuine, receipt=receipt)["verdict"] != "valid"


def test_t02_an_unknown_issuer_is_never_green(service: Service) -> None:
    name = service.one.hub.name
    unsigned = factories.credential(did=factories.MemorySigner().did)
    issuer = unsigned["issuer"]
    assert isinstance(issuer, dict)
    kept = {n: v for n, v in unsigned.items() if n not in {"credentialStatus", "credentialSchema"}}
    foreign = factories.signed(kept | {"issuer": issuer | {"name": name}})

    report, page = report_of(service, foreign), page_of(service, foreign)

    assert report["verdict"] == "unknownIssuer"
    assert str(issuer["id"]) in page
    assert "verdict-valid" not in page


def test_a_revoked_credential_is_revoked_in_the_next_report(service: Service) -> None:
    made = issue(service.client())
    assert report_of(service, made["credential"])["verdict"] == "valid"

    service.client().post(f"/v1/credentials/{made['id']}/revocation", json={"reason": "annulled"})

    assert report_of(service, made["credential"])["verdict"] == "revoked"


@pytest.mark.parametrize("document", [{}, {"a": 1}, {"type": "Person"}, {"@context": []}], ids=str)
def test_json_that_is_no_credential_is_answered_with_a_verdict(
    service: Service, document: JsonObject
) -> None:
    assert report_of(service, document)["verdict"] == "invalid"


def test_a_report_is_not_kept_by_caches(service: Service, genuine: JsonObject) -> None:
    answer = service.public().post("/v1/verify", json={"credential": genuine})

    assert answer.headers["cache-control"] == "no-store"


def test_a_bundle_is_taken_like_the_credential_in_it(service: Service) -> None:
    issued = issue(service.client())
    address = str(issued["url"]).removeprefix(service.origin)
    bundle = service.public().get(f"{address}?format=bundle").json()

    report, page = report_of(service, bundle), page_of(service, bundle)

    assert (report["verdict"], report["credential"]) == ("valid", issued["credential"])
    assert "Amélie Dubois" in page


def test_a_damaged_bundle_is_invalid_and_shows_nothing(service: Service) -> None:
    damages: tuple[JsonObject, ...] = ({}, {"version": 1, "credential": CANARY})
    for damaged in damages:
        report = shows_nothing(service, {"type": "CredhubBundle", **damaged}, CANARY)
        assert code_of(report, Check.PARSE) == "malformed-bundle"
