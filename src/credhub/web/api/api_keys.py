"""``/v1/api-keys``: what lets software in."""

from datetime import datetime
from http import HTTPStatus
from typing import Self

from fastapi import APIRouter
from pydantic import Field

from credhub.errors import (
    ApiKeyNotFoundError,
    InvalidClaimError,
    PartnerNotFoundError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services import api_keys
from credhub.services.api_keys import Scope
from credhub.store.api_keys import ApiKey
from credhub.web.api.models import ApiKeyRequest, Model
from credhub.web.dependencies import CallerDep, ResourcesDep
from credhub.web.problems import problems
from credhub.web.strict import StrictRoute

router = APIRouter(prefix="/v1/api-keys", tags=["API keys"], route_class=StrictRoute)


class ApiKeyItem(Model):
    """One key, without its secret."""

    id: str
    label: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    partner: str | None = Field(description="The DID of the partner whose account it is.")

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """Write one key."""
        return cls(
            id=key.key_id,
            label=key.label,
            scopes=list(key.scopes),
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
            partner=key.partner,
        )


class NewApiKey(ApiKeyItem):
    """A key that was just made."""

    key: str = Field(description="The secret. It is shown this once.")


class ApiKeyList(Model):
    """All keys of the hub."""

    items: list[ApiKeyItem]


@router.get("", responses=problems(UnauthenticatedError, ScopeMissingError))
def list_api_keys(caller: CallerDep, resources: ResourcesDep) -> ApiKeyList:
    """List the keys of the hub, oldest first."""
    caller.require(Scope.KEYS)
    keys = api_keys.of_hub(resources, caller.hub)
    return ApiKeyList(items=[ApiKeyItem.of(key) for key in keys])


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        UnauthenticatedError, ScopeMissingError, InvalidClaimError, PartnerNotFoundError
    ),
)
def create_api_key(request: ApiKeyRequest, caller: CallerDep, resources: ResourcesDep) -> NewApiKey:
    """Make a key. A key can give no scope that the caller's own key lacks."""
    caller.require(Scope.KEYS)
    for scope in request.scopes:
        caller.require(Scope(scope))
    key, token = api_keys.create(
        resources,
        caller.hub,
        label=request.label,
        scopes=set(request.scopes),
        expires_at=request.expires_at,
        partner=request.partner,
    )
    return NewApiKey(**ApiKeyItem.of(key).model_dump(), key=token)


@router.delete(
    "/{key_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(UnauthenticatedError, ScopeMissingError, ApiKeyNotFoundError),
)
def revoke_api_key(key_id: str, caller: CallerDep, resources: ResourcesDep) -> None:
    """End a key at once."""
    caller.require(Scope.KEYS)
    api_keys.revoke(resources, caller.hub, key_id)
