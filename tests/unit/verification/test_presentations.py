"""Presentations in a small world. Names carry the rows of THREATS.md."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from credhub import base64url
from credhub.dids.document import DidDocument, VerificationMethod
from credhub.errors import PresentationTooLargeError
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.ledger.events import Standing
from credhub.proofs import data_integrity, eddsa_jcs_2022, vc_jwt
from credhub.verification.presentation_report import (
    PresentationCheck,
    PresentationReport,
    Presenter,
)
from credhub.verification.presentations import verify_presentation
from credhub.verification.presented import MAX_CREDENTIALS, says_it_is_one
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Outcome, Verdict
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import HUB_DID, HUB_KEY, World, credential, document_of

HOLDER = MemorySigner(5)
THIEF = MemorySigner(66)
CHALLENGE = "31f2f8e6"
DOMAIN = "https://employer.example"
LATER = NOON + timedelta(days=1)
V2 = "https://www.w3.org/ns/credentials/v2"
CHECKS = {check.value: "passed" for check in PresentationCheck}


def of_holder(document: JsonObject) -> None:
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    subject["id"] = HOLDER.did


def presentation(*credentials: JsonValue, **members: JsonValue) -> JsonObject:
    document: JsonObject = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": list(credentials or (credential(of_holder),)),
        **members,
    }
    return {name: value for name, value in document.items() if value is not None}


def context(world: World) -> VerifierContext:
    suites = [factories.suite(), eddsa_jcs_2022.suite()]
    return replace(world.context(), suites={suite.name: suite for suite in suites})


def judged(
    data: bytes | JsonObject,
    *,
    world: World | None = None,
    challenge: str | None = CHALLENGE,
    domain: str | None = DOMAIN,
) -> PresentationReport:
    return verify_presentation(
        data,
        context=context(world or World()),
        now=LATER,
        challenge=challenge,
        domain=domain,
    )


def codes(report: PresentationReport) -> dict[str, str]:
    return {one.check.value: one.code for one in report.checks}


def refusal(data: bytes | JsonObject, check: str, world: World | None = None) -> str:
    report = judged(data, world=world)
    assert report.verdict in {Verdict.INVALID, Verdict.INDETERMINATE}
    assert report.credentials == ()
    assert report.holder is None
    return f"{report.verdict.value}: {codes(report)[check]}"


OPTIONS: JsonObject = {"challenge": CHALLENGE, "domain": DOMAIN}


def with_proof(
    document: JsonObject | None = None,
    *,
    signer: MemorySigner = HOLDER,
    purpose: str = data_integrity.AUTHENTICATION,
    options: JsonObject = OPTIONS,
    method: str | None = None,
) -> JsonObject:
    return data_integrity.sign(
        document or presentation(),
        suite=eddsa_jcs_2022.suite(),
        signer=signer,
        verification_method=method or signer.method,
        created=NOON,
        purpose=purpose,
        options=options,
    )


def in_token(
    document: JsonObject | None = None, *, signer: MemorySigner = HOLDER, **claims: JsonValue
) -> bytes:
    said: JsonObject = {"nonce": CHALLENGE, "aud": DOMAIN, **claims}
    return vc_jwt.sign(
        document or presentation(),
        signer=signer,
        verification_method=signer.method,
        media_type=vc_jwt.PRESENTATION,
        claims={name: value for name, value in said.items() if value is not None},
    ).encode()


def enveloped(token: bytes, kind: str = "Presentation", media_type: str = "vp+jwt") -> JsonObject:
    return {
        "@context": [V2],
        "type": [f"EnvelopedVerifiable{kind}"],
        "id": f"data:application/{media_type},{token.decode()}",
    }


def with_rdf_proof(document: JsonObject) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=HOLDER,
        verification_method=HOLDER.method,
        created=NOON,
        purpose=data_integrity.AUTHENTICATION,
        options=OPTIONS,
    )


FORMS: dict[str, bytes | JsonObject] = {
    "proof": with_proof(),
    "RDF": with_rdf_proof(presentation()),
    "bytes": canonical(with_proof()),
    "token": in_token(),
    "envelope": enveloped(in_token()),
}
by_form = pytest.mark.parametrize("form", FORMS)


@by_form
def test_a_genuine_presentation_is_valid(form: str) -> None:
    report = judged(FORMS[form])

    assert report.verdict is Verdict.VALID
    assert codes(report) == CHECKS
    assert report.holder == HOLDER.did
    [inside] = report.credentials
    assert inside.report.verdict is Verdict.VALID
    assert inside.presenter is Presenter.SUBJECT


@by_form
def test_the_report_has_a_json_form(form: str) -> None:
    document = judged(FORMS[form]).to_document()

    assert json.loads(canonical(document)) == document
    assert list(document) == ["verdict", "checks", "holder", "credentials", "checkedAt"]
    checks, credentials = document["checks"], document["credentials"]
    assert isinstance(checks, list)
    assert isinstance(credentials, list)
    assert all(isinstance(one, dict) and str(one["detail"]).endswith(".") for one in checks)
    [inside] = credentials
    assert isinstance(inside, dict)
    assert inside["presentedBy"] == "subject"


def test_a_presentation_that_nobody_signed_says_nothing_of_who_presents() -> None:
    report = judged(presentation(), challenge=None, domain=None)

    assert report.verdict is Verdict.VALID
    assert codes(report) == {
        **CHECKS,
        "proof": "unsigned",
        "holderBinding": "unsigned",
        "answer": "nothing-asked",
    }
    assert report.holder is None
    assert report.credentials[0].presenter is Presenter.UNKNOWN


@by_form
def test_without_a_question_there_is_no_answer(form: str) -> None:
    report = judged(FORMS[form], challenge=None, domain=None)

    assert report.verdict is Verdict.VALID
    assert codes(report) == {**CHECKS, "answer": "nothing-asked"}
    [said] = [one for one in report.checks if one.check is PresentationCheck.ANSWER]
    assert "another occasion" in str(said.to_document()["detail"])


@by_form
def test_t16_an_answer_to_another_question_is_refused(form: str) -> None:
    for challenge, domain, code in (
        ("another", DOMAIN, "challenge-mismatch"),
        ("", None, "challenge-mismatch"),
        (CHALLENGE, "https://evil.example", "domain-mismatch"),
        (None, "", "domain-mismatch"),
    ):
        report = judged(FORMS[form], challenge=challenge, domain=domain)
        assert report.verdict is Verdict.INVALID
        assert codes(report)["answer"] == code
        assert report.credentials == ()
    for challenge, domain in ((CHALLENGE, None), (None, DOMAIN)):
        assert judged(FORMS[form], challenge=challenge, domain=domain).verdict is Verdict.VALID


@pytest.mark.parametrize("options", [{}, {"challenge": CHALLENGE}, {"domain": DOMAIN}])
def test_t16_an_answer_to_nobody_is_refused(options: JsonObject) -> None:
    nonce, audience = options.get("challenge"), options.get("domain")

    assert judged(with_proof(options=options)).verdict is Verdict.INVALID
    assert judged(in_token(nonce=nonce, aud=audience)).verdict is Verdict.INVALID
    assert judged(presentation()).verdict is Verdict.INVALID


def test_a_presentation_may_be_for_several() -> None:
    both: JsonValue = ["https://other.example", DOMAIN]

    assert judged(with_proof(options={**OPTIONS, "domain": both})).verdict is Verdict.VALID
    assert judged(in_token(None, aud=both)).verdict is Verdict.VALID


@by_form
def test_t16_a_presentation_cannot_be_changed(form: str) -> None:
    stolen = presentation(holder=THIEF.did)
    genuine, taken = with_proof(), in_token().split(b".")
    forged: dict[str, bytes | JsonObject] = {
        "proof": {**genuine, "holder": THIEF.did},
        "RDF": {**with_rdf_proof(presentation()), "holder": THIEF.did},
        "bytes": canonical({**genuine, "verifiableCredential": []}),
        "token": b".".join([taken[0], base64url.encode(canonical(stolen)).encode(), taken[2]]),
    }
    forged["envelope"] = enveloped(in_token(stolen))

    assert judged(forged[form]).verdict is Verdict.INVALID


def test_the_one_who_signs_is_the_holder() -> None:
    assert refusal(with_proof(signer=THIEF), "holderBinding") == "invalid: holder-mismatch"
    assert refusal(in_token(signer=THIEF), "holderBinding") == "invalid: holder-mismatch"


def test_a_credential_of_another_is_said_to_be_one() -> None:
    by_thief = presentation(credential(of_holder), holder=THIEF.did)

    for data in (with_proof(by_thief, signer=THIEF), in_token(by_thief, signer=THIEF)):
        report = judged(data)
        assert report.verdict is Verdict.VALID
        assert report.holder == THIEF.did
        assert report.credentials[0].presenter is Presenter.OTHER


def test_a_credential_about_nobody_in_particular() -> None:
    def anonymous(document: JsonObject) -> None:
        subject = document["credentialSubject"]
        assert isinstance(subject, dict)
        del subject["id"]

    report = judged(with_proof(presentation(credential(anonymous))))

    assert report.credentials[0].presenter is Presenter.UNKNOWN


@pytest.mark.parametrize("named", [None, {"id": HOLDER.did, "name": "Amélie"}])
def test_the_holder_may_be_named_in_several_ways(named: JsonValue) -> None:
    report = judged(with_proof(presentation(holder=named)))

    assert report.verdict is Verdict.VALID
    assert report.holder == HOLDER.did


def test_a_key_for_credentials_does_not_present() -> None:
    did, key = "did:web:holder.example", "did:web:holder.example#key-1"
    document = document_of(did, key, HOLDER)
    world = World(dids={HUB_DID: World().dids[HUB_DID], did: document})
    data = with_proof(presentation(holder=did), method=key)

    assert refusal(data, "holderBinding", world) == "invalid: key-not-for-authentication"

    world.dids[did] = replace(document, authentication=frozenset({key}))
    assert judged(data, world=world).verdict is Verdict.VALID

    [method] = document.methods
    ended = replace(world.dids[did], methods=(replace(method, revoked_at=NOON),))
    world.dids[did] = ended
    assert refusal(data, "holderBinding", world) == "invalid: key-revoked"


def test_keys_that_only_the_sender_names_prove_nobody() -> None:
    world = World()
    resolved: DidDocument = world.resolve(HOLDER.did)
    did = "did:web:holder.example"
    method = replace(resolved.methods[0], id=f"{did}#k", controller=did)
    world.dids[did] = DidDocument(
        id=did,
        methods=(method,),
        assertion=frozenset(),
        authentication=frozenset({method.id}),
        claimed=True,
    )

    report = judged(with_proof(presentation(holder=did), method=method.id), world=world)

    assert report.holder is None
    assert report.credentials[0].presenter is Presenter.UNKNOWN


def test_t30_a_holder_that_cannot_be_asked_for_is_not_called_a_forger() -> None:
    data = with_proof(presentation(holder="did:web:gone.example"), method="did:web:gone.example#1")

    assert refusal(data, "proof") == "indeterminate: did-not-resolved"


def test_a_proof_for_something_else_is_refused() -> None:
    data = with_proof(purpose=data_integrity.ASSERTION)

    assert refusal(data, "proof") == "invalid: malformed-proof"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"@context": V2}, "not-a-presentation"),
        ({"@context": ["https://example.org"]}, "not-a-presentation"),
        ({"@context": None}, "not-a-presentation"),
        ({"type": ["VerifiableCredential"]}, "not-a-presentation"),
        ({"type": None}, "not-a-presentation"),
        ({"holder": "nobody"}, "malformed-presentation"),
        ({"holder": 5}, "malformed-presentation"),
        ({"holder": {"name": "Amélie"}}, "malformed-presentation"),
        ({"id": "1"}, "malformed-presentation"),
        ({"verifiableCredential": [5]}, "malformed-presentation"),
        ({"verifiableCredential": [[]]}, "malformed-presentation"),
    ],
)
def test_what_is_no_presentation_is_refused(members: JsonObject, code: str) -> None:
    assert refusal(with_proof(presentation(**members)), "structure") == f"invalid: {code}"


def test_several_kinds_of_credentials_can_be_presented_together() -> None:
    document = factories.credential(did=HUB_DID)
    token = vc_jwt.sign(document, signer=MemorySigner(), verification_method=HUB_KEY)
    several = presentation(
        credential(of_holder),
        enveloped(token.encode(), "Credential", "vc+jwt"),
        token,
        id="urn:uuid:3978344f-8596-4c3a-a978-8fcaba3903c5",
    )

    for data in (with_proof(several), in_token(several)):
        report = judged(data)
        assert report.verdict is Verdict.VALID
        assert [one.presenter.value for one in report.credentials] == ["subject", "other", "other"]


FRAME = ("@context", "type")


def test_one_credential_need_not_be_an_array_and_there_may_be_none() -> None:
    one = judged(with_proof(presentation(verifiableCredential=credential())))
    none = judged(with_proof(presentation(verifiableCredential=None)))

    assert (len(one.credentials), len(none.credentials)) == (1, 0)
    assert (one.is_empty, none.is_empty) == (False, True)
    assert not judged(presentation(verifiableCredential=None), challenge="other").is_empty
    assert (one.verdict, none.verdict) == (Verdict.VALID, Verdict.INDETERMINATE)


def test_nothing_that_nobody_signed_is_not_valid() -> None:
    frame = {name: one for name, one in presentation().items() if name in FRAME}

    nothing, something = (
        judged(one, challenge=None, domain=None)
        for one in (frame, frame | {"verifiableCredential": [credential()]})
    )

    assert nothing.holder is something.holder is None
    assert (nothing.verdict, something.verdict) == (Verdict.INDETERMINATE, Verdict.VALID)


def test_one_bad_credential_is_the_verdict_on_all() -> None:
    unsigned = factories.credential(did=HUB_DID)
    nested = presentation()

    for bad in (unsigned, nested, enveloped(in_token()), "not a token", "a.b.c"):
        report = judged(with_proof(presentation(credential(), bad)))
        assert report.verdict is Verdict.INVALID
        assert codes(report) == CHECKS
        verdicts = [one.report.verdict.value for one in report.credentials]
        assert verdicts == ["valid", "invalid"]


def test_a_withdrawn_credential_is_the_verdict_on_all() -> None:
    report = judged(with_proof(), world=World(standing=Standing.REVOKED))

    assert report.verdict is Verdict.REVOKED


def test_as_many_credentials_as_may_be_are_all_judged() -> None:
    full = presentation(*["x"] * MAX_CREDENTIALS)

    assert len(judged(with_proof(full)).credentials) == MAX_CREDENTIALS


def test_t32_a_presentation_is_of_a_bearable_size() -> None:
    for data in (
        with_proof(presentation(*["x"] * (MAX_CREDENTIALS + 1))),
        in_token(presentation(*["x"] * 1000)),
        presentation(*["x"] * 1000),
    ):
        world = World()
        with pytest.raises(PresentationTooLargeError):
            judged(data, world=world)
        assert world.asked == []


def test_t32_a_presentation_has_few_proofs() -> None:
    document = with_proof()
    proof = document["proof"]
    assert isinstance(proof, list)

    assert refusal({**document, "proof": proof * 6}, "proof") == "invalid: malformed-proof"


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"",
        b"\xff",
        canonical(["x"]),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    assert refusal(data, "parse") == "invalid: unreadable"


@pytest.mark.parametrize("media_type", ["vp+sd-jwt", "vp+cose;base64"])
def test_an_envelope_of_another_kind_is_not_called_forged(media_type: str) -> None:
    wrapped = enveloped(in_token(), media_type=media_type)

    assert refusal(wrapped, "parse") == "indeterminate: unknown-envelope"


def test_t12_what_is_for_something_else_is_no_presentation() -> None:
    token = vc_jwt.sign(
        factories.credential(did=HUB_DID), signer=MemorySigner(), verification_method=HUB_KEY
    ).encode()

    assert refusal(token, "parse") == "invalid: token-type"
    assert refusal(enveloped(token), "parse") == "invalid: token-type"
    assert refusal(enveloped(token, media_type="vc+jwt"), "parse") == "invalid: malformed-envelope"
    assert refusal(enveloped(token, "Credential", "vc+jwt"), "structure") == (
        "invalid: not-a-presentation"
    )
    assert refusal(credential(), "structure") == "invalid: not-a-presentation"
    assert World().verify(in_token()).verdict is Verdict.INVALID
    assert World().verify(with_proof()).verdict is Verdict.INVALID
    assert World().verify(enveloped(in_token())).verdict is Verdict.INVALID


@by_form
def test_a_presentation_says_that_it_is_one(form: str) -> None:
    assert says_it_is_one(FORMS[form])


@pytest.mark.parametrize(
    "document", [credential(), credential() | {"type": "VerifiableCredential"}, {}, {"type": 5}]
)
def test_a_credential_does_not_say_that_it_is_a_presentation(document: JsonObject) -> None:
    assert not says_it_is_one(document)
    assert not says_it_is_one(canonical(document))


def test_a_credential_in_a_token_does_not_say_that_it_is_a_presentation() -> None:
    token = vc_jwt.sign(
        factories.credential(did=HUB_DID), signer=MemorySigner(), verification_method=HUB_KEY
    )

    for text in (token, f"{token}~", f"{token}~{token}", "a.b.c", "{", ""):
        assert not says_it_is_one(text.encode())


def test_every_outcome_has_a_sentence() -> None:
    report = judged(with_proof(signer=THIEF))

    details = {one.check: str(one.to_document()["detail"]) for one in report.checks}
    assert all(detail.endswith(".") for detail in details.values())
    assert "somebody other" in details[PresentationCheck.HOLDER_BINDING]
    assert {one.outcome for one in report.checks} == {
        Outcome.PASSED,
        Outcome.FAILED,
        Outcome.UNKNOWN,
    }


@pytest.mark.parametrize("step", [1, -1])
def test_of_two_proofs_of_the_holder_one_with_a_good_key_is_enough(step: int) -> None:
    did = "did:web:learner.example"
    keys = {f"{did}#{number}": MemorySigner(number) for number in (5, 6)}
    parts = [document_of(did, name, signer) for name, signer in keys.items()]
    old, new = (part.methods[0] for part in parts)
    gone = replace(old, revoked_at=NOON)

    def judge(*methods: VerificationMethod) -> PresentationReport:
        both = DidDocument(
            id=did, methods=methods, assertion=frozenset(), authentication=frozenset(keys)
        )
        world = World()
        world.dids[did] = both
        signed = presentation(holder=did)
        for name, signer in keys.items():
            signed = with_proof(signed, signer=signer, method=name)
        proofs = data_integrity.proofs_of(signed)
        return judged(signed | {"proof": [*proofs[::step]]}, world=world)

    assert judge(gone, new).holder == did
    assert judge(old, replace(new, revoked_at=NOON)).holder == did
    refused = judge(gone, replace(new, revoked_at=NOON))
    assert refused.verdict is Verdict.INVALID
    assert codes(refused)["holderBinding"] == "key-revoked"
