from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import jwk, multikey
from credhub.dids.document import MAX_ITEMS, DidDocument, VerificationMethod
from credhub.errors import (
    ControllerMismatchError,
    DidDocumentError,
    DidMismatchError,
    NotForAssertionError,
    NotForAuthenticationError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import MemorySigner
from tests.unit.public_keys import public_keys
from tests.unit.rsa_signer import RsaMemorySigner

DID = "did:web:hub.example:hubs:riverside"
YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def method(name: str = "key-1", seed: int = 1, controller: str = DID) -> VerificationMethod:
    return VerificationMethod(
        id=f"{DID}#{name}", controller=controller, public_key=key_of(MemorySigner(seed))
    )


def document() -> JsonObject:
    return DidDocument(
        id=DID, methods=(method(),), assertion=frozenset({f"{DID}#key-1"})
    ).to_document()


def test_a_document_says_what_the_standard_wants() -> None:
    retired = VerificationMethod(
        id=f"{DID}#key-0",
        controller=DID,
        public_key=key_of(MemorySigner(2)),
        revoked_at=YEAR,
        expires_at=YEAR,
    )
    made = DidDocument(
        id=DID, methods=(retired, method()), assertion=frozenset({f"{DID}#key-1"})
    ).to_document()

    assert made == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID,
        "verificationMethod": [
            {
                "id": f"{DID}#key-0",
                "type": "Multikey",
                "controller": DID,
                "publicKeyMultibase": MemorySigner(2).did.removeprefix("did:key:"),
                "expires": "2027-01-01T00:00:00Z",
                "revoked": "2027-01-01T00:00:00Z",
            },
            {
                "id": f"{DID}#key-1",
                "type": "Multikey",
                "controller": DID,
                "publicKeyMultibase": MemorySigner(1).did.removeprefix("did:key:"),
            },
        ],
        "assertionMethod": [f"{DID}#key-1"],
    }
    assert factories.canonicalizer().canonical(made)


def test_t87_a_key_that_is_only_out_of_use_is_published_without_an_end() -> None:
    retired = replace(method(), retired_at=YEAR)
    revoked = replace(method(), revoked_at=YEAR)

    assert retired.to_document() == method().to_document()
    assert revoked.to_document() == method().to_document() | {"revoked": "2027-01-01T00:00:00Z"}
    assert retired.has_end
    assert revoked.has_end
    assert not method().has_end


times = st.none() | st.just(YEAR)
methods = st.lists(
    st.builds(
        VerificationMethod,
        id=st.integers(0, 9).map(lambda number: f"{DID}#key-{number}"),
        controller=st.sampled_from([DID, "did:web:other.example"]),
        public_key=public_keys(),
        revoked_at=times,
        expires_at=times,
    ),
    unique_by=lambda one: one.id,
    max_size=4,
)


@given(methods, st.data())
def test_a_document_survives_its_text(found: list[VerificationMethod], data: st.DataObject) -> None:
    ids = st.sampled_from([one.id for one in found]) if found else st.nothing()
    made = DidDocument(
        id=DID,
        methods=tuple(found),
        assertion=data.draw(st.frozensets(ids)),
        authentication=data.draw(st.frozensets(ids)),
    )

    assert DidDocument.from_document(made.to_document(), did=DID) == made


def test_t24_the_right_key_is_found() -> None:
    read = DidDocument.from_document(document(), did=DID)

    assert read.assertion_key(f"{DID}#key-1") == method()


@pytest.mark.parametrize("found", ["did:web:other.example", None, 5, DID.upper(), f"{DID}#key-1"])
def test_t24_a_document_about_another_did_is_refused(found: JsonValue) -> None:
    with pytest.raises(DidMismatchError):
        DidDocument.from_document(document() | {"id": found}, did=DID)
    with pytest.raises(DidMismatchError):
        DidDocument.from_document({}, did=DID)


def test_t24_a_key_of_someone_else_is_refused() -> None:
    foreign = document()
    _first(foreign)["controller"] = "did:web:other.example"

    with pytest.raises(ControllerMismatchError):
        DidDocument.from_document(foreign, did=DID).assertion_key(f"{DID}#key-1")


def test_t24_a_key_for_another_purpose_is_refused() -> None:
    other = document() | {"assertionMethod": [], "authentication": [f"{DID}#key-1"]}

    with pytest.raises(NotForAssertionError):
        DidDocument.from_document(other, did=DID).assertion_key(f"{DID}#key-1")
    with pytest.raises(NotForAssertionError) as refused:
        DidDocument.from_document(document(), did=DID).assertion_key(f"{DID}#key-2")
    assert refused.value.method_id == f"{DID}#key-2"


