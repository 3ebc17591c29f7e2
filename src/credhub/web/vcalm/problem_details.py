"""What is wrong with a document, as the ProblemDetails of the W3C data model."""

from collections.abc import Collection, Iterable
from http import HTTPStatus
from typing import Final

import orjson
from starlette.responses import Response

from credhub.errors import (
    AlreadyRevokedError,
    CredhubError,
    DataLossError,
    IdempotencyKeyMissingError,
    MalformedCredentialError,
    MalformedJsonError,
    NotACredentialError,
    NotSuspendableError,
    NotSuspendedError,
    VcalmRequestError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.report import NOT_CHECKED_CODE, Check, CheckResult, Outcome
from credhub.web.media import JSON

MEDIA_TYPE: Final = "application/problem+json"
NO_STORE: Final = {"cache-control": "no-store"}

_MODEL: Final = "https://www.w3.org/TR/vc-data-model#"
_STATUS: Final = "https://www.w3.org/ns/credentials/status-list#"
_SECURITY: Final = "https://w3id.org/security#"
PARSING: Final = f"{_MODEL}PARSING_ERROR"
CRYPTOGRAPHIC: Final = f"{_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR"
MALFORMED: Final = f"{_MODEL}MALFORMED_VALUE_ERROR"
RANGE: Final = f"{_MODEL}RANGE_ERROR"
GENERATION: Final = f"{_SECURITY}PROOF_GENERATION_ERROR"
CHALLENGE: Final = f"{_SECURITY}INVALID_CHALLENGE_ERROR"
DOMAIN: Final = f"{_SECURITY}INVALID_DOMAIN_ERROR"
DATA_LOSS: Final = f"{_SECURITY}DATA_LOSS_DETECTION_ERROR"

_BY_CHECK: Final = {
    Check.PARSE: PARSING,
    Check.STRUCTURE: MALFORMED,
    Check.PROOF: CRYPTOGRAPHIC,
    Check.ISSUER_BINDING: CRYPTOGRAPHIC,
    Check.SCHEMA: MALFORMED,
    Check.VALIDITY: RANGE,
    Check.LEDGER: CRYPTOGRAPHIC,
}
_BY_CODE: Final = {
    "status-not-reached": f"{_STATUS}STATUS_RETRIEVAL_ERROR",
    "status-list-too-short": f"{_STATUS}STATUS_LIST_LENGTH_ERROR",
    **dict.fromkeys(
        (
            "malformed-status-list",
            "status-list-too-large",
            "status-purpose-mismatch",
            "status-list-not-genuine",
            "status-list-of-another",
            "status-list-elsewhere",
            "status-list-expired",
            "status-list-not-yet-valid",
        ),
        f"{_STATUS}STATUS_VERIFICATION_ERROR",
    ),
    "malformed-status-entry": MALFORMED,
    "status-index-out-of-range": RANGE,
    "data-loss": DATA_LOSS,
    "digits-lost": DATA_LOSS,
    "digits-not-signed": DATA_LOSS,
    "endorsements-not-told-apart": DATA_LOSS,
}

PROOF_CHECKS: Final = (Check.PARSE, Check.STRUCTURE, Check.PROOF, Check.ISSUER_BINDING)
ALL_CHECKS: Final = tuple(check for check in Check if check is not Check.TRUST)
"""Who vouches for an issuer is for the client to know."""

# What the client may know better than we: a form that we do not have is no fault.
_MAY_BE_UNKNOWN: Final = frozenset({Check.SCHEMA})


def of_check(result: CheckResult) -> JsonObject:
    """Describe a check that did not pass."""
    kind = _BY_CODE.get(result.code) or _BY_CHECK.get(result.check, f"/problems/{result.code}")
    return details(kind, result.code, result.detail)


def of_error(error: CredhubError) -> JsonObject:
    """Describe why something was not read or not signed."""
    match error:
        case MalformedJsonError() | VcalmRequestError() | IdempotencyKeyMissingError():
            kind = PARSING
        case MalformedCredentialError() | NotACredentialError():
            kind = MALFORMED
        case DataLossError():
            kind = DATA_LOSS
        case AlreadyRevokedError() | NotSuspendableError() | NotSuspendedError():
            kind = f"/problems/{error.code}"  # The standard has no word for it.
        case _:
            kind = GENERATION
    return details(kind, error.code, str(error))


def refused(error: CredhubError, *, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Response:
    """Answer that a request was not carried out."""
    return Response(
        orjson.dumps(of_error(error) | {"status": int(status)}),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=NO_STORE,
    )


def verified(results: Iterable[CheckResult], checks: Collection[Check]) -> Response:
    """Answer whether a credential was verified, as far as these checks go."""
    passed, problems = judgement(results, checks)
    return judged(problems, is_verified=passed)


def judgement(
    results: Iterable[CheckResult], checks: Collection[Check]
) -> tuple[bool, list[JsonObject]]:
    """Say whether a credential is verified, as far as these checks go, and what is to be said."""
    looked_at = [result for result in results if result.check in checks]
    bad = [result for result in looked_at if _is_bad(result)]
    told = [result for result in bad if result.code != NOT_CHECKED_CODE]
    noted = [result for result in looked_at if result.code == "schema-not-known"]
    return not bad, [of_check(result) for result in [*told, *noted]]


def judged(problems: list[JsonObject], *, is_verified: bool) -> Response:
    """Answer a verification."""
    listed: list[JsonValue] = list(problems)
    answer: JsonObject = {"verified": is_verified, "problemDetails": listed}
    return Response(
        orjson.dumps(answer),
        status_code=HTTPStatus.OK if is_verified else HTTPStatus.BAD_REQUEST,
        media_type=JSON,
        headers=NO_STORE,
    )


def _is_bad(result: CheckResult) -> bool:
    if result.outcome is Outcome.UNKNOWN:
        return result.check not in _MAY_BE_UNKNOWN
    return result.outcome is Outcome.FAILED


def details(kind: str, code: str, detail: str) -> JsonObject:
    """Write one ProblemDetails object."""
    return {
        "type": kind,
        "title": code.replace("-", " ").capitalize(),
        "detail": detail,
        "code": code,
    }
