"""The verification of a presentation: who presents, and each credential by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from credhub.errors import HolderMismatchError, OutcomeUnknownError, VerificationError
from credhub.jsontypes import JsonObject
from credhub.verification import checks, presented
from credhub.verification.presentation_report import (
    NOT_ASKED_CODE,
    UNSIGNED_CODE,
    Finding,
    PresentationCheck,
    PresentationReport,
    PresentedCredential,
    Presenter,
)
from credhub.verification.presented import Presented
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import NOT_CHECKED_CODE, PASSED_CODE, Outcome, Report
from credhub.verification.signature import Signature
from credhub.verification.verify import verify

# What verification does:
#
# (1) parse           The bytes are one presentation that means the same to every reader.
# (2) structure       It is a presentation as W3C's data model wants it, of a bearable size.
# (3) proof           Its signature, if it has one, is genuine, and covers all of it.
# (4) holderBinding   The key is the holder's own, for this use, and has not ended.
# (5) answer          It was made for this occasion, if that was asked.
# (6)                 Each credential is verified by itself, as if it had been handed in alone.
#
# They build on one another: where one does not pass, the credentials are not looked at. A
# presentation without a signature says nothing of who presents it; its credentials may be
# genuine all the same, because issuers signed them.


def verify_presentation(
    data: bytes | JsonObject,
    *,
    context: VerifierContext,
    now: datetime,
    challenge: str | None = None,
    domain: str | None = None,
) -> PresentationReport:
    """Check a presentation and say who presents what.

    Args:
        data: The presentation as it was received, as bytes or as an object.
        context: What the outside knows.
        now: The time of the verification.
        challenge: What the holder was asked to sign, if anything.
        domain: Whom the presentation must be made for, if that matters.

    Raises:
        PresentationTooLargeError: It holds too many credentials.
    """
    findings = _Findings()
    try:
        with findings.check(PresentationCheck.PARSE):  # (1)
            handed_in = presented.read(data)
        with findings.check(PresentationCheck.STRUCTURE):  # (2)
            presented.check_structure(handed_in.document)
            inside = presented.credentials_of(handed_in.document)
        with findings.check(PresentationCheck.PROOF):  # (3)
            signature = handed_in.check_proof(suites=context.suites, dids=context.dids, now=now)
        _check_holder(handed_in, signature, findings, now)  # (4)
        _check_answer(handed_in, findings, challenge=challenge, domain=domain)  # (5)
    except VerificationError:
        return PresentationReport(
            checks=findings.all(), holder=None, credentials=(), checked_at=now
        )
    holder = None if signature is None or signature.signer.claimed else signature.signer.id
    credentials = tuple(  # (6)
        _credential(one, holder, bound=handed_in.is_bound, context=context, now=now)
        for one in inside
    )
    return PresentationReport(
        checks=findings.all(), holder=holder, credentials=credentials, checked_at=now
    )


class _Findings:
    """One line per check; a check that nobody made counts as unknown."""

    def __init__(self) -> None:
        self._lines = dict.fromkeys(PresentationCheck, (Outcome.UNKNOWN, NOT_CHECKED_CODE))

    @contextmanager
    def check(self, check: PresentationCheck) -> Iterator[None]:
        try:
            yield
        except VerificationError as error:
            unknown = isinstance(error, OutcomeUnknownError)
            self._lines[check] = (Outcome.UNKNOWN if unknown else Outcome.FAILED, error.code)
            raise
        self._lines[check] = (Outcome.PASSED, PASSED_CODE)

    def skipped(self, check: PresentationCheck, code: str) -> None:
        self._lines[check] = (Outcome.SKIPPED, code)

    def all(self) -> tuple[Finding, ...]:
        return tuple(
            Finding(check=check, outcome=outcome, code=code)
            for check, (outcome, code) in self._lines.items()
        )


def _check_holder(
    handed_in: Presented, signature: Signature | None, findings: _Findings, now: datetime
) -> None:
    if signature is None:
        findings.skipped(PresentationCheck.PROOF, UNSIGNED_CODE)
        findings.skipped(PresentationCheck.HOLDER_BINDING, UNSIGNED_CODE)
        return
    with findings.check(PresentationCheck.HOLDER_BINDING):
        named = presented.holder_of(handed_in.document)
        if named not in (None, signature.signer.id):
            raise HolderMismatchError("The key belongs to somebody other than the holder.")
        checks.one_that_counts(signature, lambda one: _check_key(one, now))


def _check_key(signature: Signature, now: datetime) -> None:
    checks.key_in_force(signature.signer.authentication_key(signature.method.id), now)


def _check_answer(
    handed_in: Presented, findings: _Findings, *, challenge: str | None, domain: str | None
) -> None:
    if challenge is None and domain is None:
        findings.skipped(PresentationCheck.ANSWER, NOT_ASKED_CODE)
        return
    with findings.check(PresentationCheck.ANSWER):
        handed_in.check_answer(challenge=challenge, domain=domain)


def _credential(
    data: bytes | JsonObject,
    holder: str | None,
    *,
    bound: bool,
    context: VerifierContext,
    now: datetime,
) -> PresentedCredential:
    report = verify(data, context=context, now=now)
    return PresentedCredential(report=report, presenter=_presenter(report, holder, bound=bound))


def _presenter(report: Report, holder: str | None, *, bound: bool) -> Presenter:
    if report.credential is None or holder is None:
        return Presenter.UNKNOWN
    value = report.credential.get("credentialSubject")
    subjects = value if isinstance(value, list) else [value]
    named = {str(one["id"]) for one in subjects if isinstance(one, dict) and "id" in one}
    if bound or named == {holder}:
        return Presenter.SUBJECT
    return Presenter.OTHER if named else Presenter.UNKNOWN
