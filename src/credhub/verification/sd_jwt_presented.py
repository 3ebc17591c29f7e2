"""An SD-JWT with the holder's own token: a presentation of one credential."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from credhub.dids import did_jwk
from credhub.errors import MalformedKeyBindingError
from credhub.jsontypes import JsonObject
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt import key_binding
from credhub.proofs.sd_jwt.credential import SdJwtCredential
from credhub.proofs.sd_jwt.key_binding import KeyBindingPolicy
from credhub.proofs.suite import Suite
from credhub.verification.answers import check_said
from credhub.verification.data_model import V2
from credhub.verification.protocols import DidResolver
from credhub.verification.signature import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class SdJwtPresented:
    """An SD-JWT+KB, or an SD-JWT alone, which says nothing of who presents it (RFC 9901).

    Attributes:
        credential: The credential without the holder's token.
        holder_token: The holder's token.
        document: A presentation of the credential.
    """

    credential: SdJwtCredential
    holder_token: Jws | None
    document: JsonObject

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one.

        Raises:
            VerificationError: It is no such credential, or has two readings.
        """
        credential = SdJwtCredential.parse(text)
        bound = credential.sd_jwt.key_binding
        document: JsonObject = {
            "@context": [V2],
            "type": ["VerifiablePresentation"],
            "verifiableCredential": [credential.sd_jwt.presented()],
        }
        token = None if bound is None else Jws.parse(bound)
        return cls(credential=credential, holder_token=token, document=document)

    @property
    def is_bound(self) -> bool:
        """The issuer says whose the credential is by naming a key."""
        return True

    def check_proof(
        self,
        *,
        suites: Mapping[str, Suite],  # noqa: ARG002 - for documents with proofs
        dids: DidResolver,  # noqa: ARG002 - the key is in the credential
        now: datetime,
    ) -> Signature | None:
        """Check the holder's token by the key that the issuer named.

        Whether the issuer did is found out when the credential is verified.

        Raises:
            VerificationError: It is not genuine, not fresh, or for another credential.

        Source:
            RFC 9901, section 7.3.
        """
        if self.holder_token is None:
            return None
        said = self.holder_token.claims()
        nonce, audience = said.get("nonce"), said.get("aud")
        if not isinstance(nonce, str) or not isinstance(audience, str):
            raise MalformedKeyBindingError("The holder's token lacks a claim.")
        policy = KeyBindingPolicy(audience=audience, nonce=nonce)
        claims = self.credential.claims
        key_binding.check(self.credential.sd_jwt, claims, policy=policy, now=now)
        signer = did_jwk.resolve(did_jwk.did_of(key_binding.holder_key(claims)))
        return Signature(method=signer.methods[0], signer=signer)

    def check_answer(self, *, challenge: str | None, domain: str | None) -> None:
        """Check that the holder's token was made for this occasion."""
        said = {} if self.holder_token is None else self.holder_token.claims()
        check_said(said.get("nonce"), said.get("aud"), challenge=challenge, domain=domain)
