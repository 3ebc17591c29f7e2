"""The credentials that 1EdTech signed for its implementation guides, which give every value."""

import re
from hashlib import sha256

import pytest
from pyoxigraph import RdfFormat, parse

from credhub import multikey
from credhub.errors import SignatureError
from credhub.jsontypes import JsonObject
from credhub.proofs import data_integrity, signatures
from credhub.proofs.contexts import OB_VERSIONS, VC
from credhub.proofs.hashed import HashedSuite
from credhub.proofs.quads import canonical_quads
from credhub.public_key import PublicKey
from tests import vectors
from tests.unit import factories

FOLDER = "openbadges-v3/examples/test-vectors"
# Open Badges 3.0 and CLR 2.0, implementation guides, "Proof value".
PROOF_VALUES = {
    "obv3p0": "z5x9aCBYovW3CQCbKdNyhEm7ffYSw1YpEdPywQJoNbzDD2gkzQDKJ1sYKJaWvqZtkMtSbz35HcbgXVEDYHxCzgkCr",  # noqa: E501 - one value
    "clrv2p0": "zF52sU1nfPAjcwCqtgxPNSor6SJnAzRBwZW5VNQXPt8xXCHkd39sgqj32DnMjhFCzbyHsLkhQ8HpBqQTkMgXy329",  # noqa: E501 - one value
}
STATEMENT = re.compile(r'(\S+) <([^>]+)> (?:<([^>]+)>|"([^"]*)"(?:\^\^\S+)?|(_:\S+)) \.')
OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
CREDENTIALS = "https://www.w3.org/2018/credentials#"
NAME = "https://schema.org/name"


def canonical_text(kind: str, part: str) -> str:
    return vectors.text(f"{FOLDER}/{kind}/{part}-canon.txt")


def key_of(kind: str) -> PublicKey:
    method = options(kind)["verificationMethod"]
    return multikey.decode(str(method).partition("#")[2])


def options(kind: str) -> JsonObject:
    said = statements(canonical_text(kind, "proof"))
    security = "https://w3id.org/security#"
    return {
        "type": "DataIntegrityProof",
        "created": said["_:c14n0", "http://purl.org/dc/terms/created"],
        "verificationMethod": said["_:c14n0", f"{security}verificationMethod"],
        "cryptosuite": said["_:c14n0", f"{security}cryptosuite"],
        "proofPurpose": said["_:c14n0", f"{security}proofPurpose"].removeprefix(security),
    }


def statements(text: str) -> dict[tuple[str, str], str]:
    """Read what is said once of each thing."""
    said = {}
    for line in text.splitlines():
        found = STATEMENT.fullmatch(line)
        assert found is not None, line
        of, what, *values = found.groups()
        said[of.strip("<>"), what] = next(value for value in values if value is not None)
    return said


def badge() -> JsonObject:
    """Write in JSON what the canonical form says."""
    said = statements(canonical_text("obv3p0", "document"))
    [root] = [of for of, what in said if what == f"{CREDENTIALS}credentialSubject"]
    issuer, subject = (
        said[root, f"{CREDENTIALS}issuer"],
        said[root, f"{CREDENTIALS}credentialSubject"],
    )
    achievement = said[subject, f"{OB}achievement"]
    criteria = said[achievement, f"{OB}Criteria"]
    return {
        "@context": [VC, OB_VERSIONS[0]],
        "id": root,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": said[root, NAME],
        "validFrom": said[root, f"{CREDENTIALS}validFrom"],
        "issuer": {
            "id": issuer,
            "type": ["Profile"],
            "name": said[issuer, NAME],
            "url": said[issuer, "https://schema.org/url"],
        },
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "achievement": {
                "id": achievement,
                "type": ["Achievement"],
                "name": said[achievement, NAME],
                "description": said[achievement, "https://schema.org/description"],
                "criteria": {"narrative": said[criteria, f"{OB}narrative"]},
            },
        },
    }


def suite() -> HashedSuite:
    return factories.suite()


def check(document: JsonObject) -> None:
    [proof] = data_integrity.proofs_of(document)
    data_integrity.verify(document, proof, suite=suite(), public_key=key_of("obv3p0"))


def signed() -> JsonObject:
    proof = options("obv3p0") | {"proofValue": PROOF_VALUES["obv3p0"]}
    return badge() | {"proof": [proof]}


def test_the_badge_of_the_guide_has_the_canonical_form_of_the_guide() -> None:
    text = factories.canonicalizer().canonical(badge()).decode()

    assert text == canonical_text("obv3p0", "document")


def test_the_signature_of_the_guide_is_believed() -> None:
    check(signed())


@pytest.mark.parametrize(
    "change",
    [{"name": "Leadership Badge"}, {"validFrom": "2011-01-01T00:00:00Z"}, {"id": "urn:uuid:1"}],
)
def test_and_not_for_another_badge(change: JsonObject) -> None:
    with pytest.raises(SignatureError):
        check(signed() | change)


@pytest.mark.parametrize("kind", PROOF_VALUES)
def test_both_guides_sign_the_two_hashes_of_their_canonical_forms(kind: str) -> None:
    # The contexts of comprehensive learner records are not among ours: only the form is read.
    hashes = []
    for part in ("proof", "document"):
        text = canonical_text(kind, part)
        assert canonical_quads(list(parse(text.encode(), RdfFormat.N_QUADS))).decode() == text
        hashes.append(sha256(text.encode()).digest())
    signature = multikey.decode_base58(PROOF_VALUES[kind])

    signatures.verify(key_of(kind), signature, b"".join(hashes))
    with pytest.raises(SignatureError):
        signatures.verify(key_of(kind), signature, b"".join(reversed(hashes)))
