"""Credentials of which a holder shows a part, in a small world. Names carry rows of THREATS.md."""

import json
from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256

import pytest

from credhub import base64url, jwk
from credhub.credentials import sd_jwt_claims
from credhub.errors import InvalidClaimError, VerificationError
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import jose, vc_jwt
from credhub.proofs.sd_jwt import credential, key_binding
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.disclosures import Path
from credhub.proofs.sd_jwt.issuing import issue
from credhub.proofs.sd_jwt.key_binding import KeyBindingPolicy
from credhub.proofs.sd_jwt.presenting import present
from credhub.proofs.sd_jwt.profiles import DC, VC, Profile
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType
from credhub.verification.report import Check, Outcome, Verdict
from credhub.verification.sd_jwt_secured import SdJwtSecured
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner
from tests.unit.proofs.sd_jwt.making import salts
from tests.unit.verification.world import HUB_DID, HUB_KEY, World, result

SIGNER = MemorySigner()
HOLDER = EcMemorySigner(KeyType.P256)
NAME: Path = ("credentialSubject", "name")
DOCUMENT = sd_jwt_claims.without_schema(factories.credential(did=HUB_DID))
CLAIMS = sd_jwt_claims.to_claims(DOCUMENT, issued_at=NOON, holder_key=jwk.encode(key_of(HOLDER)))
HIDDEN = sd_jwt_claims.disclosable(DOCUMENT)
FORMS = [(DC, CLAIMS), (VC, DOCUMENT)]
both = pytest.mark.parametrize(("profile", "claims"), FORMS, ids=["dc", "vc"])


def made(
    profile: Profile = DC,
    claims: JsonObject = CLAIMS,
    *,
    disclosable: Collection[Path] = HIDDEN,
    signer: Signer = SIGNER,
    method: str = HUB_KEY,
) -> SdJwt:
    return credential.sign(
        claims,
        profile=profile,
        disclosable=disclosable,
        signer=signer,
        verification_method=method,
        randomness=salts(),
    )


def crafted(
    claims: JsonObject, disclosable: Collection[Path] = (), *, typ: str = DC.typ, kid: str = HUB_KEY
) -> SdJwt:
    """Sign anything with anything hidden, as our own issuer never would."""
    return issue(
        claims,
        disclosable=disclosable,
        header={"typ": typ, "kid": kid},
        signer=SIGNER,
        randomness=salts(),
    )


def refusal(data: SdJwt | str, check: Check = Check.PARSE, world: World | None = None) -> str:
    text = data if isinstance(data, str) else data.text()
    report = (world or World()).verify(text.encode())
    assert report.credential is None
    assert result(report, check).outcome in {Outcome.FAILED, Outcome.UNKNOWN}
    return f"{report.verdict.value}: {result(report, check).code}"


@both
def test_everything_shown_is_the_whole_credential(profile: Profile, claims: JsonObject) -> None:
    report = World().verify(made(profile, claims).text().encode())

    assert report.verdict is Verdict.VALID
    assert report.credential == DOCUMENT


@both
def test_a_learner_may_hide_who_they_are(profile: Profile, claims: JsonObject) -> None:
    shown = present(made(profile, claims), [("evidence", 0)])

    report = World().verify(shown.text().encode())

    assert report.verdict is Verdict.VALID
    assert report.credential is not None
    subject = report.credential["credentialSubject"]
    assert isinstance(subject, dict)
    assert subject.keys() == {"type", "achievement", "result"}
    assert subject["result"] == []
    assert report.credential["evidence"] == DOCUMENT["evidence"]
    assert "Dubois" not in shown.text()


@both
def test_its_entry_in_the_ledger_is_the_digest_of_the_issuers_token(
    profile: Profile, claims: JsonObject
) -> None:
    issued = made(profile, claims)
    shown = present(issued, [NAME])

    wanted = sha256(issued.jwt.encode()).digest()
    assert SdJwtSecured.parse(issued.text()).digest == wanted
    assert SdJwtSecured.parse(shown.text()).digest == wanted


@pytest.mark.parametrize("key_type", [KeyType.P256, KeyType.P384])
def test_keys_of_the_other_curves_sign_too(key_type: KeyType) -> None:
    signer = EcMemorySigner(key_type)
    claims = CLAIMS | {"iss": signer.did}

    report = World(position=None).verify(
        made(claims=claims, signer=signer, method=signer.method).text().encode()
    )

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert report.credential is not None


