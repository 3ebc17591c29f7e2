"""The places in status lists that a new credential takes."""

from dataclasses import dataclass

from credhub.credentials.achievement import Achievement
from credhub.services import status_lists
from credhub.services.resources import Resources
from credhub.status.document import Purpose, StatusEntry
from credhub.store.hubs import Hub, HubNumber
from credhub.store.status import StatusIndex, StatusList
from credhub.store.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePlace:
    """A place that nobody had when it was looked for."""

    list: StatusList
    index: int

    def entry(self, hub: Hub) -> StatusEntry:
        """Say where a verifier looks."""
        return StatusEntry.at(
            status_lists.address_of(hub, self.list.list), self.index, Purpose(self.list.purpose)
        )

    def given_to(self, credential_id: str) -> StatusIndex:
        """Give it to a credential."""
        return StatusIndex(
            hub=self.list.hub,
            list=self.list.list,
            index=self.index,
            credential_id=credential_id,
            purpose=self.list.purpose,
        )


def purposes_of(achievement: Achievement) -> tuple[Purpose, ...]:
    """Say in which lists the credentials of an achievement need a place."""
    if achievement.suspendable:
        return Purpose.REVOCATION, Purpose.SUSPENSION
    return (Purpose.REVOCATION,)


def find(
    resources: Resources, tx: Transaction, number: HubNumber, purpose: Purpose
) -> FreePlace | None:
    """Find a free place for a purpose; none when another list must be opened first."""
    status_list = tx.status.open_list(number, purpose)
    if status_list is None:
        return None
    drawn = status_lists.draw(resources.random, status_list.length)
    taken = tx.status.taken(number, status_list.list, drawn)
    free = [index for index in drawn if index not in taken]
    return FreePlace(list=status_list, index=free[0]) if free else None
