"""Credentials in an SD-JWT, of which a holder shows a part."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from credhub.jsontypes import JsonObject
from credhub.proofs import jwt_claims
from credhub.proofs.sd_jwt import key_binding
from credhub.proofs.sd_jwt.credential import SdJwtCredential
from credhub.proofs.sd_jwt.key_binding import KeyBindingPolicy
from credhub.proofs.sd_jwt.profiles import VC
from credhub.proofs.suite import Suite
from credhub.verification import sd_jwt_documents
from credhub.verification.jwt_secured import genuine_signature_of
from credhub.verification.protocols import DidResolver
from credhub.verification.signature import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class SdJwtSecured:
    """A credential in a token of the type ``vc+sd-jwt`` or ``dc+sd-jwt``.

    Attributes:
        credential: What was read of the token.
        document: The same in the W3C data model.
        key_binding: What the holder was asked to prove; ``None`` when nothing.
    """

    credential: SdJwtCredential
    document: JsonObject
    key_binding: KeyBindingPolicy | None

    @classmethod
    def parse(cls, text: str, policy: KeyBindingPolicy | None = None) -> Self:
        """Read one.

        Args:
            text: An SD-JWT or an SD-JWT+KB.
            policy: What the holder was asked to prove, decided before this is called.

        Raises:
            VerificationError: It is no such credential, or has two readings.
        """
        credential = SdJwtCredential.parse(text)
        document = sd_jwt_documents.document_of(credential.claims, credential.profile)
        return cls(credential=credential, document=document, key_binding=policy)

    @classmethod
    def parse_w3c(cls, text: str) -> Self:
        """Read one whose content is a document of the W3C data model.

        Raises:
            VerificationError: It is no such credential, or has two readings.
        """
        secured = cls.parse(text)
        secured.credential.jws.check_type(VC.typ)
        return secured

    @property
    def digest(self) -> bytes:
        """The SHA-256 of the issuer's token, whatever is shown of it."""
        return self.credential.sd_jwt.digest

    def check_proof(
        self,
        *,
        suites: Mapping[str, Suite],  # noqa: ARG002 - for documents with proofs
        dids: DidResolver,
        now: datetime,
    ) -> Signature:
        """Check the signature of the issuer, and that of the holder where it was asked for.

        Raises:
            VerificationError: One is not genuine, or is about something else.
            OutcomeUnknownError: The issuer's key could not be had.
        """
        claims = self.credential.claims
        issuer = jwt_claims.id_of(self.document.get("issuer"))
        signature = genuine_signature_of(self.credential.jws, by=issuer, dids=dids)
        if self.credential.profile is VC:
            # The end of the other kind is the document's own, which a check of its own judges.
            jwt_claims.check_in_force(claims, now)
            end = jwt_claims.date_claim(claims, "exp")
            signature = replace(signature, proof_ends_at=end)
        key_binding.check(self.credential.sd_jwt, claims, policy=self.key_binding, now=now)
        return signature
