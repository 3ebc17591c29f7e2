"""Whether a presentation was verified, and what is wrong with it, as ProblemDetails."""

from collections.abc import Collection
from typing import Final

from starlette.responses import Response

from credhub.jsontypes import JsonObject
from credhub.verification.presentation_report import (
    Finding,
    PresentationCheck,
    PresentationReport,
)
from credhub.verification.report import NOT_CHECKED_CODE, Check, Outcome
from credhub.web.vcalm import problem_details

_BY_CHECK: Final = {
    PresentationCheck.PARSE: problem_details.PARSING,
    PresentationCheck.STRUCTURE: problem_details.MALFORMED,
    PresentationCheck.PROOF: problem_details.CRYPTOGRAPHIC,
    PresentationCheck.HOLDER_BINDING: problem_details.CRYPTOGRAPHIC,
    PresentationCheck.ANSWER: problem_details.CHALLENGE,
}
_BY_CODE: Final = {"domain-mismatch": problem_details.DOMAIN}


def verified(report: PresentationReport, checks: Collection[Check]) -> Response:
    """Answer whether a presentation, and each credential in it, was verified."""
    bad = [finding for finding in report.checks if _is_bad(finding)]
    problems = [_of_finding(one) for one in bad if one.code != NOT_CHECKED_CODE]
    genuine = not bad
    for presented in report.credentials:
        passed, told = problem_details.judgement(presented.report.checks, checks)
        genuine = genuine and passed
        problems += told
    return problem_details.judged(problems, is_verified=genuine)


def _is_bad(finding: Finding) -> bool:
    return finding.outcome in {Outcome.FAILED, Outcome.UNKNOWN}


def _of_finding(finding: Finding) -> JsonObject:
    kind = _BY_CODE.get(finding.code, _BY_CHECK[finding.check])
    detail = str(finding.to_document()["detail"])
    return problem_details.details(kind, finding.code, detail)
