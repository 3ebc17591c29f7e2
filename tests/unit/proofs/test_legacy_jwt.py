import pytest

from credhub.errors import ClaimMismatchError, MalformedTokenError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import legacy_jwt
from tests.unit import factories

V1 = "https://www.w3.org/2018/credentials/v1"
ISSUER = "did:example:hub"
INNER: JsonObject = {
    "@context": [V1],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"degree": "Bachelor"},
}
CLAIMS: JsonObject = {
    "iss": ISSUER,
    "jti": "urn:uuid:1",
    "sub": "did:example:learner",
    "nbf": 1577836800,
    "exp": 1893456000,
    "iat": 1577836800,
    "nonce": "660!6345FSer",
}


def test_the_claims_of_a_1_1_token_complete_its_credential() -> None:
    document = legacy_jwt.document_of({**CLAIMS, "vc": INNER})

    assert document == {
        **INNER,
        "id": "urn:uuid:1",
        "issuer": ISSUER,
        "issuanceDate": "2020-01-01T00:00:00Z",
        "expirationDate": "2030-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:learner", "degree": "Bachelor"},
    }


@pytest.mark.parametrize("contexts", [V1, [V1, "https://example.org/more"]])
def test_the_dates_have_the_names_of_their_model(contexts: JsonValue) -> None:
    second: JsonValue = ["https://www.w3.org/ns/credentials/v2"]

    old = legacy_jwt.document_of({"nbf": 0, "vc": {"@context": contexts}})
    new = legacy_jwt.document_of({"nbf": 0, "exp": 1, "vc": {"@context": second}})

    assert old["issuanceDate"] == new["validFrom"] == "1970-01-01T00:00:00Z"
    assert new["validUntil"] == "1970-01-01T00:00:01Z"
    assert "validFrom" not in old
    assert "expirationDate" not in old


def test_what_the_credential_says_itself_stays() -> None:
    issuer: JsonObject = {"id": ISSUER, "name": "Riverside"}
    subject: JsonValue = [{"id": "did:example:learner"}]
    inner: JsonObject = {**INNER, "issuer": issuer, "credentialSubject": subject}

    document = legacy_jwt.document_of({**CLAIMS, "vc": inner})

    assert document["issuer"] == issuer
    assert document["credentialSubject"] == subject


def test_a_token_of_open_badges_holds_the_credential_itself() -> None:
    credential = factories.credential()
    claims: JsonObject = {"jti": credential["id"], "iss": factories.MemorySigner().did}

    assert legacy_jwt.document_of({**credential, **claims}) == credential


def test_a_token_of_open_badges_says_when_its_credential_ends() -> None:
    credential = factories.credential()
    for member in ("validFrom", "validUntil"):
        credential.pop(member, None)

    document = legacy_jwt.document_of({**credential, "nbf": 0, "exp": 1})

    assert document["validFrom"] == "1970-01-01T00:00:00Z"
    assert document["validUntil"] == "1970-01-01T00:00:01Z"


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("iss", {"issuer": "did:example:other"}),
        ("iss", {"issuer": {"id": "did:example:other"}}),
        ("jti", {"id": "urn:uuid:2"}),
        ("sub", {"credentialSubject": {"id": "did:example:other"}}),
        ("nbf", {"issuanceDate": "2020-01-01T00:00:01Z"}),
        ("exp", {"expirationDate": "2030-01-01T00:00:01Z"}),
    ],
)
def test_t17_a_claim_that_says_something_else_is_refused(name: str, inner: JsonObject) -> None:
    with pytest.raises(ClaimMismatchError) as caught:
        legacy_jwt.document_of({**CLAIMS, "vc": {**INNER, **inner}})

    assert caught.value.claim == name


def test_t17_it_is_refused_beside_the_credential_too() -> None:
    with pytest.raises(ClaimMismatchError):
        legacy_jwt.document_of({**factories.credential(), "iss": "did:example:other"})
    for claim in ("nbf", "exp"):
        with pytest.raises(ClaimMismatchError):
            legacy_jwt.document_of({**factories.credential(), claim: 1})


@pytest.mark.parametrize(
    "claims",
    [
        {"vc": "text"},
        {"vc": None},
        {"vc": [INNER]},
        {"vc": INNER, "credentialSubject": {}},
        {"vc": INNER, "@context": [V1]},
        {"vc": INNER, "proof": {}},
        {"vp": {}},
        {"vc": INNER, "vp": {}},
        {"vc": INNER, "iss": 5},
        {"vc": INNER, "sub": ["did:example:1"]},
        {"vc": INNER, "nbf": "2020"},
    ],
)
def test_t05_a_token_holds_one_credential(claims: JsonObject) -> None:
    with pytest.raises(MalformedTokenError):
        legacy_jwt.document_of(claims)