def test_the_end_of_the_claims_is_the_end_of_the_credential() -> None:
    late = NOON.replace(year=NOON.year + 3)

    assert World().verify(made().text().encode(), now=late).verdict is Verdict.EXPIRED
    early = NOON - timedelta(days=1)
    assert World().verify(made().text().encode(), now=early).verdict is Verdict.NOT_YET_VALID


def test_the_end_of_a_w3c_token_counts_too() -> None:
    now = int(NOON.timestamp())
    document = {name: value for name, value in DOCUMENT.items() if name != "validUntil"}
    with_end = made(VC, document | {"exp": now + 10 * 86400})

    assert World().verify(with_end.text().encode()).verdict is Verdict.VALID
    ended = made(VC, document | {"exp": now + 60})
    assert refusal(ended, Check.PROOF) == "invalid: token-expired"


def test_a_token_of_somebody_else_is_refused() -> None:
    thief = MemorySigner(66)

    assert refusal(made(signer=thief), Check.PROOF) == "invalid: bad-signature"
    by_thief = made(signer=thief, method=thief.method)
    assert refusal(by_thief, Check.ISSUER_BINDING) == "invalid: issuer-key-mismatch"


def test_an_issuer_without_a_did_is_not_known_rather_than_forged() -> None:
    foreign = crafted(CLAIMS | {"iss": "https://issuer.example"}, kid="key-1")

    assert refusal(foreign, Check.PROOF) == "indeterminate: key-not-of-did"


def test_claims_of_another_kind_are_a_credential_about_their_subject() -> None:
    claims: JsonObject = {
        "iss": HUB_DID,
        "vct": "https://example.org/membership",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 10 * 86400,
        "sub": "did:example:1",
        "jti": "urn:uuid:1",
        "member": {"since": 2020},
    }

    report = World(position=None).verify(crafted(claims).text().encode())

    assert report.verdict is Verdict.VALID
    assert report.credential == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "name": "https://example.org/membership",
        "issuer": HUB_DID,
        "id": "urn:uuid:1",
        "validFrom": "2026-11-22T12:00:00Z",
        "validUntil": "2026-12-02T12:00:00Z",
        "credentialSubject": {"id": "did:example:1", "member": {"since": 2020}},
    }


def test_claims_without_dates_or_subject_are_read_as_well() -> None:
    secured = SdJwtSecured.parse(crafted({"iss": HUB_DID, "vct": "x", "a": 1}).text())

    assert secured.document["credentialSubject"] == {"a": 1}
    assert not secured.document.keys() & {"id", "validFrom", "validUntil", "credentialStatus"}


def test_a_place_in_a_token_status_list_is_a_status_entry() -> None:
    place: JsonObject = {"status_list": {"idx": 7, "uri": "https://hub.example/lists/1"}}
    entry = {
        "id": "https://hub.example/lists/1#7",
        "type": "TokenStatusListEntry",
        "statusListIndex": "7",
        "statusListCredential": "https://hub.example/lists/1",
    }
    claims = sd_jwt_claims.to_claims(DOCUMENT, issued_at=NOON, status=place)
    without = {name: value for name, value in DOCUMENT.items() if name != "credentialStatus"}

    for profile, said in ((DC, claims), (VC, without | {"status": place})):
        secured = SdJwtSecured.parse(made(profile, said).text())
        assert secured.document == without | {"credentialStatus": entry}
        with pytest.raises(VerificationError) as caught:
            SdJwtSecured.parse(crafted(said | {"status": {}}, typ=profile.typ).text())
        assert caught.value.code == "malformed-status-entry"


def test_a_status_in_a_way_that_we_do_not_know_is_no_fault() -> None:
    claims = sd_jwt_claims.to_claims(DOCUMENT, issued_at=NOON, status={"status_assertion": {}})

    secured = SdJwtSecured.parse(made(claims=claims).text())

    assert secured.document["credentialStatus"] == {"type": "OtherTokenStatus"}


# T12: what says that it is something else.


@pytest.mark.parametrize(
    "typ", ["", "JWT", "kb+jwt", "vc+jwt", "vp+jwt", "at+jwt", "statuslist+jwt", "vp+sd-jwt", "+"]
)
def test_t12_a_token_of_another_type_is_no_credential(typ: str) -> None:
    assert refusal(crafted(CLAIMS, typ=typ)) == "invalid: token-type"


