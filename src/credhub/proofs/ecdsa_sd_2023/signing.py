"""What the signatures of both kinds of proofs cover."""

from collections.abc import Collection, Sequence
from hashlib import sha256

from credhub import multikey
from credhub.errors import MalformedProofError
from credhub.jsontypes import JsonObject
from credhub.proofs import signatures
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.public_key import PublicKey


def split(statements: Sequence[str], mandatory: Collection[int]) -> tuple[list[str], list[str]]:
    """Divide statements into the mandatory ones and the others, both in order."""
    chosen = set(mandatory)
    always = [one for number, one in enumerate(statements) if number in chosen]
    return always, [one for number, one in enumerate(statements) if number not in chosen]


def sign_data(options_hash: bytes, proof_key: PublicKey, mandatory: Sequence[str]) -> bytes:
    """Compute the bytes that the issuer signs.

    Args:
        options_hash: Of the proof's options.
        proof_key: The key that signs the other statements.
        mandatory: The statements that are always shown.

    Source:
        VC-DI-ECDSA 1.0, sections 3.4.17 (hashMandatoryNQuads) and 3.5.1 (serializeSignData).
    """
    mandatory_hash = sha256("".join(mandatory).encode()).digest()
    return options_hash + multikey.to_bytes(proof_key) + mandatory_hash


def options_hash(document: JsonObject, options: JsonObject, canonicalizer: Canonicalizer) -> bytes:
    """Compute the hash of a proof's options.

    Source:
        VC-DI-ECDSA 1.0, sections 3.6.3 and 3.6.4 (Base Proof Hashing and Configuration).
    """
    configured = {**options, "@context": document.get("@context")}
    return sha256(canonicalizer.canonical(configured)).digest()


def check_each(statements: Sequence[str], values: Sequence[bytes], proof_key: PublicKey) -> None:
    """Check that each statement has its signature.

    Raises:
        MalformedProofError: There are more of one than of the other.
        VerificationError: A signature does not fit, or the key is none.
    """
    if len(statements) != len(values):
        raise MalformedProofError("There are not as many signatures as statements.")
    for statement, value in zip(statements, values, strict=True):
        signatures.verify(proof_key, value, statement.encode())
