"""T16: what a holder proves, and every way in which the proof is another's."""

from datetime import datetime, timedelta
from typing import Final

import pytest

from credhub import jwk
from credhub.errors import MalformedKeyError, VerificationError
from credhub.jsontypes import JsonObject, canonical
from credhub.proofs import jose
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt import key_binding
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.issuing import issue
from credhub.proofs.sd_jwt.key_binding import CLOCK_SKEW, MAX_AGE, KeyBindingPolicy, bind, check
from credhub.proofs.sd_jwt.presenting import present
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import LENGTHS, KeyType
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner
from tests.unit.proofs.sd_jwt.making import salts

HOLDER: Final = EcMemorySigner(KeyType.P256)
POLICY: Final = KeyBindingPolicy(audience="https://employer.example", nonce="n-1")


def claims_for(holder: Signer = HOLDER) -> JsonObject:
    return {"name": "Amelie", "city": "Lyon", "cnf": {"jwk": jwk.encode(key_of(holder))}}


CLAIMS: Final = claims_for()


def issued(claims: JsonObject = CLAIMS) -> SdJwt:
    return issue(
        claims,
        disclosable=[("name",), ("city",)],
        header={},
        signer=MemorySigner(),
        randomness=salts(),
    )


def bound(sd_jwt: SdJwt | None = None, policy: KeyBindingPolicy = POLICY) -> SdJwt:
    return bind(sd_jwt or issued(), policy=policy, signer=HOLDER, issued_at=NOON)


def code_of(
    sd_jwt: SdJwt,
    *,
    claims: JsonObject = CLAIMS,
    policy: KeyBindingPolicy | None = POLICY,
    now: datetime = NOON,
) -> str:
    with pytest.raises(VerificationError) as caught:
        check(sd_jwt, claims, policy=policy, now=now)
    return caught.value.code


def signed(said: JsonObject, *, typ: str = key_binding.TYPE, signer: Signer = HOLDER) -> SdJwt:
    token = jose.sign({"typ": typ}, canonical(said), signer=signer)
    return SdJwt(jwt=issued().jwt, disclosures=issued().disclosures, key_binding=token)


def said(**changes: object) -> JsonObject:
    genuine = Jws.parse(bound().key_binding or "").claims()
    merged: JsonObject = {**genuine, **changes}  # type: ignore[dict-item]  # any JSON
    return {name: value for name, value in merged.items() if value != "absent"}


@pytest.mark.parametrize("kind", LENGTHS)
def test_t16_the_holder_of_the_key_is_believed(kind: KeyType) -> None:
    holder = MemorySigner(7) if kind is KeyType.ED25519 else EcMemorySigner(kind)
    claims = claims_for(holder)
    sd_jwt = bind(issued(claims), policy=POLICY, signer=holder, issued_at=NOON)

    check(SdJwt.parse(sd_jwt.text()), claims, policy=POLICY, now=NOON)


def test_t16_a_token_without_key_binding_is_good_where_none_is_wanted() -> None:
    check(issued(), CLAIMS, policy=None, now=NOON)


def test_t16_a_stripped_key_binding_is_refused_where_one_is_wanted() -> None:
    text = bound().text()
    stripped = SdJwt.parse(text[: text.rindex("~") + 1])

    assert code_of(stripped) == "key-binding-missing"


def test_t16_a_token_that_was_shown_to_somebody_else_is_refused_where_none_is_wanted() -> None:
    assert code_of(bound(), policy=None) == "key-binding-unexpected"


def test_t16_another_audience_is_refused() -> None:
    other = KeyBindingPolicy(audience="https://other.example", nonce=POLICY.nonce)

    assert code_of(bound(policy=other)) == "key-binding-audience"
    assert code_of(signed(said(aud=[POLICY.audience]))) == "key-binding-audience"
    assert code_of(signed(said(aud="absent"))) == "key-binding-audience"


def test_t16_another_nonce_is_refused() -> None:
    other = KeyBindingPolicy(audience=POLICY.audience, nonce="n-2")

    assert code_of(bound(policy=other)) == "key-binding-nonce"
    assert code_of(signed(said(nonce="absent"))) == "key-binding-nonce"


def test_t16_other_disclosures_under_a_key_binding_are_refused() -> None:
    token = bound(present(issued(), [("name",)])).key_binding
    more = SdJwt(jwt=issued().jwt, disclosures=issued().disclosures, key_binding=token)
    fewer = SdJwt(jwt=issued().jwt, key_binding=token)

    assert code_of(more) == "key-binding-mismatch"
    assert code_of(fewer) == "key-binding-mismatch"
    assert code_of(signed(said(sd_hash="absent"))) == "key-binding-mismatch"


def test_t16_a_key_binding_is_good_for_a_short_time() -> None:
    check(bound(), CLAIMS, policy=POLICY, now=NOON + MAX_AGE)
    check(bound(), CLAIMS, policy=POLICY, now=NOON - CLOCK_SKEW)

    assert code_of(bound(), now=NOON + MAX_AGE + timedelta(seconds=1)) == "key-binding-time"
    assert code_of(bound(), now=NOON - CLOCK_SKEW - timedelta(seconds=1)) == "key-binding-time"


@pytest.mark.parametrize("value", ["absent", "1", 1.5, True, None, -1, 2**52])
def test_t16_a_key_binding_without_a_time_is_refused(value: object) -> None:
    assert code_of(signed(said(iat=value))) == "malformed-key-binding"


def test_t16_a_key_binding_may_say_itself_how_long_it_is_good() -> None:
    now = int(NOON.timestamp())

    check(signed(said(exp=now + 1, nbf=now + 60)), CLAIMS, policy=POLICY, now=NOON)

    assert code_of(signed(said(exp=now))) == "key-binding-time"
    assert code_of(signed(said(nbf=now + 61))) == "key-binding-time"


def test_t16_another_key_than_the_issuer_named_is_refused() -> None:
    thief = EcMemorySigner(KeyType.P256, seed=9)

    assert code_of(signed(said(), signer=thief)) == "bad-signature"
    assert code_of(signed(said(), signer=MemorySigner())) == "key-type-mismatch"


@pytest.mark.parametrize(
    "claims",
    [{}, {"cnf": "did:key:z6Mk"}, {"cnf": {}}, {"cnf": {"jwk": "x"}}, {"cnf": {"kid": "#1"}}],
)
def test_t16_a_token_without_a_key_of_its_holder_binds_nobody(claims: JsonObject) -> None:
    assert code_of(bound(), claims=claims) == "holder-key-missing"


def test_t16_a_key_of_an_unknown_kind_binds_nobody() -> None:
    with pytest.raises(MalformedKeyError):
        check(bound(), {"cnf": {"jwk": {"kty": "RSA"}}}, policy=POLICY, now=NOON)


@pytest.mark.parametrize("typ", ["JWT", "dc+sd-jwt", "vc+sd-jwt", "vc+jwt", "openid4vci-proof+jwt"])
def test_t12_another_token_of_the_holder_is_no_key_binding(typ: str) -> None:
    assert code_of(signed(said(), typ=typ)) == "token-type"


def test_the_hash_is_the_one_of_the_disclosures() -> None:
    payload: JsonObject = {"_sd_alg": "sha-512", **CLAIMS}
    jwt = jose.sign({}, canonical(payload), signer=MemorySigner())

    sd_jwt = bound(SdJwt(jwt=jwt))

    check(sd_jwt, CLAIMS, policy=POLICY, now=NOON)
    sd_hash = Jws.parse(sd_jwt.key_binding or "").claims()["sd_hash"]
    assert len(str(sd_hash)) == 86
