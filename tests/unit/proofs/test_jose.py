"""Tokens in the compact form. Names carry the rows of THREATS.md."""

import hmac
import json
from collections.abc import Callable

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from credhub import base64url, jwk
from credhub.errors import (
    AlgorithmNotAllowedError,
    JoseHeaderError,
    KeyTypeError,
    MalformedTokenError,
    OutcomeUnknownError,
    SignatureError,
    TokenTooLargeError,
    TokenTypeError,
    UnknownAlgorithmError,
    VerificationError,
    WeakKeyError,
)
from credhub.jsontypes import JsonObject, canonical
from credhub.proofs import jose
from credhub.proofs.jose import Jws
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType, PublicKey
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import MemorySigner
from tests.unit.rsa_signer import RsaMemorySigner

SIGNERS: dict[str, Signer] = {
    "EdDSA": MemorySigner(),
    "ES256": EcMemorySigner(KeyType.P256),
    "ES384": EcMemorySigner(KeyType.P384),
}
by_algorithm = pytest.mark.parametrize("algorithm", SIGNERS)
SIGNER = MemorySigner()
KEY = key_of(SIGNER)
HEADER: JsonObject = {"typ": "vc+jwt", "kid": "did:example:1#key"}
PAYLOAD = b'{"name":"Riverside"}'


def token(**changes: object) -> str:
    """Sign a token whose header has other members, whatever they are."""
    header = {"alg": "EdDSA", **HEADER, **changes}
    return signed(json.dumps({name: one for name, one in header.items() if one is not None}))


def signed(header: str, *, payload: bytes = PAYLOAD, signer: Signer = SIGNER) -> str:
    signing_input = f"{base64url.encode(header.encode())}.{base64url.encode(payload)}"
    return f"{signing_input}.{base64url.encode(signer.sign(signing_input.encode()))}"


def accepted(text: str, key: PublicKey = KEY) -> Jws:
    jws = Jws.parse(text)
    jws.check_type("vc+jwt")
    jws.verify(key)
    return jws


def refused(text: str, key: PublicKey = KEY) -> str:
    with pytest.raises(VerificationError) as caught:
        accepted(text, key)
    return caught.value.code


@by_algorithm
def test_a_token_is_made_and_read(algorithm: str) -> None:
    signer = SIGNERS[algorithm]

    jws = accepted(jose.sign(HEADER, PAYLOAD, signer=signer), key_of(signer))

    assert jws.header == {**HEADER, "alg": algorithm}
    assert jws.payload == PAYLOAD
    assert jws.claims() == {"name": "Riverside"}
    assert jws.kid == HEADER["kid"]


@by_algorithm
def test_other_software_accepts_our_tokens(algorithm: str) -> None:
    signer = SIGNERS[algorithm]
    key = jwt.PyJWK.from_dict(jwk.encode(key_of(signer)), algorithm)

    read = jwt.PyJWS().decode_complete(
        jose.sign(HEADER, PAYLOAD, signer=signer), key, algorithms=[algorithm]
    )

    assert read["payload"] == PAYLOAD
    assert read["header"] == {**HEADER, "alg": algorithm}


