"""An SD-JWT with the holder's own token is a presentation. Names carry rows of THREATS.md."""

from datetime import timedelta

import pytest

from credhub import jwk
from credhub.credentials import sd_jwt_claims
from credhub.dids import did_jwk
from credhub.jsontypes import JsonObject, canonical
from credhub.proofs import jose
from credhub.proofs.sd_jwt import credential, key_binding
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.key_binding import KeyBindingPolicy
from credhub.proofs.sd_jwt.presenting import present
from credhub.proofs.sd_jwt.profiles import DC
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType
from credhub.verification.presentation_report import PresentationReport, Presenter
from credhub.verification.presentations import verify_presentation
from credhub.verification.report import Verdict
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner
from tests.unit.proofs.sd_jwt.making import salts
from tests.unit.verification.world import HUB_DID, HUB_KEY, World

HOLDER = EcMemorySigner(KeyType.P256)
DOCUMENT = sd_jwt_claims.without_schema(factories.credential(did=HUB_DID))
CLAIMS = sd_jwt_claims.to_claims(DOCUMENT, issued_at=NOON, holder_key=jwk.encode(key_of(HOLDER)))
ASKED = KeyBindingPolicy(audience="https://employer.example", nonce="n-1")


def issued(claims: JsonObject = CLAIMS, *, signer: Signer | None = None) -> SdJwt:
    return credential.sign(
        claims,
        profile=DC,
        disclosable=sd_jwt_claims.disclosable(DOCUMENT),
        signer=signer or MemorySigner(),
        verification_method=HUB_KEY,
        randomness=salts(),
    )


def bound(sd_jwt: SdJwt | None = None, *, signer: Signer = HOLDER) -> SdJwt:
    return key_binding.bind(sd_jwt or issued(), policy=ASKED, signer=signer, issued_at=NOON)


def judged(
    sd_jwt: SdJwt,
    *,
    challenge: str | None = ASKED.nonce,
    domain: str | None = ASKED.audience,
    after: timedelta = timedelta(minutes=1),
) -> PresentationReport:
    return verify_presentation(
        sd_jwt.text().encode(),
        context=World().context(),
        now=NOON + after,
        challenge=challenge,
        domain=domain,
    )


def codes(report: PresentationReport) -> list[str]:
    return [one.code for one in report.checks]


def test_the_holder_of_the_key_presents() -> None:
    report = judged(bound())

    assert report.verdict is Verdict.VALID
    assert codes(report) == ["passed"] * 5
    assert report.holder == did_jwk.did_of(key_of(HOLDER))
    [inside] = report.credentials
    assert inside.presenter is Presenter.SUBJECT
    assert inside.report.credential == DOCUMENT


def test_the_holder_may_show_a_part() -> None:
    report = judged(bound(present(issued(), ())))

    assert report.verdict is Verdict.VALID
    assert report.credentials[0].report.credential != DOCUMENT


def test_t16_a_token_without_the_holder_s_own_answers_nothing() -> None:
    stripped = judged(issued())
    unasked = judged(issued(), challenge=None, domain=None)

    assert stripped.verdict is Verdict.INVALID
    assert codes(stripped)[-1] == "challenge-mismatch"
    assert unasked.verdict is Verdict.VALID
    assert unasked.holder is None
    assert unasked.credentials[0].presenter is Presenter.UNKNOWN


def test_t16_an_answer_for_another_occasion_is_refused() -> None:
    assert codes(judged(bound(), challenge="n-2"))[-1] == "challenge-mismatch"
    assert codes(judged(bound(), domain="https://evil.example"))[-1] == "domain-mismatch"
    assert codes(judged(bound(), after=timedelta(hours=1)))[2] == "key-binding-time"
    assert codes(judged(bound(), challenge=None, domain=None))[-1] == "nothing-asked"


def test_t16_disclosures_cannot_be_swapped_under_it() -> None:
    swapped = SdJwt(
        jwt=issued().jwt,
        disclosures=issued().disclosures[:1],
        key_binding=bound().key_binding,
    )

    assert codes(judged(swapped))[2] == "key-binding-mismatch"


def test_another_key_presents_nothing() -> None:
    assert codes(judged(bound(signer=EcMemorySigner(KeyType.P256, 9))))[2] == "bad-signature"


def test_a_token_that_the_issuer_did_not_sign_is_invalid() -> None:
    report = judged(bound(issued(signer=MemorySigner(66))))

    assert report.verdict is Verdict.INVALID
    assert codes(report) == ["passed"] * 5
    assert report.credentials[0].presenter is Presenter.UNKNOWN


@pytest.mark.parametrize("said", [{}, {"nonce": "n"}, {"aud": "a"}, {"nonce": 1, "aud": "a"}])
def test_a_holder_s_token_without_its_claims_is_refused(said: JsonObject) -> None:
    token = jose.sign({"typ": "kb+jwt"}, canonical({"iat": 1, **said}), signer=HOLDER)
    sd_jwt = SdJwt(jwt=issued().jwt, disclosures=issued().disclosures, key_binding=token)

    assert codes(judged(sd_jwt))[2] == "malformed-key-binding"


@pytest.mark.parametrize("typ", ["JWT", "vc+jwt", "vp+jwt", "dc+sd-jwt"])
def test_t12_another_token_is_not_the_holder_s_own(typ: str) -> None:
    claims: JsonObject = {"iat": 1, "nonce": ASKED.nonce, "aud": ASKED.audience}
    token = jose.sign({"typ": typ}, canonical(claims), signer=HOLDER)
    sd_jwt = SdJwt(jwt=issued().jwt, disclosures=issued().disclosures, key_binding=token)

    assert codes(judged(sd_jwt))[2] == "token-type"
