"""W3C Data Integrity proofs: made, chosen and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credhub import instants
from credhub.errors import (
    DuplicateProofError,
    MalformedInstantError,
    MalformedProofError,
    PreviousProofError,
    ProofExpiredError,
    UnknownSuiteError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import ed25519_signature_2020
from credhub.proofs.signer import Signer
from credhub.proofs.suite import Suite
from credhub.public_key import PublicKey

VARYING: Final[Mapping[str, None]] = {"created": None}
"""What changes in the options of one key's proofs."""

MAX_PROOFS: Final = 5
PROOF_TYPE: Final = "DataIntegrityProof"
ASSERTION: Final = "assertionMethod"
"""The purpose of a proof of a credential."""

AUTHENTICATION: Final = "authentication"
"""The purpose of a proof of a presentation."""

TYPES: Final = frozenset({ed25519_signature_2020.NAME})
"""Types of proofs that name no cryptosuite, because there is one only."""

_NOTHING: Final[JsonObject] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProof:
    """One proof by a cryptosuite that we know.

    Attributes:
        proof: The proof as it stands in the document.
        suite: Its cryptosuite.
        verification_method: The key that it names.
        ignored: The cryptosuites of the document's other proofs, which we do not know.
    """

    proof: JsonObject
    suite: Suite
    verification_method: str
    ignored: tuple[str, ...]


def sign(  # noqa: PLR0913 - a proof says all of this
    document: JsonObject,
    *,
    suite: Suite,
    signer: Signer,
    verification_method: str,
    created: datetime,
    purpose: str = ASSERTION,
    options: JsonObject = _NOTHING,
) -> JsonObject:
    """Sign a document, beside the proofs that it may have already or on top of them.

    Args:
        document: The document, with the proofs that it has so far.
        suite: How to sign.
        signer: What signs.
        verification_method: The DID URL of the signer's public key.
        created: When the proof is made.
        purpose: What the signer means by it.
        options: Further members of the proof, such as ``id``, ``expires``, ``challenge`` and
            ``domain``. ``previousProof`` names the proofs that the new one builds on, and covers.

    Returns:
        The document with the new proof as the last in ``proof``, an array even of one, as the
        Open Badges schema wants it.

    Raises:
        MalformedProofError: The document has too many proofs, or malformed ones.
        PreviousProofError: It has not the proof that the new one is to build on.
        DuplicateProofError: It has one with the same id.

    Source:
        W3C VC Data Integrity 1.0, sections 4.2 (Add Proof) and 4.3 (Add Proof Set/Chain).
    """
    own: JsonObject = {
        "type": PROOF_TYPE,
        "cryptosuite": suite.name,
        "created": instants.text_of(created),
        "verificationMethod": verification_method,
        "proofPurpose": purpose,
    }
    given = {name: value for name, value in options.items() if name != "proofValue"}
    proof = suite.options(document, {**own, **given, **own})
    others = proofs_of(document) if "proof" in document else []
    if len(others) == MAX_PROOFS:
        raise MalformedProofError(f"The document has {MAX_PROOFS} proofs already.")
    covered = _what_is_signed(document, proof, others)
    proof = {**proof, "proofValue": suite.proof_value(covered, proof, signer)}
    _check_distinct([*others, proof])
    return {**document, "proof": [*others, proof]}


def verify(
    document: JsonObject,
    proof: JsonObject,
    *,
    suite: Suite,
    public_key: PublicKey,
    purpose: str = ASSERTION,
) -> None:
    """Check one proof of a document, not those that it builds on.

    Args:
        document: The document as it was received, with all its proofs.
        proof: One of them.
        suite: The cryptosuite that the proof names.
        public_key: The key that the proof names.
        purpose: What the proof must be for.

    Raises:
        VerificationError: The proof is malformed or its signature does not fit.

    Source:
        W3C VC Data Integrity 1.0, sections 4.4 (Verify Proof) and 4.5 (proof chains).
    """
    _check_shape(proof, document, purpose)
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    covered = _what_is_signed(document, proof, proofs_of(document))
    suite.check(covered, options, str(proof["proofValue"]), public_key)


def check_in_force(proof: JsonObject, now: datetime) -> None:
    """Check that a proof has not ended.

    Args:
        proof: A genuine proof.
        now: The time of the verification.

    Raises:
        ProofExpiredError: It has.
        MalformedProofError: Its end is not a time.

    Source:
        W3C VC Data Integrity 1.0, section 2.1 (expires).
    """
    ends = end_of(proof)
    if ends is not None and now >= ends:
        raise ProofExpiredError("The proof has ended.")


