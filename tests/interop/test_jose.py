"""Credentials and presentations in tokens pass both ways with the npm package ``jose``."""

from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credhub import base64url, jwk
from credhub.dids import did_key
from credhub.jsontypes import JsonObject, canonical
from credhub.keys.ec import EcSigner
from credhub.keys.ed25519 import Ed25519Signer
from credhub.proofs import vc_jwt
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType
from credhub.verification.presentations import verify_presentation
from credhub.verification.report import Check, Verdict
from tests.interop.packages import Installed, from_npm
from tests.unit import factories
from tests.unit.verification.world import World, result

pytestmark = pytest.mark.interop

SECRETS: Final = {
    "EdDSA": (KeyType.ED25519, bytes([3]) * 32),
    "Ed25519": (KeyType.ED25519, bytes([3]) * 32),
    "ES256": (KeyType.P256, bytes([4]) * 32),
    "ES384": (KeyType.P384, bytes([5]) * 48),
}
by_algorithm = pytest.mark.parametrize("algorithm", SECRETS)
ASKED: Final = {"challenge": "c-1", "domain": "https://employer.example"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return from_npm("jose", tmp_path_factory.mktemp("jose"))


def ask(project: Installed, act: str, **question: object) -> Any:  # noqa: ANN401 - any JSON
    answers = project.ask({act: [question]})
    [answer] = answers[act]
    return answer


def signer_of(algorithm: str) -> Signer:
    key_type, secret = SECRETS[algorithm]
    if key_type is KeyType.ED25519:
        return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(secret))
    curve: ec.EllipticCurve = ec.SECP256R1() if key_type is KeyType.P256 else ec.SECP384R1()
    return EcSigner(key_type, ec.derive_private_key(int.from_bytes(secret, "big"), curve))


def did_of(algorithm: str) -> str:
    return did_key.did_of(key_of(signer_of(algorithm)))


def method_of(algorithm: str) -> str:
    did = did_of(algorithm)
    return f"{did}#{did.removeprefix(did_key.PREFIX)}"


def credential(algorithm: str) -> JsonObject:
    return factories.credential(did=did_of(algorithm))


def presentation(algorithm: str) -> JsonObject:
    token = vc_jwt.sign(
        credential(algorithm),
        signer=signer_of(algorithm),
        verification_method=method_of(algorithm),
    )
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": did_of(algorithm),
        "verifiableCredential": [
            {
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": ["EnvelopedVerifiableCredential"],
                "id": f"data:application/vc+jwt,{token}",
            }
        ],
    }


@by_algorithm
def test_jose_accepts_our_credentials(project: Installed, algorithm: str) -> None:
    signer, written = signer_of(algorithm), algorithm.replace("Ed25519", "EdDSA")
    document = credential(algorithm)
    token = vc_jwt.sign(document, signer=signer, verification_method=method_of(algorithm))
    key = jwk.encode(key_of(signer))

    accepted = ask(project, "verify", token=token, key=key, typ="vc+jwt", alg=written)
    as_other = ask(project, "verify", token=token, key=key, typ="vp+jwt", alg=written)
    head, _, signature = token.split(".")
    changed = f"{head}.{base64url.encode(canonical({**document, 'id': 'urn:1'}))}.{signature}"
    refused = ask(project, "verify", token=changed, key=key, typ="vc+jwt", alg=written)

    assert accepted["payload"] == document
    assert accepted["header"] == {
        "alg": written,
        "cty": "vc",
        "kid": method_of(algorithm),
        "typ": "vc+jwt",
    }
    assert as_other == {"error": "ERR_JWT_CLAIM_VALIDATION_FAILED"}
    assert refused == {"error": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"}


@by_algorithm
def test_we_accept_the_credentials_of_jose(project: Installed, algorithm: str) -> None:
    document = credential(algorithm)
    token = signed_by_jose(project, algorithm, document, "vc+jwt")

    report = World(position=None).verify(token.encode())

    assert report.verdict is Verdict.UNKNOWN_ISSUER, report
    assert report.credential == document
    other = "AAAA" if not token.endswith("AAAA") else "BBBB"
    forged = World(position=None).verify(f"{token[:-4]}{other}".encode())
    assert forged.verdict is Verdict.INVALID
    assert result(forged, Check.PARSE).code in {"passed", "malformed-token"}


@by_algorithm
def test_we_accept_the_presentations_of_jose(project: Installed, algorithm: str) -> None:
    claims: JsonObject = {"nonce": ASKED["challenge"], "aud": ASKED["domain"]}
    token = signed_by_jose(project, algorithm, {**presentation(algorithm), **claims}, "vp+jwt")

    world, now = World(position=None), factories.NOON
    report = verify_presentation(token.encode(), context=world.context(), now=now, **ASKED)
    other = verify_presentation(token.encode(), context=world.context(), now=now, challenge="x")

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert report.holder == did_of(algorithm)
    assert report.credentials[0].report.credential == credential(algorithm)
    assert other.verdict is Verdict.INVALID


@by_algorithm
def test_jose_accepts_our_presentations(project: Installed, algorithm: str) -> None:
    signer, written = signer_of(algorithm), algorithm.replace("Ed25519", "EdDSA")
    token = vc_jwt.sign(
        presentation(algorithm),
        signer=signer,
        verification_method=method_of(algorithm),
        media_type=vc_jwt.PRESENTATION,
        claims={"nonce": ASKED["challenge"], "aud": ASKED["domain"]},
    )

    accepted = ask(
        project, "verify", token=token, key=jwk.encode(key_of(signer)), typ="vp+jwt", alg=written
    )

    assert accepted["payload"]["aud"] == ASKED["domain"]
    assert accepted["header"]["cty"] == "vp"


def signed_by_jose(project: Installed, algorithm: str, payload: JsonObject, typ: str) -> str:
    _, secret = SECRETS[algorithm]
    key = {**jwk.encode(key_of(signer_of(algorithm))), "d": base64url.encode(secret)}
    header = {"alg": algorithm, "typ": typ, "kid": method_of(algorithm)}
    token = ask(project, "sign", header=header, payload=canonical(payload).decode(), key=key)
    assert isinstance(token, str)
    return token
