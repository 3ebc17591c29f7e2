"""The eddsa-rdfc-2022 cryptosuite: Ed25519 over canonical N-Quads."""

from hashlib import sha256
from typing import Final, Protocol

from credhub.jsontypes import JsonObject
from credhub.proofs import ed25519

NAME: Final = "eddsa-rdfc-2022"


class Canonicalizer(Protocol):
    """Writes a document as canonical N-Quads, here or in a worker process."""

    def canonical(self, document: JsonObject) -> bytes:
        """Write one document."""
        ...


class EddsaRdfc2022:
    """One cryptosuite with the canonicalizer that it uses."""

    def __init__(self, canonicalizer: Canonicalizer) -> None:
        self.canonicalizer = canonicalizer

    @property
    def name(self) -> str:
        """The value of ``cryptosuite``."""
        return NAME

    def signing_input(self, document: JsonObject, options: JsonObject) -> bytes:
        """Compute the bytes that a proof signs.

        Args:
            document: The document without the proof that is made or checked.
            options: The proof without its ``proofValue``.

        Returns:
            64 bytes: the SHA-256 of the options, then the SHA-256 of the document.

        Raises:
            VerificationError: A part of either would not be covered.
            CanonicalizationError: Either is not JSON-LD.

        Source:
            W3C VC-DI-EdDSA 1.0, sections 3.2.3 to 3.2.5.
        """
        configuration = {**options, "@context": document.get("@context")}
        options_text = self.canonicalizer.canonical(configuration)
        document_text = self.canonicalizer.canonical(document)
        return sha256(options_text).digest() + sha256(document_text).digest()

    def verify_signature(self, public_key: bytes, signature: bytes, message: bytes) -> None:
        """Check an Ed25519 signature.

        Raises:
            SignatureError: The signature does not fit.
            WeakKeyError: The key accepts anything.
        """
        ed25519.verify(public_key, signature, message)