def end_of(proof: JsonObject) -> datetime | None:
    """Read when a proof ends, if it says so.

    Raises:
        MalformedProofError: Its end is not a time.
    """
    expires = proof.get("expires")
    if expires is None:
        return None
    try:
        return instants.parse(str(expires))
    except MalformedInstantError as error:
        raise MalformedProofError("The proof's expires is not a time.") from error


def known_proofs(
    document: JsonObject, suites: Mapping[str, Suite], *, purpose: str = ASSERTION
) -> tuple[KnownProof, ...]:
    """List the proofs by cryptosuites that we know: each of them has to be genuine.

    Args:
        document: The document with its proofs.
        suites: The cryptosuites that we know, by name.
        purpose: What the proofs must be for.

    Raises:
        MalformedProofError: There is no proof, there are too many, or one that we know is not
            shaped as it must be or is for something else.
        DuplicateProofError: A proof is there twice.
        PreviousProofError: A proof builds on one that is not there.
        UnknownSuiteError: We know none of the cryptosuites.
    """
    proofs = proofs_of(document)
    _check_distinct(proofs)
    for proof in proofs:
        _previous(proof, proofs)
    known = [proof for proof in proofs if _suite_name(proof) in suites]
    ignored = tuple(_suite_name(proof) for proof in proofs if proof not in known)
    if not known:
        raise UnknownSuiteError(ignored)
    for proof in known:
        _check_shape(proof, document, purpose)
    return tuple(
        KnownProof(
            proof=proof,
            suite=suites[_suite_name(proof)],
            verification_method=str(proof["verificationMethod"]),
            ignored=ignored,
        )
        for proof in known
    )


def issuer_proof(document: JsonObject, suites: Mapping[str, Suite]) -> KnownProof:
    """Take the one known proof of a document that was made here.

    Raises:
        MalformedProofError: There is none, or more than one that we know.
        VerificationError: As ``known_proofs``.
    """
    known = known_proofs(document, suites)
    if len(known) > 1:
        raise MalformedProofError("The document has more than one proof that could decide.")
    return known[0]


def proofs_of(document: JsonObject) -> list[JsonObject]:
    """List a document's proofs.

    Raises:
        MalformedProofError: There is none, there are more than five, or one is not an object.
    """
    value = document.get("proof")
    proofs = value if isinstance(value, list) else [value]
    if not 1 <= len(proofs) <= MAX_PROOFS:
        raise MalformedProofError(f"The document has not one to {MAX_PROOFS} proofs.")
    objects = [proof for proof in proofs if isinstance(proof, dict)]
    if len(objects) != len(proofs):
        raise MalformedProofError("The document has no proof, or one that is not an object.")
    return objects


def _check_shape(proof: JsonObject, document: JsonObject, purpose: str) -> None:
    if proof.get("type") != _type_of(proof) or proof.get("proofPurpose") != purpose:
        raise MalformedProofError(f"The proof is not of its type, or not for {purpose}.")
    for name in ("verificationMethod", "proofValue"):
        if not isinstance(proof.get(name), str):
            raise MalformedProofError(f"The proof has no {name}.")
    if proof.get("@context", document.get("@context")) != document.get("@context"):
        raise MalformedProofError("The proof brings another @context than the document.")


def _type_of(proof: JsonObject) -> str:
    # The name of such a type is no cryptosuite: a proof that says so is of no type.
    name = _suite_name(proof)
    if name not in TYPES:
        return PROOF_TYPE
    return name if "cryptosuite" not in proof else ""


def _check_distinct(proofs: list[JsonObject]) -> None:
    if len(proofs) == 1:
        return
    seen: set[bytes] = set()
    for proof in proofs:
        marks = {canonical(proof), canonical([proof.get("proofValue")])}
        if "id" in proof:
            marks.add(canonical({"id": proof["id"]}))
        if marks & seen:
            raise DuplicateProofError
        seen |= marks


def _what_is_signed(
    document: JsonObject, proof: JsonObject, proofs: list[JsonObject]
) -> JsonObject:
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    previous: list[JsonValue] = list(_previous(proof, proofs))
    return {**unsigned, "proof": previous} if previous else unsigned


def _previous(proof: JsonObject, proofs: list[JsonObject]) -> list[JsonObject]:
    value = proof.get("previousProof", [])
    wanted = value if isinstance(value, list) else [value]
    found = [other for other in proofs if other is not proof and other.get("id") in wanted]
    if not all(isinstance(one, str) for one in wanted) or len(found) != len(wanted):
        raise PreviousProofError("A proof builds on another one that is not there.")
    return found


def _suite_name(proof: JsonObject) -> str:
    return str(proof.get("cryptosuite", proof.get("type")))
