"""A link for each credential of a batch, some at a time.

Whoever asks again gets the same links again, as long as they can be opened: so it needs no key,
and an answer that broke off is no loss.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from credhub.errors import ConflictError, ContendedError
from credhub.services import chains, claims
from credhub.services.bulk import batch_credentials
from credhub.services.bulk.batch_credentials import RowCredential
from credhub.services.claims import ATTEMPTS, ClaimState
from credhub.services.keyring import HubKeys
from credhub.services.resources import Resources
from credhub.store.claim_links import ClaimLink
from credhub.store.hubs import HubNumber
from credhub.store.store import Transaction

AT_ONCE = 200
ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLink:
    """The link of one row.

    Attributes:
        state: How far the learner has come, or ``erased``.
        address: The link, as long as nobody opened it.
    """

    row: int
    credential_id: str
    state: str
    address: str | None = None
    expires_at: datetime | None = None


def offered(
    resources: Resources, number: HubNumber, batch_id: str, *, days: int, actor: str
) -> Iterator[RowLink]:
    """Give each credential of a batch that has ended a link that can be opened.

    One that the learner has opened gets none: whoever lost it is given a new one alone.

    Raises:
        BatchNotFoundError: The hub has no such batch; before anything is given.
        BatchNotEndedError: More rows may come; likewise.
        ContendedError: Others kept making links to the same credentials.
    """
    part = batch_credentials.part(resources, number, batch_id, after=0, limit=AT_ONCE)

    def all_parts() -> Iterator[RowLink]:
        found = part
        yield from _part(resources, number, found.rows, days=days, actor=actor)
        while found.next_cursor is not None:
            found = batch_credentials.part(
                resources, number, batch_id, after=found.next_cursor, limit=AT_ONCE
            )
            yield from _part(resources, number, found.rows, days=days, actor=actor)

    return all_parts()


def _part(
    resources: Resources, number: HubNumber, rows: Sequence[RowCredential], *, days: int, actor: str
) -> list[RowLink]:
    keys = resources.keyring.of(number)
    for _ in range(ATTEMPTS):
        try:
            with resources.store.begin() as tx:
                return _linked(resources, tx, keys, rows, days=days, actor=actor)
        except ConflictError:
            continue
    raise ContendedError


def _linked(  # noqa: PLR0913 - which rows, with what, for how long, and who asks
    resources: Resources,
    tx: Transaction,
    keys: HubKeys,
    rows: Sequence[RowCredential],
    *,
    days: int,
    actor: str,
) -> list[RowLink]:
    number = keys.hub.number
    firsts = _firsts(tx, number, rows)
    links: dict[str, list[ClaimLink]] = {}
    for link in tx.claim_links.of_credentials(number, set(firsts.values())):
        links.setdefault(link.credential_id, []).append(link)
    given = []
    for one in rows:
        first = firsts.get(one.credential_id)
        if first is None:
            given.append(RowLink(row=one.row, credential_id=one.credential_id, state=ERASED))
            continue
        own, now = links.setdefault(first, []), resources.clock()
        if claims.claim_of(own, now).state is ClaimState.NONE:
            link = claims.new_link(resources, keys, first, days=days, actor=actor)
            tx.claim_links.end(number, first, link.created_at)
            tx.claim_links.insert(link)
            own.append(link)
        given.append(_given(keys, one, own, resources.clock()))
    return given


def _given(keys: HubKeys, one: RowCredential, links: Sequence[ClaimLink], now: datetime) -> RowLink:
    claim, newest = claims.claim_of(links, now), links[-1]
    opens = newest.opens(now)
    return RowLink(
        row=one.row,
        credential_id=one.credential_id,
        state=claim.state.value,
        address=claims.shown(keys, newest).address if opens else None,
        expires_at=newest.expires_at if opens else None,
    )


def _firsts(tx: Transaction, number: HubNumber, rows: Sequence[RowCredential]) -> Mapping[str, str]:
    """Find the first of the chain of each row, without those whose learner was erased."""
    found = tx.standings.by_ids(number, [one.credential_id for one in rows])
    return {
        credential_id: chains.first_of(tx, record.credential).credential_id
        for credential_id, record in found.items()
        if record.wrapped_key is not None
    }