def test_the_token_of_rfc_8037_is_accepted() -> None:
    key = PublicKey(
        KeyType.ED25519, base64url.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    )
    text = (
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09"
        "PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )

    jws = Jws.parse(text)
    jws.verify(key)

    assert jws.payload == b"Example of Ed25519 signing"
    assert jws.kid is None


def test_the_name_of_rfc_9864_is_accepted() -> None:
    assert accepted(token(alg="Ed25519")).payload == PAYLOAD


@given(st.binary(max_size=99), st.dictionaries(st.sampled_from(["kid", "cty"]), st.just("text")))
def test_what_is_signed_is_what_is_read(payload: bytes, header: dict[str, str]) -> None:
    jws = Jws.parse(jose.sign({**header}, payload, signer=SIGNER))

    jws.verify(KEY)

    assert jws.payload == payload
    assert jws.header == {**header, "alg": "EdDSA"}


@given(st.text(alphabet="ey.AB-_= ", max_size=40) | st.text())
def test_text_is_either_refused_or_read_exactly(text: str) -> None:
    try:
        jws = Jws.parse(text)
    except VerificationError:
        return
    assert jws.text == text  # pragma: no cover - random text has no header


@given(st.data())
def test_t13_every_changed_character_is_refused(data: st.DataObject) -> None:
    text = token()
    place = data.draw(st.integers(0, len(text) - 1))
    alphabet = "ABCXYZabcxyz0189-_.=+/ \n"
    other = data.draw(st.sampled_from(alphabet).filter(lambda one: one != text[place]))

    with pytest.raises(VerificationError):
        accepted(text[:place] + other + text[place + 1 :])


@by_algorithm
def test_every_key_refuses_what_another_key_signed(algorithm: str) -> None:
    text = jose.sign(HEADER, PAYLOAD, signer=SIGNERS[algorithm])

    for other, signer in SIGNERS.items():
        if other != algorithm:
            assert refused(text, key_of(signer)) == "key-type-mismatch"
    same_kind = MemorySigner(9) if algorithm == "EdDSA" else EcMemorySigner(key_type(algorithm), 9)
    assert refused(text, key_of(same_kind)) == SignatureError.code


def key_type(algorithm: str) -> KeyType:
    return SIGNERS[algorithm].key_type


@pytest.mark.parametrize("name", ["none", "None", "nOnE", "NONE", "", None, 5, ["EdDSA"], {}])
def test_t08_a_token_without_a_signature_is_refused(name: object) -> None:
    text = token(alg=name)
    unsigned = text.rpartition(".")[0] + "."

    assert refused(text) == AlgorithmNotAllowedError.code
    assert refused(unsigned) == AlgorithmNotAllowedError.code
    assert refused(token().rpartition(".")[0] + ".") == SignatureError.code


@by_algorithm
@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512", "dir", "A128KW", "RSA-OAEP", "eddsa"])
def test_t08_the_public_key_is_never_a_shared_secret(algorithm: str, name: str) -> None:
    key = key_of(SIGNERS[algorithm])
    secrets = [key.raw, canonical(jwk.encode(key)), base64url.encode(key.raw).encode()]

    for secret in secrets:
        header = base64url.encode(json.dumps({**HEADER, "alg": name}).encode())
        signing_input = f"{header}.{base64url.encode(PAYLOAD)}"
        mac = hmac.digest(secret, signing_input.encode(), "sha256")
        text = f"{signing_input}.{base64url.encode(mac)}"
        assert refused(text, key) == AlgorithmNotAllowedError.code
    accepted(jose.sign(HEADER, PAYLOAD, signer=SIGNERS[algorithm]), key)


@pytest.mark.parametrize("name", ["PS256", "RS512", "ES256K", "ES512", "Ed448", "ESP256"])
def test_a_signature_that_others_may_know_is_not_called_forged(name: str) -> None:
    assert refused(token(alg=name)) == UnknownAlgorithmError.code
    assert issubclass(UnknownAlgorithmError, OutcomeUnknownError)


def test_t08_the_rsa_key_of_others_is_never_a_shared_secret() -> None:
    signer = RsaMemorySigner()
    key, public = key_of(signer), signer.key.public_key()
    spelled = [
        public.public_bytes(encoding, form)
        for encoding in (Encoding.DER, Encoding.PEM)
        for form in (PublicFormat.PKCS1, PublicFormat.SubjectPublicKeyInfo)
    ]
    for secret in (*spelled, canonical(jwk.encode(key)), json.dumps(jwk.encode(key)).encode()):
        for name, code in (("HS256", "alg-not-allowed"), ("RS256", "bad-signature")):
            header = base64url.encode(json.dumps({**HEADER, "alg": name}).encode())
            signing_input = f"{header}.{base64url.encode(PAYLOAD)}"
            mac = hmac.digest(secret, signing_input.encode(), "sha256")
            assert refused(f"{signing_input}.{base64url.encode(mac)}", key) == code
    accepted(rs256(signer), key)


def rs256(signer: Signer, **changes: object) -> str:
    return signed(json.dumps({"alg": "RS256", **HEADER, **changes}), signer=signer)


def test_t08_the_rsa_key_of_others_has_one_algorithm() -> None:
    signer = RsaMemorySigner()

    assert refused(rs256(signer, alg="PS256"), key_of(signer)) == UnknownAlgorithmError.code
    for name in ("EdDSA", "ES256", "ES384"):
        assert refused(rs256(signer, alg=name), key_of(signer)) == KeyTypeError.code
    for other in SIGNERS.values():
        assert refused(rs256(signer), key_of(other)) == KeyTypeError.code


def test_other_software_makes_the_same_tokens_with_rsa() -> None:
    signer = RsaMemorySigner()
    text = jwt.encode({"name": "Riverside"}, signer.key, "RS256", headers={"typ": "vc+jwt"})

    assert accepted(text, key_of(signer)).claims() == {"name": "Riverside"}


@pytest.mark.parametrize("name", ["ES256", "ES384"])
def test_t08_the_key_says_which_algorithm(name: str) -> None:
    assert refused(token(alg=name)) == KeyTypeError.code


# T09: keys of the token's own


@pytest.mark.parametrize(
    "member",
    [
        {"jwk": jwk.encode(KEY)},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/chain"},
        {"x5c": ["AA=="]},
    ],
    ids=str,
)
def test_t09_a_token_does_not_bring_its_own_key(member: JsonObject) -> None:
    assert refused(token(**member)) == JoseHeaderError.code
    accepted(token())


@pytest.mark.parametrize(
    "member",
    [
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"crit": ["b64"], "b64": False},
        {"b64": False},
        {"b64": True},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
        {"kid": 5},
        {"kid": ["did:example:1#key"]},
        {"typ": {"a": 1}},
        {"cty": False},
    ],
    ids=str,
)
def test_t10_a_header_that_changes_the_reading_is_refused(member: JsonObject) -> None:
    assert refused(token(**member)) == JoseHeaderError.code
    accepted(token(extra={"a": [1]}, nonce="n"))


