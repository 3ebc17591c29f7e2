"""``/v1/cohorts/{id}/learners``: who is in a cohort, and what is known of them."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request

from credhub.errors import (
    BatchesBusyError,
    ChangedMeanwhileError,
    CohortFullError,
    CohortNotFoundError,
    ContendedError,
    FileUnderWayError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    LearnerErasedError,
    LearnerNotFoundError,
    MalformedBatchError,
    RecordDamagedError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services.api_keys import Scope
from credhub.services.idempotency import Once
from credhub.services.programs import enrolled, roster
from credhub.web.api.batch_files import SentFileDep, described
from credhub.web.api.cohort_learner_models import (
    CohortLearnerAnswer,
    CohortLearnerPage,
    CohortLearnerRequest,
    RosterAnswer,
)
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, ResourcesDep
from credhub.web.key_first import key_first
from credhub.web.problems import WRITING, problems
from credhub.web.strict import StrictRoute

PATH: Final = "/v1/cohorts/{cohort_id}/learners"
ADD: Final = f"POST {PATH}"

_BODY: Final = described(
    csv="externalId,name,email\n4711,Amélie Dubois,amelie@mail.example\n",
    rows="BatchRows",
    line='{"recipient":{"name":"Amélie Dubois","externalId":"4711"}}\n',
)

adding = APIRouter(prefix=PATH, tags=["Cohorts"], route_class=key_first(Scope.ISSUE))
router = APIRouter(prefix=PATH, tags=["Cohorts"], route_class=StrictRoute)


@adding.post(
    "",
    openapi_extra=_BODY,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        CohortNotFoundError,
        MalformedBatchError,
        CohortFullError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        RecordDamagedError,
        ContendedError,
        FileUnderWayError,
        BatchesBusyError,
        *WRITING,
    ),
)
def add_learners(  # noqa: PLR0913 - what a request may say
    http: Request,
    cohort_id: str,
    caller: CallerDep,
    resources: ResourcesDep,
    sent: SentFileDep,
    *,
    dry_run: Annotated[
        bool, Query(alias="dryRun", description="Say who would be added, and keep nothing.")
    ] = False,
    idempotency_key: IdempotencyKeyDep = None,
) -> RosterAnswer:
    """Add learners to a cohort, one or many: rows as `POST /v1/batches` takes them.

    Each needs an `externalId`, or else an `email`: by it the same person is the same learner in
    every cohort. Whoever is in the cohort stays as they are. All rows are checked; with one fault
    nobody is added.
    """
    caller.require(Scope.ISSUE)
    rows = sent.learners()
    with http.app.state.limits.one_file(caller.hub):
        if dry_run:
            done = roster.try_out(resources, caller.hub, cohort_id, rows)
        else:
            once = Once(
                resources,
                caller.hub,
                route=ADD,
                key=idempotency_key,
                body={"cohort": cohort_id, **sent.identity},
            )
            done = roster.add(resources, caller.hub, cohort_id, rows, once)
    return RosterAnswer.of(cohort_id, done, rows.summary().to_document(with_unused=dry_run))


@router.get("", responses=problems(UnauthenticatedError, ScopeMissingError, CohortNotFoundError))
def list_learners(
    cohort_id: str,
    caller: CallerDep,
    resources: ResourcesDep,
    cursor: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> CohortLearnerPage:
    """List the learners of a cohort in the order in which they came, and what is known of them."""
    caller.require(Scope.READ)
    found = enrolled.page(resources, caller.hub, cohort_id, after=cursor, limit=limit)
    return CohortLearnerPage(
        items=[CohortLearnerAnswer.of(it) for it in found],
        next_cursor=found[-1].stored.place if len(found) == limit else None,
    )


@router.get(
    "/{learner_id}",
    responses=problems(
        UnauthenticatedError, ScopeMissingError, CohortNotFoundError, LearnerNotFoundError
    ),
)
def read_learner(
    cohort_id: str, learner_id: str, caller: CallerDep, resources: ResourcesDep
) -> CohortLearnerAnswer:
    """Read what is known of a learner in a cohort."""
    caller.require(Scope.READ)
    return CohortLearnerAnswer.of(enrolled.find(resources, caller.hub, cohort_id, learner_id))


_CHANGING: Final = (
    UnauthenticatedError,
    ScopeMissingError,
    CohortNotFoundError,
    LearnerNotFoundError,
    LearnerErasedError,
    ChangedMeanwhileError,
    InvalidClaimError,
    RecordDamagedError,
    *WRITING,
)


@router.put("/{learner_id}", responses=problems(*_CHANGING))
def change_learner(
    cohort_id: str,
    learner_id: str,
    request: CohortLearnerRequest,
    caller: CallerDep,
    resources: ResourcesDep,
) -> CohortLearnerAnswer:
    """Say anew what is known of a learner in a cohort: attendance, results, evidence, status.

    Of files nothing but name and digest is kept here.
    """
    caller.require(Scope.ISSUE)
    changed = enrolled.change(
        resources,
        caller.hub,
        cohort_id,
        learner_id,
        request.change(),
        version=request.version,
    )
    return CohortLearnerAnswer.of(changed)


@router.delete("/{learner_id}", status_code=HTTPStatus.OK, responses=problems(*_CHANGING))
def withdraw_learner(
    cohort_id: str, learner_id: str, caller: CallerDep, resources: ResourcesDep
) -> CohortLearnerAnswer:
    """Note that a learner left a cohort: nothing more is issued to them. What was issued stays."""
    caller.require(Scope.ISSUE)
    return CohortLearnerAnswer.of(enrolled.withdraw(resources, caller.hub, cohort_id, learner_id))
