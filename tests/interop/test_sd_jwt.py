"""SD-JWT VCs between us and two implementations that we did not write, in both directions."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path as File

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
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON
from tests.unit.proofs.sd_jwt.making import salts
from tests.unit.verification.world import World

pytestmark = pytest.mark.interop

HERE = File(__file__).parent / "sd_jwt"
OFFLINE = (
    *("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH"),
    "(from versions: none)",  # All that pip says when it is told to be quiet.
)
ISSUER, HOLDER, THIEF = (EcMemorySigner(KeyType.P256, seed) for seed in (1, 2, 3))
DOCUMENT = sd_jwt_claims.without_schema(factories.credential(did=ISSUER.did))
CLAIMS = sd_jwt_claims.to_claims(DOCUMENT, issued_at=NOON, holder_key=jwk.encode(key_of(HOLDER)))
HIDDEN = sd_jwt_claims.disclosable(CLAIMS)
SHOWN: tuple[Path, ...] = (("credentialSubject", "name"), ("evidence", 0))
POLICY = KeyBindingPolicy(audience="https://employer.example", nonce="n-1")
LATER = NOON + timedelta(days=1)

Work = Callable[[list[JsonObject]], list[JsonObject]]


def run(command: Sequence[str | File], folder: File, given: str = "", **environment: str) -> str:
    program = shutil.which(command[0])
    if program is None:
        pytest.skip(f"{command[0]} is not installed: THE PACKAGES OF OTHERS WERE NOT TRIED")
    done = subprocess.run(  # noqa: S603 - our own command line
        [program, *map(str, command[1:])],
        cwd=folder,
        env=os.environ | environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and any(sign in done.stdout + done.stderr for sign in OFFLINE):
        pytest.skip("a package registry cannot be reached: THE PACKAGES OF OTHERS WERE NOT TRIED")
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_javascript(folder: File) -> Work:
    for name in ("package.json", "package-lock.json", "work.mjs"):
        shutil.copy(HERE / name, folder)
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)

    def work(tasks: list[JsonObject]) -> list[JsonObject]:
        answers: list[JsonObject] = json.loads(run(["node", "work.mjs"], folder, json.dumps(tasks)))
        return answers

    return work


def in_python(folder: File) -> Work:
    install = "-m pip install --quiet --disable-pip-version-check --no-deps --require-hashes"
    requirements = HERE / "requirements.txt"
    run([sys.executable, *install.split(), "--target", folder, "-r", requirements], folder)

    def work(tasks: list[JsonObject]) -> list[JsonObject]:
        program: list[str | File] = [sys.executable, HERE / "work.py"]
        text = run(program, folder, json.dumps(tasks), PYTHONPATH=str(folder))
        answers: list[JsonObject] = json.loads(text)
        return answers

    return work


@pytest.fixture(scope="module", params=[in_javascript, in_python])
def others(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Work:
    begin: Callable[[File], Work] = request.param
    return begin(tmp_path_factory.mktemp("sd-jwt"))


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
