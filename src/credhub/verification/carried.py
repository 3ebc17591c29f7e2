"""What a report says of a credential that came in something else, such as a PDF.

Whoever made the file chose what it shows, and may have changed that since. Only the credential is
verified, so the report says that the rest was not.
"""

from dataclasses import replace
from enum import StrEnum

from credhub.verification.report import Check, CheckResult, Outcome, Report
from credhub.verification.sentences import sentence


class Carried(StrEnum):
    """The code of a credential that could be read, by what it came in."""

    PDF = "from-pdf"
    IMAGE = "from-image"
    QR_CODE = "from-qr-code"


def carried(report: Report, carrier: Carried) -> Report:
    """Say in a report what the credential came in, where it could be read."""
    return replace(report, checks=tuple(_said(result, carrier) for result in report.checks))


def _said(result: CheckResult, carrier: Carried) -> CheckResult:
    if result.check is not Check.PARSE or result.outcome is not Outcome.PASSED:
        return result
    detail = sentence(Check.PARSE, Outcome.PASSED, carrier, message="", issuer="")
    return replace(result, code=carrier.value, detail=detail)