@pytest.mark.parametrize("typ", ["dc+sd-jwt", "DC+SD-JWT", "application/dc+sd-jwt"])
def test_t12_a_token_of_its_own_type_is(typ: str) -> None:
    assert World().verify(crafted(CLAIMS, typ=typ).text().encode()).verdict is Verdict.VALID


def test_t12_a_credential_of_one_kind_is_none_of_the_other() -> None:
    assert refusal(crafted(CLAIMS, typ=VC.typ)) == "invalid: required-claim-missing"
    assert refusal(crafted(DOCUMENT, typ=DC.typ)) == "invalid: required-claim-missing"


def test_t12_a_plain_token_with_a_tilde_is_no_credential() -> None:
    plain = vc_jwt.sign(DOCUMENT, signer=SIGNER, verification_method=HUB_KEY)

    assert refusal(plain + "~") == "invalid: token-type"
    assert World().verify(plain.encode()).verdict is Verdict.VALID


@both
def test_t12_a_credential_without_its_tilde_is_refused(
    profile: Profile, claims: JsonObject
) -> None:
    assert refusal(made(profile, claims).jwt) == "invalid: token-type"


# T14: the rest of its rows is in the tests of the processing.


def test_t14_a_changed_disclosure_is_refused_with_its_own_code() -> None:
    issued = made()
    other = base64url.encode(json.dumps(["salt", "name", "Somebody Else"]).encode())

    swapped = SdJwt(jwt=issued.jwt, disclosures=(*issued.disclosures[1:], other))
    assert refusal(swapped) == "invalid: unreferenced-disclosure"
    twice = SdJwt(jwt=issued.jwt, disclosures=(*issued.disclosures, issued.disclosures[0]))
    assert refusal(twice) == "invalid: repeated-disclosure"


def test_the_json_serialization_is_named_and_refused() -> None:
    protected, payload, signature = made().jwt.split(".")
    flattened: JsonObject = {
        "header": {"disclosures": []},
        "protected": protected,
        "payload": payload,
        "signature": signature,
    }
    general: JsonObject = {"payload": payload, "signatures": [{"protected": protected}]}

    for document in (flattened, general):
        assert refusal(canonical(document).decode()) == "invalid: token-json-serialization"


# T15: what nobody may hide.


@pytest.mark.parametrize("name", ["iss", "vct", "exp", "nbf", "cnf", "credentialStatus"])
def test_t15_a_claim_that_everybody_must_see_is_not_hidden(name: str) -> None:
    token = crafted(CLAIMS, [(name,)])

    assert refusal(token) == "invalid: required-claim-missing"
    if name not in {"nbf", "cnf"}:
        hidden = present(token, [])
        assert refusal(hidden) == "invalid: required-claim-missing"
    with pytest.raises(InvalidClaimError):
        made(disclosable=[(name,)])


@pytest.mark.parametrize("name", ["issuer", "validFrom", "validUntil", "credentialStatus"])
def test_t15_a_member_that_everybody_must_see_is_not_hidden(name: str) -> None:
    assert refusal(crafted(DOCUMENT, [(name,)], typ=VC.typ)) == "invalid: required-claim-missing"
    with pytest.raises(InvalidClaimError):
        made(VC, DOCUMENT, disclosable=[(name,)])


@pytest.mark.parametrize("shown", [True, False])
def test_t15_no_part_of_such_a_claim_is_hidden(shown: bool) -> None:  # noqa: FBT001 - a case
    token = crafted(CLAIMS, [("credentialStatus", "statusListIndex")])

    presented = token if shown else present(token, [])
    assert refusal(presented) == "invalid: required-claim-missing"


@pytest.mark.parametrize(("profile", "end"), [(DC, "exp"), (VC, "validUntil")])
def test_t15_where_something_is_hidden_an_end_and_a_status_are_there(
    profile: Profile, end: str
) -> None:
    claims = CLAIMS if profile is DC else DOCUMENT
    for missing in (end, "credentialStatus"):
        fewer = {name: value for name, value in claims.items() if name != missing}
        token = crafted(fewer, [("awardedDate",)], typ=profile.typ)
        assert World().verify(token.text().encode()).verdict is Verdict.VALID
        assert refusal(present(token, [])) == "invalid: required-claim-missing"
    whole = present(crafted(claims, [("awardedDate",)], typ=profile.typ), [])
    assert World().verify(whole.text().encode()).verdict is Verdict.VALID


