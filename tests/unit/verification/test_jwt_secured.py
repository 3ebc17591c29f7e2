"""Credentials in tokens, in a small world. Names carry the rows of THREATS.md."""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest

from credhub import base64url, jwk
from credhub.errors import VerificationError
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.ledger.events import Standing
from credhub.proofs import vc_jwt
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType
from credhub.verification import reading
from credhub.verification.jwt_secured import JwtSecured
from credhub.verification.report import Check, Outcome, Report, Verdict
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import (
    HUB_DID,
    HUB_KEY,
    World,
    credential,
    hub_document,
    result,
)

SIGNER = MemorySigner()
ATTACKER = MemorySigner(66)
DOCUMENT = factories.credential(did=HUB_DID)


def token(
    document: JsonObject = DOCUMENT, *, signer: Signer = SIGNER, method: str = HUB_KEY
) -> bytes:
    return vc_jwt.sign(document, signer=signer, verification_method=method).encode()


def crafted(payload: JsonObject = DOCUMENT, *, signer: Signer = SIGNER, **header: object) -> bytes:
    """Sign any content under any header."""
    said = {"alg": "EdDSA", "typ": "vc+jwt", "kid": HUB_KEY, **header}
    kept = {name: value for name, value in said.items() if value is not None}
    signing_input = ".".join(
        base64url.encode(part) for part in (json.dumps(kept).encode(), canonical(payload))
    )
    return f"{signing_input}.{base64url.encode(signer.sign(signing_input.encode()))}".encode()


def refusal(data: bytes | JsonObject, check: Check, world: World | None = None) -> str:
    report = (world or World()).verify(data)
    assert report.verdict is not Verdict.VALID
    assert report.credential is None
    assert report.issuer is None
    assert result(report, check).outcome in {Outcome.FAILED, Outcome.UNKNOWN}
    return f"{report.verdict.value}: {result(report, check).code}"


def test_a_genuine_token_is_valid() -> None:
    report = World().verify(token())

    assert report.verdict is Verdict.VALID
    assert report.credential == DOCUMENT


def test_its_entry_in_the_ledger_is_the_digest_of_the_token() -> None:
    text = token()

    assert reading.read(text).digest == sha256(text).digest()
    assert reading.read(b"\n" + text + b"\r\n").digest == sha256(text).digest()


@pytest.mark.parametrize("key_type", [KeyType.P256, KeyType.P384])
def test_keys_of_the_other_curves_sign_tokens(key_type: KeyType) -> None:
    signer = EcMemorySigner(key_type)
    text = token(factories.credential(did=signer.did), signer=signer, method=signer.method)

    assert World(position=None).verify(text).verdict is Verdict.UNKNOWN_ISSUER


def test_an_envelope_is_opened() -> None:
    report = World().verify(enveloped())

    assert report.verdict is Verdict.VALID
    assert report.credential == DOCUMENT
    assert World().verify(canonical(enveloped())) == report


def enveloped(**members: JsonValue) -> JsonObject:
    return {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{token().decode()}",
        **members,
    }


