"""The test cases and examples of the specification, issued, shown and read again by us.

Those in the JSON serialization run in the compact form, and their own form is refused.
"""

import json

import pytest

from credhub import base64url, jwk
from credhub.errors import JsonSerializationError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt import key_binding
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.disclosures import Disclosure, HashAlgorithm, Path
from credhub.proofs.sd_jwt.issuing import issue
from credhub.proofs.sd_jwt.key_binding import KeyBindingPolicy
from credhub.proofs.sd_jwt.presenting import present
from credhub.proofs.sd_jwt.processing import process
from credhub.proofs.signer import key_of
from credhub.verification import reading
from tests.unit.factories import NOON
from tests.unit.proofs.sd_jwt import vectors
from tests.unit.proofs.sd_jwt.making import salts
from tests.unit.proofs.sd_jwt.vectors import Specification

POLICY = KeyBindingPolicy(audience="https://example.com/verifier", nonce="1234567890")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each specification; without the vectors, one that skips and says so."""
    if "name" in metafunc.fixturenames:
        try:
            names = vectors.names()
        except pytest.skip.Exception:
            names = ["missing"]
        metafunc.parametrize("name", names)


def issued(specification: Specification) -> SdJwt:
    claims = dict(specification.claims)
    if specification.key_binding:
        claims["cnf"] = {"jwk": jwk.encode(key_of(vectors.holder()))}
    return issue(
        claims,
        disclosable=specification.hidden,
        header={"typ": "example+sd-jwt"},
        signer=vectors.issuer(),
        randomness=salts(),
        decoys=specification.decoys,
    )


def read(sd_jwt: SdJwt, policy: KeyBindingPolicy | None) -> JsonObject:
    jws = Jws.parse(sd_jwt.jwt)
    jws.verify(key_of(vectors.issuer()))
    claims = process(jws.claims(), sd_jwt.disclosures).claims
    key_binding.check(sd_jwt, claims, policy=policy, now=NOON)
    return {name: value for name, value in claims.items() if policy is None or name != "cnf"}


def without(value: JsonValue, hidden: frozenset[Path], path: Path = ()) -> JsonValue:
    if isinstance(value, dict):
        return {
            name: without(item, hidden, (*path, name))
            for name, item in value.items()
            if (*path, name) not in hidden
        }
    if isinstance(value, list):
        return [
            without(item, hidden, (*path, index))
            for index, item in enumerate(value)
            if (*path, index) not in hidden
        ]
    return value


def test_a_published_specification(name: str) -> None:
    specification = vectors.read(name)
    policy = POLICY if specification.key_binding else None

    shown = present(issued(specification), specification.shown)
    if policy is not None:
        shown = key_binding.bind(shown, policy=policy, signer=vectors.holder(), issued_at=NOON)
    claims = read(SdJwt.parse(shown.text()), policy)

    assert claims == without(specification.claims, specification.hidden - specification.shown)
    if specification.expected is not None:
        assert claims == specification.expected


def test_everything_of_a_published_specification(name: str) -> None:
    specification = vectors.read(name)

    claims = read(issued(specification), None)

    claims.pop("cnf", None)
    assert claims == {n: v for n, v in specification.claims.items() if n != "cnf"}


@pytest.mark.parametrize("folder", ["examples", "testcases"])
@pytest.mark.parametrize("kind", ["flattened", "general"])
def test_the_json_serialization_of_a_specification_is_refused(folder: str, kind: str) -> None:
    token = issued(vectors.read(f"{folder}/json_serialization_{kind}"))
    protected, payload, signature = token.jwt.split(".")
    one: JsonObject = {
        "header": {"disclosures": list(token.disclosures)},
        "protected": protected,
        "signature": signature,
    }
    signed: JsonObject = one if kind == "flattened" else {"signatures": [one]}
    text = json.dumps({"payload": payload, **signed})

    with pytest.raises(JsonSerializationError):
        reading.read(text.encode())
    with pytest.raises(JsonSerializationError):
        SdJwt.parse(text)


def test_all_of_them_are_there() -> None:
    names = vectors.names()

    assert len([name for name in names if name.startswith("testcases/")]) == 17
    assert len([name for name in names if name.startswith("examples/")]) == 15
    in_json = [name for name in names if vectors.read(name).json_serialization]
    assert len(in_json) == 4


def test_the_digest_of_the_specification() -> None:
    # RFC 9901, sections 4.2.1 and 4.2.3.
    text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"

    assert HashAlgorithm.SHA_256.digest(text) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    assert Disclosure.parse(text).name == "family_name"
    assert Disclosure.parse(text).value == "M\u00f6bius"


@pytest.mark.parametrize("separator", ["", " ", "\n"])
def test_a_disclosure_may_be_written_in_any_way(separator: str) -> None:
    text = base64url.encode(f'["s",{separator}"n"{separator},{separator}"\\u00f6"]'.encode())

    assert Disclosure.parse(text).value == "\u00f6"
