"""Credentials that are the content of a signed token."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, Self

from credhub import jwk
from credhub.dids import web_address
from credhub.errors import DidSyntaxError, KeyNotOfDidError
from credhub.jsontypes import JsonObject
from credhub.proofs import jwt_claims, legacy_jwt, vc_jwt
from credhub.proofs.jose import Jws
from credhub.proofs.suite import Suite
from credhub.verification import published_keys
from credhub.verification.protocols import DidResolver
from credhub.verification.published_keys import PublishedKey
from credhub.verification.secured import key_named
from credhub.verification.signature import Signature
from credhub.verification.token_status import with_status

_LEGACY: Final = ("", "JWT")
"""What older tokens say that they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtSecured:
    """A credential in a JWT.

    Attributes:
        jws: The token.
        document: The credential in it.
        is_older: Whether the token is of a kind whose dates are those of the credential.
    """

    jws: Jws
    document: JsonObject
    is_older: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a token of the type ``vc+jwt``.

        Raises:
            VerificationError: It is not one.
        """
        jws, document = vc_jwt.read(text)
        return cls(jws=jws, document=with_status(document, jws.claims()))

    @classmethod
    def parse_legacy(cls, text: str) -> Self:
        """Read a token of Open Badges 3.0, or of the W3C data model 1.1.

        Raises:
            VerificationError: It is not one.
        """
        jws = Jws.parse(text, key_along=True)
        jws.check_type(*_LEGACY)
        claims = jws.claims()
        document = with_status(legacy_jwt.document_of(claims), claims)
        return cls(jws=jws, document=document, is_older=True)

    @property
    def digest(self) -> bytes:
        """The SHA-256 of the token."""
        return sha256(self.jws.text.encode("ascii")).digest()

    def check_proof(
        self,
        *,
        suites: Mapping[str, Suite],  # noqa: ARG002 - for documents with proofs
        dids: DidResolver,
        now: datetime,
    ) -> Signature:
        """Check the signature of the token, and that the token is in force.

        Raises:
            VerificationError: It is not genuine, or has ended.
            OutcomeUnknownError: The key that it names could not be had.
        """
        issuer = jwt_claims.id_of(self.document.get("issuer"))
        signature = signature_of_issuer(self.jws, issuer=str(issuer), dids=dids)
        if self.is_older:
            return signature
        claims = self.jws.claims()
        jwt_claims.check_in_force(claims, now)
        return replace(signature, proof_ends_at=jwt_claims.date_claim(claims, "exp"))


def signature_of(jws: Jws, *, by: object, dids: DidResolver, now: datetime) -> Signature:
    """Check the signature of a token by the key that it names, whoever that is.

    Args:
        jws: The token.
        by: Who is said to have made it; a key without a DID is one of theirs.
        dids: Where keys come from.
        now: The time of the verification.

    Raises:
        VerificationError: It is not genuine, or the token has ended or not begun.
        OutcomeUnknownError: The key that it names could not be had.
    """
    signature = genuine_signature_of(jws, by=by, dids=dids)
    jwt_claims.check_in_force(jws.claims(), now)
    return signature


def genuine_signature_of(jws: Jws, *, by: object, dids: DidResolver) -> Signature:
    """Check the signature of a token whose dates are those of the credential in it.

    Raises:
        VerificationError: It is not genuine.
        OutcomeUnknownError: The key that it names could not be had.
    """
    name = _name_of_key(jws, by)
    if not name.startswith("did:"):
        raise KeyNotOfDidError("The token names a key that is not one of a DID.")
    signer, method = key_named(name, dids)
    jws.verify(method.public_key)
    return Signature(method=method, signer=signer)


def signature_of_issuer(jws: Jws, *, issuer: str, dids: DidResolver) -> Signature:
    """Check the signature of a credential's token, by whatever it says about its key.

    Args:
        jws: The token; its dates are not judged.
        issuer: Who is said to have made it.
        dids: Where keys come from.

    Raises:
        VerificationError: It is not genuine.
        OutcomeUnknownError: The key that it names could not be had.

    Source:
        Open Badges 3.0, section 8.2.5 (Verify a Credential); W3C VC-JOSE-COSE, section 4.
    """
    key_along = jws.key_along
    if jws.kid is None and key_along is not None:
        key = jwk.decode(key_along)
        jws.verify(key)
        return published_keys.signature_by_key_along(key, issuer=issuer, dids=dids)
    name = _name_of_key(jws, issuer)
    key_set = web_address.key_set_of(issuer)
    if key_set is not None and ":" not in name:
        name = f"{key_set}#{name}"
    if not name.startswith(web_address.SCHEME):
        return genuine_signature_of(jws, by=issuer, dids=dids)
    found = PublishedKey.find(name, issuer=issuer, dids=dids)
    jws.verify(found.method.public_key)
    return found.genuine()


def _name_of_key(jws: Jws, by: object) -> str:
    if jws.kid is None:
        raise DidSyntaxError("The token does not name a key.")
    return f"{by}{jws.kid}" if jws.kid.startswith("#") else jws.kid
