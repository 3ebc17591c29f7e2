"""What the service for the W3C's test suites works with: keys in memory, no hub and no ledger.

Nothing here is reachable from the service that hubs run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from credhub.dids import did_jwk, did_key
from credhub.dids.document import DidDocument
from credhub.errors import DidNotResolvedError, SchemaNotKnownError
from credhub.jsontypes import JsonObject
from credhub.keys import signers
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.ecdsa_sd_2023.suite import IssuingSuite
from credhub.proofs.forms import Form
from credhub.proofs.signer import key_of
from credhub.proofs.suite import Suite
from credhub.public_key import KeyType
from credhub.services.resources import Clock, Randomness
from credhub.services.vcalm.vcalm_issuing import Pen
from credhub.verification.findings import IssuerStanding, LedgerPosition
from credhub.verification.protocols import StatusSource, VerifierContext

ISSUERS: Final[Mapping[str, tuple[Form, KeyType]]] = {
    "eddsa-rdfc-2022": (Form.EDDSA_RDFC_2022, KeyType.ED25519),
    "eddsa-jcs-2022": (Form.EDDSA_JCS_2022, KeyType.ED25519),
    "ecdsa-rdfc-2019": (Form.ECDSA_RDFC_2019, KeyType.P256),
    "ecdsa-rdfc-2019-p384": (Form.ECDSA_RDFC_2019, KeyType.P384),
    "ecdsa-jcs-2019": (Form.ECDSA_JCS_2019, KeyType.P256),
    "ecdsa-jcs-2019-p384": (Form.ECDSA_JCS_2019, KeyType.P384),
    "ecdsa-sd-2023": (Form.ECDSA_SD_2023, KeyType.P256),
}
"""The issuers by the names that the test suites know them by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Issuers with fresh keys, and a verifier that knows no one.

    Attributes:
        pens: What signs, by the name of the issuer.
        selective: The cryptosuite of which parts can be shown, for whoever derives.
        suites: The cryptosuites that count, by name.
        clock: Now, in UTC.
        random: That many bytes from a secure source.
    """

    pens: Mapping[str, Pen]
    selective: IssuingSuite
    suites: Mapping[str, Suite]
    clock: Clock
    random: Randomness

    def context(self, statuses: StatusSource) -> VerifierContext:
        """Give what a verification asks here."""
        return VerifierContext(
            suites=self.suites,
            dids=DIDS,
            schemas=_NoSchemas(),
            statuses=statuses,
            ledgers=_NoLedgers(),
            trust=_Nobody(),
        )


def make(  # noqa: PLR0913 - whatever signs and verifies
    issuing: Mapping[str, Suite],
    selective: IssuingSuite,
    verifying: Mapping[str, Suite],
    canonicalizer: Canonicalizer,
    *,
    clock: Clock,
    random: Randomness,
) -> Workshop:
    """Make one issuer, with a did:key of its own, for each cryptosuite and kind of key.

    Args:
        issuing: The cryptosuites for whoever signs, by name.
        selective: That of which parts can be shown.
        verifying: Those for whoever is shown something.
        canonicalizer: Finds what has no meaning in a document.
        clock: Now, in UTC.
        random: That many bytes from a secure source.
    """
    pens = {
        name: _pen(issuing[form], key_type, canonicalizer)
        for name, (form, key_type) in ISSUERS.items()
    }
    return Workshop(pens=pens, selective=selective, suites=verifying, clock=clock, random=random)


def resolve(did: str) -> DidDocument:
    """Make the document of an identifier that is a key.

    Raises:
        DidSyntaxError: It is not one of a key that we know.
        DidNotResolvedError: It is an identifier of another kind, and nobody is asked here.
    """
    if did.startswith(did_jwk.PREFIX):
        return did_jwk.resolve(did)
    if did.startswith(did_key.PREFIX):
        return did_key.resolve(did)
    raise DidNotResolvedError(did)


def _pen(suite: Suite, key_type: KeyType, canonicalizer: Canonicalizer) -> Pen:
    signer = signers.generate(key_type)
    did = did_key.did_of(key_of(signer))
    return Pen(
        issuer=did,
        verification_method=f"{did}#{did.removeprefix(did_key.PREFIX)}",
        suite=suite,
        signer=signer,
        canonicalizer=canonicalizer,
    )


class _OfKeys:
    """Identifiers that are keys."""

    def resolve(self, did: str) -> DidDocument:
        return resolve(did)


DIDS: Final = _OfKeys()


class _NoSchemas:
    def validate(self, schema_id: str, _document: JsonObject) -> None:
        raise SchemaNotKnownError(schema_id)


class _NoLedgers:
    def find(self, _credential: JsonObject, _digest: bytes) -> LedgerPosition | None:
        return None


class _Nobody:
    def trusted(self, _did: str) -> IssuerStanding:
        return IssuerStanding(trusted=False)

    def namesake(self, _name: str) -> IssuerStanding | None:
        return None
