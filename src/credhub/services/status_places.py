"""The places in status lists that a new credential takes."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from credhub.credentials.achievement import Achievement
from credhub.jsontypes import JsonObject
from credhub.proofs.forms import Form
from credhub.services import status_lists
from credhub.services.list_documents import TOKENS
from credhub.services.resources import Resources
from credhub.status.document import Purpose, StatusEntry
from credhub.status.token_reference import TokenStatusReference
from credhub.store.hubs import Hub, HubNumber
from credhub.store.status import StatusIndex, StatusList
from credhub.store.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePlace:
    """A place that nobody had when it was looked for."""

    list: StatusList
    index: int

    def entry(self, hub: Hub) -> StatusEntry:
        """Say where a verifier looks, who reads a document."""
        return StatusEntry.at(self._address(hub), self.index, Purpose(self.list.purpose))

    def claim(self, hub: Hub) -> JsonObject:
        """Say where a verifier looks, who reads a token."""
        return TokenStatusReference(uri=self._address(hub), index=self.index).to_claim()

    @property
    def is_for_tokens(self) -> bool:
        """Whether it is in a list of tokens."""
        return self.list.purpose == TOKENS

    def _address(self, hub: Hub) -> str:
        return status_lists.address_of(hub, self.list.list)

    def given_to(self, credential_id: str) -> StatusIndex:
        """Give it to a credential."""
        return StatusIndex(
            hub=self.list.hub,
            list=self.list.list,
            index=self.index,
            credential_id=credential_id,
            purpose=self.list.purpose,
        )


def purposes_of(achievement: Achievement, forms: Collection[Form]) -> tuple[str, ...]:
    """Say in which lists the credentials of an achievement need a place, in these forms."""
    suspensions = (Purpose.SUSPENSION,) if achievement.suspendable else ()
    tokens = (TOKENS,) if Form.DC_SD_JWT in forms else ()
    return (Purpose.REVOCATION, *suspensions, *tokens)


def find_many(
    resources: Resources, tx: Transaction, number: HubNumber, purpose: str, *, count: int
) -> tuple[FreePlace, ...] | None:
    """Find so many different free places; none when another list must be opened first."""
    status_list = tx.status.open_list(number, purpose)
    if status_list is None:
        return None
    free: dict[int, None] = {}
    draws = status_lists.DRAWS * count
    while draws > 0 and len(free) < count:
        # A few more than are missing, so that one query is enough for nearly everybody.
        several = max(count - len(free), min(draws, status_lists.DRAWS))
        draws -= several
        drawn = {
            index: None
            for index in status_lists.draw(resources.random, status_list.length, count=several)
            if index not in free
        }
        taken = tx.status.taken(number, status_list.list, drawn)
        free |= {index: None for index in drawn if index not in taken}
    if len(free) < count:
        return None
    return tuple(FreePlace(list=status_list, index=index) for index in islice(free, count))


def find(
    resources: Resources, tx: Transaction, number: HubNumber, purpose: str
) -> FreePlace | None:
    """Find a free place for a purpose; none when another list must be opened first."""
    found = find_many(resources, tx, number, purpose, count=1)
    return None if found is None else found[0]