def test_a_key_that_is_listed_but_not_there_is_not_found() -> None:
    listed = document() | {"assertionMethod": [f"{DID}#key-9"]}

    with pytest.raises(NotForAssertionError):
        DidDocument.from_document(listed, did=DID).assertion_key(f"{DID}#key-9")


def test_relative_and_embedded_keys_are_read() -> None:
    embedded = document()
    key = _first(embedded)
    embedded["verificationMethod"] = [{**key, "id": "#key-2"}]
    embedded["assertionMethod"] = [key, "#key-2"]

    read = DidDocument.from_document(embedded, did=DID)

    assert read.assertion_key(f"{DID}#key-1") == method()
    assert read.assertion_key(f"{DID}#key-2") == method("key-2")


def test_keys_of_other_kinds_are_left_out() -> None:
    mixed = document()
    other: list[JsonValue] = [
        {
            "id": f"{DID}#p",
            "type": "Multikey",
            "controller": DID,
            "publicKeyMultibase": "z6LSbysY2x",
        },
        {"id": f"{DID}#j", "type": "JsonWebKey", "controller": DID, "publicKeyJwk": {}},
        {"id": f"{DID}#n", "type": "Multikey", "controller": DID},
        {"id": f"{DID}#l", "type": ["Multikey"], "publicKeyMultibase": []},
    ]
    mixed["verificationMethod"] = [*other, _first(mixed)]

    assert DidDocument.from_document(mixed, did=DID).methods == (method(),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", None),
        ("id", 5),
        ("controller", None),
        ("controller", [DID]),
        ("publicKeyMultibase", "z6Mk"),
        ("publicKeyMultibase", "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ20"),
        ("revoked", "yesterday"),
        ("revoked", None),
        ("expires", 5),
    ],
)
def test_a_malformed_key_is_refused(name: str, value: JsonValue) -> None:
    malformed = document()
    _first(malformed)[name] = value

    with pytest.raises(DidDocumentError):
        DidDocument.from_document(malformed, did=DID)


@pytest.mark.parametrize("name", ["verificationMethod", "assertionMethod", "authentication"])
@pytest.mark.parametrize("value", [None, {}, "x", [5], [None], [[]]])
def test_a_malformed_document_is_refused(name: str, value: JsonValue) -> None:
    with pytest.raises(DidDocumentError):
        DidDocument.from_document(document() | {name: value}, did=DID)


def test_a_document_without_keys_is_read() -> None:
    assert DidDocument.from_document({"id": DID}, did=DID).methods == ()


def test_two_keys_with_one_id_are_refused() -> None:
    twice = document()
    twice["verificationMethod"] = [_first(twice), deepcopy(_first(twice))]

    with pytest.raises(DidDocumentError, match="one id"):
        DidDocument.from_document(twice, did=DID)


def test_t26_the_number_of_keys_is_bounded() -> None:
    many = document()
    many["verificationMethod"] = [
        {**_first(many), "id": f"{DID}#key-{number}"} for number in range(MAX_ITEMS)
    ]

    with pytest.raises(DidDocumentError, match="too many"):
        DidDocument.from_document(many, did=DID)
    read = DidDocument.from_document(many | {"assertionMethod": []}, did=DID)
    assert len(read.methods) == MAX_ITEMS


def material(**members: JsonValue) -> JsonObject:
    """Make a document whose one key is spelled in this way."""
    key: JsonObject = {"id": f"{DID}#key-1", "controller": DID, **members}
    return {"id": DID, "verificationMethod": [key], "assertionMethod": [f"{DID}#key-1"]}


ED25519_TEXT = MemorySigner(1).did.removeprefix("did:key:")
P256 = EcMemorySigner(KeyType.P256)


@pytest.mark.parametrize("kind", ["JsonWebKey", "JsonWebKey2020"])
@pytest.mark.parametrize("signer", [MemorySigner(1), P256, EcMemorySigner(KeyType.P384)])
def test_keys_as_json_web_keys_are_read(kind: str, signer: MemorySigner | EcMemorySigner) -> None:
    found = material(type=kind, publicKeyJwk=jwk.encode(key_of(signer)))

    read = DidDocument.from_document(found, did=DID)

    assert read.assertion_key(f"{DID}#key-1").public_key == key_of(signer)


def test_the_rsa_keys_of_others_are_read() -> None:
    signer = RsaMemorySigner()
    found = material(type="JsonWebKey", publicKeyJwk=jwk.encode(key_of(signer)))

    read = DidDocument.from_document(found, did=DID)

    assert read.assertion_key(f"{DID}#key-1").public_key == key_of(signer)