@pytest.mark.parametrize(
    "members",
    [
        {"@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/more"]},
        {"type": ["EnvelopedVerifiableCredential"]},
        {"id": f"DATA:Application/vc+jwt,{token().decode()}"},
    ],
)
def test_an_envelope_may_be_spelled_in_several_ways(members: JsonObject) -> None:
    assert World().verify(enveloped(**members)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "members",
    [
        {"credentialSubject": {"name": "Somebody else"}},
        {"proof": {}},
        {"name": "Master of Arts"},
        {"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]},
        {"@context": []},
        {"@context": "https://www.w3.org/2018/credentials/v1"},
        {"@context": None},
        {"id": token().decode()},
        {"id": "data:application/vc+jwt"},
        {"id": "https://hub.example/c/1"},
        {"id": None},
    ],
)
def test_t05_an_envelope_says_nothing_of_its_own(members: JsonObject) -> None:
    assert refusal(enveloped(**members), Check.PARSE) == "invalid: malformed-envelope"


@pytest.mark.parametrize(
    "media_type",
    ["application/vc+cose;base64", "application/jwt", "application/vc+jwt;charset=utf-8", ""],
)
def test_an_envelope_of_another_kind_is_not_called_forged(media_type: str) -> None:
    wrapped = enveloped(id=f"data:{media_type},{token().decode()}")

    assert refusal(wrapped, Check.PARSE) == "indeterminate: unknown-envelope"


@pytest.mark.parametrize("damage", ["%2E", "=", " ", "\n", ".", ";"])
def test_t13_an_envelope_holds_one_compact_token(damage: str) -> None:
    wrapped = enveloped(id=f"data:application/vc+jwt,{token().decode()}{damage}")

    assert refusal(wrapped, Check.PARSE) == "invalid: malformed-token"


def test_t12_an_envelope_holds_what_it_says() -> None:
    for typ in (None, "JWT", "vp+jwt"):
        wrapped = enveloped(id=f"data:application/vc+jwt,{crafted(typ=typ).decode()}")
        assert refusal(wrapped, Check.PARSE) == "invalid: token-type"


def test_t12_an_envelope_in_a_token_is_no_credential() -> None:
    assert refusal(crafted(enveloped()), Check.STRUCTURE).startswith("invalid: not-a-credential")


def test_t05_an_outer_document_counts_for_nothing() -> None:
    wrapped: JsonObject = {**DOCUMENT, "jwt": token().decode()}

    assert refusal(wrapped, Check.PROOF) == "invalid: malformed-proof"


@pytest.mark.parametrize("name", ["none", "nOnE", "HS256"])
def test_t08_a_token_that_nobody_signed_is_invalid(name: str) -> None:
    text = crafted(alg=name)

    assert refusal(text, Check.PARSE) == "invalid: alg-not-allowed"
    assert refusal(text.rpartition(b".")[0] + b".", Check.PARSE) == "invalid: alg-not-allowed"
    assert World().verify(crafted()).verdict is Verdict.VALID


def test_t08_an_algorithm_that_we_do_not_know_is_not_called_forged() -> None:
    assert refusal(crafted(alg="PS256"), Check.PARSE) == "indeterminate: unknown-algorithm"


def test_t09_a_token_does_not_bring_its_own_key() -> None:
    members: list[dict[str, object]] = [
        {"jwk": jwk.encode(key_of(ATTACKER))},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/x5u"},
        {"x5c": []},
    ]
    for member in members:
        world = World()
        text = crafted(DOCUMENT, signer=ATTACKER, **member)
        assert refusal(text, Check.PARSE, world) == "invalid: jose-header"
        assert world.asked == []


def test_t09_the_key_is_found_in_the_document_of_the_did() -> None:
    assert refusal(crafted(signer=ATTACKER), Check.PROOF) == "invalid: bad-signature"
    assert refusal(crafted(kid=f"{HUB_DID}#other"), Check.PROOF) == "invalid: key-not-for-assertion"


def test_t01_the_key_of_another_does_not_speak_for_the_issuer() -> None:
    forged = token(signer=ATTACKER, method=ATTACKER.method)

    assert refusal(forged, Check.ISSUER_BINDING) == "invalid: issuer-key-mismatch"


@pytest.mark.parametrize("typ", ["vc+jwt", "JWT", None])
def test_a_key_without_a_did_is_one_of_the_issuer(typ: str | None) -> None:
    assert World().verify(crafted(kid="#key-1", typ=typ)).verdict is Verdict.VALID


@pytest.mark.parametrize("kid", ["http://hub.example/keys/1", "key-1", "", "urn:key#1"])
def test_a_key_that_is_published_elsewhere_is_not_called_forged(kid: str) -> None:
    world = World()

    assert refusal(crafted(kid=kid), Check.PROOF, world) == "indeterminate: key-not-of-did"
    assert world.asked == []


@pytest.mark.parametrize("kid", [None, HUB_DID])
def test_a_token_names_its_key(kid: str | None) -> None:
    assert refusal(crafted(kid=kid), Check.PROOF) == "invalid: did-syntax"


def test_a_token_by_a_key_that_has_ended_is_refused() -> None:
    world = World(dids={HUB_DID: hub_document(revoked_at=NOON)})

    assert refusal(token(), Check.ISSUER_BINDING, world) == "invalid: key-revoked"


def test_a_signature_has_a_time_of_its_own() -> None:
    end = NOON + timedelta(days=2)
    text = crafted({**DOCUMENT, "exp": int(end.timestamp())})

    assert World().verify(text).verdict is Verdict.VALID
    report = World().verify(text, now=end)
    assert report.verdict is Verdict.INVALID
    assert result(report, Check.PROOF).code == "token-expired"


@pytest.mark.parametrize("typ", ["JWT", None])
def test_an_older_token_says_until_when_its_credential_is_valid(typ: str | None) -> None:
    document = {name: one for name, one in DOCUMENT.items() if name != "validUntil"}
    end = NOON + timedelta(days=2)
    text = crafted({**document, "exp": int(end.timestamp())}, typ=typ)

    assert World().verify(text).verdict is Verdict.VALID
    assert World().verify(text, now=end).verdict is Verdict.VALID
    assert World().verify(text, now=end + timedelta(seconds=1)).verdict is Verdict.EXPIRED


def test_t17_a_claim_that_disagrees_is_invalid() -> None:
    payload: JsonObject = {**DOCUMENT, "iss": ATTACKER.did}

    for typ in ("vc+jwt", "JWT", None):
        assert refusal(crafted(payload, typ=typ), Check.PARSE) == "invalid: claim-mismatch"
        assert World().verify(crafted({**DOCUMENT, "iss": HUB_DID}, typ=typ)).verdict is (
            Verdict.VALID
        )


def legacy(inner: JsonObject, **claims: JsonValue) -> bytes:
    return crafted({"iss": HUB_DID, "vc": inner, **claims}, typ="JWT")


def test_the_token_of_the_data_model_1_1_is_read() -> None:
    inner = {name: one for name, one in DOCUMENT.items() if name != "id"}

    report = World().verify(legacy(inner, jti=DOCUMENT["id"]))

    assert report.verdict is Verdict.VALID
    assert report.credential == DOCUMENT


LISTED: JsonObject = {"status_list": {"idx": 7, "uri": "https://hub.example/lists/1"}}
# Nor the schema of our own badges, which have their entries in the document.
WITHOUT_STATUS = {
    name: one
    for name, one in DOCUMENT.items()
    if name not in {"credentialStatus", "credentialSchema"}
}
WITH_STATUS_CLAIM = pytest.mark.parametrize(
    "said",
    [
        pytest.param(lambda status: crafted(WITHOUT_STATUS | {"status": status}), id="vc+jwt"),
        pytest.param(
            lambda status: crafted(WITHOUT_STATUS | {"status": status}, typ="JWT"), id="ob3"
        ),
        pytest.param(lambda status: legacy(WITHOUT_STATUS, status=status), id="vcdm-1.1"),
    ],
)


@WITH_STATUS_CLAIM
def test_t30_a_token_whose_status_is_a_claim_is_not_called_valid_unasked(
    said: Callable[[JsonValue], bytes],
) -> None:
    world = World(standing=Standing.REVOKED)

    assert world.verify(said(LISTED)).verdict is Verdict.REVOKED
    assert World().verify(said(LISTED)).verdict is Verdict.VALID
    assert world.asked.count("statuses") == 1


@WITH_STATUS_CLAIM
def test_the_status_claim_of_a_token_is_a_status_entry(
    said: Callable[[JsonValue], bytes],
) -> None:
    entry = {
        "id": "https://hub.example/lists/1#7",
        "type": "TokenStatusListEntry",
        "statusListIndex": "7",
        "statusListCredential": "https://hub.example/lists/1",
    }

    secured = reading.read(said(LISTED))

    assert secured.document == WITHOUT_STATUS | {"credentialStatus": entry}
    other = reading.read(said({"status_assertion": {}}))
    assert other.document["credentialStatus"] == {"type": "OtherTokenStatus"}


@WITH_STATUS_CLAIM
@pytest.mark.parametrize("status", [None, {}, "active", {"status_list": {"idx": -1, "uri": "x"}}])
def test_a_token_whose_status_claim_is_none_is_refused(
    said: Callable[[JsonValue], bytes], status: JsonValue
) -> None:
    assert refusal(said(status), Check.PARSE) == "invalid: malformed-status-entry"


def test_a_token_says_once_where_its_status_is() -> None:
    payload: JsonObject = {**DOCUMENT, "status": LISTED}

    for typ in ("vc+jwt", "JWT"):
        assert refusal(crafted(payload, typ=typ), Check.PARSE) == "invalid: claim-mismatch"
    assert World().verify(crafted()).verdict is Verdict.VALID


def test_t12_an_older_token_is_not_taken_for_a_newer_one() -> None:
    with pytest.raises(VerificationError):
        JwtSecured.parse(crafted(typ="JWT").decode())
    with pytest.raises(VerificationError):
        JwtSecured.parse_legacy(token().decode())
    assert refusal(crafted({"vc": DOCUMENT}), Check.PARSE) == "invalid: malformed-token"


@pytest.mark.parametrize(
    "typ", ["vp+jwt", "kb+jwt", "at+jwt", "statuslist+jwt", "openid4vci-proof+jwt", "x"]
)
def test_t12_a_token_for_something_else_is_no_credential(typ: str) -> None:
    assert refusal(crafted(typ=typ), Check.PARSE) == "invalid: token-type"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b"[]",
        b'"eyJ"',
        b"null",
        b"\xef\xbb\xbf{}",
        b"\xff",
        "éyJ.a.b".encode(),
        canonical("text"),
        b"abc",
    ],
)
def test_what_is_neither_json_nor_a_token_is_unreadable(data: bytes) -> None:
    assert refusal(data, Check.PARSE) == "invalid: unreadable"