@pytest.mark.parametrize(
    "header",
    [
        '{"alg":"EdDSA","alg":"EdDSA","typ":"vc+jwt"}',
        '{"alg":"none","alg":"EdDSA","typ":"vc+jwt"}',
        '{"alg":"EdDSA","typ":"vc+jwt","x":NaN}',
        '{"alg":"EdDSA","typ":"vc+jwt","x":9007199254740993}',
        '{"alg":"EdDSA","typ":"vc+jwt","x":"\\ud800"}',
        '\ufeff{"alg":"EdDSA","typ":"vc+jwt"}',
        '{"alg":"EdDSA","typ":"vc+jwt"} x',
        "{'alg':'EdDSA'}",
        '["EdDSA"]',
        '"EdDSA"',
        "null",
        "",
        '{"alg":"EdDSA","typ":"vc+jwt","x":' + "[" * 32 + "]" * 32 + "}",
    ],
)
def test_t10_a_header_with_two_readings_is_refused(header: str) -> None:
    assert refused(signed(header)) == JoseHeaderError.code
    accepted(signed('{ "typ":"vc+jwt" ,"alg":"EdDSA"}'))


def test_t10_a_header_that_is_not_utf_8_is_refused() -> None:
    text = token()
    latin = base64url.encode('{"alg":"EdDSA","typ":"é"}'.encode("latin-1"))

    assert refused(latin + text[text.index(".") :]) == JoseHeaderError.code


@pytest.mark.parametrize(
    "text",
    [
        token(x="a" * 500_000),
        token(x="a" * jose.MAX_HEADER_BYTES),
        signed('{"alg":"EdDSA"}', payload=b" " * (jose.MAX_PAYLOAD_BYTES + 1)),
        token() + "A" * 2000,
        "A" * 10_000_000 + ".A.A",
    ],
    ids=["header", "header by little", "payload", "signature", "only a header"],
)
def test_t11_a_large_token_is_refused(text: str) -> None:
    assert refused(text) == TokenTooLargeError.code


