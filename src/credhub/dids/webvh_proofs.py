"""The proofs in a did:webvh log: eddsa-jcs-2022, by keys that are named whole."""

from collections.abc import Callable, Collection
from typing import Final

from credhub import multikey
from credhub.dids import did_key
from credhub.errors import DidLogError, VerificationError
from credhub.jsontypes import JsonObject
from credhub.public_key import PublicKey

ProofCheck = Callable[[JsonObject, JsonObject, str, PublicKey], None]
"""Checks an eddsa-jcs-2022 proof: the document, the options of the proof, its value, the key."""

_DEMANDED: Final = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "proofPurpose": "assertionMethod",
}


def signer_named(proof: JsonObject) -> str:
    """Give the key that a proof names, in Multikey form; nothing where it names none.

    Source:
        did:webvh 1.0, "Witness DIDs and Reputation": both parts of a did:key must be equal.
    """
    did, _, fragment = str(proof.get("verificationMethod")).partition("#")
    key = did.removeprefix(did_key.PREFIX)
    return key if did != key == fragment else ""


def check_by(
    proof: JsonObject, document: JsonObject, keys: Collection[str], check_proof: ProofCheck
) -> None:
    """Check that one of some keys signed a document.

    Args:
        proof: The proof, which is not in the document.
        document: What was signed.
        keys: The keys that count, in Multikey form.
        check_proof: Checks the signature.

    Raises:
        DidLogError: The proof is of another kind, by another key, or not genuine.

    Source:
        did:webvh 1.0, "Authorized Keys".
    """
    if any(proof.get(name) != value for name, value in _DEMANDED.items()):
        raise DidLogError("A version of the DID is signed in another way than the method allows.")
    key, value = signer_named(proof), proof.get("proofValue")
    if key not in keys or not isinstance(value, str):
        raise DidLogError("A version of the DID is not signed by a key that may change it.")
    options = {name: member for name, member in proof.items() if name != "proofValue"}
    try:
        check_proof(document, options, value, multikey.decode(key))
    except VerificationError as error:
        raise DidLogError("The signature of a version of the DID is not genuine.") from error
