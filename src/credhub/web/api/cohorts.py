"""``/v1/cohorts``: the runs of programs, and finishing them."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request

from credhub.errors import (
    BatchesBusyError,
    ChangedMeanwhileError,
    CohortNotFoundError,
    CohortNotOverError,
    ConflictError,
    FileUnderWayError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    MalformedBatchError,
    ProgramArchivedError,
    ProgramNotFoundError,
    ScopeMissingError,
    TooManyBatchesError,
    UnauthenticatedError,
)
from credhub.services.api_keys import Scope
from credhub.services.idempotency import Once
from credhub.services.programs import cohorts, finishing, preview
from credhub.services.programs.preview import Run
from credhub.web.api.cohort_models import (
    CohortAnswer,
    CohortChangeRequest,
    CohortPage,
    CohortRequest,
    FinishAnswer,
)
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, ResourcesDep, RuntimeDep
from credhub.web.problems import WRITING, problems
from credhub.web.strict import StrictRoute

MAKE: Final = "POST /v1/cohorts"
FINISH: Final = "POST /v1/cohorts/{cohort_id}/finish"

router = APIRouter(prefix="/v1/cohorts", tags=["Cohorts"], route_class=StrictRoute)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        ProgramNotFoundError,
        ProgramArchivedError,
        InvalidClaimError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        ConflictError,
        *WRITING,
    ),
)
def make_cohort(
    request: CohortRequest,
    caller: CallerDep,
    resources: ResourcesDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> CohortAnswer:
    """Make a cohort: one dated run of a program."""
    caller.require(Scope.ISSUE)
    body = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    once = Once(resources, caller.hub, route=MAKE, key=idempotency_key, body=body)
    made = cohorts.add(resources, caller.hub, request.program, request.to_cohort(), once)
    return CohortAnswer.of(made)


@router.get("", responses=problems(UnauthenticatedError, ScopeMissingError))
def list_cohorts(
    caller: CallerDep,
    resources: ResourcesDep,
    program: Annotated[
        str | None, Query(max_length=64, description="Of this program alone.")
    ] = None,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> CohortPage:
    """List cohorts, newest first."""
    caller.require(Scope.READ)
    found = cohorts.page(
        resources, caller.hub, before=cursor or None, limit=limit, program_id=program
    )
    return CohortPage(
        items=[CohortAnswer.of(standing) for standing in found],
        next_cursor=found[-1].stored.cohort_id if len(found) == limit else None,
    )


@router.get(
    "/{cohort_id}",
    responses=problems(UnauthenticatedError, ScopeMissingError, CohortNotFoundError),
)
def read_cohort(cohort_id: str, caller: CallerDep, resources: ResourcesDep) -> CohortAnswer:
    """Read a cohort and how far it is."""
    caller.require(Scope.READ)
    return CohortAnswer.of(cohorts.find(resources, caller.hub, cohort_id))


@router.put(
    "/{cohort_id}",
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        CohortNotFoundError,
        ChangedMeanwhileError,
        InvalidClaimError,
        *WRITING,
    ),
)
def change_cohort(
    cohort_id: str, request: CohortChangeRequest, caller: CallerDep, resources: ResourcesDep
) -> CohortAnswer:
    """Say anew what a cohort is. Its program stays, and so does what was issued."""
    caller.require(Scope.ISSUE)
    cohort = request.to_cohort()
    return CohortAnswer.of(
        cohorts.change(resources, caller.hub, cohort_id, cohort, version=request.version)
    )


@router.post(
    "/{cohort_id}/finish",
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        CohortNotFoundError,
        CohortNotOverError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        MalformedBatchError,
        TooManyBatchesError,
        FileUnderWayError,
        BatchesBusyError,
        ConflictError,
        *WRITING,
    ),
)
def finish_cohort(  # noqa: PLR0913 - what a request may say
    http: Request,
    cohort_id: str,
    caller: CallerDep,
    runtime: RuntimeDep,
    *,
    dry_run: Annotated[
        bool, Query(alias="dryRun", description="Say who earned what, and issue nothing.")
    ] = False,
    cursor: Annotated[
        int, Query(ge=0, le=2**31 - 1, description="With `dryRun`: after this place.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="With `dryRun`.")] = 100,
    idempotency_key: IdempotencyKeyDep = None,
) -> FinishAnswer:
    """Finish a cohort: whoever earned an achievement and did not get it yet gets it.

    Look at it with `dryRun` first: for each learner and achievement it says what was earned, and
    why not. Then there is one batch for each achievement. Finish the cohort again, with another
    Idempotency-Key, for whoever completed it later: nothing is issued twice.
    """
    caller.require(Scope.ISSUE)
    resources = runtime.resources
    with http.app.state.limits.one_file(caller.hub):
        if dry_run:
            run = Run.of(resources, caller.hub, cohort_id)
            totals = preview.totals(resources, run)
            items = tuple(preview.of_learners(resources, run, after=cursor, most=limit))
            return FinishAnswer.of_preview(totals, items, limit)
        once = Once(
            resources,
            caller.hub,
            route=FINISH,
            key=idempotency_key,
            body={"cohort": cohort_id},
        )
        actor = f"api-key:{caller.key_id}"
        try:
            finished = finishing.finish(resources, caller.hub, cohort_id, once, actor=actor)
        finally:
            runtime.batch_processes.nudge()
    return FinishAnswer.of(finished)
