"""Answers: something new, or why there is none."""

from collections.abc import Callable
from http import HTTPStatus

import orjson
from starlette.responses import Response

from credhub.errors import (
    ForeignIssuerError,
    MalformedJsonError,
    NotCheckedNowError,
    VcalmRequestError,
    VerificationError,
)
from credhub.jsontypes import JsonObject
from credhub.web.media import JSON
from credhub.web.vcalm import problem_details


def answered(act: Callable[[], Response]) -> Response:
    """Answer a request; what is wrong with it is told as the data model says."""
    try:
        return act()
    except NotCheckedNowError as error:  # That says nothing about the document.
        return problem_details.refused(error, status=HTTPStatus.SERVICE_UNAVAILABLE)
    except (MalformedJsonError, VerificationError, VcalmRequestError, ForeignIssuerError) as error:
        return problem_details.refused(error)


def made(document: JsonObject) -> Response:
    """Answer with something new."""
    return Response(
        orjson.dumps(document),
        status_code=HTTPStatus.CREATED,
        media_type=JSON,
        headers=problem_details.NO_STORE,
    )
