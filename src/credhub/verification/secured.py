"""What was handed in, read but not believed: a credential, and what secures it.

Each way of securing a credential is one class here or in a module of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from credhub.dids.document import DidDocument, VerificationMethod
from credhub.errors import (
    CanonicalizationError,
    DidSyntaxError,
    NotForAssertionError,
    NotJsonLdError,
)
from credhub.jsontypes import JsonObject, digest
from credhub.proofs import data_integrity
from credhub.proofs.suite import Suite
from credhub.verification.protocols import DidResolver


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A genuine signature.

    Attributes:
        method: The key that made it.
        signer: The document of the DID that the key is from.
        ignored: The methods of further signatures, which we do not know.
    """

    method: VerificationMethod
    signer: DidDocument
    ignored: tuple[str, ...] = ()


class Secured(Protocol):
    """A credential and what secures it."""

    @property
    def document(self) -> JsonObject:
        """The credential in the W3C data model."""
        ...

    @property
    def digest(self) -> bytes:
        """What an entry of a ledger commits to for this form: 32 bytes."""
        ...

    def check_proof(
        self, *, suites: Mapping[str, Suite], dids: DidResolver, now: datetime
    ) -> Signature:
        """Check the signature, whoever made it.

        Raises:
            VerificationError: It is not genuine, or does not cover the whole document.
            OutcomeUnknownError: The key that it names could not be had.
        """
        ...


@dataclass(frozen=True, slots=True)
class DataIntegritySecured:
    """A JSON document with a ``proof`` (W3C VC Data Integrity 1.0).

    Attributes:
        document: The document, with all its proofs.
    """

    document: JsonObject

    @property
    def digest(self) -> bytes:
        """The SHA-256 of the RFC 8785 bytes of the signed document."""
        return digest(self.document)

    def check_proof(
        self, *, suites: Mapping[str, Suite], dids: DidResolver, now: datetime
    ) -> Signature:
        """Check the one proof that decides.

        Raises:
            VerificationError: It is not genuine, or does not cover the whole document.
            OutcomeUnknownError: The key that it names could not be had.
        """
        chosen = data_integrity.issuer_proof(self.document, suites)
        signer, method = key_named(chosen.verification_method, dids)
        try:
            data_integrity.verify(
                self.document, chosen.proof, suite=chosen.suite, public_key=method.public_key
            )
        except CanonicalizationError as error:
            raise NotJsonLdError("The document is not JSON-LD.") from error
        data_integrity.check_in_force(chosen.proof, now)
        return Signature(method=method, signer=signer, ignored=chosen.ignored)


def key_named(method_id: str, dids: DidResolver) -> tuple[DidDocument, VerificationMethod]:
    """Find a key by its DID URL, whatever it is for.

    Raises:
        DidSyntaxError: The text is not the address of a key of a DID.
        NotForAssertionError: The DID has no such key.
        OutcomeUnknownError: The DID could not be resolved.
    """
    did, separator, _ = method_id.partition("#")
    if not separator:
        raise DidSyntaxError("The proof does not name a key of a DID.")
    signer = dids.resolve(did)
    for method in signer.methods:
        if method.id == method_id:
            return signer, method
    raise NotForAssertionError(method_id)
