"""``/v1/webhooks``: who is told what happens."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request

from credhub.errors import (
    ContendedError,
    CredhubError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    RateLimitedError,
    RecordDamagedError,
    ReplayRangeError,
    ReplayUnderWayError,
    ScopeMissingError,
    TooManySecretsError,
    TooManyWebhooksError,
    UnauthenticatedError,
    WebhookAddressError,
    WebhookNotFoundError,
)
from credhub.services.api_keys import Caller, Scope
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.services.webhooks import endpoints, listing, replaying, rotating, sending
from credhub.services.webhooks.events import EventType
from credhub.web.api.models import RequestModel
from credhub.web.api.webhook_models import (
    DeliveryAnswer,
    DeliveryPage,
    NewWebhook,
    WebhookAnswer,
    WebhookChangeRequest,
    WebhookList,
    WebhookReplayRequest,
    WebhookRequest,
    WebhookSecretRequest,
    WebhookTestAnswer,
    overlap_of,
)
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, ResourcesDep, RuntimeDep
from credhub.web.problems import WRITING, problems
from credhub.web.strict import StrictRoute

router = APIRouter(prefix="/v1/webhooks", tags=["Webhooks"], route_class=StrictRoute)

_FIRST: Final = "0-0"


def _answers(*more: type[CredhubError]) -> dict[int | str, dict[str, Any]]:
    return problems(UnauthenticatedError, ScopeMissingError, *more, RecordDamagedError)


@router.get("", responses=_answers())
def list_webhooks(caller: CallerDep, resources: ResourcesDep) -> WebhookList:
    """List the webhooks of the hub, oldest first, and how it goes with each."""
    caller.require(Scope.WEBHOOKS)
    found = endpoints.of_hub(resources, caller.hub)
    return WebhookList(items=[WebhookAnswer.of(webhook) for webhook in found])


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=_answers(
        WebhookNotFoundError,
        WebhookAddressError,
        TooManyWebhooksError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        ContendedError,
        *WRITING,
    ),
)
def create_webhook(
    request: WebhookRequest,
    caller: CallerDep,
    resources: ResourcesDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> NewWebhook:
    """Have an address told what happens from now on, by Standard Webhooks.

    Its answer has the secret that checks the signatures.
    """
    caller.require(Scope.WEBHOOKS)
    webhook = endpoints.create(
        resources,
        caller.hub,
        url=request.url,
        types=_types(request.types) or tuple(EventType),
        once=_once(resources, caller, "POST /v1/webhooks", idempotency_key, request),
    )
    first = (one.text for one in webhook.secrets if one.number == endpoints.FIRST_SECRET)
    return _with_secret(WebhookAnswer.of(webhook), next(first, None))


@router.get("/{webhook_id}", responses=_answers(WebhookNotFoundError))
def read_webhook(webhook_id: str, caller: CallerDep, resources: ResourcesDep) -> WebhookAnswer:
    """Read one webhook, and how it goes with it."""
    caller.require(Scope.WEBHOOKS)
    return WebhookAnswer.of(endpoints.find(resources, caller.hub, webhook_id))


@router.patch(
    "/{webhook_id}", responses=_answers(WebhookNotFoundError, WebhookAddressError, *WRITING)
)
def change_webhook(
    webhook_id: str, request: WebhookChangeRequest, caller: CallerDep, resources: ResourcesDep
) -> WebhookAnswer:
    """Change the address or the types of a webhook, disable it, or enable it again."""
    caller.require(Scope.WEBHOOKS)
    changed = endpoints.change(
        resources,
        caller.hub,
        webhook_id,
        url=request.url,
        types=_types(request.types),
        enabled=request.enabled,
    )
    return WebhookAnswer.of(changed)


@router.delete(
    "/{webhook_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=_answers(WebhookNotFoundError, *WRITING),
)
def remove_webhook(webhook_id: str, caller: CallerDep, resources: ResourcesDep) -> None:
    """Remove a webhook, with all that waits for it."""
    caller.require(Scope.WEBHOOKS)
    endpoints.remove(resources, caller.hub, webhook_id)


@router.post(
    "/{webhook_id}/secrets",
    status_code=HTTPStatus.CREATED,
    responses=_answers(
        WebhookNotFoundError,
        TooManySecretsError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        ContendedError,
        *WRITING,
    ),
)
def rotate_secret(
    webhook_id: str,
    request: WebhookSecretRequest,
    caller: CallerDep,
    resources: ResourcesDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> NewWebhook:
    """Make a new secret. Those before it sign too for a while, so that nobody misses anything."""
    caller.require(Scope.WEBHOOKS)
    route = f"POST /v1/webhooks/{webhook_id}/secrets"
    webhook, secret = rotating.rotate(
        resources,
        caller.hub,
        webhook_id,
        overlap=overlap_of(request),
        once=_once(resources, caller, route, idempotency_key, request),
    )
    return _with_secret(WebhookAnswer.of(webhook), None if secret is None else secret.text)


@router.post("/{webhook_id}/test", responses=_answers(WebhookNotFoundError, RateLimitedError))
def test_webhook(
    webhook_id: str, http: Request, caller: CallerDep, runtime: RuntimeDep
) -> WebhookTestAnswer:
    """Send a `webhook.test` now, and say what came back. It is sent to disabled ones too."""
    caller.require(Scope.WEBHOOKS)
    http.app.state.limits.count_webhook_test(caller.hub)
    webhook = endpoints.find(runtime.resources, caller.hub, webhook_id)
    with runtime.lending.waiting():
        return WebhookTestAnswer.of(sending.try_out(runtime.resources, webhook))


@router.get("/{webhook_id}/deliveries", responses=_answers(WebhookNotFoundError))
def list_deliveries(  # noqa: PLR0913, PLR0917 - what a request may say
    webhook_id: str,
    caller: CallerDep,
    resources: ResourcesDep,
    state: Annotated[
        Literal["waiting", "dead"],
        Query(description="What is tried again, or what was given up."),
    ] = "waiting",
    cursor: Annotated[str, Query(pattern=r"^[0-9]{1,6}-[0-9]{1,15}$")] = _FIRST,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> DeliveryPage:
    """List events that were not delivered, oldest first."""
    caller.require(Scope.WEBHOOKS)
    number, _, seq = cursor.partition("-")
    found = listing.deliveries(
        resources,
        caller.hub,
        webhook_id,
        dead=state == "dead",
        after=(int(number), int(seq) - 1),
        limit=limit,
    )
    last = found[-1].delivery.order if len(found) == limit else None
    return DeliveryPage(
        items=[DeliveryAnswer.of(one) for one in found],
        next_cursor=None if last is None else f"{last[0]}-{last[1] + 1}",
    )


@router.post(
    "/{webhook_id}/replay",
    status_code=HTTPStatus.ACCEPTED,
    responses=_answers(WebhookNotFoundError, ReplayUnderWayError, ReplayRangeError, *WRITING),
)
def replay_events(
    webhook_id: str, request: WebhookReplayRequest, caller: CallerDep, resources: ResourcesDep
) -> WebhookAnswer:
    """Tell a webhook again what a part of the ledger says, or everything that was given up.

    Events have the ids that they had. What was not told yet is told anyway, and is no part of it.
    """
    caller.require(Scope.WEBHOOKS)
    if request.start is None:
        replaying.revive(resources, caller.hub, webhook_id)
        return WebhookAnswer.of(endpoints.find(resources, caller.hub, webhook_id))
    again = replaying.replay(
        resources,
        caller.hub,
        webhook_id,
        start=request.start.position(),
        end=None if request.end is None else request.end.position(),
    )
    return WebhookAnswer.of(again)


def _types(names: Sequence[str] | None) -> tuple[EventType, ...] | None:
    return None if names is None else tuple(map(EventType, names))


def _with_secret(answer: WebhookAnswer, secret: str | None) -> NewWebhook:
    return NewWebhook(**dict(answer), secret=secret)


def _once(
    resources: Resources, caller: Caller, route: str, key: str | None, request: RequestModel
) -> Once:
    body = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return Once(resources, caller.hub, route=route, key=key, body=body)
