"""Credentials that are the content of a signed token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Self

from credhub.errors import DidSyntaxError, KeyNotOfDidError
from credhub.jsontypes import JsonObject
from credhub.proofs import jwt_claims, legacy_jwt, vc_jwt
from credhub.proofs.jose import Jws
from credhub.proofs.suite import Suite
from credhub.verification.protocols import DidResolver
from credhub.verification.secured import Signature, key_named

_LEGACY: Final = ("", "JWT")
"""What older tokens say that they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtSecured:
    """A credential in a JWT.

    Attributes:
        jws: The token.
        document: The credential in it.
    """

    jws: Jws
    document: JsonObject

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a token of the type ``vc+jwt``.

        Raises:
            VerificationError: It is not one.
        """
        jws, document = vc_jwt.read(text)
        return cls(jws=jws, document=document)

    @classmethod
    def parse_legacy(cls, text: str) -> Self:
        """Read a token of Open Badges 3.0, or of the W3C data model 1.1.

        Raises:
            VerificationError: It is not one.
        """
        jws = Jws.parse(text)
        jws.check_type(*_LEGACY)
        return cls(jws=jws, document=legacy_jwt.document_of(jws.claims()))

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
        return signature_of(
            self.jws, by=jwt_claims.id_of(self.document.get("issuer")), dids=dids, now=now
        )


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
    signer, method = key_named(_method_id(jws, by), dids)
    jws.verify(method.public_key)
    return Signature(method=method, signer=signer)


def _method_id(jws: Jws, by: object) -> str:
    if jws.kid is None:
        raise DidSyntaxError("The token does not name a key.")
    method_id = f"{by}{jws.kid}" if jws.kid.startswith("#") else jws.kid
    if not method_id.startswith("did:"):
        raise KeyNotOfDidError("The token names a key that is not one of a DID.")
    return method_id
