"""What whoever runs the service should know: what takes no entries, what waits too long."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from credhub.services import hubs, quorums
from credhub.services.resources import Resources

OLD: Final = timedelta(minutes=10)


def warnings(resources: Resources) -> tuple[str, ...]:
    """Say what is not as it should be, a line each. Verification works all the same.

    Raises:
        StoreUnavailableError: The database does not answer: then nothing works.
    """
    hubs.count(resources)  # A question that only a working database answers.
    return (
        *_standstill(resources),
        *_refused(resources),
        *_old_quorums(resources, resources.clock()),
        *_idle_batches(resources, resources.clock()),
    )


def _standstill(resources: Resources) -> Iterator[str]:
    standstill = resources.sequencer.standstill
    if standstill is not None:
        yield standstill.sentence


def _refused(resources: Resources) -> Iterator[str]:
    for standing in resources.sequencer.refused:
        yield f"{standing.origin} takes no entries: {standing.message}"
    for name in resources.sequencer.blocked:
        yield f"Log {name.log} of hub {name.hub} waits for the second store."


def _old_quorums(resources: Resources, now: datetime) -> Iterator[str]:
    policy = resources.witness_policy
    if not policy.witnesses:
        return
    with resources.store.read() as tx:
        for log in tx.ledger.all_logs():
            quorum = quorums.of_log(tx, policy, log, unmet=resources.unmet_quorums)
            pending_since = quorum.pending_since
            if pending_since is not None and now - pending_since > OLD:
                minutes = (now - pending_since) // timedelta(minutes=1)
                yield f"{log.origin} has waited {minutes} minutes for a quorum of witnesses."


def _idle_batches(resources: Resources, now: datetime) -> Iterator[str]:
    with resources.store.read() as tx:
        idle = tx.batch_loads.idle_for(now)
    if idle > OLD:
        minutes = idle // timedelta(minutes=1)
        yield f"Batches have waited {minutes} minutes for a worker."
