"""Whether an endorsement is what a partner of a hub signed: the public checks, and who knows whom.

Nobody is asked about whoever is no partner. Of all issuers only the partners of the hub are known,
so that the verdict is ``valid`` or the endorsement is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from credhub.credentials.given_endorsement import SignedStatement
from credhub.errors import (
    EndorsementNotProvedError,
    EndorsementRefusedError,
    EndorserNotPartnerError,
    InvalidClaimError,
    OutcomeUnknownError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, canonical
from credhub.services import verifying
from credhub.services.partners import Partner
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.verification import reading
from credhub.verification.jwt_secured import JwtSecured
from credhub.verification.known_issuers import KnownIssuers
from credhub.verification.partner_list import MAX_CREDENTIAL
from credhub.verification.report import Check, Outcome, Report
from credhub.verification.secured import DataIntegritySecured, Secured
from credhub.verification.trust_list import ListedIssuer, TrustList
from credhub.verification.verify import verify

_FINE: Final = frozenset({Outcome.PASSED, Outcome.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedStatement:
    """What a partner signed.

    Attributes:
        signed: The exact bytes of a token; of a document the RFC 8785 form.
    """

    said: SignedStatement
    signed: bytes


def prove(
    resources: Resources, hub: Hub, sent: str | JsonObject, known: Mapping[str, Partner]
) -> ProvedStatement:
    """Check a signed endorsement.

    Args:
        resources: What services work with.
        hub: Whose partners count.
        sent: A token, or a document that was parsed strictly.
        known: The partners in force, by DID.

    Raises:
        InvalidClaimError: It is no endorsement, or is of another form or too long.
        EndorserNotPartnerError: It is by somebody else than a partner.
        EndorsementRefusedError: A check failed.
        EndorsementNotProvedError: Something could not be found out.
    """
    signed = sent.strip().encode() if isinstance(sent, str) else canonical(sent)
    if len(signed) > MAX_CREDENTIAL:
        raise InvalidClaimError("credential", f"must have at most {MAX_CREDENTIAL} bytes.")
    secured = _read(signed)
    said = SignedStatement.from_document(secured.document)
    if said.endorser not in known:
        raise EndorserNotPartnerError(said.endorser)
    trust = KnownIssuers(lists=(_listed(hub, known),), now=resources.clock())
    context = replace(verifying.context_for_strangers(resources), trust=trust)
    _check(verify(signed, context=context, now=resources.clock()), said)
    return ProvedStatement(said=said, signed=signed)


def _read(signed: bytes) -> Secured:
    try:
        secured = reading.read(signed)
    except OutcomeUnknownError as error:
        raise EndorsementNotProvedError(Check.PARSE, str(error)) from error
    except VerificationError as error:
        raise EndorsementRefusedError(Check.PARSE, str(error)) from error
    if not isinstance(secured, DataIntegritySecured | JwtSecured) or (
        isinstance(secured, JwtSecured) != reading.looks_like_token(signed)
    ):
        raise InvalidClaimError("credential", "must be a document with a proof, or a JWT.")
    return secured


def _check(report: Report, said: SignedStatement) -> None:
    fault = next((one for one in report.checks if one.outcome not in _FINE), None)
    if fault is None:
        return
    if fault.outcome is Outcome.UNKNOWN:
        raise EndorsementNotProvedError(fault.code, fault.detail)
    if fault.check is Check.TRUST:
        raise EndorserNotPartnerError(said.endorser)
    raise EndorsementRefusedError(fault.code, fault.detail)


def _listed(hub: Hub, known: Mapping[str, Partner]) -> TrustList:
    issuers = {
        did: ListedIssuer(
            did=did,
            name=one.endorsement.name,
            valid_from=one.endorsement.valid_from,
            valid_until=one.endorsement.valid_until,
        )
        for did, one in known.items()
    }
    return TrustList.of(issuers, source=hub.did)
