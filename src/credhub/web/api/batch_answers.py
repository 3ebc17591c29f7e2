"""Answers about batches that were sent: taken in, or tried out."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from credhub.errors import (
    BatchesBusyError,
    ConflictError,
    FileUnderWayError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    MalformedBatchError,
    TooManyBatchesError,
)
from credhub.services.bulk import batches
from credhub.services.resources import Resources
from credhub.store.batches import StoredBatch
from credhub.web.api.batch_models import BatchAnswer
from credhub.web.api.models import Model
from credhub.web.media import JSON
from credhub.web.problems import WRITING

PATH: Final = "/v1/batches"

SENDING: Final = (
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    TooManyBatchesError,
    MalformedBatchError,
    FileUnderWayError,
    BatchesBusyError,
    ConflictError,
    *WRITING,
)
"""What every route may answer that takes a batch in."""


def accepted(resources: Resources, batch: StoredBatch) -> Response:
    """Say that a batch was taken in, how far it is, and where to look."""
    answer = BatchAnswer.of(batches.find(resources, batch.hub, batch.batch_id))
    headers = {"location": f"{PATH}/{batch.batch_id}"}
    return json_answer(answer, status_code=HTTPStatus.ACCEPTED, headers=headers)


def json_answer(
    answer: Model, *, status_code: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response:
    """Write one of the answers that a route may give."""
    content = answer.model_dump_json(by_alias=True)
    return Response(content, status_code=status_code, media_type=JSON, headers=headers)
