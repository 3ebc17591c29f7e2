"""The service for the W3C's test suites: every issuer, every verifier, and who cannot reach it."""

from collections.abc import Iterator

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import data_integrity
from credhub.runtime_offline import open_workshop
from credhub.services.workshop import ISSUERS, Workshop
from credhub.web.vcalm import development
from tests import vectors
from tests.running import Service

V2 = "https://www.w3.org/ns/credentials/v2"
PLAIN: JsonObject = {
    "@context": [V2],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"id": "did:example:subject"},
}
MODEL = "https://www.w3.org/TR/vc-data-model#"
BASE = "http://127.0.0.1"


@pytest.fixture(scope="module")
def shop() -> Iterator[Workshop]:
    with open_workshop() as opened:
        yield opened


@pytest.fixture(scope="module")
def client(shop: Workshop) -> TestClient:
    return TestClient(development.create_app(shop, BASE), base_url=BASE)


def issue(client: TestClient, name: str, credential: JsonValue) -> tuple[int, JsonObject]:
    path = f"/issuers/{name}/credentials/issue"
    return post(client, path, {"credential": credential, "options": {}})


def post(client: TestClient, path: str, body: JsonObject) -> tuple[int, JsonObject]:
    answer = client.post(path, json=body)
    document: JsonObject = answer.json()
    return answer.status_code, document


def verify(
    client: TestClient, credential: JsonValue, path: str = "verify", **options: JsonValue
) -> tuple[int, JsonObject]:
    body: JsonObject = {"verifiableCredential": credential, "options": {**options}}
    return post(client, f"/credentials/{path}", body)


def problem_types(answer: JsonObject) -> list[str]:
    problems = answer["problemDetails"]
    assert isinstance(problems, list)
    return [str(problem["type"]) for problem in problems if isinstance(problem, dict)]


def issued(client: TestClient, name: str, credential: JsonObject = PLAIN) -> JsonObject:
    status, answer = issue(client, name, credential)
    assert status == 201, answer
    signed = answer["verifiableCredential"]
    assert isinstance(signed, dict)
    return signed


def derived(client: TestClient, signed: JsonObject, *pointers: str) -> JsonObject:
    selective: list[JsonValue] = list(pointers or ["/credentialSubject"])
    body: JsonObject = {
        "verifiableCredential": signed,
        "options": {"selectivePointers": selective},
    }
    status, answer = post(client, "/credentials/derive", body)
    assert status == 201, answer
    shown = answer["verifiableCredential"]
    assert isinstance(shown, dict)
    return shown


def names(shop: Workshop) -> list[str]:
    return sorted(shop.pens)


def test_the_description_names_an_issuer_for_each_suite_and_kind_of_key(shop: Workshop) -> None:
    described = development.description(shop, BASE)

    issuers = described["issuers"]
    assert isinstance(issuers, dict)
    assert set(issuers) == set(shop.pens)
    assert set(issuers) <= set(ISSUERS)
    for name, issuer in issuers.items():
        assert isinstance(issuer, dict)
        assert str(issuer["id"]).startswith("did:key:z")
        assert issuer["endpoint"] == f"{BASE}/issuers/{name}/credentials/issue"
    assert set(described) == {
        "name",
        "issuers",
        "verify",
        "verifyProofOnly",
        "verifyPresentation",
        "derive",
        "resolver",
        "issuerWithStatus",
        "status",
        "statusList",
    }


def test_every_issuer_signs_and_the_verifier_believes_it(
    client: TestClient, shop: Workshop
) -> None:
    for name in names(shop):
        signed = issued(client, name)

        assert signed["issuer"] == shop.pens[name].issuer
        shown = derived(client, signed) if name == "ecdsa-sd-2023" else signed
        assert verify(client, shown) == (200, {"verified": True, "problemDetails": []})


