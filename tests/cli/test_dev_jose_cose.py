"""What the W3C's test suite for JOSE and COSE calls."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credhub import base64url, jwk
from credhub.cli.dev_jose_cose import group
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import jose, signer
from credhub.public_key import LENGTHS, KeyType, PublicKey
from credhub.services import jose_cose
from credhub.services.jose_cose import Feature
from tests.unit import factories
from tests.unit.rsa_signer import RsaMemorySigner

SEED = bytes([7]) * 32
CREDENTIAL: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": "https://issuer.example/1",
    "credentialSubject": {"name": "Amélie", "phones": [{"number": "1"}, {"number": "2"}]},
}
PRESENTATION: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": "VerifiablePresentation",
    "holder": "https://holder.example/1",
    "verifiableCredential": [
        {
            "@context": "https://www.w3.org/ns/credentials/v2",
            "type": "EnvelopedVerifiableCredential",
            "id": f"data:application/{kind},whatever",
        }
        for kind in ("vc+jwt", "vc+sd-jwt", "vc+cose;base64")
    ],
}
DOCUMENTS = {
    Feature.CREDENTIAL_JOSE: CREDENTIAL,
    Feature.CREDENTIAL_SD_JWT: CREDENTIAL,
    Feature.PRESENTATION_JOSE: PRESENTATION,
    Feature.PRESENTATION_SD_JWT: PRESENTATION,
}
HIDDEN = {
    Feature.CREDENTIAL_SD_JWT: ["credentialSubject.name", "credentialSubject.phones[1]"],
    Feature.PRESENTATION_SD_JWT: ["holder", "verifiableCredential[0]"],
}
by_feature = pytest.mark.parametrize("feature", Feature)


def key_of(key_type: KeyType = KeyType.ED25519, seed: bytes = SEED) -> JsonObject:
    if key_type is KeyType.ED25519:
        raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        return {**jwk.encode(PublicKey(key_type, raw)), "d": base64url.encode(seed)}
    curve: ec.EllipticCurve = ec.SECP256R1() if key_type is KeyType.P256 else ec.SECP384R1()
    secret = seed if key_type is KeyType.P256 else seed + seed[:16]
    numbers = ec.derive_private_key(int.from_bytes(secret, "big"), curve).public_key()
    point = numbers.public_numbers()
    length = len(secret)
    return {
        "kty": "EC",
        "crv": key_type.value,
        "x": base64url.encode(point.x.to_bytes(length, "big")),
        "y": base64url.encode(point.y.to_bytes(length, "big")),
        "d": base64url.encode(secret),
    }


def method_of(key: JsonObject) -> JsonObject:
    public: JsonObject = {name: part for name, part in key.items() if name != "d"}
    return {"id": "https://issuer.example/1#key", "publicKeyJwk": public, "secretKeyJwk": key}


class Desk:
    """A folder with the files of one call."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(
        self,
        act: str,
        data: "JsonValue | bytes",
        feature: str,
        *more: str,
        key: JsonValue = None,
    ) -> dict[str, Any]:
        source, key_file, output = (self._folder / name for name in ("in", "key", "out"))
        source.write_bytes(data if isinstance(data, bytes) else canonical(data))
        key_file.write_bytes(canonical(method_of(key_of()) if key is None else key))
        arguments = ["--input", str(source), "--key", str(key_file), "--output", str(output)]
        done = CliRunner().invoke(group, [act, *arguments, "--feature", str(feature), *more])
        assert done.exit_code == 0, done.output
        result: dict[str, Any] = json.loads(output.read_text("utf-8"))
        assert set(result) == {"result", "data"}
        return result

    def issued(self, feature: Feature, key: JsonValue = None) -> bytes:
        hidden = ["--sd", json.dumps(HIDDEN[feature])] if feature in HIDDEN else []
        made = self.run("issue", DOCUMENTS[feature], feature, *hidden, key=key)
        assert made["result"] == "success", made
        return str(made["data"]).encode()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@by_feature
@pytest.mark.parametrize("key_type", LENGTHS)
def test_what_is_issued_verifies(desk: Desk, feature: Feature, key_type: KeyType) -> None:
    key = method_of(key_of(key_type))
    token = desk.issued(feature, key)

    found = desk.run("verify", token + b"\n", feature, key=key)

    assert found["result"] == "success", found
    assert json.loads(found["data"]) == DOCUMENTS[feature]
    header = jose.Jws.parse(token.decode().partition("~")[0]).header
    assert header["kid"] == key["id"]
    assert str(header["typ"]).startswith("vc+" if "credential" in feature else "vp+")


@by_feature
def test_the_key_may_be_a_json_web_key_alone(desk: Desk, feature: Feature) -> None:
    whole = key_of()
    public: JsonObject = {name: part for name, part in whole.items() if name != "d"}

    token = desk.issued(feature, whole)

    assert desk.run("verify", token, feature, key={**public, "kid": "1"})["result"] == "success"
    made = desk.run("issue", DOCUMENTS[feature], feature, key=public)
    assert made["result"] == "failure"


