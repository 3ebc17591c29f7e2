import json
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import base64url, jwk
from credhub.errors import (
    ClaimMismatchError,
    MalformedTokenError,
    TokenExpiredError,
    TokenNotYetValidError,
    TokenTypeError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical, parse_object
from credhub.proofs import jose, jwt_claims, vc_jwt
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner

SIGNER = MemorySigner()
DOCUMENT = factories.credential(did=SIGNER.did)
SUBJECT = DOCUMENT["credentialSubject"]


def signed(document: JsonObject = DOCUMENT, claims: JsonObject | None = None) -> str:
    return vc_jwt.sign(
        document, signer=SIGNER, verification_method=SIGNER.method, claims=claims or {}
    )


@pytest.mark.parametrize(
    "signer", [SIGNER, EcMemorySigner(KeyType.P256), EcMemorySigner(KeyType.P384)]
)
def test_a_credential_survives(signer: MemorySigner | EcMemorySigner) -> None:
    document = factories.credential(did=signer.did)

    jws, read = vc_jwt.read(vc_jwt.sign(document, signer=signer, verification_method=signer.method))
    jws.verify(key_of(signer))

    assert read == document
    assert jws.header == {
        "alg": jose.ALGORITHMS[signer.key_type][0],
        "cty": "vc",
        "kid": signer.method,
        "typ": "vc+jwt",
    }
    assert jws.payload == canonical(document)


def test_other_software_reads_the_credential() -> None:
    key = jwt.PyJWK.from_dict(jwk.encode(key_of(SIGNER)), "EdDSA")

    assert jwt.decode(signed(), key, algorithms=["EdDSA"]) == DOCUMENT


def test_a_presentation_has_a_type_of_its_own() -> None:
    presentation: JsonObject = {"type": "VerifiablePresentation", "holder": SIGNER.did}
    text = vc_jwt.sign(
        presentation,
        signer=SIGNER,
        verification_method=SIGNER.method,
        media_type=vc_jwt.PRESENTATION,
        claims={"aud": "https://employer.example", "nonce": "n", "iss": SIGNER.did},
    )

    jws, read = vc_jwt.read(text, vc_jwt.PRESENTATION)

    assert read == presentation
    assert jws.claims()["nonce"] == "n"
    assert jws.header["cty"] == "vp"
    with pytest.raises(TokenTypeError):
        vc_jwt.read(text)
    with pytest.raises(TokenTypeError):
        vc_jwt.read(signed(), vc_jwt.PRESENTATION)


@pytest.mark.parametrize("content", ["vp", "vc+sd-jwt", ""])
def test_the_content_is_of_the_type_that_the_token_says(content: str) -> None:
    text = jose.sign({"typ": "vc+jwt", "cty": content}, canonical(DOCUMENT), signer=SIGNER)

    with pytest.raises(MalformedTokenError):
        vc_jwt.read(text)


@pytest.mark.parametrize("header", [{}, {"cty": "vc"}, {"cty": "application/vc"}])
def test_the_type_of_the_content_may_be_absent(header: JsonObject) -> None:
    text = jose.sign({"typ": "vc+jwt", **header}, canonical(DOCUMENT), signer=SIGNER)

    assert vc_jwt.read(text)[1] == DOCUMENT


@pytest.mark.parametrize("name", ["vc", "vp"])
def test_the_document_is_not_a_claim(name: str) -> None:
    text = jose.sign({"typ": "vc+jwt"}, canonical({**DOCUMENT, name: DOCUMENT}), signer=SIGNER)

    with pytest.raises(MalformedTokenError):
        vc_jwt.read(text)


AGREEING: dict[str, JsonValue] = {
    "iss": SIGNER.did,
    "jti": DOCUMENT["id"],
    "sub": SUBJECT["id"] if isinstance(SUBJECT, dict) else None,
}
OTHER: dict[str, JsonValue] = {
    "iss": MemorySigner(2).did,
    "jti": "https://hub.example/c/2",
    "sub": "did:example:other",
}


def test_t17_claims_that_agree_are_accepted() -> None:
    assert vc_jwt.read(signed(claims=AGREEING))[1] == DOCUMENT


@pytest.mark.parametrize("claims", [{"nbf": 1}, {"exp": 1858507201}, {"exp": 1}, {"iat": 1}])
def test_the_dates_of_a_token_are_those_of_its_signature(claims: JsonObject) -> None:
    assert vc_jwt.read(signed(claims=claims))[1] == DOCUMENT


@pytest.mark.parametrize("name", AGREEING)
def test_t17_a_claim_that_says_something_else_is_refused(name: str) -> None:
    payload = canonical({**DOCUMENT, **AGREEING, name: OTHER[name]})

    with pytest.raises(ClaimMismatchError) as caught:
        vc_jwt.read(jose.sign({"typ": "vc+jwt"}, payload, signer=SIGNER))

    assert caught.value.claim == name
    with pytest.raises(ClaimMismatchError):
        signed(claims={name: OTHER[name]})


@pytest.mark.parametrize(
    ("member", "name", "value"),
    [
        ("issuer", "iss", "did:example:1"),
        ("issuer", "iss", {"id": "did:example:1"}),
        ("holder", "iss", "did:example:1"),
        ("id", "jti", "urn:1"),
        ("credentialSubject", "sub", [{"name": "a"}, {"id": "did:example:1"}]),
        ("issuanceDate", "nbf", "2020-01-01T00:00:00.25Z"),
        ("validFrom", "nbf", "2020-01-01T01:00:00+01:00"),
        ("expirationDate", "exp", "2020-01-01T00:00:00Z"),
    ],
)
def test_t17_every_spelling_of_a_member_counts(member: str, name: str, value: JsonValue) -> None:
    agreeing: JsonValue = {"jti": "urn:1"}.get(name, "did:example:1")
    if name in {"nbf", "exp"}:
        agreeing = 1577836800
    other: JsonValue = agreeing + 1 if isinstance(agreeing, int) else f"{agreeing}1"

    agree({name: agreeing}, {member: value})
    with pytest.raises(ClaimMismatchError):
        agree({name: other}, {member: value})


def agree(claims: JsonObject, document: JsonObject) -> None:
    """Compare as older tokens are compared, with the dates."""
    jwt_claims.check_agreement(claims, document)
    jwt_claims.check_same_dates(claims, document)


@pytest.mark.parametrize(
    ("claims", "document"),
    [
        ({"iss": "a"}, {}),
        ({"sub": "a"}, {"credentialSubject": {"name": "no id"}}),
        ({"sub": "a"}, {"credentialSubject": "nothing that is an object"}),
        ({"exp": 5}, {"validFrom": "2020-01-01T00:00:00Z"}),
        ({}, {"issuer": "a", "id": 5, "validFrom": "never", "credentialSubject": [{"id": "b"}]}),
    ],
)
def test_t17_where_only_one_of_them_speaks_nothing_disagrees(
    claims: JsonObject, document: JsonObject
) -> None:
    agree(claims, document)


@pytest.mark.parametrize(
    ("claims", "document"),
    [
        ({"iss": 5}, {"issuer": 5}),
        ({"jti": None}, {"id": None}),
        ({"nbf": "1577836800"}, {"validFrom": "2020-01-01T00:00:00Z"}),
        ({"nbf": True}, {"validFrom": "1970-01-01T00:00:01Z"}),
        ({"exp": -1}, {"validUntil": "1969-12-31T23:59:59Z"}),
        ({"exp": 253402300800}, {"validUntil": "9999-12-31T23:59:59Z"}),
        ({"exp": 1e300}, {"validUntil": "9999-12-31T23:59:59Z"}),
        ({"exp": None}, {"validUntil": None}),
    ],
)
def test_t17_a_claim_of_another_shape_is_refused(claims: JsonObject, document: JsonObject) -> None:
    with pytest.raises(MalformedTokenError):
        agree(claims, document)


def test_a_date_that_is_none_agrees_with_nothing() -> None:
    with pytest.raises(ClaimMismatchError):
        agree({"nbf": 0}, {"validFrom": "soon"})


@pytest.mark.parametrize("name", sorted(jwt_claims.REGISTERED))
def test_a_document_is_not_signed_whose_members_would_be_taken_for_claims(name: str) -> None:
    with pytest.raises(VerificationError):
        signed({**DOCUMENT, name: "anything"})


def test_a_claim_cannot_replace_a_member() -> None:
    with pytest.raises(MalformedTokenError):
        signed(claims={"name": "another name"})


def test_a_token_has_a_time_of_its_own() -> None:
    second = timedelta(seconds=1)
    claims: JsonObject = {"nbf": int(NOON.timestamp()), "exp": int((NOON + second).timestamp())}

    jwt_claims.check_in_force(claims, NOON)
    jwt_claims.check_in_force({"iat": "2010-01-01T19:23:24Z"}, NOON)
    with pytest.raises(TokenExpiredError):
        jwt_claims.check_in_force(claims, NOON + second)
    with pytest.raises(TokenNotYetValidError):
        jwt_claims.check_in_force(claims, NOON - second)
    with pytest.raises(MalformedTokenError):
        jwt_claims.check_in_force({"exp": "2027-01-01T00:00:00Z"}, NOON)


def verified(text: str) -> JsonObject:
    jws, document = vc_jwt.read(text)
    jws.verify(key_of(SIGNER))
    return document


def leaves(value: JsonValue, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [one for name, item in value.items() for one in leaves(item, (*path, name))]
    if isinstance(value, list):
        return [one for index, item in enumerate(value) for one in leaves(item, (*path, index))]
    return [path]


@given(st.sampled_from(leaves(DOCUMENT)), st.sampled_from(["other", 7, None, [], {}]))
def test_every_change_of_the_content_is_refused(
    path: tuple[str | int, ...], other: JsonValue
) -> None:
    text = signed()
    changed: JsonValue = parse_object(canonical(DOCUMENT))
    inner: JsonValue = changed
    for step in path[:-1]:
        inner = inner[step]  # type: ignore[index] # the path leads there
    inner[path[-1]] = other  # type: ignore[index] # as before
    head, _, signature = text.split(".")

    with pytest.raises(VerificationError):
        verified(f"{head}.{base64url.encode(canonical(changed))}.{signature}")


@pytest.mark.parametrize("spell", [lambda one: json.dumps(one, indent=1), json.dumps])
def test_the_content_may_be_spelled_in_any_way(spell: Callable[[JsonObject], str]) -> None:
    text = jose.sign({"typ": "vc+jwt"}, spell(DOCUMENT).encode(), signer=SIGNER)

    jws, document = vc_jwt.read(text)
    jws.verify(key_of(SIGNER))

    assert document == DOCUMENT
