"""Credentials that are SD-JWTs: ``vc+sd-jwt`` and ``dc+sd-jwt``.

Source:
    W3C Securing Verifiable Credentials using JOSE and COSE, section 3.2;
    draft-ietf-oauth-sd-jwt-vc, section 3.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from credhub.errors import TokenTypeError
from credhub.jsontypes import JsonObject
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt import issuing
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.disclosures import Path
from credhub.proofs.sd_jwt.issuing import Randomness
from credhub.proofs.sd_jwt.processing import process
from credhub.proofs.sd_jwt.profiles import PROFILES, VC, Profile
from credhub.proofs.signer import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class SdJwtCredential:
    """A credential that was read but not believed.

    Attributes:
        sd_jwt: The parts of its text.
        jws: The token that the issuer signed.
        profile: What kind of credential it is.
        claims: What it says, with everything that is shown in its place.
    """

    sd_jwt: SdJwt
    jws: Jws
    profile: Profile
    claims: JsonObject

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one.

        Raises:
            VerificationError: It is not one, or breaks one of the rules of RFC 9901.
        """
        sd_jwt = SdJwt.parse(text)
        jws = Jws.parse(sd_jwt.jwt)
        profile = PROFILES.get(jws.media_type)
        if profile is None:
            raise TokenTypeError("The token is not one of a credential.")
        processed = process(jws.claims(), sd_jwt.disclosures)
        profile.check(processed)
        return cls(sd_jwt=sd_jwt, jws=jws, profile=profile, claims=processed.claims)


def sign(  # noqa: PLR0913 - each is a separate decision of the issuer
    claims: JsonObject,
    *,
    profile: Profile,
    disclosable: Collection[Path],
    signer: Signer,
    verification_method: str,
    randomness: Randomness,
) -> SdJwt:
    """Sign a credential, with all disclosures for its holder.

    Args:
        claims: What it says.
        profile: Which kind.
        disclosable: Where the claims are that the holder may hide.
        signer: The issuer's key.
        verification_method: The DID URL of its public key.
        randomness: Where the salts come from.

    Raises:
        InvalidClaimError: A claim that must be in the clear could be hidden, or is not there.
    """
    profile.check_disclosable(frozenset(disclosable))
    header: JsonObject = {"typ": profile.typ, "kid": verification_method}
    if profile is VC:
        header["cty"] = "vc"
    return issuing.issue(
        claims, disclosable=disclosable, header=header, signer=signer, randomness=randomness
    )
