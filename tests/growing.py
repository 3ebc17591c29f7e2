"""A ledger that grows by as many entries as a test needs, in one step."""

from itertools import count

from credhub.ledger.entry import Kind
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.store.unit import PendingEntry, Placement, Unit

_numbers = count(1)


def grow(resources: Resources, hub: HubNumber, entries: int) -> Placement:
    """Add so many public entries of different lengths to the open log of a hub."""
    return resources.sequencer.submit(
        Unit(
            hub=hub,
            entries=tuple(
                PendingEntry(kind=Kind.OPERATION, public=b"x" * (1 + next(_numbers) % 97))
                for _ in range(entries)
            ),
        )
    )


def grow_to(resources: Resources, hub: HubNumber, log: str, size: int) -> None:
    """Let the open log of a hub reach a size."""
    with resources.store.read() as tx:
        missing = size - tx.ledger.head(hub, log).size
    assert missing > 0
    assert grow(resources, hub, missing).checkpoint_size == size
