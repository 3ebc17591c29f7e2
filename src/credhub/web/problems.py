"""Errors as RFC 9457 problem documents: one table from error to status, one place that shows them.

A new error without a status fails a test, not a request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from credhub.errors import (
    CredhubError,
    FileUnderWayError,
    LedgerClockError,
    LedgerIntegrityError,
    MalformedBatchError,
    NoOpenLogError,
    QueueFullError,
    RateLimitedError,
    RecordDamagedError,
    RecordOutcomeUnknownError,
    RollbackDetectedError,
    SecondStoreUnavailableError,
    SequencerClosedError,
    StoreContendedError,
    StoreUnavailableError,
    TooManyBatchesError,
    UnauthenticatedError,
)
from credhub.jsontypes import JsonObject
from credhub.web.media import HTML, JSON, preferred
from credhub.web.pages.public_views import ProblemView
from credhub.web.pages.rendering import render_problem
from credhub.web.statuses import status_of

MEDIA_TYPE: Final = "application/problem+json"
MAX_ERRORS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem document: what went wrong, for software and for a person."""

    code: str
    status: HTTPStatus
    detail: str
    errors: tuple[Mapping[str, str], ...] = ()
    retry_after: int | None = None

    @classmethod
    def of(cls, error: CredhubError) -> "Problem":
        """Describe a domain error by the table."""
        status = status_of(type(error))
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            return cls(code="internal", status=status, detail="Something went wrong on our side.")
        return cls(
            code=error.code,
            status=status,
            detail=str(error),
            errors=_errors_of(error),
            retry_after=_retry_after(error),
        )

    @classmethod
    def internal(cls, request_id: str) -> "Problem":
        """Say that something went wrong, and nothing about what."""
        return cls(
            code="internal",
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
            detail=f"Something went wrong on our side. The log knows it as {request_id}.",
        )

    def to_document(self) -> JsonObject:
        """Write the problem as RFC 9457 members."""
        document: JsonObject = {
            "type": f"/problems/{self.code}",
            "title": self.code.replace("-", " ").capitalize(),
            "status": int(self.status),
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [dict(error) for error in self.errors]
        return document

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer, in whatever form it is shown."""
        headers = {"cache-control": "no-store"}
        if self.retry_after is not None:
            headers["retry-after"] = str(self.retry_after)
        if self.status is HTTPStatus.UNAUTHORIZED:
            headers["www-authenticate"] = "Bearer"
        return headers

    def response(self) -> Response:
        """Make the HTTP answer."""
        return Response(
            orjson.dumps(self.to_document()),
            status_code=self.status,
            media_type=MEDIA_TYPE,
            headers=self.headers,
        )


WRITING: Final = (StoreUnavailableError, StoreContendedError, RecordOutcomeUnknownError)
"""What every route may answer that writes to the database."""

RECORDING: Final = (
    *WRITING,
    QueueFullError,
    SequencerClosedError,
    SecondStoreUnavailableError,
    LedgerClockError,
    LedgerIntegrityError,
    NoOpenLogError,
    RollbackDetectedError,
)
"""What every route may answer that records something in the ledger."""


def problems(*raised: type[CredhubError]) -> dict[int | str, dict[str, Any]]:
    """Describe, for OpenAPI, the problems that a route answers with."""
    answers: dict[int | str, dict[str, Any]] = {}
    for error in raised:
        answer = answers.setdefault(
            int(status_of(error)),
            {
                "description": "",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
        answer["description"] = ", ".join(filter(None, (answer["description"], f"`{error.code}`")))
    return answers


def install(app: FastAPI) -> None:
    """Make every error of an application a problem document."""
    app.add_exception_handler(CredhubError, _domain_error)
    app.add_exception_handler(RequestValidationError, _malformed_request)
    app.add_exception_handler(HTTPException, _http_error)


def _errors_of(error: CredhubError) -> tuple[Mapping[str, str], ...]:
    if not isinstance(error, MalformedBatchError):
        return ()
    return tuple(
        {
            "at": "/".join(str(part) for part in (fault.row, fault.column) if part is not None),
            "code": fault.code,
            "message": fault.detail,
        }
        for fault in error.faults
    )


def _retry_after(error: CredhubError) -> int | None:
    if isinstance(error, RateLimitedError | FileUnderWayError | TooManyBatchesError):
        return error.retry_after
    if isinstance(error, RecordDamagedError):
        return None  # It does not pass.
    return 1 if status_of(type(error)) is HTTPStatus.SERVICE_UNAVAILABLE else None


def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, CredhubError)  # noqa: S101 - Starlette promises it
    if isinstance(error, UnauthenticatedError):
        try:
            request.app.state.limits.count_refused_key(request)
        except RateLimitedError as too_many:
            error = too_many
    problem = Problem.of(error)
    if problem.status is HTTPStatus.INTERNAL_SERVER_ERROR:
        raise error  # The edge logs it and answers.
    return _shown(request, problem)


def _malformed_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - Starlette promises it
    problem = Problem(
        code="malformed-request",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        detail="The request is not of the documented form.",
        errors=tuple(
            {"at": "/".join(str(part) for part in item["loc"]), "message": item["msg"]}
            for item in error.errors()[:MAX_ERRORS]
        ),
    )
    return _shown(request, problem)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette promises it
    cause = error.__cause__  # FastAPI wraps what the body parser raised.
    if isinstance(cause, RequestValidationError):
        return _malformed_request(request, cause)
    if isinstance(cause, CredhubError):
        return _shown(request, Problem.of(cause))
    status = HTTPStatus(error.status_code)
    code = _HTTP_CODES.get(status, "request-refused")
    return _shown(request, Problem(code=code, status=status, detail=f"{status.phrase}."))


def _shown(request: Request, problem: Problem) -> Response:
    return shown(problem, path=request.url.path, accept=request.headers.get("accept"))


def shown(problem: Problem, *, path: str, accept: str | None) -> Response:
    """Show a person a page; give software the document."""
    if preferred(accept, (JSON, HTML)) == JSON or path.startswith("/v1/"):
        return problem.response()
    view = ProblemView(
        kind=_PAGES.get(problem.code, "generic"), code=problem.code, detail=problem.detail
    )
    return HTMLResponse(render_problem(view), status_code=problem.status, headers=problem.headers)


_PAGES: Final[Mapping[str, str]] = {
    "not-found": "not-found",
    "credential-not-found": "not-found",
    "achievement-not-found": "not-found",
    "hub-not-found": "not-found",
    "credential-erased": "erased",
    "credential-not-shown": "not-shown",
    "rate-limited": "rate-limited",
    "body-too-large": "too-large",
}


_HTTP_CODES: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "malformed-request",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
}
