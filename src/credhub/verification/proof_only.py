"""Whether a signature is genuine, whoever made it and whatever it is about."""

from contextlib import suppress
from datetime import datetime

from credhub.errors import VerificationError
from credhub.jsontypes import JsonObject, canonical
from credhub.proofs.data_integrity import MAX_PROOFS
from credhub.verification import checks
from credhub.verification.checklist import Checklist
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Check, CheckResult


def verify_proof(
    data: bytes | JsonObject, *, context: VerifierContext, now: datetime
) -> tuple[CheckResult, ...]:
    """Make the first three checks alone. Their passing says nothing about any issuer.

    Equal proofs count as one, as they do in a set, which the W3C's test suites try. A report about
    a credential refuses them: there a second signature would look like one more who vouches.

    Args:
        data: The credential as it was received, as bytes or as an object that was parsed strictly.
        context: Where keys come from.
        now: The time of the verification.
    """
    checklist = Checklist()
    if isinstance(data, dict):
        data = _with_each_proof_once(data)
    with suppress(VerificationError):
        with checklist.check(Check.PARSE):
            secured = checks.parse(data)
        with checklist.check(Check.STRUCTURE):
            checks.structure(secured.document)
        with checklist.check(Check.PROOF):
            checks.proof(secured, suites=context.suites, dids=context.dids, now=now)
    return checklist.results("the issuer")


def _with_each_proof_once(document: JsonObject) -> JsonObject:
    proofs = document.get("proof")
    if not isinstance(proofs, list) or len(proofs) > MAX_PROOFS:
        return document
    return document | {"proof": list({canonical(proof): proof for proof in proofs}.values())}
