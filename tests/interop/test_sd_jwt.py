"""SD-JWT VCs between us and two implementations that we did not write, in both directions."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest

from credhub import base64url, jwk
from credhub.credentials import sd_jwt_claims
from credhub.errors import VerificationError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.sd_jwt import credential, key_binding
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.disclosures import Path
from credhub.proofs.sd_jwt.key_binding import KeyBindingPolicy
from credhub.proofs.sd_jwt.presenting import present
from credhub.proofs.sd_jwt.profiles import DC
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType
from credhub.verification.report import Verdict
from credhub.verification.sd_jwt_secured import SdJwtSecured
from tests.interop.packages import Installed, from_npm, from_pypi
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON
from tests.unit.proofs.sd_jwt.making import salts
from tests.unit.verification.world import World

pytestmark = pytest.mark.interop

ISSUER, HOLDER, THIEF = (EcMemorySigner(KeyType.P256, seed) for seed in (1, 2, 3))
DOCUMENT = sd_jwt_claims.without_schema(factories.credential(did=ISSUER.did))
CLAIMS = sd_jwt_claims.to_claims(DOCUMENT, issued_at=NOON, holder_key=jwk.encode(key_of(HOLDER)))
HIDDEN = sd_jwt_claims.disclosable(CLAIMS)
SHOWN: tuple[Path, ...] = (("credentialSubject", "name"), ("evidence", 0))
POLICY = KeyBindingPolicy(audience="https://employer.example", nonce="n-1")
LATER = NOON + timedelta(days=1)

Work = Callable[[list[JsonObject]], list[JsonObject]]


@pytest.fixture(scope="module", params=[from_npm, from_pypi])
def others(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Work:
    install: Callable[..., Installed] = request.param
    return install("sd_jwt", tmp_path_factory.mktemp("sd-jwt")).ask


def public(signer: EcMemorySigner) -> JsonObject:
    return jwk.encode(key_of(signer))


def private(signer: EcMemorySigner, seed: int) -> JsonObject:
    number = (seed + 1000).to_bytes(32, "big")
    return public(signer) | {"d": base64url.encode(number)}


def paths(places: Iterable[Path]) -> list[JsonValue]:
    return [list(place) for place in sorted(places, key=str)]


def binding(at: datetime = NOON) -> JsonObject:
    return {"aud": POLICY.audience, "nonce": POLICY.nonce, "iat": int(at.timestamp())}


def verifying(
    token: SdJwt, key: JsonObject | None = None, bound: JsonObject | None = None
) -> JsonObject:
    task: JsonObject = {
        "do": "verify",
        "token": token.text(),
        "key": key or public(ISSUER),
        "now": int(LATER.timestamp()),
    }
    return task | ({"binding": bound} if bound else {})


def issuing() -> JsonObject:
    return {
        "do": "issue",
        "claims": CLAIMS,
        "hidden": paths(HIDDEN),
        "key": private(ISSUER, 1),
        "kid": ISSUER.method,
    }


def ours() -> SdJwt:
    return credential.sign(
        CLAIMS,
        profile=DC,
        disclosable=HIDDEN,
        signer=ISSUER,
        verification_method=ISSUER.method,
        randomness=salts(),
    )


def token_in(answer: JsonObject) -> str:
    assert "token" in answer, answer
    return str(answer["token"])


def test_others_verify_what_we_issue_show_and_bind(others: Work) -> None:
    shown = present(ours(), SHOWN)
    bound = key_binding.bind(shown, policy=POLICY, signer=HOLDER, issued_at=NOON)

    answers = others(
        [verifying(ours()), verifying(shown), verifying(bound, bound=binding())],
    )

    partly = SdJwtSecured.parse(shown.text()).credential.claims
    assert answers == [{"claims": CLAIMS}, {"claims": partly}, {"claims": partly}]


def test_others_refuse_what_was_changed(others: Work) -> None:
    token = ours()
    by_thief = key_binding.bind(token, policy=POLICY, signer=THIEF, issued_at=NOON)
    head, _, signature = token.jwt.rpartition(".")
    forged = SdJwt(jwt=f"{head}.{signature[::-1]}", disclosures=token.disclosures)

    answers = others(
        [
            verifying(forged),
            verifying(token, key=public(THIEF)),
            verifying(by_thief, bound=binding()),
        ]
    )

    assert ["error" in answer for answer in answers] == [True] * 3


def test_we_verify_what_others_issue(others: Work) -> None:
    [issued] = others([issuing()])

    report = World(position=None).verify(token_in(issued).encode())

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert report.credential == DOCUMENT


def test_we_verify_what_others_show_of_ours_and_of_theirs(others: Work) -> None:
    [issued] = others([issuing()])
    for token in (ours().text(), token_in(issued)):
        task: JsonObject = {"do": "present", "token": token, "shown": paths(SHOWN)}
        bound: JsonObject = {"holder": private(HOLDER, 2), "binding": binding(datetime.now(UTC))}

        shown, with_key = map(token_in, others([task, task | bound]))

        wanted = SdJwtSecured.parse(present(SdJwt.parse(token), SHOWN).text())
        assert SdJwtSecured.parse(shown).document == wanted.document
        proved = SdJwtSecured.parse(with_key, POLICY)
        proved.check_proof(suites={}, dids=World(), now=datetime.now(UTC))
        assert proved.document == wanted.document


def test_we_refuse_what_was_changed_of_theirs(others: Work) -> None:
    [issued] = others([issuing()])
    token = SdJwt.parse(token_in(issued))
    head, _, signature = token.jwt.rpartition(".")
    changed = [
        SdJwt(jwt=f"{head}.{signature[::-1]}", disclosures=token.disclosures),
        SdJwt(jwt=token.jwt, disclosures=(*token.disclosures[1:], token.disclosures[0][::-1])),
    ]

    for one in changed:
        with pytest.raises(VerificationError):
            SdJwtSecured.parse(one.text()).check_proof(suites={}, dids=World(), now=LATER)
