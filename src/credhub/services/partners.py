"""Vouch for the partners of a hub, and end that.

Each change is prepared from what one read transaction saw, and carries the number after the newest
one: of two changes at once, one is refused by the primary key and reads again. So the digest in an
entry is always that of the whole list after it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from credhub import jsontypes
from credhub.credentials.partner_endorsement import PartnerEndorsement
from credhub.errors import (
    ConflictError,
    ContendedError,
    EndorsementGoneError,
    EndorsementNotFoundError,
    PartnerExistsError,
    PartnerNotFoundError,
    TooManyPartnersError,
)
from credhub.ledger.entry import Kind
from credhub.ledger.partner_events import PartnerChange, PartnersChanged, digest_of_list
from credhub.proofs.forms import DEFAULT
from credhub.services.forms import DataIntegrityForm
from credhub.services.hubs import issuer_of
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.store import partners as partner_store
from credhub.store.hubs import Hub
from credhub.store.partners import StoredPartnerChange
from credhub.store.store import Transaction
from credhub.store.unit import PendingEntry, Unit
from credhub.verification.lookalikes import check_legible
from credhub.verification.partner_list import MAX_PARTNERS

ATTEMPTS: Final = 20
VALIDITY: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPartner:
    """Whom a hub is to vouch for.

    Attributes:
        until: When that ends by itself; in a year when nobody says.
    """

    did: str
    name: str
    comment: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Somebody for whom a hub vouches.

    Attributes:
        digest: That of the signed endorsement, as the ledger has it.
    """

    stored: StoredPartnerChange
    endorsement: PartnerEndorsement
    signed: bytes
    digest: bytes

    @classmethod
    def of(cls, stored: StoredPartnerChange) -> "Partner":
        """Read the endorsement in a row that adds one."""
        signed = stored.document or b""
        document = jsontypes.parse_object(signed)
        return cls(
            stored=stored,
            endorsement=PartnerEndorsement.from_document(document),
            signed=signed,
            digest=sha256(signed).digest(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one read transaction saw of a hub's partners: the newest change, and who is left."""

    newest: StoredPartnerChange | None
    partners: tuple[Partner, ...]

    @property
    def version(self) -> int:
        """How many changes there were."""
        return 0 if self.newest is None else self.newest.version


def address_of(hub: Hub, endorsement_id: str) -> str:
    """Give the address of an endorsement."""
    return f"{hub.base_url}/hubs/{hub.slug}/partners/{endorsement_id}"


def standing_of(resources: Resources, hub: Hub) -> Standing:
    """Read whom a hub vouches for now, those whose time is over too: they end by a change."""
    with resources.store.read() as tx:
        return _standing_in(tx, hub)


def in_force(resources: Resources, hub: Hub) -> tuple[Partner, ...]:
    """Read whom a hub vouches for and whose time is not over."""
    now = resources.clock()
    standing = standing_of(resources, hub)
    return tuple(one for one in standing.partners if now <= one.endorsement.valid_until)


def add(resources: Resources, hub: Hub, new: NewPartner, *, once: Once | None = None) -> Partner:
    """Sign an endorsement of a partner, and record it.

    Args:
        resources: What services work with.
        hub: Who vouches.
        new: For whom.
        once: The request, where it must not take effect twice.

    Raises:
        InvalidClaimError: A member cannot be in a credential, or the partner is the hub itself.
        PartnerExistsError: The hub vouches for the partner already.
        TooManyPartnersError: The list is full.
        IdempotencyKeyReusedError: The key was used with another body.
        EndorsementGoneError: The request added the partner before, and that was ended since.
        ContendedError: Others kept changing the list.
    """
    for _ in range(ATTEMPTS):
        with resources.store.read() as tx:
            thing = None if once is None else once.made(tx)
            standing = _standing_in(tx, hub)
        if thing is not None:
            return endorsement(resources, hub, thing)
        if any(one.endorsement.did == new.did for one in standing.partners):
            raise PartnerExistsError(new.did)
        if len(standing.partners) >= MAX_PARTNERS:
            raise TooManyPartnersError(MAX_PARTNERS)
        endorsement_id = resources.new_id()
        signed, digest = _sign(resources, hub, endorsement_id, new)
        digests = (*(one.digest for one in standing.partners), digest)
        unit = _unit(
            resources,
            hub,
            standing,
            change=PartnerChange.ADDED,
            endorsement_id=endorsement_id,
            document=signed,
            digest=digest,
            in_force=digest_of_list(digests),
        )
        if once is not None:
            asked = once.insert_of(resources, endorsement_id)
            unit = replace(unit, inserts=(*unit.inserts, asked))
        if _submitted(resources, unit):
            with resources.store.read() as tx:
                (stored,) = tx.partners.of_endorsement(hub.number, endorsement_id)
            return Partner.of(stored)
    raise ContendedError


def end(resources: Resources, hub: Hub, did: str) -> Partner:
    """End the endorsement of a partner, and record that.

    Raises:
        PartnerNotFoundError: The hub does not vouch for the partner.
        ContendedError: Others kept changing the list.
    """
    ended = _end(resources, hub, lambda one: one.endorsement.did == did)
    if ended is None:
        raise PartnerNotFoundError(did)
    return ended


def end_by_id(resources: Resources, hub: Hub, endorsement_id: str) -> Partner:
    """End the endorsement of a partner by the last part of its address, and record that.

    Raises:
        EndorsementNotFoundError: There is none.
        EndorsementGoneError: The hub has ended it before.
        ContendedError: Others kept changing the list.
    """
    endorsement(resources, hub, endorsement_id)
    ended = _end(resources, hub, lambda one: one.stored.endorsement_id == endorsement_id)
    if ended is None:
        raise EndorsementGoneError
    return ended


def _end(resources: Resources, hub: Hub, is_meant: Callable[[Partner], bool]) -> Partner | None:
    for _ in range(ATTEMPTS):
        standing = standing_of(resources, hub)
        ended = next(filter(is_meant, standing.partners), None)
        if ended is None:
            return None
        unit = _unit(
            resources,
            hub,
            standing,
            change=PartnerChange.ENDED,
            endorsement_id=ended.stored.endorsement_id,
            document=None,
            digest=ended.digest,
            in_force=digest_of_list(one.digest for one in standing.partners if one is not ended),
        )
        if _submitted(resources, unit):
            return ended
    raise ContendedError


def endorsement(resources: Resources, hub: Hub, endorsement_id: str) -> Partner:
    """Find one endorsement by the last part of its address.

    Raises:
        EndorsementNotFoundError: There is none.
        EndorsementGoneError: The hub has ended it.
    """
    with resources.store.read() as tx:
        changes = tx.partners.of_endorsement(hub.number, endorsement_id)
    if not changes:
        raise EndorsementNotFoundError
    if len(changes) > 1:
        raise EndorsementGoneError
    return Partner.of(changes[0])


def _standing_in(tx: Transaction, hub: Hub) -> Standing:
    return Standing(
        newest=tx.partners.newest(hub.number),
        partners=tuple(map(Partner.of, tx.partners.in_force(hub.number))),
    )


def _sign(
    resources: Resources, hub: Hub, endorsement_id: str, new: NewPartner
) -> tuple[bytes, bytes]:
    check_legible(new.name)
    now = resources.clock().replace(microsecond=0)
    said = PartnerEndorsement(
        id=address_of(hub, endorsement_id),
        did=new.did,
        name=new.name,
        comment=new.comment,
        valid_from=now,
        valid_until=new.until or now + VALIDITY,
    )
    key = resources.keyring.issuing_key(hub.number, DEFAULT.key_type, now)
    made = DataIntegrityForm(DEFAULT, resources.suite).make(
        said.to_document(issuer_of(hub)), key, now
    )
    return made.signed, made.digest


def _unit(  # noqa: PLR0913 - what a change is
    resources: Resources,
    hub: Hub,
    standing: Standing,
    *,
    change: PartnerChange,
    endorsement_id: str,
    document: bytes | None,
    digest: bytes,
    in_force: bytes,
) -> Unit:
    now, version = resources.clock(), standing.version + 1
    said = PartnersChanged(
        change=change,
        endorsement=address_of(hub, endorsement_id),
        digest=digest,
        in_force=in_force,
        version=version,
        at=now,
    )
    row = partner_store.insert_of(
        hub.number,
        version=version,
        change=change,
        endorsement_id=endorsement_id,
        document=document,
        changed_at=now,
        entry=0,
    )
    entry = PendingEntry(kind=Kind.ENDORSEMENT, public=said.payload())
    return Unit(hub=hub.number, entries=(entry,), inserts=(row,))


def _submitted(resources: Resources, unit: Unit) -> bool:
    try:
        resources.sequencer.submit(unit)
    except ConflictError:
        return False
    return True