def test_keys_of_the_older_ed25519_kind_are_read() -> None:
    found = material(type="Ed25519VerificationKey2020", publicKeyMultibase=ED25519_TEXT)

    assert DidDocument.from_document(found, did=DID).methods == (method(),)


@pytest.mark.parametrize(
    "members",
    [
        {"type": "Ed25519VerificationKey2020", "publicKeyMultibase": multikey.encode(key_of(P256))},
        {"type": "JsonWebKey"},
        {"type": "JsonWebKey", "publicKeyJwk": "x"},
        {"type": "JsonWebKey", "publicKeyJwk": {"kty": "EC", "crv": "secp256k1"}},
        {"type": "JsonWebKey", "publicKeyJwk": {**jwk.encode(key_of(P256)), "use": "enc"}},
        {"type": "JsonWebKey2020", "publicKeyJwk": {"kty": "RSA", "e": "AQAB"}},
        {"type": "JsonWebKey2020", "publicKeyJwk": {"kty": ["RSA"], "crv": ["P-256"]}},
        {"type": "EcdsaSecp256k1VerificationKey2019", "publicKeyJwk": {}},
        {"type": "Ed25519VerificationKey2018", "publicKeyBase58": "1"},
    ],
)
def test_keys_in_other_spellings_are_left_out(members: JsonObject) -> None:
    read = DidDocument.from_document(material(**members), did=DID)

    assert read.methods == ()
    with pytest.raises(NotForAssertionError):
        read.assertion_key(f"{DID}#key-1")


@pytest.mark.parametrize(
    "members",
    [
        {"type": "JsonWebKey", "publicKeyJwk": {**jwk.encode(key_of(P256)), "x": "AA"}},
        {"type": "JsonWebKey", "publicKeyJwk": {**jwk.encode(key_of(P256)), "d": "AA"}},
        {"type": "JsonWebKey2020", "publicKeyJwk": {"kty": "RSA", "n": "AA", "e": "AQAB"}},
        {"type": "JsonWebKey", "publicKeyJwk": {**jwk.encode(key_of(P256)), "kty": "OKP"}},
        {
            "type": "JsonWebKey",
            "publicKeyJwk": jwk.encode(key_of(P256)),
            "publicKeyMultibase": ED25519_TEXT,
        },
        {
            "type": "Multikey",
            "publicKeyJwk": jwk.encode(key_of(P256)),
            "publicKeyMultibase": ED25519_TEXT,
        },
        {"type": "Ed25519VerificationKey2020", "publicKeyMultibase": ED25519_TEXT + "2"},
    ],
)
def test_a_key_that_is_known_and_wrong_is_refused(members: JsonObject) -> None:
    with pytest.raises(DidDocumentError):
        DidDocument.from_document(material(**members), did=DID)


def test_a_key_without_a_controller_is_that_of_its_document() -> None:
    plain = material(type="Multikey", publicKeyMultibase=ED25519_TEXT)
    del _first(plain)["controller"]

    assert DidDocument.from_document(plain, did=DID).methods == (method(),)


def test_a_key_for_presentations_is_found_and_signs_no_credential() -> None:
    listed = document() | {"assertionMethod": [], "authentication": [f"{DID}#key-1"]}

    read = DidDocument.from_document(listed, did=DID)

    assert read.authentication_key(f"{DID}#key-1") == method()
    assert read.to_document() == listed
    with pytest.raises(NotForAssertionError):
        read.assertion_key(f"{DID}#key-1")


def test_a_key_for_credentials_signs_no_presentation() -> None:
    read = DidDocument.from_document(document() | {"authentication": [f"{DID}#key-9"]}, did=DID)

    for name in ("key-1", "key-9"):
        with pytest.raises(NotForAuthenticationError) as refused:
            read.authentication_key(f"{DID}#{name}")
        assert refused.value.method_id == f"{DID}#{name}"


def test_a_key_for_presentations_may_stand_where_it_is_used() -> None:
    made = document()
    embedded: JsonObject = {"id": DID, "authentication": [_first(made)]}

    read = DidDocument.from_document(embedded, did=DID)

    assert read.authentication_key(f"{DID}#key-1") == method()
    assert read.assertion == frozenset()


def test_t24_a_key_of_someone_else_signs_no_presentation() -> None:
    foreign = document() | {"authentication": [f"{DID}#key-1"]}
    _first(foreign)["controller"] = "did:web:other.example"

    with pytest.raises(ControllerMismatchError):
        DidDocument.from_document(foreign, did=DID).authentication_key(f"{DID}#key-1")


def _first(made: JsonObject) -> JsonObject:
    found = made["verificationMethod"]
    assert isinstance(found, list)
    assert isinstance(found[0], dict)
    return found[0]