def test_a_credential_of_the_first_version_is_signed_with_words_for_its_proof(
    client: TestClient,
) -> None:
    first = PLAIN | {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "issuanceDate": "2019-11-22T12:00:00Z",
    }

    signed = issued(client, "eddsa-rdfc-2022", first)

    contexts = signed["@context"]
    assert isinstance(contexts, list)
    assert contexts[1:] == ["https://w3id.org/security/data-integrity/v2"]
    assert verify(client, signed)[0] == 200
    assert issued(client, "eddsa-jcs-2022", first | {"@context": contexts})["@context"] == contexts


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"type": ["VerifiableCredential", "NotDefined"]}, "DATA_LOSS_DETECTION_ERROR"),
        ({"credentialSubject": {}}, "MALFORMED_VALUE_ERROR"),
        ({"@context": ["https://www.w3.org/ns/credentials/examples/v2"]}, "MALFORMED_VALUE_ERROR"),
        ({"validFrom": "yesterday"}, "MALFORMED_VALUE_ERROR"),
        ({"refreshService": {"id": "did:example:refresh"}}, "MALFORMED_VALUE_ERROR"),
        ({"issuer": "did:example:other"}, "PROOF_GENERATION_ERROR"),
        ({"issuer": None}, "MALFORMED_VALUE_ERROR"),
        ({"issuer": {"id": None}}, "MALFORMED_VALUE_ERROR"),
        ({"proof": []}, "PROOF_GENERATION_ERROR"),
        ({"evidence": {"type": "Evidence", "image": {"@id": 5}}}, "PROOF_GENERATION_ERROR"),
    ],
)
@pytest.mark.parametrize("name", ["eddsa-rdfc-2022", "ecdsa-jcs-2019"])
def test_what_the_data_model_refuses_is_not_signed(
    client: TestClient, name: str, change: JsonObject, kind: str
) -> None:
    status, answer = issue(client, name, PLAIN | change)

    assert status == 400
    assert str(answer["type"]).rpartition("#")[2] in {kind, "DATA_LOSS_DETECTION_ERROR"}
    assert answer["title"]
    assert answer["detail"]


def test_a_direction_is_signed_where_the_signature_covers_it(client: TestClient) -> None:
    name: JsonObject = {"@value": "Hello", "@language": "en", "@direction": "ltr"}
    credential = PLAIN | {"name": [name]}

    assert issued(client, "eddsa-jcs-2022", credential)["name"] == [name]
    assert issue(client, "eddsa-rdfc-2022", credential)[0] == 400


def test_a_document_may_bring_words_of_its_own_here(client: TestClient) -> None:
    words: JsonObject = {"Example": "https://example.org/#Example"}
    credential = PLAIN | {"@context": [V2, words], "type": ["VerifiableCredential", "Example"]}

    assert verify(client, issued(client, "eddsa-rdfc-2022", credential))[0] == 200


def test_what_is_mandatory_is_always_shown(client: TestClient) -> None:
    credential = PLAIN | {"credentialSubject": {"id": "did:example:a", "name": "A"}}
    body: JsonObject = {
        "credential": credential,
        "options": {"mandatoryPointers": ["/credentialSubject/id", "/issuer"]},
    }
    status, answer = post(client, "/issuers/ecdsa-sd-2023/credentials/issue", body)
    signed = answer["verifiableCredential"]
    assert (status, isinstance(signed, dict)) == (201, True)
    assert isinstance(signed, dict)

    shown = derived(client, signed, "/@context")

    assert shown["credentialSubject"] == {"id": "did:example:a"}
    assert verify(client, shown)[0] == 200
    assert verify(client, signed)[0] == 400, "What the holder keeps is not for showing."


def test_all_of_other_credentials_is_shown(client: TestClient) -> None:
    body: JsonObject = {"credential": PLAIN, "options": {"mandatoryPointers": ["/issuer"]}}

    assert post(client, "/issuers/eddsa-rdfc-2022/credentials/issue", body)[0] == 400


@pytest.mark.parametrize("pointers", [["/nowhere"], ["credentialSubject"], [1], "/issuer"])
def test_nothing_is_derived_from_nothing(client: TestClient, pointers: JsonValue) -> None:
    signed = issued(client, "ecdsa-sd-2023")
    other = issued(client, "eddsa-rdfc-2022")

    options: JsonObject = {"selectivePointers": pointers}
    for credential in (signed, other):
        body: JsonObject = {"verifiableCredential": credential, "options": options}
        assert post(client, "/credentials/derive", body)[0] == 400


