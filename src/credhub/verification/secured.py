"""What was handed in, read but not believed: a credential, and what secures it.

Each way of securing a credential is one class here or in a module of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from credhub.dids import did_key, web_address
from credhub.dids.document import DidDocument, VerificationMethod
from credhub.errors import (
    CanonicalizationError,
    DidSyntaxError,
    NotForAssertionError,
    NotJsonLdError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity
from credhub.proofs.recorded import recorded_digest
from credhub.proofs.suite import Suite
from credhub.verification import digits
from credhub.verification.members import issuer_named
from credhub.verification.protocols import DidResolver
from credhub.verification.published_keys import PublishedKey
from credhub.verification.signature import Signature, earlier


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
        """The SHA-256 of the signed document, or of the signature that its parts have in common."""
        return recorded_digest(self.document)

    @property
    def given_out_digest(self) -> bytes:
        """The digest of the document with the proofs of its issuer alone, in an array."""
        issuer = issuer_named(self.document)
        own: list[JsonValue] = [
            proof
            for proof in data_integrity.proofs_of(self.document)
            if str(proof.get("verificationMethod")).partition("#")[0] == issuer
        ]
        return recorded_digest({**self.document, "proof": own})

    def check_proof(
        self, *, suites: Mapping[str, Suite], dids: DidResolver, now: datetime
    ) -> Signature:
        """Check every proof by a cryptosuite that we know, and choose those of the issuer.

        Raises:
            VerificationError: One is not genuine, or does not cover the whole document.
            OutcomeUnknownError: A key that one names could not be had.
        """
        issuer = issuer_named(self.document)
        return deciding(
            signatures_of(self.document, by=issuer, suites=suites, dids=dids, now=now), issuer
        )


def signatures_of(  # noqa: PLR0913 - what a verification is told
    document: JsonObject,
    *,
    by: str | None,
    suites: Mapping[str, Suite],
    dids: DidResolver,
    now: datetime,
    purpose: str = data_integrity.ASSERTION,
) -> tuple[Signature, ...]:
    """Check every proof of a document that is by a cryptosuite that we know.

    Args:
        document: A JSON document with all its proofs.
        by: The DID that is asked for its keys first: where its proof is not genuine nobody
            else is asked.
        suites: The cryptosuites that we know.
        dids: Where keys come from.
        now: The time of the verification.
        purpose: What the proofs must be for.

    Raises:
        VerificationError: One is not genuine, or does not cover the whole document.
        OutcomeUnknownError: A key that one names could not be had.
    """
    known = data_integrity.known_proofs(document, suites, purpose=purpose)
    ordered = sorted(known, key=lambda one: one.verification_method.partition("#")[0] != by)
    return tuple(
        _genuine(document, one, by=by, dids=dids, now=now, purpose=purpose) for one in ordered
    )


def deciding(signatures: Sequence[Signature], did: str | None) -> Signature:
    """Choose the signature that speaks for somebody: one of their own if there is one.

    Whose key was in force when it counts is not known here, so the others by the same signer stay
    with it: which of them comes first in the document decides nothing.
    """
    first = next((one for one in signatures if one.signer.id == did), signatures[0])
    others = (one for one in signatures if one is not first and one.signer.id == first.signer.id)
    end = earlier(*(one.proof_ends_at for one in signatures))
    return replace(
        first,
        others=tuple(replace(one, proof_ends_at=end) for one in others),
        proof_ends_at=end,
    )


def _genuine(  # noqa: PLR0913 - what a verification is told
    document: JsonObject,
    one: data_integrity.KnownProof,
    *,
    by: str | None,
    dids: DidResolver,
    now: datetime,
    purpose: str,
) -> Signature:
    published = _published(one.verification_method, by, dids, purpose)
    if published is None:
        signer, method = key_named(one.verification_method, dids)
    else:
        signer, method = published.holder, published.method
    try:
        digits.verify(
            document, one.proof, suite=one.suite, public_key=method.public_key, purpose=purpose
        )
    except CanonicalizationError as error:
        raise NotJsonLdError("The document is not JSON-LD.") from error
    data_integrity.check_in_force(one.proof, now)
    signature = published.genuine() if published else Signature(method=method, signer=signer)
    return replace(signature, ignored=one.ignored, proof_ends_at=data_integrity.end_of(one.proof))


def _published(name: str, by: str | None, dids: DidResolver, purpose: str) -> PublishedKey | None:
    """Find a key that is named by a web address; presentations are signed by keys of DIDs."""
    if purpose != data_integrity.ASSERTION or not name.startswith(web_address.SCHEME):
        return None
    return PublishedKey.find(name, issuer=by or "", dids=dids)


def key_named(method_id: str, dids: DidResolver) -> tuple[DidDocument, VerificationMethod]:
    """Find a key by its DID URL, or by a did:key alone, whatever it is for.

    Raises:
        DidSyntaxError: The text is not the address of a key of a DID.
        NotForAssertionError: The DID has no such key.
        OutcomeUnknownError: The DID could not be resolved.
    """
    did, separator, _ = method_id.partition("#")
    if not separator and did.startswith(did_key.PREFIX):
        # Such a DID is one key, and older software of 1EdTech names the key by it.
        method_id = f"{did}#{did.removeprefix(did_key.PREFIX)}"
    elif not separator:
        raise DidSyntaxError("The proof does not name a key of a DID.")
    signer = dids.resolve(did)
    for method in signer.methods:
        if method.id == method_id:
            return signer, method
    raise NotForAssertionError(method_id)
