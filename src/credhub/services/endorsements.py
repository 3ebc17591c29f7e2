"""What partners say of a hub and of what it awards, as it is now.

Nothing of it is part of what the hub says itself, and nothing of it makes anything valid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from credhub import jsontypes
from credhub.credentials.given_endorsement import Confirmation, SignedStatement
from credhub.errors import (
    EndorsedNotFoundError,
    EndorsementNotFoundError,
    EndorsementWithdrawnError,
)
from credhub.keys.sealing import unseal
from credhub.ledger.endorsement_events import ChangedBy, EndorsementChange
from credhub.services import achievements, hubs, partners
from credhub.services.partners import Partner
from credhub.services.resources import Resources
from credhub.services.sealed import withdrawal_context
from credhub.store.endorsements import HUB_ITSELF, StoredEndorsement
from credhub.store.hubs import Hub
from credhub.store.store import Transaction
from credhub.verification import reading

MAX_SHOWN: Final = 100


class State(StrEnum):
    """Whether an endorsement counts."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_A_PARTNER = "notAPartner"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenEndorsement:
    """One endorsement of a hub or of an achievement.

    Attributes:
        how: Signed by the partner, or confirmed through its account.
        name: What the hub calls the partner now; none for whom it does not vouch for any more.
        endorsed: The address of what is endorsed.
        reason: Why it was withdrawn; only for the hub and the partner.
    """

    stored: StoredEndorsement
    address: str
    how: EndorsementChange
    state: State
    name: str | None
    endorsed: str
    comment: str | None
    valid_until: datetime | None
    reason: str | None = field(default=None, repr=False)

    @property
    def is_of_hub(self) -> bool:
        """Whether the hub itself is endorsed."""
        return not self.stored.achievement_id


def address_of(hub: Hub, endorsement_id: str) -> str:
    """Give the address of an endorsement by a partner."""
    return f"{hub.base_url}/hubs/{hub.slug}/endorsements/{endorsement_id}"


def endorsed_address(hub: Hub, achievement_id: str) -> str:
    """Give the address of what is endorsed: an achievement, or the hub by its DID."""
    return achievements.address_of(hub, achievement_id) if achievement_id else hub.did


def endorsed_by_address(tx: Transaction, hub: Hub, address: str) -> tuple[str, int]:
    """Find what an endorsement is about: an achievement with its newest version, or the hub.

    Raises:
        EndorsedNotFoundError: The hub has nothing of this address.
    """
    if address in {hub.did, hubs.page_of(hub)}:
        return HUB_ITSELF
    prefix = achievements.address_of(hub, "")
    found = None
    if address.startswith(prefix):
        found = tx.achievements.latest(hub.number, address.removeprefix(prefix))
    if found is None:
        raise EndorsedNotFoundError
    return found.achievement_id, found.version


def partners_by_did(resources: Resources, hub: Hub) -> Mapping[str, Partner]:
    """List the partners in force by their DIDs."""
    return {one.endorsement.did: one for one in partners.in_force(resources, hub)}


def of_achievement(
    resources: Resources, hub: Hub, achievement_id: str
) -> tuple[GivenEndorsement, ...]:
    """List those of all versions of an achievement that are not withdrawn, newest first."""
    with resources.store.read() as tx:
        stored = tx.endorsements.standing(hub.number, achievement_id, limit=MAX_SHOWN)
    return _given(resources, hub, stored)


def of_hub(resources: Resources, hub: Hub) -> tuple[GivenEndorsement, ...]:
    """List those of the hub itself that are not withdrawn, newest first."""
    return of_achievement(resources, hub, HUB_ITSELF[0])


def page(
    resources: Resources, hub: Hub, *, after: str, limit: int, endorser: str | None
) -> tuple[GivenEndorsement, ...]:
    """List a part of all, oldest first; for a partner its own."""
    with resources.store.read() as tx:
        stored = tx.endorsements.page(hub.number, after=after, limit=limit, endorser=endorser)
    return _given(resources, hub, stored)


def find(
    resources: Resources, hub: Hub, endorsement_id: str, *, endorser: str | None = None
) -> GivenEndorsement:
    """Find one, withdrawn or not; for a partner among its own.

    Raises:
        EndorsementNotFoundError: There is none.
    """
    with resources.store.read() as tx:
        stored = tx.endorsements.by_id(hub.number, endorsement_id)
    if stored is None or endorser not in {None, stored.endorser}:
        raise EndorsementNotFoundError
    (given,) = _given(resources, hub, (stored,))
    return given


def published(resources: Resources, hub: Hub, endorsement_id: str) -> GivenEndorsement:
    """Find one for the public.

    Raises:
        EndorsementNotFoundError: There is none.
        EndorsementWithdrawnError: It was withdrawn.
    """
    found = find(resources, hub, endorsement_id)
    if found.state is State.WITHDRAWN:
        raise EndorsementWithdrawnError
    return found


def _given(
    resources: Resources, hub: Hub, stored: Iterable[StoredEndorsement]
) -> tuple[GivenEndorsement, ...]:
    known, now = partners_by_did(resources, hub), resources.clock()
    return tuple(_one(resources, hub, one, known, now) for one in stored)


def _one(
    resources: Resources,
    hub: Hub,
    stored: StoredEndorsement,
    known: Mapping[str, Partner],
    now: datetime,
) -> GivenEndorsement:
    said = said_in(stored.change, stored.document)
    partner = known.get(stored.endorser)
    if stored.withdrawn_at is not None:
        state = State.WITHDRAWN
    elif partner is None:
        state = State.NOT_A_PARTNER
    elif said.valid_until is not None and said.valid_until < now:
        state = State.EXPIRED
    else:
        state = State.VALID
    return GivenEndorsement(
        stored=stored,
        address=address_of(hub, stored.endorsement_id),
        how=stored.change,
        state=state,
        name=None if partner is None else partner.endorsement.name,
        endorsed=endorsed_address(hub, stored.achievement_id),
        comment=said.comment,
        valid_until=said.valid_until,
        reason=_reason(resources, stored),
    )


def said_in(change: EndorsementChange, document: bytes) -> SignedStatement | Confirmation:
    """Read what was recorded."""
    if change is EndorsementChange.CONFIRMED:
        return Confirmation.from_document(jsontypes.parse_object(document))
    return SignedStatement.from_document(reading.read(document).document)


def _reason(resources: Resources, stored: StoredEndorsement) -> str | None:
    if stored.sealed_reason is None:
        return None
    secret = resources.keyring.of(stored.hub).secret
    context = withdrawal_context(stored.hub, stored.endorsement_id)
    return unseal(secret, stored.sealed_reason, context=context).decode()


def is_by(partner: str | None) -> ChangedBy:
    """Say who asks, by the partner whose account it is, if it is one."""
    return ChangedBy.HUB if partner is None else ChangedBy.PARTNER
