"""A presentation that was handed in, read but not believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from credhub.errors import (
    EnvelopeError,
    MalformedPresentationError,
    NotAPresentationError,
    PresentationTooLargeError,
    UnknownEnvelopeError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity, jwt_claims, vc_jwt
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt.compact import SEPARATOR
from credhub.proofs.suite import Suite
from credhub.verification import members, reading
from credhub.verification.answers import check_said
from credhub.verification.data_model import V1, V2
from credhub.verification.jwt_secured import signature_of
from credhub.verification.protocols import DidResolver
from credhub.verification.sd_jwt_presented import SdJwtPresented
from credhub.verification.secured import deciding, signatures_of
from credhub.verification.signature import Signature

MAX_CREDENTIALS: Final = 20
"""More credentials than this cost more than one request may."""

_TYPE: Final = "VerifiablePresentation"
_IN_TOKEN: Final = vc_jwt.PRESENTATION.lower()


class Presented(Protocol):
    """A presentation, and what secures it if anything does."""

    @property
    def document(self) -> JsonObject:
        """The presentation in the W3C data model."""
        ...

    @property
    def is_bound(self) -> bool:
        """Whether the issuer of the credentials named the key of the one who presents them."""
        ...

    def check_proof(
        self, *, suites: Mapping[str, Suite], dids: DidResolver, now: datetime
    ) -> Signature | None:
        """Check the signature, whoever made it; ``None`` where nobody signed.

        Raises:
            VerificationError: It is not genuine, or does not cover the whole presentation.
            OutcomeUnknownError: The key that it names could not be had.
        """
        ...

    def check_answer(self, *, challenge: str | None, domain: str | None) -> None:
        """Check that a presentation whose signature is genuine was made for this occasion.

        Args:
            challenge: What was asked to be signed, if anything was.
            domain: Whom it has to be made for, if that matters.

        Raises:
            ChallengeMismatchError: It was made for another occasion, or for none.
            DomainMismatchError: It was made for somebody else, or for anybody.
        """
        ...


@dataclass(frozen=True, slots=True)
class JsonPresented:
    """A JSON document, with a ``proof`` or without (W3C VC Data Integrity 1.0)."""

    document: JsonObject

    @property
    def is_bound(self) -> bool:
        """Credentials name their subjects, not their keys."""
        return False

    def check_proof(
        self, *, suites: Mapping[str, Suite], dids: DidResolver, now: datetime
    ) -> Signature | None:
        """Check every proof by a cryptosuite that we know, and choose the holder's.

        Raises:
            VerificationError: One is not genuine, or does not cover the whole presentation.
            OutcomeUnknownError: A key that one names could not be had.
        """
        if "proof" not in self.document:
            return None
        holder = holder_of(self.document)
        found = signatures_of(
            self.document,
            by=holder,
            suites=suites,
            dids=dids,
            now=now,
            purpose=data_integrity.AUTHENTICATION,
        )
        return deciding(found, holder)

    def check_answer(self, *, challenge: str | None, domain: str | None) -> None:
        """Check that every proof was made for this occasion.

        Source:
            W3C VC Data Integrity 1.0, section 2.1 (challenge, domain).
        """
        proofs = data_integrity.proofs_of(self.document) if "proof" in self.document else [{}]
        for proof in proofs:
            check_said(
                proof.get("challenge"), proof.get("domain"), challenge=challenge, domain=domain
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtPresented:
    """A presentation in a token of the type ``vp+jwt``."""

    jws: Jws
    document: JsonObject

    @property
    def is_bound(self) -> bool:
        """Credentials name their subjects, not their keys."""
        return False

    def check_proof(
        self,
        *,
        suites: Mapping[str, Suite],  # noqa: ARG002 - for documents with proofs
        dids: DidResolver,
        now: datetime,
    ) -> Signature | None:
        """Check the signature of the token, and that the token is in force.

        Raises:
            VerificationError: It is not genuine, or has ended.
            OutcomeUnknownError: The key that it names could not be had.
        """
        return signature_of(self.jws, by=holder_of(self.document), dids=dids, now=now)

    def check_answer(self, *, challenge: str | None, domain: str | None) -> None:
        """Check that the token was made for this occasion.

        Source:
            RFC 7519, section 4.1.3 (aud); OpenID Connect Core 1.0, section 2 (nonce).
        """
        claims = self.jws.claims()
        check_said(claims.get("nonce"), claims.get("aud"), challenge=challenge, domain=domain)


def read(data: bytes | JsonObject) -> Presented:
    """Read a presentation: a JSON document, a token, or an envelope around a token.

    Raises:
        UnreadableError: It is neither JSON nor a token.
        VerificationError: It is a token that is not a presentation's, or that has two readings.
        OutcomeUnknownError: It is a presentation in a form that we do not know.
    """
    content = reading.content_of(data)
    if isinstance(content, str):
        return _read_token(content)
    if not reading.is_enveloped(content, reading.ENVELOPED_PRESENTATION):
        return JsonPresented(content)
    media_type, token = reading.opened(content, reading.ENVELOPED_PRESENTATION)
    if not media_type.startswith("application/vp+"):
        raise EnvelopeError("The envelope holds no presentation.")
    if media_type != f"application/{vc_jwt.PRESENTATION}":
        raise UnknownEnvelopeError("We do not know what is in the envelope.")
    return _read_jwt(token)


def says_it_is_one(data: bytes | JsonObject) -> bool:
    """Say whether something that was handed in says of itself that it is a presentation.

    An SD-JWT with a holder's token does not: it is a credential that was shown to somebody, and
    whoever else gets hold of it is told so.
    """
    try:
        content = reading.content_of(data)
        if isinstance(content, str):
            return SEPARATOR not in content and Jws.parse(content).media_type == _IN_TOKEN
    except VerificationError:
        return False
    types = members.types(content)
    return _TYPE in types or reading.ENVELOPED_PRESENTATION in types


def check_structure(document: JsonObject) -> None:
    """Check that a document is a presentation.

    Raises:
        NotAPresentationError: It says that it is something else.
        MalformedPresentationError: It lacks a member, or has one in another shape.

    Source:
        W3C VCDM 2.0, section 4.13; VCDM 1.1, section 4.10.
    """
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[:1] not in ([V1], [V2]):
        raise NotAPresentationError("The document does not follow the W3C data model.")
    if _TYPE not in members.types(document):
        raise NotAPresentationError("The document is not a verifiable presentation.")
    if "id" in document and not members.is_url(document["id"]):
        raise MalformedPresentationError("The id of the presentation is not an absolute URL.")
    holder = document.get("holder")
    if "holder" in document and not members.is_url(jwt_claims.id_of(holder)):
        raise MalformedPresentationError("The holder is not named by an absolute URL.")


def holder_of(document: JsonObject) -> str | None:
    """Give the holder that a presentation names, if it names one."""
    holder = jwt_claims.id_of(document.get("holder"))
    return holder if isinstance(holder, str) else None


def credentials_of(document: JsonObject) -> list[bytes | JsonObject]:
    """List the credentials of a presentation, each as it can be verified by itself.

    Raises:
        PresentationTooLargeError: There are too many.
        MalformedPresentationError: One is neither an object nor a token.
    """
    value = document.get("verifiableCredential", [])
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_CREDENTIALS:
        raise PresentationTooLargeError(MAX_CREDENTIALS)
    return [_credential(item) for item in items]


def _credential(item: JsonValue) -> bytes | JsonObject:
    match item:
        case dict():
            return item
        case str():
            return item.encode()
        case _:
            raise MalformedPresentationError("A credential is neither an object nor a token.")


def _read_token(text: str) -> Presented:
    if SEPARATOR in text:
        return SdJwtPresented.parse(text)
    return _read_jwt(text)


def _read_jwt(text: str) -> JwtPresented:
    jws, document = vc_jwt.read(text, vc_jwt.PRESENTATION)
    return JwtPresented(jws=jws, document=document)
