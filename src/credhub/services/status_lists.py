"""Give out status indexes, and publish signed status lists.

The bits are derived from the rows each time, in one read transaction together with the number of
the newest version; of two publishers at once, one is refused by the primary key and reads again.
So a published version never lacks a change that an earlier one shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from credhub.errors import ConflictError, ContendedError, HubNotFoundError, StatusListNotFoundError
from credhub.ledger.entry import Kind
from credhub.ledger.events import Standing, StatusListPublished
from credhub.services import list_documents
from credhub.services.list_documents import TOKENS
from credhub.services.resources import Randomness, Resources
from credhub.status import bitstring
from credhub.store import status_writing
from credhub.store.hubs import Hub, HubNumber
from credhub.store.status import StatusList, StatusListVersion
from credhub.store.unit import PendingEntry, Unit

VALIDITY: Final = timedelta(days=7)
REFRESH_AFTER: Final = timedelta(days=1)
ATTEMPTS: Final = 20

# So many draws rarely all miss before a third of the list is taken: then the next list begins.
DRAWS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """What one read transaction saw of a list."""

    entry: StatusList
    standings: Mapping[int, Standing]
    changes: int
    newest: StatusListVersion | None


def address_of(hub: Hub, number: int) -> str:
    """Give the public address of a status list."""
    return f"{hub.base_url}/hubs/{hub.slug}/status/{number}"


def draw(random: Randomness, length: int, *, count: int = DRAWS) -> tuple[int, ...]:
    """Draw candidates for a credential's index, evenly over the whole list.

    Args:
        random: Gives that many secure random bytes.
        length: The length of the list, a power of two.
        count: How many to draw; one may be drawn twice.
    """
    raw = random(4 * count)
    return tuple(
        int.from_bytes(raw[start : start + 4], "big") % length for start in range(0, len(raw), 4)
    )


def opening_unit(resources: Resources, hub: Hub, *, number: int, purpose: str) -> Unit:
    """Prepare a new list together with its first signed version."""
    entry = StatusList(
        hub=hub.number,
        list=number,
        purpose=purpose,
        length=bitstring.LENGTH,
        created_at=resources.clock(),
    )
    snapshot = _Snapshot(entry=entry, standings={}, changes=0, newest=None)
    first = _publication(resources, hub, snapshot)
    return Unit(
        hub=hub.number,
        entries=first.entries,
        inserts=(status_writing.insert_list_of(entry), *first.inserts),
    )


def open_next(resources: Resources, hub: Hub, purpose: str) -> None:
    """Open another list for a purpose; when another process just did, that one serves.

    Raises:
        HubNotFoundError: The hub has no first list, so its making was cut off.
    """
    with resources.store.read() as tx:
        numbers = [entry.list for entry in tx.status.lists(hub.number)]
    if not numbers:
        # The first list comes with the entries of the keys: a hub without it is not one yet.
        raise HubNotFoundError
    unit = opening_unit(resources, hub, number=max(numbers) + 1, purpose=purpose)
    try:
        resources.sequencer.submit(unit)
    except ConflictError:
        return


def publish(resources: Resources, hub: Hub, number: int) -> None:
    """Publish a list when its newest version lacks a change or grows old.

    Raises:
        ContendedError: Others kept publishing the same list.
        StatusListNotFoundError: There is no such list.
    """
    for _ in range(ATTEMPTS):
        snapshot = _read_due(resources, hub.number, number)
        if snapshot is None:
            return
        try:
            resources.sequencer.submit(_publication(resources, hub, snapshot))
        except ConflictError:
            continue
        return
    raise ContendedError


def all_lists(resources: Resources) -> tuple[tuple[Hub, int], ...]:
    """Name every list of every hub."""
    with resources.store.read() as tx:
        return tuple(
            (hub, entry.list) for hub in tx.hubs.all() for entry in tx.status.lists(hub.number)
        )


def newest(resources: Resources, hub: Hub, number: int) -> StatusListVersion:
    """Give the newest signed version of a list.

    Raises:
        StatusListNotFoundError: There is none.
    """
    with resources.store.read() as tx:
        version = tx.status.latest_version(hub.number, number)
    if version is None:
        raise StatusListNotFoundError
    return version


def _read_due(resources: Resources, hub: HubNumber, number: int) -> _Snapshot | None:
    with resources.store.read() as tx:
        entry = tx.status.by_number(hub, number)
        if entry is None:
            raise StatusListNotFoundError
        newest = tx.status.latest_version(hub, number)
        for_tokens = entry.purpose == TOKENS
        count = tx.status.count_all_changes if for_tokens else tx.status.count_changes
        changes = count(hub, number)
        if newest is not None and not _is_due(resources, newest, changes):
            return None
        if for_tokens:
            standings = tx.status.standings(hub, number)
        else:
            # Of a bit that is set, the purpose of the list says what it means.
            standings = dict.fromkeys(tx.status.set_indexes(hub, number), Standing.REVOKED)
    return _Snapshot(entry=entry, standings=standings, changes=changes, newest=newest)


def _is_due(resources: Resources, version: StatusListVersion, changes: int) -> bool:
    return version.changes != changes or resources.clock() >= version.valid_from + REFRESH_AFTER


def _publication(resources: Resources, hub: Hub, snapshot: _Snapshot) -> Unit:
    entry = snapshot.entry
    now = resources.clock().replace(microsecond=0)
    version = 1 if snapshot.newest is None else snapshot.newest.version + 1
    address = address_of(hub, entry.list)
    signed = list_documents.sign(
        resources, hub, entry, snapshot.standings, url=address, now=now, until=now + VALIDITY
    )
    published = StatusListPublished(url=address, version=version, digest=sha256(signed).digest())
    return Unit(
        hub=hub.number,
        entries=(PendingEntry(kind=Kind.STATUS_LIST, public=published.payload()),),
        inserts=(
            status_writing.insert_version_of(
                hub.number,
                number=entry.list,
                version=version,
                changes=snapshot.changes,
                document=signed,
                valid_from=now,
                valid_until=now + VALIDITY,
                entry=0,
            ),
        ),
    )
