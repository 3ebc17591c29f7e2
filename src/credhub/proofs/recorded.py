"""What the entry of a ledger commits to, for a JSON document with a ``proof``."""

from hashlib import sha256

from credhub.jsontypes import JsonObject, digest
from credhub.proofs.ecdsa_sd_2023.derived import NAME
from credhub.proofs.ecdsa_sd_2023.values import base_signature


def recorded_digest(document: JsonObject, canonical: bytes | None = None) -> bytes:
    """Compute what the entry for a signed document commits to: 32 bytes.

    A document of which the holder shows parts is known by the issuer's signature, which all the
    parts carry. Only a proof that stands alone counts so: beside another one it could be a copy
    that makes a document look recorded that the other one signed.

    Args:
        document: The signed document.
        canonical: Its canonical bytes, where they were written already.

    Raises:
        MalformedProofError: The proof is one of a part, and malformed.
    """
    proof = document.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict) or proof.get("cryptosuite") != NAME:
        return digest(document) if canonical is None else sha256(canonical).digest()
    return sha256(base_signature(str(proof.get("proofValue")))).digest()
