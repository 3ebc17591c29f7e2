"""Whether a signature is genuine, whoever made it and whatever it is about."""

from contextlib import suppress
from datetime import datetime

from credhub.errors import VerificationError
from credhub.jsontypes import JsonObject
from credhub.verification import checks
from credhub.verification.checklist import Checklist
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Check, CheckResult


def verify_proof(
    data: bytes | JsonObject, *, context: VerifierContext, now: datetime
) -> tuple[CheckResult, ...]:
    """Make the first three checks alone. Their passing says nothing about any issuer.

    Args:
        data: The credential as it was received, as bytes or as an object that was parsed strictly.
        context: Where keys come from.
        now: The time of the verification.
    """
    checklist = Checklist()
    with suppress(VerificationError):
        with checklist.check(Check.PARSE):
            secured = checks.parse(data)
        with checklist.check(Check.STRUCTURE):
            checks.structure(secured.document)
        with checklist.check(Check.PROOF):
            checks.proof(secured, suites=context.suites, dids=context.dids, now=now)
    return checklist.results("the issuer")
