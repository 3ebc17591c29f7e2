"""What may be published as a key, in the ways that issuers do it."""

from datetime import UTC, datetime

import pytest

from credhub import base64url, jwk, multikey
from credhub.dids import key_document
from credhub.dids.document import DidDocument, VerificationMethod
from credhub.errors import NoKeysPublishedError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType, PublicKey
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import MemorySigner
from tests.unit.rsa_signer import RsaMemorySigner

URL = "https://school.example/keys"
RSA = key_of(RsaMemorySigner())
EDWARDS = key_of(MemorySigner())
P256 = key_of(EcMemorySigner(KeyType.P256))


def read(document: JsonObject) -> DidDocument:
    return key_document.read(document, url=URL)


def named(document: JsonObject) -> dict[str, PublicKey]:
    found = read(document)
    assert found.id == URL
    assert found.assertion == {method.id for method in found.methods}
    assert found.authentication == frozenset()
    return {method.id: method.public_key for method in found.methods}


def test_one_key_has_the_name_of_its_address() -> None:
    thumbprint = base64url.encode(jwk.thumbprint(RSA))

    assert named(jwk.encode(RSA)) == {URL: RSA, f"{URL}#{thumbprint}": RSA}
    assert named({**jwk.encode(RSA), "kid": "key-1"}) == {URL: RSA, f"{URL}#key-1": RSA}


def test_the_keys_of_a_set_have_names() -> None:
    elsewhere = "https://school.example/issuers/1#key-2"
    keys: list[JsonValue] = [
        {**jwk.encode(RSA), "kid": "key-1"},
        {**jwk.encode(P256), "kid": elsewhere},
        jwk.encode(EDWARDS),
    ]

    assert named({"keys": keys}) == {
        f"{URL}#key-1": RSA,
        elsewhere: P256,
        f"{URL}#{base64url.encode(jwk.thumbprint(EDWARDS))}": EDWARDS,
    }


def test_a_key_may_say_whose_it_is() -> None:
    key = {**jwk.encode(RSA), "kid": "1", "iss": "https://school.example/issuers/1"}

    assert [one.controller for one in read({"keys": [key]}).methods] == [key["iss"]]
    assert [one.controller for one in read({"keys": [jwk.encode(RSA)]}).methods] == [URL]


@pytest.mark.parametrize(
    "key",
    [
        "text",
        None,
        {},
        {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
        {"kty": "oct", "k": "AA"},
        {**jwk.encode(RSA), "d": "AA"},
        {**jwk.encode(RSA), "use": "enc"},
        {**jwk.encode(RSA), "n": "AA"},
        {**jwk.encode(RSA), "kid": 5},
        {**jwk.encode(RSA), "kid": "1", "iss": ["https://school.example"]},
    ],
)
def test_what_says_nothing_in_a_set_is_passed_over(key: JsonValue) -> None:
    good: JsonObject = {**jwk.encode(P256), "kid": "good"}

    assert named({"keys": [key, good]}) == {f"{URL}#good": P256}
    with pytest.raises(NoKeysPublishedError):
        read({"keys": [key]})


def test_a_verification_method_may_stand_alone() -> None:
    method = VerificationMethod(
        id=URL,
        controller="https://school.example/issuers/1",
        public_key=EDWARDS,
        revoked_at=datetime(2030, 1, 1, tzinfo=UTC),
    )

    assert read(method.to_document()).methods == (method,)
    written: JsonObject = {"id": URL, "type": "JsonWebKey", "publicKeyJwk": jwk.encode(RSA)}
    assert named(written) == {URL: RSA}


def test_a_document_of_a_controller_says_what_its_keys_are_for() -> None:
    own, other = (
        VerificationMethod(id=f"{URL}#{name}", controller=URL, public_key=EDWARDS)
        for name in ("a", "b")
    )
    document = DidDocument(id=URL, methods=(own, other), assertion=frozenset({own.id}))

    assert read(document.to_document()) == document


def test_a_controller_may_name_keys_that_lie_elsewhere() -> None:
    document: JsonObject = {"id": URL, "assertionMethod": ["https://school.example/key"]}

    assert read(document).assertion == {"https://school.example/key"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"id": URL},
        {"id": URL, "type": ["Profile"], "name": "A school", "url": "https://school.example/"},
        {"keys": []},
        {"keys": {}},
        {"keys": [{**jwk.encode(RSA), "kid": str(n)} for n in range(65)]},
        {"kty": "EC"},
        {**jwk.encode(RSA), "d": "AA"},
        {"id": "https://other.example/keys", "assertionMethod": [f"{URL}#1"]},
        {"id": URL, "assertionMethod": "all"},
        {"id": f"{URL}#1", "type": "Multikey", "publicKeyMultibase": "z6Mk"},
        {"id": URL, "type": "Unknown", "publicKeyMultibase": multikey.encode(EDWARDS)},
        {"type": "Multikey", "publicKeyMultibase": multikey.encode(EDWARDS)},
    ],
)
def test_what_is_no_key_says_nothing_about_anybody(document: JsonObject) -> None:
    with pytest.raises(NoKeysPublishedError):
        read(document)


def test_t11_the_longest_set_is_read() -> None:
    keys: list[JsonValue] = [{**jwk.encode(P256), "kid": str(n)} for n in range(64)]

    assert len(named({"keys": keys})) == 64
