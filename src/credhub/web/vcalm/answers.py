"""Answers: something new, or why there is none."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

import orjson
from starlette.responses import Response

from credhub.errors import (
    AlreadyRevokedError,
    CredhubError,
    ForeignIssuerError,
    FormNotOfferedError,
    IdempotencyKeyMissingError,
    InvalidClaimError,
    MalformedJsonError,
    NotCheckedNowError,
    NotSuspendableError,
    NotSuspendedError,
    VcalmRequestError,
    VerificationError,
)
from credhub.web.media import JSON
from credhub.web.vcalm import problem_details

_REFUSED: Final[tuple[type[CredhubError], ...]] = (
    MalformedJsonError,
    VerificationError,
    VcalmRequestError,
    ForeignIssuerError,
    FormNotOfferedError,
    IdempotencyKeyMissingError,
    InvalidClaimError,
    AlreadyRevokedError,
    NotSuspendableError,
    NotSuspendedError,
)
"""What is wrong with a request, so that it is answered 400."""


def answered(act: Callable[[], Response]) -> Response:
    """Answer a request; what is wrong with it is told as the data model says."""
    try:
        return act()
    except NotCheckedNowError as error:  # That says nothing about the document.
        return problem_details.refused(error, status=HTTPStatus.SERVICE_UNAVAILABLE)
    except _REFUSED as error:
        return problem_details.refused(error)


def made(document: Mapping[str, object]) -> Response:
    """Answer with something new."""
    return Response(
        orjson.dumps(document),
        status_code=HTTPStatus.CREATED,
        media_type=JSON,
        headers=problem_details.NO_STORE,
    )
