import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import base64url
from credhub.dids import did_jwk
from credhub.errors import DidSyntaxError
from credhub.jsontypes import canonical
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import MemorySigner

ED25519 = {"kty": "OKP", "crv": "Ed25519", "x": base64url.encode(MemorySigner().public_key)}


def did_of(**changes: object) -> str:
    return "did:jwk:" + base64url.encode(canonical({**ED25519, **changes}))  # type: ignore[dict-item]  # tests name any member


@pytest.mark.parametrize(
    "signer", [MemorySigner(), EcMemorySigner(KeyType.P256), EcMemorySigner(KeyType.P384)]
)
def test_a_did_holds_its_key(signer: MemorySigner | EcMemorySigner) -> None:
    did = did_jwk.did_of(key_of(signer))
    document = did_jwk.resolve(did)

    key = document.assertion_key(f"{did}#0")
    assert key == document.authentication_key(f"{did}#0")
    assert key.public_key == key_of(signer)
    assert key.controller == document.id == did


def test_a_key_that_says_more_is_read() -> None:
    did = did_of(use="sig", kid="key-1")

    assert did_jwk.resolve(did).methods[0].public_key == key_of(MemorySigner())


def test_the_example_of_the_method_is_read() -> None:
    # did-jwk, "P-256".
    did = (
        "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3"
        "l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
    )

    assert did_jwk.resolve(did).methods[0].public_key.type is KeyType.P256


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:jwk:",
        "did:web:hub.example",
        did_of().upper(),
        did_of() + "#0",
        did_of() + "?x",
        did_of() + "=",
        " " + did_of(),
        did_of(d="AA"),
        did_of(use="enc"),
        did_of(kty="EC"),
        did_of(crv="X25519"),
        did_of(x="AA"),
        did_of(note="a" * 1024),
        "did:jwk:" + base64url.encode(b"[]"),
        "did:jwk:" + base64url.encode(b'{"kty":"OKP","kty":"OKP"}'),
        "did:jwk:" + base64url.encode(b"\xff"),
    ],
)
def test_what_is_no_did_jwk_is_refused(did: str) -> None:
    with pytest.raises(DidSyntaxError):
        did_jwk.resolve(did)


@given(st.text() | st.binary().map(lambda raw: "did:jwk:" + base64url.encode(raw)))
def test_text_is_either_refused_or_read_exactly(did: str) -> None:
    try:
        document = did_jwk.resolve(did)
    except DidSyntaxError:
        return
    assert document.id == did
