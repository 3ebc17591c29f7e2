import pytest
from hypothesis import given

from credhub.dids import did_key
from credhub.errors import DidSyntaxError
from credhub.proofs.signer import key_of
from credhub.public_key import PublicKey
from tests.unit.factories import MemorySigner
from tests.unit.public_keys import public_keys

DID = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"


@given(public_keys())
def test_a_did_holds_its_key(public_key: PublicKey) -> None:
    did = did_key.did_of(public_key)
    document = did_key.resolve(did)

    key = document.assertion_key(f"{did}#{did.removeprefix('did:key:')}")
    assert key.public_key == public_key
    assert key.controller == document.id == did


def test_the_method_of_a_signer_is_in_its_document() -> None:
    signer = MemorySigner()

    key = did_key.resolve(signer.did).assertion_key(signer.method)
    assert key.public_key == key_of(signer)


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:key:",
        "did:web:hub.example",
        DID.upper(),
        DID + "#" + DID[8:],
        DID + "?x",
        DID[:-1],
        DID + "1",
        " " + DID,
        "did:key:did:key:" + DID[8:],
        "did:key:z1" + DID[9:],
        "did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc",
    ],
)
def test_what_is_no_did_key_is_refused(did: str) -> None:
    with pytest.raises(DidSyntaxError):
        did_key.resolve(did)
