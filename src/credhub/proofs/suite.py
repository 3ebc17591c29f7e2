"""What a cryptosuite is."""

from typing import Protocol

from credhub.jsontypes import JsonObject
from credhub.proofs.signer import Signer
from credhub.public_key import KeyType, PublicKey


class Suite(Protocol):
    """One cryptosuite: how a proof value is made and checked. Each has a module of its own."""

    @property
    def name(self) -> str:
        """The value of ``cryptosuite``."""
        ...

    @property
    def key_types(self) -> frozenset[KeyType]:
        """The kinds of keys that it signs with."""
        ...

    def options(self, document: JsonObject, options: JsonObject) -> JsonObject:
        """Give the options of a new proof with what this cryptosuite adds to them."""
        ...

    def proof_value(self, document: JsonObject, options: JsonObject, signer: Signer) -> str:
        """Sign a document.

        Args:
            document: The document without the proof that is made.
            options: The proof without its ``proofValue``.
            signer: A key of a kind that the cryptosuite signs with.
        """
        ...

    def check(
        self, document: JsonObject, options: JsonObject, proof_value: str, key: PublicKey
    ) -> None:
        """Check the signature of a document.

        Args:
            document: The document without the proof that is checked.
            options: The proof without its ``proofValue``.
            proof_value: The proof's ``proofValue``.
            key: The key that the proof names.

        Raises:
            VerificationError: The signature does not fit, the key is of another kind, or a part
                of the document or the options would not be covered.
            CanonicalizationError: The document cannot be written in the one way that is signed.
        """
        ...
