"""The W3C vectors of the cryptosuites, with every value between a document and its signature."""

from copy import deepcopy
from hashlib import sha256, sha384

import pytest

from credhub import instants, multikey
from credhub.errors import (
    CanonicalizationError,
    KeyTypeError,
    SignatureError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import data_integrity, ed25519_signature_2020, signatures
from credhub.proofs.quads import canonical_quads
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import MemorySigner
from tests.unit.proofs.published import CASES, Case, canonicalizer

Path = tuple[str | int, ...]


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


def written(case: Case, document: JsonObject) -> str:
    if "-jcs-" in case.suite_name:
        return canonical(document).decode()
    hashed = sha384 if case.signer().key_type is KeyType.P384 else sha256
    return canonical_quads(canonicalizer().quads(document), hashed=hashed).decode()


def check(case: Case, document: JsonObject) -> None:
    [known] = data_integrity.known_proofs(document, {case.suite_name: case.suite()})
    data_integrity.verify(document, known.proof, suite=known.suite, public_key=case.signer().key)


def test_every_value_on_the_way_to_the_signature_matches(case: Case) -> None:
    configuration = case.configuration()
    # The 2020 suite signs a document that names its context too.
    document = case.document() | {"@context": configuration["@context"]}
    signer = case.signer()
    hashed = sha384 if signer.key_type is KeyType.P384 else sha256

    assert written(case, document) == case.value("canonDoc")
    assert hashed(written(case, document).encode()).hexdigest() == case.value("docHash")
    assert written(case, configuration) == case.value("proofCanon")
    assert hashed(written(case, configuration).encode()).hexdigest() == case.value("proofHash")

    options = case.suite().options(
        document, {name: value for name, value in configuration.items() if name != "@context"}
    )
    message = case.suite().signing_input(document, options, signer.key_type)
    assert message.hex() == case.value("combinedHash")

    signature = bytes.fromhex(case.value("sigHex"))
    assert multikey.encode_base58(signature) == case.value("sigBTC58")
    signatures.verify(signer.key, signature, message)
    signatures.verify(signer.key, signer.sign(message), message)


def test_the_signed_document_verifies(case: Case) -> None:
    check(case, case.signed())


def test_what_we_make_of_it_verifies_and_is_the_same_with_ed25519(case: Case) -> None:
    if case.suite_name == ed25519_signature_2020.NAME:
        pytest.skip("We make no such proofs.")
    [proof] = data_integrity.proofs_of(case.signed())

    made = data_integrity.sign(
        case.document(),
        suite=case.suite(),
        signer=case.signer(),
        verification_method=str(proof["verificationMethod"]),
        created=instants.parse(str(proof["created"])),
    )

    check(case, made)
    [ours] = data_integrity.proofs_of(made)
    assert ours | {"proofValue": None} == proof | {"proofValue": None}
    if case.signer().key_type is KeyType.ED25519:
        assert ours == proof


def _leaves(value: JsonValue, path: Path = ()) -> list[Path]:
    match value:
        case dict():
            return [
                leaf for name, member in value.items() for leaf in _leaves(member, (*path, name))
            ]
        case list():
            return [leaf for i, item in enumerate(value) for leaf in _leaves(item, (*path, i))]
        case _:
            return [path]


def test_every_changed_value_is_refused(case: Case) -> None:
    signed = case.signed()

    for path in _leaves(signed):
        document = deepcopy(signed)
        place: JsonValue = document
        for step in path[:-1]:
            place = place[step]  # type: ignore[index]  # the path is from the document
        place[path[-1]] = f"{place[path[-1]]}x"  # type: ignore[index]
        with pytest.raises((VerificationError, CanonicalizationError)):
            check(case, document)


def test_every_removed_member_is_refused(case: Case) -> None:
    signed = case.signed()

    for name in signed:
        with pytest.raises((VerificationError, CanonicalizationError)):
            check(case, {key: value for key, value in signed.items() if key != name})


def test_another_key_is_refused(case: Case) -> None:
    signed = case.signed()
    [proof] = data_integrity.proofs_of(signed)
    same_kind = case.signer().key_type
    other = MemorySigner() if same_kind is KeyType.ED25519 else EcMemorySigner(same_kind)

    with pytest.raises(SignatureError):
        data_integrity.verify(signed, proof, suite=case.suite(), public_key=key_of(other))


def test_a_key_of_another_kind_is_refused(case: Case) -> None:
    signed = case.signed()
    [proof] = data_integrity.proofs_of(signed)
    edwards = case.signer().key_type is KeyType.ED25519
    other = EcMemorySigner(KeyType.P256) if edwards else MemorySigner()

    with pytest.raises(KeyTypeError):
        data_integrity.verify(signed, proof, suite=case.suite(), public_key=key_of(other))
    with pytest.raises(KeyTypeError):
        case.suite().proof_value(case.document(), {}, other)
