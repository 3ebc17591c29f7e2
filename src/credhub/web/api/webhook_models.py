"""What requests and answers about webhooks look like."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from credhub.services.webhooks.events import EventType
from credhub.services.webhooks.listing import Listed
from credhub.services.webhooks.rotating import LONGEST_OVERLAP
from credhub.services.webhooks.sending import Tried
from credhub.services.webhooks.webhook import Webhook
from credhub.store.webhooks import Health, Position
from credhub.web.api.models import Model, RequestModel, Url

_SECONDS: Final = int(LONGEST_OVERLAP.total_seconds())

TypeName = Literal[
    "credential.issued",
    "credential.corrected",
    "credential.revoked",
    "credential.suspended",
    "credential.reinstated",
    "achievement.published",
]
Types = Annotated[list[TypeName], Field(min_length=1, max_length=len(EventType))]


class WebhookRequest(RequestModel):
    """Somebody who is to be told what happens from now on."""

    url: Url = Field(description="An address of https on the public internet, port 443 or 8443.")
    types: Types | None = Field(default=None, description="Of what. Default: of all.")


class WebhookChangeRequest(RequestModel):
    """What is to be changed; what is not given stays."""

    url: Url | None = None
    types: Types | None = None
    enabled: bool | None = Field(
        default=None,
        description="Whoever is enabled again is told what happened meanwhile.",
    )


class WebhookSecretRequest(RequestModel):
    """How a new secret begins."""

    overlap_seconds: Annotated[int, Field(ge=0, le=_SECONDS)] = Field(
        default=_SECONDS, description="For how long the secrets before it still sign."
    )


class EntryPlace(RequestModel):
    """One entry of the ledger."""

    log: Annotated[str, Field(min_length=1, max_length=64)]
    seq: Annotated[int, Field(ge=0, le=2**53 - 1)]

    def position(self) -> Position:
        """Make the domain value."""
        return Position(log=self.log, seq=self.seq)


class WebhookReplayRequest(RequestModel):
    """What is to be told again: a part of the ledger, or what was given up."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [name]} for name in ("from", "dead")],
            "dependentRequired": {"to": ["from"]},
        }
    )

    start: EntryPlace | None = Field(
        default=None, alias="from", description="The first entry that is told again."
    )
    end: EntryPlace | None = Field(
        default=None,
        alias="to",
        description="The first one that is not. Default: what was not told yet.",
    )
    dead: Literal[True] | None = Field(
        default=None, description="Instead: everything that was given up."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.start is None) == (self.dead is None):
            raise ValueError("must have exactly one of from and dead")
        if self.end is not None and self.start is None:
            raise ValueError("has an end without a beginning")
        return self


class Place(Model):
    """One entry of the ledger."""

    log: str
    seq: int

    @classmethod
    def of(cls, position: Position) -> Self:
        """Write one."""
        return cls(log=position.log, seq=position.seq)


class WebhookReplay(Model):
    """What is being told again."""

    start: Place = Field(alias="from")
    end: Place = Field(alias="to")


class WebhookHealth(Model):
    """How it goes with a webhook."""

    failures: int = Field(description="How often in a row it failed.")
    failing_since: datetime | None
    next_at: datetime | None = Field(description="Before that nothing is sent to it.")
    last_at: datetime | None = Field(description="When something was sent at last.")
    last_outcome: str | None = Field(
        description="What became of that: `delivered`, `refused` (another status than 2xx),"
        " `unreached` (no answer in time), `blocked` (we send nothing there), `gone` (410)."
    )
    last_status: int | None
    delivered_at: datetime | None = Field(description="When something was delivered at last.")
    waiting: int = Field(description="Events that are tried again.")
    dead: int = Field(description="Events that were given up.")

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        """Write how it goes."""
        health: Health = webhook.endpoint.health
        return cls(
            failures=health.failures,
            failing_since=health.failing_since,
            next_at=health.next_at if health.next_at.timestamp() else None,
            last_at=health.last_at,
            last_outcome=health.last_outcome,
            last_status=health.last_status,
            delivered_at=health.delivered_at,
            waiting=webhook.counts.waiting,
            dead=webhook.counts.dead,
        )


class WebhookAnswer(Model):
    """One webhook, without its secrets."""

    id: str
    url: str
    types: list[str]
    created_at: datetime
    enabled: bool
    disabled_at: datetime | None
    disabled_because: str | None = Field(
        description="`asked`, `gone` (it answered 410), or `failing` (for days)."
    )
    next: Place = Field(description="The first entry of the ledger that it was not told yet.")
    replay: WebhookReplay | None
    secrets_end_at: list[datetime] = Field(description="When the older secrets end.")
    health: WebhookHealth

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        """Write one webhook."""
        endpoint = webhook.endpoint
        replay = endpoint.replay
        return cls(
            id=endpoint.endpoint_id,
            url=webhook.url,
            types=list(endpoint.types),
            created_at=endpoint.created_at,
            enabled=endpoint.disabled_at is None,
            disabled_at=endpoint.disabled_at,
            disabled_because=endpoint.disabled_because,
            next=Place.of(endpoint.cursor),
            replay=None
            if replay is None
            else WebhookReplay(start=Place.of(replay.start), end=Place.of(replay.end)),
            secrets_end_at=[one.until for one in webhook.secrets if one.until is not None],
            health=WebhookHealth.of(webhook),
        )


class NewWebhook(WebhookAnswer):
    """A webhook with a new secret."""

    secret: str | None = Field(
        description="Checks the signatures. It is shown this once, and again to the same request"
        " for as long as it signs."
    )


class WebhookList(Model):
    """All webhooks of the hub."""

    items: list[WebhookAnswer]


class WebhookTestAnswer(Model):
    """What came back."""

    id: str = Field(description="The `webhook-id` of the message.")
    outcome: str
    status: int | None
    milliseconds: int

    @classmethod
    def of(cls, tried: Tried) -> Self:
        """Write it."""
        return cls(
            id=tried.event_id,
            outcome=tried.sent.outcome,
            status=tried.sent.status,
            milliseconds=tried.milliseconds,
        )


class DeliveryAnswer(Model):
    """One event that was not delivered."""

    id: str | None = Field(description="Its `webhook-id`; none when nothing can be told of it.")
    type: str | None
    about: str = Field(description="The id of the credential or the achievement.")
    ledger: Place
    attempts: int = Field(description="Zero, while it waits for another about the same.")
    next_at: datetime | None
    last_at: datetime | None
    last_outcome: str | None
    last_status: int | None
    dead_at: datetime | None

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """Write one."""
        one, event = listed.delivery, listed.event
        is_tried = one.attempts > 0 and one.dead_at is None
        return cls(
            id=None if event is None else event.event_id,
            type=None if event is None else event.type,
            about=one.subject,
            ledger=Place.of(one.position),
            attempts=one.attempts,
            next_at=one.next_at if is_tried else None,
            last_at=one.last_at,
            last_outcome=one.last_outcome,
            last_status=one.last_status,
            dead_at=one.dead_at,
        )


class DeliveryPage(Model):
    """A part of a list."""

    items: list[DeliveryAnswer]
    next_cursor: str | None = Field(description="Give it as cursor to get the next part.")


def overlap_of(request: WebhookSecretRequest) -> timedelta:
    """Give for how long the secrets before still sign."""
    return timedelta(seconds=request.overlap_seconds)
