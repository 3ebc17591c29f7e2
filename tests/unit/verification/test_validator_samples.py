"""The badges with which 1EdTech tests its own validator, good and bad.

They are the folder ``inspector-vc/src/test/resources`` of
github.com/1EdTech/digital-credentials-public-validator, found as ``openbadges-validator`` among
the published vectors. Their issuers are made up and publish nothing. Where a proof names its key by
an address whose fragment is the key, the issuer is taken to publish just that; so the signatures
are checked, and nothing is said about whose they are.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credhub.dids import key_document
from credhub.dids.document import DidDocument
from credhub.errors import DidNotResolvedError, MalformedJsonError
from credhub.jsontypes import JsonObject, JsonValue, parse_object
from credhub.proofs.suites import suites
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Check, Outcome, Report
from credhub.verification.verify import verify
from tests import vectors
from tests.unit import factories
from tests.unit.verification.world import World, result

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GOOD = (
    "simple.json",
    "simple.1ob",
    "simple_v1.json",
    "simple-context-alias.json",
    "simple-context-version.json",
    "simple-multiple-proofs.json",
)
# What is wrong with the others, as the first check that did not pass says it.
BAD = {
    "simple-err-context.json": (Check.STRUCTURE, "not-a-credential"),
    "simple-err-credential-subject-achievement-result-description-type.json": (
        Check.PROOF,
        "data-loss",
    ),
    "simple-err-credential-subject-identifier-type.json": (Check.PROOF, "data-loss"),
    "simple-err-credential-subject-profile-type.json": (Check.PROOF, "data-loss"),
    "simple-err-credential-subject-result-type.json": (Check.PROOF, "data-loss"),
    "simple-err-credential-subject-type.json": (Check.STRUCTURE, "malformed-credential"),
    "simple-err-evidence-type.json": (Check.PROOF, "data-loss"),
    "simple-err-expired.json": (Check.VALIDITY, "expired"),
    "simple-err-issued.json": (Check.STRUCTURE, "malformed-credential"),
    "simple-err-issuer.json": (Check.STRUCTURE, "malformed-issuer"),
    "simple-err-issuer-otheridentifier-type.json": (Check.PROOF, "data-loss"),
    "simple-err-issuer-parentorg-type.json": (Check.PROOF, "data-loss"),
    "simple-err-issuer-type.json": (Check.PROOF, "data-loss"),
    "simple-err-proof-method.json": (Check.PROOF, "did-not-resolved"),
    "simple-err-proof-method-no-scheme.json": (Check.PROOF, "did-syntax"),
    "simple-err-proof-method-unknown-did-method.json": (Check.PROOF, "did-syntax"),
    "simple-err-proof-method-unknown-scheme.json": (Check.PROOF, "did-syntax"),
    "simple-err-proof-value.json": (Check.PROOF, "bad-signature"),
    "simple-err-type.json": (Check.PROOF, "data-loss"),
    "simple-noproof.json": (Check.STRUCTURE, "malformed-credential"),
    # A suite that was called otherwise while it was a draft.
    "simple-eddsa-2022.json": (Check.PROOF, "unknown-cryptosuite"),
    # Its key is that of a did:key, and its issuer is somebody with a number.
    "simple-did-key-method.json": (Check.ISSUER_BINDING, "issuer-key-mismatch"),
    # It says that it is a badge, and holds no achievement.
    "simple.jwt": (Check.STRUCTURE, "malformed-credential"),
    # It says two days from which it is valid.
    "velocity.jwt": (Check.PARSE, "claim-mismatch"),
}


def sample(name: str) -> bytes:
    folder = vectors.folder() / "openbadges-validator"
    if not folder.is_dir():
        pytest.skip(
            "no samples of 1EdTech's validator: put what is in inspector-vc/src/test/resources "
            "and in inspector-clr/src/test/resources of "
            "github.com/1EdTech/digital-credentials-public-validator beside the other vectors as "
            "openbadges-validator"
        )
    return Path(folder / name).read_bytes()


@dataclass(kw_only=True)
class Publishing(World):
    """The issuers publish the keys that the proofs hold in their fragments."""

    data: bytes

    def resolve(self, did: str) -> DidDocument:
        if not did.startswith("https://"):
            return super().resolve(did)
        keys: list[JsonValue] = [key for key in keys_in(self.data) if key["controller"] == did]
        if not keys:
            raise DidNotResolvedError(did)
        return key_document.read({"id": did, "assertionMethod": keys}, url=did)


def keys_in(data: bytes) -> list[JsonObject]:
    try:
        proofs = parse_object(data).get("proof", [])
    except MalformedJsonError:
        return []
    listed = proofs if isinstance(proofs, list) else [proofs]
    named = (str(one.get("verificationMethod")) for one in listed if isinstance(one, dict))
    return [
        {"id": name, "type": "Multikey", "controller": base, "publicKeyMultibase": text}
        for name, base, text in ((name, *name.split("#", 1)) for name in named if "#z6Mk" in name)
        if len(text) == len("z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi")
    ]


def judged(name: str) -> Report:
    world = Publishing(data=sample(name), position=None)
    context = VerifierContext(
        suites=suites(factories.canonicalizer()),
        dids=world,
        schemas=world,
        statuses=world,
        ledgers=world,
        trust=world,
    )
    return verify(world.data, context=context, now=NOW)


def reason(report: Report) -> tuple[Check, str]:
    bad = (Outcome.FAILED, Outcome.UNKNOWN)
    return next((one.check, one.code) for one in report.checks if one.outcome in bad)


@pytest.mark.parametrize("name", GOOD)
def test_the_good_badges_are_genuine(name: str) -> None:
    report = judged(f"ob30/{name}")

    assert reason(report) == (Check.TRUST, "issuer-not-known")
    assert report.credential is not None


@pytest.mark.parametrize("name", sorted(BAD))
def test_the_others_are_refused_for_what_is_wrong_with_them(name: str) -> None:
    assert reason(judged(f"ob30/{name}")) == BAD[name]


def test_a_badge_with_its_rsa_key_beside_it_is_genuine_and_nobodys() -> None:
    report = judged("clr20/simple.jwt")

    assert result(report, Check.PROOF).outcome is Outcome.PASSED
    assert reason(report) == (Check.ISSUER_BINDING, "key-came-along")
    assert report.credential is None
