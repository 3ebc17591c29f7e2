"""``/v1/learner-requests``: what learners ask their hub for."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import Field

from credhub.errors import (
    LearnerRequestNotFoundError,
    RecordDamagedError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services import learner_requests
from credhub.services.api_keys import Scope
from credhub.services.learner_requests import ReadRequest
from credhub.store.learner_requests import RequestKind
from credhub.web.api.models import Model
from credhub.web.dependencies import CallerDep, ResourcesDep
from credhub.web.problems import WRITING, problems
from credhub.web.strict import StrictRoute

router = APIRouter(prefix="/v1/learner-requests", tags=["Claims"], route_class=StrictRoute)


class LearnerRequestItem(Model):
    """What one learner asks for."""

    id: str
    kind: RequestKind = Field(
        description="correction, erasure, or link: a new link in place of one that was used."
    )
    credential: str = Field(description="The id of the credential that it is about.")
    url: str = Field(description="The permanent address of that credential.")
    text: str | None = Field(
        description="In the learner's own words; null after an erasure, and where there are none."
    )
    asked_at: datetime
    answered_at: datetime | None
    answered_by: str | None

    @classmethod
    def of(cls, read: ReadRequest) -> Self:
        """Write one request."""
        request = read.request
        return cls(
            id=request.request_id,
            kind=request.kind,
            credential=request.credential_id,
            url=read.url,
            text=read.text,
            asked_at=request.asked_at,
            answered_at=request.answered_at,
            answered_by=request.answered_by,
        )


class LearnerRequestPage(Model):
    """A part of a list."""

    items: list[LearnerRequestItem]
    next_cursor: str | None = Field(description="Give it as cursor to get the next part.")


@router.get("", responses=problems(UnauthenticatedError, ScopeMissingError, RecordDamagedError))
def list_learner_requests(
    caller: CallerDep,
    resources: ResourcesDep,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    *,
    unanswered: Annotated[bool, Query(description="Only those without an answer.")] = False,
) -> LearnerRequestPage:
    """List what learners ask for, newest first."""
    caller.require(Scope.READ)
    found = learner_requests.page(
        resources, caller.hub, before=cursor, limit=limit, unanswered=unanswered
    )
    return LearnerRequestPage(
        items=[LearnerRequestItem.of(it) for it in found],
        next_cursor=found[-1].request.request_id if len(found) == limit else None,
    )


@router.post(
    "/{request_id}/answer",
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        LearnerRequestNotFoundError,
        RecordDamagedError,
        *WRITING,
    ),
)
def answer_learner_request(
    request_id: str, caller: CallerDep, resources: ResourcesDep
) -> LearnerRequestItem:
    """Say that a request was answered, so that the learner may ask again.

    What was asked for is not done by this. Saying it again changes nothing.
    """
    caller.require(Scope.ISSUE)
    actor = f"api-key:{caller.key_id}"
    return LearnerRequestItem.of(
        learner_requests.answer(resources, caller.hub, request_id, actor=actor)
    )
