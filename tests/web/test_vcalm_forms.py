"""``/vcalm/credentials/issue`` in every form of a hub, and in no other."""

from collections.abc import Iterator

import pytest

from credhub.jsontypes import JsonObject, JsonValue, parse_object
from credhub.proofs import data_integrity
from credhub.proofs.forms import DEFAULT, TOKENS, Form
from credhub.services import choosing_forms, forms, ledgers, reading
from credhub.services.audit import auditing
from credhub.verification.report import Verdict
from tests.engines import SqliteDatabases
from tests.running import Service, running

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
PLAIN: JsonObject = {
    "@context": [V2, EXAMPLES],
    "type": ["VerifiableCredential", "ExampleAlumniCredential"],
    "name": "Library card",
    "validUntil": "2099-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:subject", "alumniOf": {"id": "did:example:school"}},
}
COMPOSED = tuple(form for form in forms.OFFERED if form is not Form.DC_SD_JWT)
PROVED = tuple(form for form in COMPOSED if form not in TOKENS)
BASE_PREFIX = "u2V0A"
DERIVED_PREFIX = "u2V0B"


@pytest.fixture(scope="module")
def every_form(
    sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service whose first hub signs in every form; the other signs in the default one."""
    with (
        sqlite.migrated() as url,
        running(url, tmp_path_factory.mktemp("forms")) as service,
    ):
        choosing_forms.choose(service.resources, service.one.hub, forms.OFFERED)
        yield service


def asking_for(form: Form) -> dict[str, JsonValue]:
    if form in TOKENS:
        return {"mediaType": form.media_type}
    return {"cryptosuite": form.value}


def compose(
    service: Service, credential: JsonObject, **options: JsonValue
) -> tuple[int, JsonObject]:
    body: JsonObject = {"credential": credential, "options": {**options}}
    answer = service.client().post("/vcalm/credentials/issue", json=body)
    document: JsonObject = answer.json()
    return answer.status_code, document


def composed(service: Service, credential: JsonObject, **options: JsonValue) -> JsonObject:
    status, answer = compose(service, credential, **options)
    assert status == 201, answer
    signed = answer["verifiableCredential"]
    assert isinstance(signed, dict)
    return signed


def verdict(service: Service, credential: JsonObject) -> JsonValue:
    answer = service.public().post("/v1/verify", json={"credential": credential})
    report: JsonObject = answer.json()
    return report["verdict"]


def derived(service: Service, signed: JsonObject, *pointers: str) -> JsonObject:
    body = {"verifiableCredential": signed, "options": {"selectivePointers": [*pointers]}}
    answer = service.client().post("/vcalm/credentials/derive", json=body)
    assert answer.status_code == 201, answer.text
    shown: JsonObject = answer.json()["verifiableCredential"]
    return shown


def the_proof(document: JsonObject) -> JsonObject:
    (proof,) = data_integrity.proofs_of(document)
    return proof


def token_in(envelope: JsonObject) -> str:
    assert envelope["type"] == "EnvelopedVerifiableCredential"
    return str(envelope["id"]).partition(",")[2]


@pytest.mark.parametrize("form", PROVED)
def test_a_client_chooses_a_cryptosuite_of_the_hub(every_form: Service, form: Form) -> None:
    signed = composed(every_form, PLAIN, **asking_for(form))

    assert the_proof(signed)["cryptosuite"] == form.value
    shown = signed
    if form is Form.ECDSA_SD_2023:
        shown = derived(every_form, signed, "/credentialSubject", "/type")
    assert verdict(every_form, shown) == Verdict.VALID


@pytest.mark.parametrize("form", [Form.VC_JWT, Form.VC_SD_JWT])
def test_a_client_chooses_a_token_of_the_hub(every_form: Service, form: Form) -> None:
    envelope = composed(every_form, PLAIN, **asking_for(form))

    assert str(envelope["id"]).startswith(f"data:{form.media_type},")
    assert envelope["@context"] == [V2]
    assert verdict(every_form, envelope) == Verdict.VALID
    answer = every_form.public().post("/v1/verify", json={"token": token_in(envelope)})
    assert answer.json()["verdict"] == Verdict.VALID


def test_without_an_option_it_is_the_default_form(every_form: Service) -> None:
    asked: list[dict[str, JsonValue]] = [
        {},
        {"mediaType": "application/vc"},
        {"mandatoryPointers": []},
    ]
    for options in asked:
        signed = composed(every_form, PLAIN, **options)
        assert the_proof(signed)["cryptosuite"] == DEFAULT.value


def test_promise_1_every_form_is_recorded_and_served(every_form: Service) -> None:
    signed = composed(every_form, PLAIN)
    path = str(signed["id"]).removeprefix(every_form.origin)
    client, seqs = every_form.public(), set()

    for form in COMPOSED:
        answer = client.get(f"{path}?format={form.value.replace('+', '%2B')}")
        assert answer.status_code == 200, form
        receipt = client.get(f"{path}/receipt?form={form.value.replace('+', '%2B')}")
        assert receipt.status_code == 200, form
        seqs.add(reading.by_code(every_form.resources, path[3:], form).form.seq)
    absent = client.get(f"{path}?format=dc%2Bsd-jwt", headers={"accept": "application/json"})
    assert absent.status_code == 406

    assert len(seqs) == len(COMPOSED)
    store = every_form.resources.store
    auditing.audit(
        store,
        every_form.resources.keyring,
        ledgers.newest_log(store, every_form.one.hub),
        advance=lambda _: None,
    )


@pytest.mark.parametrize("form", COMPOSED)
def test_a_changed_signature_of_any_form_is_refused(every_form: Service, form: Form) -> None:
    signed = composed(every_form, PLAIN, **asking_for(form))
    if form in TOKENS:
        head, _, token = str(signed["id"]).partition(",")
        parts = token.split(".")
        parts[1] = parts[1][:40] + ("A" if parts[1][40] != "A" else "B") + parts[1][41:]
        changed = signed | {"id": f"{head},{'.'.join(parts)}"}
    else:
        changed = signed | {"name": "Another card"}

    assert verdict(every_form, changed) != Verdict.VALID


def test_a_client_says_what_is_always_shown(every_form: Service) -> None:
    pointers = ["/credentialSubject/alumniOf", "/name"]

    signed = composed(every_form, PLAIN, mandatoryPointers=[*pointers])

    assert the_proof(signed)["cryptosuite"] == "ecdsa-sd-2023"
    assert str(the_proof(signed)["proofValue"]).startswith(BASE_PREFIX)
    shown = derived(every_form, signed, "/type")
    assert str(the_proof(shown)["proofValue"]).startswith(DERIVED_PREFIX)
    assert shown["name"] == PLAIN["name"]
    subject = shown["credentialSubject"]
    assert isinstance(subject, dict)
    assert subject["alumniOf"] == {"id": "did:example:school"}
    # What decides whether to believe it can be hidden by no choice of pointers.
    assert {"issuer", "validUntil", "credentialStatus"} <= shown.keys()
    assert verdict(every_form, shown) == Verdict.VALID


def test_what_is_not_mandatory_can_be_hidden(every_form: Service) -> None:
    signed = composed(every_form, PLAIN, cryptosuite="ecdsa-sd-2023", mandatoryPointers=["/type"])

    shown = derived(every_form, signed, "/credentialSubject/id")

    assert "name" not in shown
    subject = shown["credentialSubject"]
    assert isinstance(subject, dict)
    assert "alumniOf" not in subject


def test_several_subjects_are_hidden_one_by_one(every_form: Service) -> None:
    several = PLAIN | {
        "credentialSubject": [{"id": "did:example:one"}, {"id": "did:example:two", "name": "Two"}]
    }

    token = token_in(composed(every_form, several, mediaType="application/vc+sd-jwt"))

    assert len(token.split("~")) == 3 + 2
    answer = every_form.public().post("/v1/verify", json={"token": token})
    assert answer.json()["verdict"] == Verdict.VALID


def test_of_an_ordered_list_no_part_can_be_shown(every_form: Service) -> None:
    ordered = PLAIN | {
        "@context": [V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "type": ["VerifiableCredential"],
        "evidence": {
            "type": ["Evidence", "ResultDescription"],
            "resultType": "LetterGrade",
            "allowedValue": ["A", "B"],
        },
        "credentialSubject": {"id": "did:example:subject"},
    }

    status, answer = compose(every_form, ordered, cryptosuite="ecdsa-sd-2023")
    assert (status, answer["code"]) == (400, "form-not-offered")
    assert answer["detail"] == "This document cannot be signed as ecdsa-sd-2023."

    signed = composed(every_form, ordered)
    assert verdict(every_form, signed) == Verdict.VALID
    code = str(signed["id"]).rpartition("/")[2]
    issued = reading.by_code(every_form.resources, code).forms
    assert set(COMPOSED) - set(issued) == {Form.ECDSA_SD_2023}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cryptosuite": "bbs-2023"}, "cryptosuite is none of"),
        ({"cryptosuite": "vc+jwt"}, "cryptosuite is none of"),
        ({"cryptosuite": ["eddsa-rdfc-2022"]}, "not a short text"),
        ({"mediaType": "application/mdoc"}, "mediaType is none of"),
        ({"mediaType": "eddsa-rdfc-2022"}, "mediaType is none of"),
        ({"cryptosuite": "eddsa-jcs-2022", "mediaType": "application/vc"}, "not both"),
        ({"cryptosuite": "eddsa-jcs-2022", "mandatoryPointers": ["/name"]}, "ecdsa-sd-2023 only"),
        ({"mediaType": "application/vc+jwt", "mandatoryPointers": ["/name"]}, "only"),
        ({"mandatoryPointers": "/name"}, "list of texts"),
        ({"credentialId": "urn:uuid:1"}, "Known are cryptosuite, mandatoryPointers, mediaType."),
        ({"credentialFormat": "jwt_vc_json"}, "Known are"),
        ({"type": "Ed25519Signature2020"}, "Known are"),
    ],
)
def test_other_options_are_refused_with_the_reason(
    every_form: Service, options: JsonObject, said: str
) -> None:
    status, answer = compose(every_form, PLAIN, **options)

    assert (status, answer["code"]) == (400, "malformed-vcalm-request")
    assert said in str(answer["detail"])


@pytest.mark.parametrize("pointer", ["/absent", "name", "/credentialSubject/3"])
def test_a_pointer_that_leads_nowhere_is_refused(every_form: Service, pointer: str) -> None:
    status, answer = compose(every_form, PLAIN, mandatoryPointers=[pointer])

    assert status == 400
    assert answer["type"] == "https://w3id.org/security#PROOF_GENERATION_ERROR"


@pytest.mark.parametrize("form", [form for form in Form if form is not DEFAULT])
def test_a_form_that_the_hub_does_not_sign_is_refused(every_form: Service, form: Form) -> None:
    client = every_form.client(every_form.other)

    def ask(options: dict[str, JsonValue]) -> tuple[int, JsonObject]:
        body: JsonObject = {"credential": PLAIN, "options": {**options}}
        answer = client.post("/vcalm/credentials/issue", json=body)
        return answer.status_code, answer.json()

    status, answer = ask(asking_for(form))
    assert (status, answer["code"]) == (400, "form-not-offered")
    assert answer["detail"] == "The hub signs such a credential as eddsa-rdfc-2022 only."
    assert ask(asking_for(DEFAULT))[0] == 201


def test_only_achievements_are_tokens_with_claims_of_their_own(every_form: Service) -> None:
    status, answer = compose(every_form, PLAIN, **asking_for(Form.DC_SD_JWT))

    assert (status, answer["code"]) == (400, "form-not-offered")


FIRST: JsonObject = {
    "@context": [V1],
    "type": ["VerifiableCredential"],
    "issuanceDate": "2020-01-01T00:00:00Z",
    "expirationDate": "2099-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:subject"},
}


@pytest.mark.parametrize("form", PROVED)
def test_a_credential_of_version_1_1_is_signed(every_form: Service, form: Form) -> None:
    signed = composed(every_form, FIRST, **asking_for(form))

    assert signed["@context"] == [
        V1,
        "https://w3id.org/security/data-integrity/v2",
        "https://www.w3.org/ns/credentials/status/v1",
    ]
    status = signed["credentialStatus"]
    assert isinstance(status, dict)
    assert {"id", "type"} <= status.keys()  # Version 1.1 wants both.
    shown = signed
    if form is Form.ECDSA_SD_2023:
        shown = derived(every_form, signed, "/credentialSubject")
    assert verdict(every_form, shown) == Verdict.VALID
    page = every_form.public().get(str(signed["id"]), headers={"accept": "text/html"})
    assert page.status_code == 200


def test_contexts_that_the_client_brought_are_not_repeated(every_form: Service) -> None:
    for proofs in ("v1", "v2"):
        listed: list[JsonValue] = [
            V1,
            "https://www.w3.org/ns/credentials/status/v1",
            f"https://w3id.org/security/data-integrity/{proofs}",
        ]

        signed = composed(every_form, FIRST | {"@context": listed})

        assert signed["@context"] == listed
        assert verdict(every_form, signed) == Verdict.VALID


def test_a_badge_of_version_1_1_is_signed(every_form: Service) -> None:
    badge = FIRST | {
        "@context": [V1, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
        "id": None,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Solar",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "name": "A",
            "achievement": {
                "id": "https://school.example/solar",
                "type": ["Achievement"],
                "name": "Solar",
                "description": "Can mount a panel.",
                "criteria": {"narrative": "Mounted one."},
            },
        },
        "issuer": {
            "id": every_form.one.hub.did,
            "type": ["Profile"],
            "name": "The riverside hub",
        },
    }
    del badge["id"]

    assert verdict(every_form, composed(every_form, badge)) == Verdict.VALID


def without(*names: str) -> JsonObject:
    return {name: value for name, value in FIRST.items() if name not in names}


@pytest.mark.parametrize(
    ("credential", "code"),
    [
        (without("issuanceDate"), "malformed-period"),
        (FIRST | {"issuanceDate": "2020-01-01"}, "malformed-period"),
        (FIRST | {"expirationDate": "2019-01-01T00:00:00Z"}, "malformed-period"),
        (FIRST | {"validFrom": "2020-01-01T00:00:00Z"}, "malformed-period"),
        (FIRST | {"validUntil": "2099-01-01T00:00:00Z"}, "malformed-period"),
        (PLAIN | {"issuanceDate": "2020-01-01T00:00:00Z"}, "malformed-period"),
        (PLAIN | {"expirationDate": "2099-01-01T00:00:00Z"}, "malformed-period"),
        (FIRST | {"@context": [V1, V2]}, None),
        (FIRST | {"@context": ["https://www.w3.org/2018/credentials/v2"]}, None),
        (FIRST | {"termsOfUse": {"id": "https://school.example/terms"}}, None),
    ],
)
def test_the_rules_of_each_version_hold(
    every_form: Service, credential: JsonObject, code: str | None
) -> None:
    status, answer = compose(every_form, credential)

    assert status == 400
    assert code is None or answer["code"] == code, answer
    assert compose(every_form, FIRST)[0] == 201


@pytest.mark.parametrize("form", [Form.VC_JWT, Form.VC_SD_JWT])
def test_tokens_hold_version_2_alone(every_form: Service, form: Form) -> None:
    status, answer = compose(every_form, FIRST, **asking_for(form))

    assert (status, answer["code"]) == (400, "form-not-offered")
    assert "vc+" not in str(answer["detail"])
    assert compose(every_form, PLAIN, **asking_for(form))[0] == 201


def test_what_the_hub_answers_is_what_it_serves(every_form: Service) -> None:
    signed = composed(every_form, PLAIN, cryptosuite="ecdsa-jcs-2019")

    path = str(signed["id"]).removeprefix(every_form.origin)
    served = every_form.public().get(f"{path}?format=ecdsa-jcs-2019")
    assert parse_object(served.content) == signed
