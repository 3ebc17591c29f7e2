"""What must be in the clear: a holder who hides when a credential ends could use it for ever.

A verifier cannot tell a hidden end from no end. So where anything is hidden beside it, an end and
a status must be there.
"""

from dataclasses import dataclass
from typing import Final

from credhub.errors import InvalidClaimError, RequiredClaimMissingError
from credhub.proofs.sd_jwt.disclosures import Path
from credhub.proofs.sd_jwt.processing import Processed


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of credential that is an SD-JWT.

    Attributes:
        typ: What its token says that it is.
        required: The claims that every such credential has.
        clear: The claims that nobody may hide, nor a part of them.
        limits: Of each of these, one must be there where other claims beside it are hidden.
    """

    typ: str
    required: frozenset[str]
    clear: frozenset[str]
    limits: tuple[frozenset[str], ...]

    def check(self, processed: Processed) -> None:
        """Check a token that was put together.

        Raises:
            RequiredClaimMissingError: It hides what everybody must see, or could.
        """
        hidden = {path[0] for path in (*processed.disclosed, *processed.concealed) if path}
        if hidden & self.clear:
            raise RequiredClaimMissingError("A claim that must be in the clear can be hidden.")
        if self.required - processed.claims.keys():
            raise RequiredClaimMissingError("A claim that every credential has is missing.")
        if () in processed.concealed:
            for limit in self.limits:
                if not limit & processed.claims.keys():
                    raise RequiredClaimMissingError("What limits the credential may be hidden.")

    def check_disclosable(self, paths: frozenset[Path]) -> None:
        """Refuse to make a token in which a claim could be hidden that must not be.

        Raises:
            InvalidClaimError: There is one.
        """
        for path in paths:
            if path[0] in self.clear | self.required:
                raise InvalidClaimError(str(path[0]), "must not be hidden.")


_TOKEN: Final = frozenset({"iss", "nbf", "exp", "cnf", "status"})

VC: Final = Profile(
    typ="vc+sd-jwt",
    required=frozenset({"@context", "type", "issuer"}),
    clear=_TOKEN | {"issuer", "validFrom", "validUntil", "credentialStatus"},
    limits=(frozenset({"validUntil", "exp"}), frozenset({"credentialStatus", "status"})),
)
"""A document of the W3C data model (Securing Verifiable Credentials using JOSE and COSE, 3.2)."""

DC: Final = Profile(
    typ="dc+sd-jwt",
    required=frozenset({"iss", "vct"}),
    clear=_TOKEN | {"vct", "vct#integrity", "aka_vcts", "credentialStatus"},
    limits=(frozenset({"exp"}), frozenset({"status", "credentialStatus"})),
)
"""Claims of their own (draft-ietf-oauth-sd-jwt-vc, section 3.2.2.2)."""

PROFILES: Final = {profile.typ: profile for profile in (VC, DC)}