def test_an_object_without_a_canonical_form_is_unreadable() -> None:
    assert refusal({**credential(), "score": float("nan")}, Check.PARSE) == "invalid: unreadable"


@pytest.mark.parametrize("data", [b"eyJ.b", b"eyJ.b.c.d", b"ewog.b", b"a.b.c~", b"eyJ."])
def test_a_broken_token_is_said_to_be_one(data: bytes) -> None:
    assert refusal(data, Check.PARSE) == "invalid: malformed-token"


@pytest.mark.parametrize(
    "word",
    [
        "Certificate.pdf",
        "nadia@example.org",
        "ewa.nowak@example.org",
        "eyewitness.pdf",
        "did:web:school.example",
        "www.credly.com",
        "https://www.credly.com/badges/abc",
        "a.b.c",
        "1.5",
        "a.b~c",
    ],
)
def test_a_word_with_a_full_stop_is_no_broken_token(word: str) -> None:
    assert refusal(word.encode(), Check.PARSE) == "invalid: unreadable"


def test_a_text_of_several_words_is_no_broken_token() -> None:
    assert refusal(b"a b.c.d", Check.PARSE) == "invalid: unreadable"


def test_a_token_that_an_email_program_cut_is_a_broken_one() -> None:
    whole = token()

    assert refusal(whole[:70] + b"\r\n" + whole[70:], Check.PARSE) == "invalid: malformed-token"


def test_t13_the_json_serialization_is_no_credential() -> None:
    header, payload, signature = token().decode().split(".")
    general: JsonObject = {
        "payload": payload,
        "signatures": [{"protected": header, "signature": signature}],
    }
    flat: JsonObject = {"payload": payload, "protected": header, "signature": signature}

    for serialized in (general, flat, {**general, "signatures": []}, {**DOCUMENT, **flat}):
        assert World().verify(serialized).verdict is Verdict.INVALID


def test_json_with_a_proof_is_read_as_before() -> None:
    report: Report = World().verify(b"\n" + canonical(credential()) + b"\n")

    assert report.verdict is Verdict.VALID