def test_an_rsa_key_issues_nothing(desk: Desk) -> None:
    key: JsonObject = {**jwk.encode(signer.key_of(RsaMemorySigner())), "d": "AQ"}

    made = desk.run("issue", DOCUMENTS[Feature.CREDENTIAL_JOSE], Feature.CREDENTIAL_JOSE, key=key)

    assert made["result"] == "error"


@by_feature
def test_what_is_hidden_can_be_kept_back(desk: Desk, feature: Feature) -> None:
    token = desk.issued(feature)
    if feature not in HIDDEN:
        assert b"~" not in token
        return
    jwt, *disclosures, _ = token.split(b"~")
    assert len(disclosures) == 2

    found = desk.run("verify", jwt + b"~", feature)

    assert found["result"] == "success"
    assert json.loads(found["data"]) != DOCUMENTS[feature]


@by_feature
def test_another_key_is_a_failure(desk: Desk, feature: Feature) -> None:
    token = desk.issued(feature)

    for other in (key_of(seed=bytes([8]) * 32), key_of(KeyType.P384)):
        assert desk.run("verify", token, feature, key=other)["result"] == "failure"


@by_feature
def test_what_is_unsecured_or_of_another_kind_is_a_failure(desk: Desk, feature: Feature) -> None:
    assert desk.run("verify", DOCUMENTS[feature], feature)["result"] == "failure"
    for other in set(Feature) - {feature}:
        assert desk.run("verify", desk.issued(other), feature)["result"] == "failure"


def test_a_token_by_an_algorithm_that_is_not_the_key_s_is_a_failure(desk: Desk) -> None:
    head = base64url.encode(b'{"alg":"ES512","typ":"vc+jwt"}').encode()
    token = desk.issued(Feature.CREDENTIAL_JOSE)

    forged = head + token[token.index(b".") :]

    assert desk.run("verify", forged, Feature.CREDENTIAL_JOSE)["result"] == "failure"


@pytest.mark.parametrize(
    "document",
    [
        {**CREDENTIAL, "issuer": "not a URL"},
        {**CREDENTIAL, "type": ["Other"]},
        {**CREDENTIAL, "vc": {}},
        {**CREDENTIAL, "iss": "https://other.example"},
        [],
    ],
)
def test_what_is_no_credential_is_not_issued(desk: Desk, document: JsonValue) -> None:
    assert desk.run("issue", document, Feature.CREDENTIAL_JOSE)["result"] == "failure"


@pytest.mark.parametrize(
    ("inside", "result"),
    [
        (factories.signed(), "failure"),
        ("eyJ.a.b", "failure"),
        ({"@context": "https://www.w3.org/ns/credentials/v2", "id": "urn:1"}, "failure"),
        (
            {
                "@context": "https://www.w3.org/ns/credentials/v2",
                "type": "EnvelopedVerifiableCredential",
                "id": "not-a-credential",
            },
            "failure",
        ),
        (
            {
                "@context": "https://www.w3.org/ns/credentials/v2",
                "type": "EnvelopedVerifiableCredential",
                "id": "data:application/other,x",
            },
            "indeterminate",
        ),
    ],
)
def test_a_presentation_holds_secured_credentials(
    desk: Desk, inside: JsonValue, result: str
) -> None:
    document: JsonObject = {**PRESENTATION, "verifiableCredential": [inside]}

    assert desk.run("issue", document, Feature.PRESENTATION_JOSE)["result"] == result


def test_what_is_not_there_cannot_be_hidden(desk: Desk) -> None:
    made = desk.run("issue", CREDENTIAL, Feature.CREDENTIAL_SD_JWT, "--sd", '["nothing"]')

    assert made["result"] == "failure"


@pytest.mark.parametrize(
    "key",
    [
        [],
        {},
        {"publicKeyJwk": "text"},
        {**key_of(), "crv": "P-521"},
        {**key_of(), "d": base64url.encode(bytes([8]) * 32)},
        {**key_of(), "d": "AA"},
        {**key_of(), "d": "="},
        {**key_of(KeyType.P256), "d": base64url.encode(bytes(32))},
    ],
)
def test_a_key_that_cannot_be_used_is_an_error(desk: Desk, key: JsonValue) -> None:
    made = desk.run("issue", CREDENTIAL, Feature.CREDENTIAL_JOSE, key=key)

    assert made["result"] == "error"


def test_places_are_read_as_they_are_written() -> None:
    texts = ["issuer", "credentialSubject.phones[0].number", "verifiableCredential[12]"]

    assert jose_cose.paths_of(texts) == {
        ("issuer",),
        ("credentialSubject", "phones", 0, "number"),
        ("verifiableCredential", 12),
    }


def test_the_service_does_not_know_these_commands() -> None:
    code = (
        "import sys, credhub.runtime, credhub.web.app\n"
        "known = [name for name in sys.modules if 'jose_cose' in name or '.dev' in name]\n"
        "sys.exit(any(name.startswith('credhub.') for name in known))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own words