def test_an_issuer_may_be_an_object_with_or_without_its_own_id(client: TestClient) -> None:
    signed = issued(client, "eddsa-rdfc-2022", PLAIN | {"issuer": {"name": "Test"}})

    issuer = signed["issuer"]
    assert isinstance(issuer, dict)
    assert issued(client, "eddsa-rdfc-2022", PLAIN | {"issuer": issuer})["issuer"] == issuer


def test_no_other_issuer_is_there(client: TestClient) -> None:
    assert issue(client, "rsa-2018", PLAIN)[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"credential":{},"credential":{}}',
        b"{}",
        b'{"credential":1}',
        b'{"credential":{},"extra":1}',
        b'{"credential":{},"options":[]}',
        b'{"credential":{},"options":{"unknown":1}}',
    ],
)
def test_a_malformed_body_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/issuers/eddsa-rdfc-2022/credentials/issue", content=body)

    assert answer.status_code == 400
    assert answer.json()["type"] == f"{MODEL}PARSING_ERROR"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["verify", "verify-proof"])
def test_a_changed_credential_is_not_verified(client: TestClient, path: str) -> None:
    signed = issued(client, "eddsa-rdfc-2022")

    changed = signed | {"credentialSubject": {"id": "did:example:other"}}
    status, answer = verify(client, changed, path)

    assert (status, answer["verified"]) == (400, False)
    assert f"{MODEL}CRYPTOGRAPHIC_SECURITY_ERROR" in problem_types(answer)


@pytest.mark.parametrize(
    "value", [{"type": ["NonconformingDocument"]}, "not.a.token", "{}", 5, None]
)
def test_what_is_no_credential_is_not_verified(client: TestClient, value: JsonValue) -> None:
    status, answer = verify(client, value)

    assert status == 400
    assert not answer.get("verified", False)


def test_an_expired_credential_is_verified_only_as_to_its_proof(client: TestClient) -> None:
    expired = PLAIN | {"validUntil": "2020-01-01T00:00:00Z"}
    signed = issued(client, "eddsa-rdfc-2022", expired)

    status, answer = verify(client, signed)

    assert (status, problem_types(answer)) == (400, [f"{MODEL}RANGE_ERROR"])
    assert verify(client, signed, checks=["proof"])[0] == 200
    assert verify(client, signed, checks=["proof", "validity"])[0] == 400


def test_a_schema_that_we_do_not_have_is_mentioned(client: TestClient) -> None:
    schema: JsonObject = {
        "id": "https://hub.example/schema.json",
        "type": "https://example.org/#Schema",
    }
    signed = issued(client, "eddsa-rdfc-2022", PLAIN | {"credentialSchema": schema})

    status, answer = verify(client, signed)

    assert (status, answer["verified"]) == (200, True)
    assert problem_types(answer) == [f"{MODEL}MALFORMED_VALUE_ERROR"]


def test_a_status_that_nobody_tells_is_not_verified(client: TestClient) -> None:
    entry: JsonObject = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://hub.example/status/1",
    }
    signed = issued(client, "eddsa-rdfc-2022", PLAIN | {"credentialStatus": entry})

    status, answer = verify(client, signed)

    assert status == 400
    assert problem_types(answer) == [
        "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"
    ]


@pytest.mark.parametrize("options", [{"checks": "proof"}, {"checks": [1]}, {"checks": ["x"] * 101}])
def test_a_malformed_option_is_refused(client: TestClient, options: JsonObject) -> None:
    body: JsonObject = {"verifiableCredential": PLAIN, "options": options}

    assert post(client, "/credentials/verify", body)[0] == 400


VECTOR = "vc-di-eddsa/TestVectors/eddsa-jcs-2022/signedJCS.json"


def test_the_vectors_of_the_specifications_verify_by_their_proof_alone(client: TestClient) -> None:
    signed = vectors.document(VECTOR)

    assert verify(client, signed, "verify-proof") == (
        200,
        {"verified": True, "problemDetails": []},
    )
    assert verify(client, signed)[0] == 400, "The issuer is no owner of the key."


def test_the_resolver_tells_the_document_of_a_key(client: TestClient, shop: Workshop) -> None:
    did = shop.pens["ecdsa-rdfc-2019"].issuer

    answer = client.get(f"/dids/{did}")

    assert answer.status_code == 200
    assert answer.json()["didDocument"]["id"] == did
    assert answer.headers["content-type"] == "application/did-resolution"


