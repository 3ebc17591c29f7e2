"""``/v1/achievements``: what can be earned."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from credhub import jsontypes
from credhub.errors import (
    AchievementNotFoundError,
    ContendedError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services import achievements
from credhub.services.api_keys import Caller, Scope
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.store.achievements import StoredAchievement
from credhub.web.api.answers import LedgerPlace
from credhub.web.api.models import AchievementRequest, Model
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, ResourcesDep
from credhub.web.problems import problems
from credhub.web.strict import StrictRoute

router = APIRouter(prefix="/v1/achievements", tags=["Achievements"], route_class=StrictRoute)


class AchievementAnswer(Model):
    """One published version."""

    id: str
    version: int
    url: str = Field(description="The public page.")
    achievement: dict[str, object] = Field(description="The published Open Badges Achievement.")
    ledger: LedgerPlace


class AchievementPage(Model):
    """A part of a list."""

    items: list[AchievementAnswer]
    next_cursor: str | None = Field(description="Give it as cursor to get the next part.")


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        InvalidClaimError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        ContendedError,
    ),
)
def publish_achievement(
    request: AchievementRequest,
    caller: CallerDep,
    resources: ResourcesDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> AchievementAnswer:
    """Publish an achievement. A published version never changes and is in the ledger."""
    caller.require(Scope.ISSUE)
    once = _once(resources, caller, "POST /v1/achievements", idempotency_key, request)
    stored = achievements.publish(resources, caller.hub, request.to_achievement, once)
    return _answer(resources, stored)


@router.post(
    "/{achievement_id}/versions",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        AchievementNotFoundError,
        InvalidClaimError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        ContendedError,
    ),
)
def publish_version(
    achievement_id: str,
    request: AchievementRequest,
    caller: CallerDep,
    resources: ResourcesDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> AchievementAnswer:
    """Publish the next version. Credentials that were issued keep theirs."""
    caller.require(Scope.ISSUE)
    route = f"POST /v1/achievements/{achievement_id}/versions"
    once = _once(resources, caller, route, idempotency_key, request)
    stored = achievements.publish_version(
        resources, caller.hub, achievement_id, request.to_achievement, once
    )
    return _answer(resources, stored)


@router.get("", responses=problems(UnauthenticatedError, ScopeMissingError))
def list_achievements(
    caller: CallerDep,
    resources: ResourcesDep,
    cursor: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AchievementPage:
    """List the newest version of every achievement."""
    caller.require(Scope.READ)
    items = achievements.page(resources, caller.hub, after=cursor, limit=limit)
    return AchievementPage(
        items=[_answer(resources, item) for item in items],
        next_cursor=items[-1].achievement_id if len(items) == limit else None,
    )


@router.get(
    "/{achievement_id}",
    responses=problems(UnauthenticatedError, ScopeMissingError, AchievementNotFoundError),
)
def read_achievement(
    achievement_id: str, caller: CallerDep, resources: ResourcesDep
) -> AchievementAnswer:
    """Read the newest version of an achievement."""
    caller.require(Scope.READ)
    return _answer(resources, achievements.newest(resources, caller.hub, achievement_id))


def _once(
    resources: Resources,
    caller: Caller,
    route: str,
    key: str | None,
    request: AchievementRequest,
) -> Once:
    body = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return Once(resources, caller.hub, route=route, key=key, body=body)


def _answer(resources: Resources, stored: StoredAchievement) -> AchievementAnswer:
    hub = resources.keyring.of(stored.hub).hub
    return AchievementAnswer(
        id=stored.achievement_id,
        version=stored.version,
        url=achievements.address_of(hub, stored.achievement_id),
        achievement=dict(jsontypes.parse_object(stored.document)),
        ledger=LedgerPlace(log=stored.log, seq=stored.seq),
    )
