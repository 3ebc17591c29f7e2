"""Choosing what to show of a token."""

from collections.abc import Collection

from credhub.errors import InvalidClaimError
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.disclosures import Path
from credhub.proofs.sd_jwt.processing import process


def present(issued: SdJwt, shown: Collection[Path]) -> SdJwt:
    """Keep some disclosures of a token, with those that they are inside of.

    Args:
        issued: The token as its holder got it.
        shown: Where the claims are that are shown, counted with everything disclosed.

    Raises:
        InvalidClaimError: Nothing that can be hidden is in such a place.
        VerificationError: The token is malformed.

    Source:
        RFC 9901, section 7.2.
    """
    disclosed = process(Jws.parse(issued.jwt).claims(), issued.disclosures).disclosed
    missing = set(shown) - disclosed.keys()
    if missing:
        raise InvalidClaimError(".".join(map(str, min(missing, key=str))), "is not hidden.")
    kept = {
        text
        for place, text in disclosed.items()
        if any(path[: len(place)] == place for path in shown)
    }
    # In the order of the issuer, which the disclosures had before.
    disclosures = tuple(text for text in issued.disclosures if text in kept)
    return SdJwt(jwt=issued.jwt, disclosures=disclosures)
