"""Sign any credential of the W3C data model that a client wrote, after reading it strictly."""

from dataclasses import dataclass
from datetime import datetime

from credhub.errors import CanonicalizationError, ForeignIssuerError, NotJsonLdError
from credhub.jsontypes import JsonObject
from credhub.proofs import contexts, data_integrity
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.signer import Signer, key_of
from credhub.proofs.suite import Suite
from credhub.verification import data_model
from credhub.verification.structure import CredentialView


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What signs for one issuer in one way.

    Attributes:
        issuer: The issuer's DID.
        verification_method: The DID URL of the signer's public key.
        suite: The cryptosuite.
        signer: The key.
        canonicalizer: Finds what has no meaning in a document, whatever the cryptosuite.
    """

    issuer: str
    verification_method: str
    suite: Suite
    signer: Signer
    canonicalizer: Canonicalizer


def sign(credential: JsonObject, pen: Pen, *, now: datetime) -> JsonObject:
    """Sign a credential, and check it as everybody will.

    Args:
        credential: What the client wrote. Without an issuer it is the pen's.
        pen: What signs.
        now: When.

    Raises:
        ForeignIssuerError: It names another issuer, or it is signed already.
        VerificationError: It is no credential, or not as the data model wants it; or it holds
            something without a meaning, which no signature can cover.
    """
    document = _completed(credential, pen.issuer)
    CredentialView.of(document)
    try:
        pen.canonicalizer.canonical(document)
        signed = data_integrity.sign(
            document,
            suite=pen.suite,
            signer=pen.signer,
            verification_method=pen.verification_method,
            created=now,
        )
    except CanonicalizationError as error:
        raise NotJsonLdError("The document is not JSON-LD.") from error
    [proof] = data_integrity.proofs_of(signed)
    data_integrity.verify(signed, proof, suite=pen.suite, public_key=key_of(pen.signer))
    return signed


def _completed(credential: JsonObject, issuer: str) -> JsonObject:
    if "proof" in credential:
        raise ForeignIssuerError("The credential is signed already.")
    named = credential.get("issuer", issuer)
    named_id = named.get("id", issuer) if isinstance(named, dict) else named
    document = dict(credential)
    document["issuer"] = {**named, "id": named_id} if isinstance(named, dict) else named_id
    data_model.issuer_of(document)
    if named_id != issuer:
        raise ForeignIssuerError("The credential names another issuer.")
    return _with_words_for_proofs(document)


def _with_words_for_proofs(document: JsonObject) -> JsonObject:
    """Add the context that gives proofs their meaning, which the first version's does not."""
    listed = document.get("@context")
    if not isinstance(listed, list) or listed[:1] != [data_model.V1]:
        return document
    if contexts.DATA_INTEGRITY in listed:
        return document
    return {**document, "@context": [*listed, contexts.DATA_INTEGRITY]}
