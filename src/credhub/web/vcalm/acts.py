"""What clients may have done: verify a credential or a presentation, derive what is shown."""

from datetime import datetime
from typing import Final

from starlette.responses import Response

from credhub.errors import PresentationTooLargeError
from credhub.proofs.ecdsa_sd_2023.suite import IssuingSuite
from credhub.services import deriving
from credhub.verification.presentations import verify_presentation
from credhub.verification.proof_only import verify_proof
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Check
from credhub.verification.verify import verify
from credhub.web.vcalm import bodies, presenting, problem_details
from credhub.web.vcalm.answers import made
from credhub.web.vcalm.checking import VERIFY_OPTIONS, as_received, checks_of

PRESENTATION_OPTIONS: Final = frozenset({"checks", "challenge", "domain"})
DERIVE_OPTIONS: Final = frozenset({"selectivePointers"})

_PROOF_ONLY: Final = (Check.PARSE, Check.STRUCTURE, Check.PROOF)


def verified_credential(body: bytes, *, context: VerifierContext, now: datetime) -> Response:
    """Verify a credential, and answer whether it was verified.

    Raises:
        VcalmRequestError: The body is not of the documented form.
    """
    value, options = bodies.read(body, "verifiableCredential", options=VERIFY_OPTIONS)
    decisive = checks_of(options)
    report = verify(as_received(value), context=context, now=now)
    return problem_details.verified(report.checks, decisive)


def verified_proof(body: bytes, *, context: VerifierContext, now: datetime) -> Response:
    """Verify the proof of a credential, whoever its issuer is.

    Raises:
        VcalmRequestError: The body is not of the documented form.
    """
    value, _ = bodies.read(body, "verifiableCredential", options=VERIFY_OPTIONS)
    results = verify_proof(as_received(value), context=context, now=now)
    return problem_details.verified(results, _PROOF_ONLY)


def verified_presentation(body: bytes, *, context: VerifierContext, now: datetime) -> Response:
    """Verify a presentation and every credential in it, and answer whether all were verified.

    Raises:
        VcalmRequestError: The body is not of the documented form.
    """
    value, options = bodies.read(body, "verifiablePresentation", options=PRESENTATION_OPTIONS)
    decisive = checks_of(options)
    try:
        report = verify_presentation(
            as_received(value),
            context=context,
            now=now,
            challenge=options.text("challenge"),
            domain=options.text("domain"),
        )
    except PresentationTooLargeError as error:
        return problem_details.refused(error)
    return presenting.verified(report, decisive)


def derived_credential(body: bytes, *, suite: IssuingSuite) -> Response:
    """Derive what a holder shows of a credential.

    Raises:
        VcalmRequestError: The body is not of the documented form.
        VerificationError: There is nothing that could be derived.
    """
    document, options = bodies.read_object(body, "verifiableCredential", options=DERIVE_OPTIONS)
    selective = options.texts("selectivePointers") or ()
    return made({"verifiableCredential": deriving.derive(document, selective, suite)})
