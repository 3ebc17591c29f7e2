"""Sign any credential of the W3C data model that a client wrote, after reading it strictly."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credhub.errors import (
    CanonicalizationError,
    ForeignIssuerError,
    NotJsonLdError,
    VcalmRequestError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import contexts, data_integrity, ecdsa_jcs_2019, eddsa_jcs_2022
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.ecdsa_sd_2023.suite import IssuingSuite
from credhub.proofs.signer import Signer, key_of
from credhub.proofs.suite import Suite
from credhub.verification import data_model
from credhub.verification.structure import CredentialView

_OVER_JSON: Final = frozenset({eddsa_jcs_2022.NAME, ecdsa_jcs_2019.NAME})


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


def sign(
    credential: JsonObject, pen: Pen, *, now: datetime, mandatory: Collection[str] | None = None
) -> JsonObject:
    """Sign a credential, and check it as everybody will.

    Args:
        credential: What the client wrote. Without an issuer it is the pen's.
        pen: What signs.
        now: When.
        mandatory: What of it is always shown, for the cryptosuite of which parts can be shown.

    Raises:
        ForeignIssuerError: It names another issuer, or it is signed already.
        VcalmRequestError: Something is mandatory in a cryptosuite of which all is shown.
        VerificationError: It is no credential, or not as the data model wants it; or it holds
            something without a meaning, which no signature can cover.
    """
    suite = _suite_of(pen, mandatory)
    document = completed(credential, pen.issuer)
    CredentialView.of(document)
    try:
        pen.canonicalizer.canonical(_as_checked(document, suite))
        signed = data_integrity.sign(
            document,
            suite=suite,
            signer=pen.signer,
            verification_method=pen.verification_method,
            created=now,
        )
    except CanonicalizationError as error:
        raise NotJsonLdError("The document is not JSON-LD.") from error
    [proof] = data_integrity.proofs_of(signed)
    data_integrity.verify(signed, proof, suite=suite, public_key=key_of(pen.signer))
    return signed


def _suite_of(pen: Pen, mandatory: Collection[str] | None) -> Suite:
    if mandatory is None:
        return pen.suite
    if not isinstance(pen.suite, IssuingSuite):
        raise VcalmRequestError("All of a credential is shown in this cryptosuite.")
    return pen.suite.always_showing(mandatory)


def _as_checked(document: JsonObject, suite: Suite) -> JsonObject:
    """Leave out what only the cryptosuites over JSON cover: which way a text runs."""
    return _without_direction(document) if suite.name in _OVER_JSON else document


def _without_direction(document: JsonObject) -> JsonObject:
    return {name: _value(member) for name, member in document.items() if name != "@direction"}


def _value(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_value(item) for item in value]
    return _without_direction(value) if isinstance(value, dict) else value


def completed(credential: JsonObject, issuer: str) -> JsonObject:
    """Name the issuer of a credential, and bring the words that its proof needs.

    Raises:
        ForeignIssuerError: It names another issuer, or it is signed already.
        MalformedIssuerError: It names none by a URL.
    """
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


def with_words_for_status(document: JsonObject) -> JsonObject:
    """Add the context that gives status entries their meaning, which version 1.1's does not."""
    return _with_words(document, contexts.STATUS)


def _with_words_for_proofs(document: JsonObject) -> JsonObject:
    """Likewise the context that gives proofs their meaning."""
    return _with_words(document, contexts.DATA_INTEGRITY, or_by=contexts.DATA_INTEGRITY_1)


def _with_words(document: JsonObject, address: str, *, or_by: str = "") -> JsonObject:
    listed = document.get("@context")
    if not isinstance(listed, list) or listed[:1] != [data_model.V1]:
        return document
    if address in listed or or_by in listed:
        return document
    return {**document, "@context": [*listed, address]}