def test_t11_the_largest_token_is_read() -> None:
    empty = len(json.dumps({"alg": "EdDSA", **HEADER, "x": ""}))
    text = token(x="a" * (jose.MAX_HEADER_BYTES - empty))
    header, _, signature = text.split(".")
    payload = b'"' + b"a" * (jose.MAX_PAYLOAD_BYTES - 2) + b'"'

    accepted(text)
    assert (
        signed('{"alg":"EdDSA"}', payload=payload)
        == Jws.parse(signed('{"alg":"EdDSA"}', payload=payload)).text
    )
    assert Jws.parse(f"{header}.{base64url.encode(payload)}.{signature}").payload == payload


@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 5000 + b"]" * 5000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b"[]",
        b'"text"',
        b"",
        b"\xff",
        b'\xef\xbb\xbf{"a":1}',
    ],
)
def test_t11_t18_content_that_is_not_strict_json_has_no_claims(payload: bytes) -> None:
    jws = accepted(signed('{"alg":"EdDSA","typ":"vc+jwt"}', payload=payload))

    with pytest.raises(MalformedTokenError):
        jws.claims()


@pytest.mark.parametrize("said", ["vc+jwt", "application/vc+jwt", "VC+JWT", "Application/vc+JWT"])
def test_t12_a_type_may_be_spelled_as_a_media_type(said: str) -> None:
    accepted(token(typ=said))


@pytest.mark.parametrize(
    "said", [None, "", "JWT", "vp+jwt", "text/vc+jwt", "vc+jwt ", "vc", "kb+jwt"]
)
def test_t12_a_token_of_another_type_is_refused(said: str | None) -> None:
    assert refused(token(typ=said)) == TokenTypeError.code


def test_t12_several_types_can_be_accepted() -> None:
    jws = Jws.parse(token(typ="kb+jwt"))

    jws.check_type("vc+jwt", "kb+jwt")
    with pytest.raises(TokenTypeError):
        jws.check_type()


def json_serialized(text: str) -> str:
    header, payload, signature = text.split(".")
    return json.dumps({"payload": payload, "protected": header, "signature": signature})


@pytest.mark.parametrize(
    "damage",
    [
        json_serialized,
        lambda text: json.dumps({"payload": text.split(".")[1], "signatures": []}),
        lambda text: text + ".",
        lambda text: text + "." + text.split(".")[2],
        lambda text: "." + text,
        lambda text: text + "=",
        lambda text: text + "==",
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text.replace(".", "=."),
        lambda text: text.replace(".", "\n."),
        lambda text: text.replace(".", ".."),
        lambda text: text.replace(".", ""),
        lambda text: text.replace(".", "\uff0e"),
        lambda text: text + "\0",
        lambda text: text[:-1],
        lambda text: text[:-1] + chr(ord(text[-1]) + 1),
        lambda text: text[:0],
        lambda text: ".." + text[:0],
    ],
)
def test_t13_only_the_one_compact_text_is_read(damage: Callable[[str], str]) -> None:
    accepted(token())
    assert refused(damage(token())) in {
        MalformedTokenError.code,
        JoseHeaderError.code,
        SignatureError.code,
    }


def test_t13_the_other_alphabet_of_base64_is_refused() -> None:
    text = next(one for one in (token(x=n) for n in range(99)) if "-" in one and "_" in one)

    accepted(text)
    assert refused(text.replace("-", "+")) == MalformedTokenError.code
    assert refused(text.replace("_", "/")) == MalformedTokenError.code


@by_algorithm
def test_t13_a_signature_in_der_is_refused(algorithm: str) -> None:
    signer = SIGNERS[algorithm]
    text = jose.sign(HEADER, PAYLOAD, signer=signer)
    head, _, signature = text.rpartition(".")
    raw = base64url.decode(signature)
    half = len(raw) // 2
    numbers = b"".join(b"\x02" + bytes([half + 1]) + b"\0" + raw[i : i + half] for i in (0, half))

    for other in (
        b"0" + bytes([len(numbers)]) + numbers,
        raw + b"\0",
        raw[:-1],
        b"",
        bytes(len(raw)),
    ):
        assert refused(f"{head}.{base64url.encode(other)}", key_of(signer)) == SignatureError.code


def test_t20_a_weak_key_accepts_nothing() -> None:
    weak = PublicKey(KeyType.ED25519, bytes(32))

    assert refused(token(), weak) == WeakKeyError.code