@pytest.mark.parametrize("did", ["did:web:hub.example", "did:key:zNot", "did:jwk:not", "x"])
def test_the_resolver_asks_nobody(client: TestClient, did: str) -> None:
    answer = client.get(f"/dids/{did}")

    assert answer.status_code == 404
    assert answer.json()["didDocument"] is None
    assert answer.json()["didResolutionMetadata"]["error"] == "notFound"


def test_it_answers_for_this_machine_alone(shop: Workshop) -> None:
    elsewhere = TestClient(development.create_app(shop, BASE), base_url="http://hub.example")

    assert issue(elsewhere, "eddsa-rdfc-2022", PLAIN)[0] == 421


def test_the_service_has_none_of_its_routes(service: Service, shop: Workshop) -> None:
    ours = development.create_app(shop, BASE)
    paths = {route.path for route in ours.routes if isinstance(route, Route)}

    for path in paths:
        concrete = path.replace("{name}", "eddsa-rdfc-2022").replace("{did:path}", "did:key:z6Mk")
        body = canonical({"credential": PLAIN, "verifiableCredential": PLAIN})
        assert service.public().post(concrete, content=body).status_code in {404, 405}
        assert service.public().get(concrete).status_code == 404


def presentation(*credentials: JsonValue) -> JsonObject:
    return {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": list(credentials),
    }


def present(client: TestClient, value: JsonValue, **options: JsonValue) -> tuple[int, JsonObject]:
    body: JsonObject = {"verifiablePresentation": value, "options": {**options}}
    return post(client, "/presentations/verify", body)


def signed_presentation(shop: Workshop, *credentials: JsonValue) -> JsonObject:
    pen = shop.pens["eddsa-rdfc-2022"]
    return data_integrity.sign(
        presentation(*credentials),
        suite=pen.suite,
        signer=pen.signer,
        verification_method=pen.verification_method,
        created=shop.clock(),
        purpose="authentication",
        options={"challenge": "a-challenge", "domain": "hub.example"},
    )


def test_a_signed_presentation_answers_its_challenge(client: TestClient, shop: Workshop) -> None:
    signed = signed_presentation(shop, issued(client, "eddsa-rdfc-2022"))

    asked: dict[str, JsonValue] = {"challenge": "a-challenge", "domain": "hub.example"}
    assert present(client, signed, **asked) == (200, {"verified": True, "problemDetails": []})
    status, answer = present(client, signed, **(asked | {"challenge": "another"}))
    assert (status, problem_types(answer)) == (
        400,
        ["https://w3id.org/security#INVALID_CHALLENGE_ERROR"],
    )
    status, answer = present(client, signed, **(asked | {"domain": "other.example"}))
    assert (status, problem_types(answer)) == (
        400,
        ["https://w3id.org/security#INVALID_DOMAIN_ERROR"],
    )


def test_each_credential_of_a_presentation_is_verified(client: TestClient) -> None:
    good = issued(client, "eddsa-rdfc-2022")
    bad = good | {"credentialSubject": {"id": "did:example:other"}}

    assert present(client, presentation(good))[0] == 200
    status, answer = present(client, presentation(good, bad))
    assert (status, answer["verified"]) == (400, False)
    assert problem_types(answer) == [f"{MODEL}CRYPTOGRAPHIC_SECURITY_ERROR"]


@pytest.mark.parametrize("value", [{"type": ["NonconformingDocument"]}, [], "text", None])
def test_what_is_no_presentation_is_not_verified(client: TestClient, value: JsonValue) -> None:
    assert present(client, value)[0] == 400


def test_t32_a_presentation_has_a_bearable_size(client: TestClient) -> None:
    assert present(client, presentation(*[PLAIN] * 21))[0] == 400


@pytest.mark.parametrize("challenge", [1, "x" * 2_001])
def test_a_malformed_challenge_is_refused(client: TestClient, challenge: JsonValue) -> None:
    assert present(client, presentation(), challenge=challenge)[0] == 400


def test_nothing_else_is_there(client: TestClient) -> None:
    assert post(client, "/credentials/other", {})[0] == 404