# T16: key binding, by the policy of whoever verifies.

POLICY = KeyBindingPolicy(audience="https://employer.example", nonce="n-1")


def checked(data: SdJwt, policy: KeyBindingPolicy | None) -> None:
    secured = SdJwtSecured.parse(data.text(), policy)
    secured.check_proof(suites={}, dids=World(), now=NOON)


def test_t16_the_holder_shows_that_the_credential_is_theirs() -> None:
    shown = present(made(), [NAME])

    checked(key_binding.bind(shown, policy=POLICY, signer=HOLDER, issued_at=NOON), POLICY)
    checked(shown, None)


def test_t16_whoever_cannot_is_refused_whatever_was_handed_in() -> None:
    bound = key_binding.bind(made(), policy=POLICY, signer=HOLDER, issued_at=NOON)
    for data, policy, code in (
        (made(), POLICY, "key-binding-missing"),
        (bound, None, "key-binding-unexpected"),
        (bound, KeyBindingPolicy(audience="x", nonce="n-1"), "key-binding-audience"),
    ):
        with pytest.raises(VerificationError) as caught:
            checked(data, policy)
        assert caught.value.code == code


def test_t16_a_copy_that_was_made_for_somebody_else_is_refused_at_the_door() -> None:
    bound = key_binding.bind(made(), policy=POLICY, signer=HOLDER, issued_at=NOON)

    assert refusal(bound, Check.PROOF) == "invalid: key-binding-unexpected"


# T17: what is said twice.


@pytest.mark.parametrize(
    ("members", "claim"),
    [
        ({"validFrom": "2020-01-01T00:00:00Z"}, "validFrom"),
        ({"validUntil": "2099-01-01T00:00:00Z"}, "validUntil"),
        ({"id": "https://hub.example/c/2"}, "id"),
        ({"type": ["VerifiableCredential"]}, "type"),
        ({"@context": []}, "@context"),
        ({"name": "Master of Arts"}, "name"),
        ({"issuer": {"id": "did:web:other.example"}}, "iss"),
        ({"issuer": "did:web:other.example"}, "iss"),
        ({"vct": "https://hub.example/another"}, "vct"),
        ({"status": {"status_list": {"idx": 1, "uri": "https://x.example"}}}, "status"),
    ],
)
def test_t17_claims_that_say_something_twice_are_refused(
    members: dict[str, JsonValue], claim: str
) -> None:
    with pytest.raises(VerificationError) as caught:
        SdJwtSecured.parse(crafted(CLAIMS | members).text())

    assert caught.value.code == "claim-mismatch"
    assert getattr(caught.value, "claim", claim) == claim


def test_t17_an_achievement_that_is_none_is_refused() -> None:
    claims = CLAIMS | {"credentialSubject": {"type": "AchievementSubject"}}

    with pytest.raises(VerificationError) as caught:
        SdJwtSecured.parse(crafted(claims).text())

    assert caught.value.code == "claim-mismatch"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "did:web:other.example"},
        {"jti": "https://hub.example/c/2"},
        {"sub": "did:example:other"},
    ],
)
def test_t17_a_w3c_token_that_contradicts_its_document_is_refused(claims: JsonObject) -> None:
    assert refusal(crafted(DOCUMENT | claims, typ=VC.typ)) == "invalid: claim-mismatch"


def test_a_signature_by_jose_alone_is_the_same_signature() -> None:
    header: JsonObject = {"typ": DC.typ, "kid": HUB_KEY}

    token = SdJwt(jwt=jose.sign(header, canonical(CLAIMS), signer=SIGNER))

    assert World().verify(token.text().encode()).verdict is Verdict.VALID


def test_an_envelope_holds_only_what_it_says() -> None:
    def enveloped(token: SdJwt, media_type: str = VC.typ) -> bytes:
        return canonical(
            {
                "@context": "https://www.w3.org/ns/credentials/v2",
                "type": "EnvelopedVerifiableCredential",
                "id": f"data:application/{media_type},{token.text()}",
            }
        )

    report = World().verify(enveloped(made(VC, DOCUMENT)))
    assert report.verdict is Verdict.VALID
    assert report.credential == DOCUMENT
    assert refusal(enveloped(made()).decode()) == "invalid: token-type"
    assert refusal(enveloped(made(), DC.typ).decode()) == "indeterminate: unknown-envelope"
