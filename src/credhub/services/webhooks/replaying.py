"""What a webhook is told again: what was given up, or a part of the ledger.

A part of the ledger is a second cursor, from one entry up to another, beside the one that goes on.
"""

from credhub.errors import ReplayRangeError, ReplayUnderWayError
from credhub.services.resources import Resources
from credhub.services.webhooks.endpoints import find
from credhub.services.webhooks.webhook import Webhook, found
from credhub.store.hubs import HubNumber
from credhub.store.webhooks import Position, Replay, replay_columns


def revive(resources: Resources, hub: HubNumber, endpoint_id: str) -> int:
    """Have everything tried anew that is not tried any more; give how many these are.

    Raises:
        WebhookNotFoundError: The hub has none of this id.
    """
    with resources.store.begin() as tx:
        found(tx.webhooks.lock(hub, endpoint_id))
        return tx.webhook_waiting.revive(hub, endpoint_id, now=resources.clock())


def replay(
    resources: Resources,
    hub: HubNumber,
    endpoint_id: str,
    *,
    start: Position,
    end: Position | None = None,
) -> Webhook:
    """Tell an endpoint again what happened from one entry up to another, without that.

    What it was not told yet is no part of it: that comes anyway, and once.

    Raises:
        WebhookNotFoundError: The hub has none of this id.
        ReplayUnderWayError: It is being told something again.
        ReplayRangeError: The ledger of the hub has no such entries.
    """
    with resources.store.begin() as tx:
        endpoint = found(tx.webhooks.lock(hub, endpoint_id))
        if endpoint.replay is not None:
            raise ReplayUnderWayError
        logs = tx.ledger.logs(hub)
        order = {log.log: number for number, log in enumerate(logs)}
        named = (start,) if end is None else (start, end)
        if any(one.log not in order or one.seq < 0 for one in named):
            raise ReplayRangeError

        def place(position: Position) -> tuple[int, int]:
            return order[position.log], position.seq

        last = endpoint.cursor if end is None else min(end, endpoint.cursor, key=place)
        if place(start) >= place(end or endpoint.cursor):
            raise ReplayRangeError
        if place(start) < place(last):
            tx.webhooks.change(endpoint, **replay_columns(Replay(start=start, end=last)))
    return find(resources, hub, endpoint_id)
