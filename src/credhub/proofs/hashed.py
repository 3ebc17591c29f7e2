"""What the cryptosuites have in common that sign two hashes: of the options and the document."""

from collections.abc import Callable
from hashlib import sha256, sha384
from typing import Any, Final

import orjson

from credhub import multikey
from credhub.errors import KeyTypeError, MalformedKeyError, MalformedProofError
from credhub.jsontypes import JsonObject
from credhub.proofs import signatures
from credhub.proofs.signer import Signer
from credhub.public_key import KeyType, PublicKey
from credhub.recent import Recent

_REMEMBERED: Final = 16

_NOT_A_NUMBER: Final = b"null"

Hash = Callable[[bytes], Any]
"""A hash function, as of hashlib."""

Canonical = Callable[[JsonObject], bytes]
"""Writes a document in the one way that is signed."""


class HashedSuite:
    """One such cryptosuite.

    Args:
        name: The value of ``cryptosuite``.
        key_types: The kinds of keys that it signs with.
        canonical: Writes a document in the one way that is signed.
        canonical_384: The same for P-384, where that is another one.
        names_context: Whether a proof repeats the ``@context`` of its document, because the
            document is signed as JSON.
    """

    def __init__(
        self,
        name: str,
        *,
        key_types: frozenset[KeyType],
        canonical: Canonical,
        names_context: bool,
        canonical_384: Canonical | None = None,
    ) -> None:
        self._name = name
        self._key_types = key_types
        self._canonical = canonical
        self._canonical_384 = canonical_384 or canonical
        self._names_context = names_context
        self._recent = Recent[bytes, bytes](_REMEMBERED)

    @property
    def name(self) -> str:
        """The value of ``cryptosuite``."""
        return self._name

    @property
    def key_types(self) -> frozenset[KeyType]:
        """The kinds of keys that it signs with."""
        return self._key_types

    def options(self, document: JsonObject, options: JsonObject) -> JsonObject:
        """Give the options of a new proof with what this cryptosuite adds to them."""
        if self._names_context and "@context" in document:
            return {"@context": document["@context"], **options}
        return options

    def signing_input(
        self, document: JsonObject, options: JsonObject, key_type: KeyType = KeyType.ED25519
    ) -> bytes:
        """Compute the bytes that a proof signs.

        Args:
            document: The document without the proof that is made or checked.
            options: The proof without its ``proofValue``.
            key_type: What signs; P-384 goes with SHA-384, everything else with SHA-256.

        Returns:
            The hash of the options, then the hash of the document.

        Source:
            W3C VC-DI-EdDSA 1.0, sections 3.2.3 to 3.2.5 and 3.3.3 to 3.3.5; VC-DI-ECDSA 1.0,
            the same.
        """
        if not self._names_context:
            options = {**options, "@context": document.get("@context")}
        wide = key_type is KeyType.P384
        canonical = self._canonical_384 if wide else self._canonical
        hashed = sha384 if wide else sha256
        return self._of_options(options, hashed, canonical) + hashed(canonical(document)).digest()

    def proof_value(self, document: JsonObject, options: JsonObject, signer: Signer) -> str:
        """Sign a document.

        Raises:
            KeyTypeError: The key is of another kind.
        """
        self._check_type(signer.key_type)
        message = self.signing_input(document, options, signer.key_type)
        return multikey.encode_base58(signer.sign(message))

    def check(
        self, document: JsonObject, options: JsonObject, proof_value: str, key: PublicKey
    ) -> None:
        """Check the signature of a document.

        Raises:
            VerificationError: The signature does not fit, the key is of another kind, or a part
                of the document or the options would not be covered.
            CanonicalizationError: The document cannot be written in the one way that is signed.
        """
        self._check_type(key.type)
        try:
            signature = multikey.decode_base58(proof_value)
        except MalformedKeyError as error:
            raise MalformedProofError("The proofValue is not base58btc.") from error
        signatures.verify(key, signature, self.signing_input(document, options, key.type))

    def _of_options(self, options: JsonObject, hashed: Hash, canonical: Canonical) -> bytes:
        """Hash options: of all proofs that a key makes within one second they are the same.

        A document is written anew each time: whoever checks a signature must not believe what
        whoever made it has remembered.
        """
        try:
            text = orjson.dumps(options)
        except orjson.JSONEncodeError:
            text = _NOT_A_NUMBER
        if _NOT_A_NUMBER in text:  # It may stand for one, which has no canonical form.
            return bytes(hashed(canonical(options)).digest())
        return self._recent.get(hashed(text).digest(), lambda: hashed(canonical(options)).digest())

    def _check_type(self, key_type: KeyType) -> None:
        if key_type not in self._key_types:
            raise KeyTypeError(f"A key of type {key_type} makes no {self._name} proof.")
