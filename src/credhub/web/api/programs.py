"""``/v1/programs``: what a hub teaches."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query

from credhub.errors import (
    ChangedMeanwhileError,
    ConflictError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    ProgramAchievementNotFoundError,
    ProgramCycleError,
    ProgramNotFoundError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services.api_keys import Scope
from credhub.services.idempotency import Once
from credhub.services.programs import programs
from credhub.web.api.program_models import (
    ProgramAnswer,
    ProgramChangeRequest,
    ProgramPage,
    ProgramRequest,
)
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, ResourcesDep
from credhub.web.problems import WRITING, problems
from credhub.web.strict import StrictRoute

MAKE: Final = "POST /v1/programs"

router = APIRouter(prefix="/v1/programs", tags=["Programs"], route_class=StrictRoute)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        ProgramAchievementNotFoundError,
        InvalidClaimError,
        ProgramCycleError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        ConflictError,
        *WRITING,
    ),
)
def make_program(
    request: ProgramRequest,
    caller: CallerDep,
    resources: ResourcesDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> ProgramAnswer:
    """Make a program: achievements that belong together, and how each is earned."""
    caller.require(Scope.ISSUE)
    body = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    once = Once(resources, caller.hub, route=MAKE, key=idempotency_key, body=body)
    return ProgramAnswer.of(programs.add(resources, caller.hub, request.to_program(), once))


@router.get("", responses=problems(UnauthenticatedError, ScopeMissingError))
def list_programs(
    caller: CallerDep,
    resources: ResourcesDep,
    cursor: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ProgramPage:
    """List programs, oldest first, archived ones too."""
    caller.require(Scope.READ)
    found = programs.page(resources, caller.hub, after=cursor, limit=limit)
    return ProgramPage(
        items=[ProgramAnswer.of(stored) for stored in found],
        next_cursor=found[-1].program_id if len(found) == limit else None,
    )


@router.get(
    "/{program_id}",
    responses=problems(UnauthenticatedError, ScopeMissingError, ProgramNotFoundError),
)
def read_program(program_id: str, caller: CallerDep, resources: ResourcesDep) -> ProgramAnswer:
    """Read a program."""
    caller.require(Scope.READ)
    return ProgramAnswer.of(programs.find(resources, caller.hub, program_id))


@router.put(
    "/{program_id}",
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        ProgramNotFoundError,
        ProgramAchievementNotFoundError,
        ChangedMeanwhileError,
        InvalidClaimError,
        ProgramCycleError,
        *WRITING,
    ),
)
def change_program(
    program_id: str, request: ProgramChangeRequest, caller: CallerDep, resources: ResourcesDep
) -> ProgramAnswer:
    """Say anew what a program is. One that was archived is used again.

    It holds for all of its cohorts from now on: what was issued stays as it was.
    """
    caller.require(Scope.ISSUE)
    program = request.to_program()
    return ProgramAnswer.of(
        programs.change(resources, caller.hub, program_id, program, version=request.version)
    )


@router.delete(
    "/{program_id}",
    responses=problems(
        UnauthenticatedError, ScopeMissingError, ProgramNotFoundError, ConflictError, *WRITING
    ),
)
def archive_program(program_id: str, caller: CallerDep, resources: ResourcesDep) -> ProgramAnswer:
    """Archive a program: no cohort of it begins any more, and those that it has go on."""
    caller.require(Scope.ISSUE)
    return ProgramAnswer.of(programs.archive(resources, caller.hub, program_id))
