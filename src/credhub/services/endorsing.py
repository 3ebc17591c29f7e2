"""Take endorsements from the partners of a hub, and withdraw them.

Each change carries the number after the newest one: of two changes at once, one is refused by the
primary key and reads again. So what is refused as there already was there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from credhub.credentials.claims import check_text
from credhub.credentials.given_endorsement import Confirmation
from credhub.errors import (
    ConflictError,
    ContendedError,
    EndorsedAlreadyError,
    EndorsementNotFoundError,
    EndorsementWithdrawnError,
    EndorserNotPartnerError,
    NotAnAccountError,
)
from credhub.jsontypes import JsonObject, canonical
from credhub.keys.sealing import seal
from credhub.ledger.endorsement_events import ChangedBy, EndorsementChange, EndorsementChanged
from credhub.ledger.entry import Kind
from credhub.services import endorsement_proof, endorsements
from credhub.services.api_keys import Caller
from credhub.services.endorsements import GivenEndorsement
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.services.sealed import withdrawal_context
from credhub.store import endorsements as endorsement_store
from credhub.store.hubs import Hub
from credhub.store.store import Transaction
from credhub.store.unit import Insert, PendingEntry, Unit

ATTEMPTS: Final = 20
VALIDITY: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConfirmation:
    """What a partner says through its account.

    Attributes:
        endorsed: The address of the achievement, or of the hub, or the hub's DID.
        until: When it ends by itself; in a year when nobody says.
    """

    endorsed: str
    comment: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _New:
    """What is to be recorded."""

    change: EndorsementChange
    endorsement_id: str
    endorser: str
    document: bytes
    achievement_id: str
    achievement_version: int


def receive(
    resources: Resources, caller: Caller, sent: str | JsonObject, once: Once
) -> GivenEndorsement:
    """Record an endorsement that a partner signed.

    Args:
        resources: What services work with.
        caller: The software of the hub, or the account of the partner who signed.
        sent: A token, or a document that was parsed strictly.
        once: The request.

    Raises:
        InvalidClaimError: It is no endorsement, or is of another form or too long.
        EndorserNotPartnerError: It is by somebody else than a partner, or than this partner.
        EndorsementRefusedError: A check failed.
        EndorsementNotProvedError: Something could not be found out.
        EndorsedNotFoundError: It is about nothing of this hub.
        EndorsedAlreadyError: One by the partner stands already, or this was withdrawn before.
        IdempotencyKeyReusedError: The key was used with another body.
        ContendedError: Others kept changing the endorsements of the hub.
    """
    hub = resources.keyring.of(caller.hub).hub
    done = _made(resources, hub, once)
    if done is not None:
        return done
    known = endorsements.partners_by_did(resources, hub)
    if caller.partner is not None:
        known = {did: one for did, one in known.items() if did == caller.partner}
    proved = endorsement_proof.prove(resources, hub, sent, known)
    endorsement_id = resources.new_id()

    def new(endorsed: tuple[str, int]) -> _New:
        return _New(
            change=EndorsementChange.SIGNED,
            endorsement_id=endorsement_id,
            endorser=proved.said.endorser,
            document=proved.signed,
            achievement_id=endorsed[0],
            achievement_version=endorsed[1],
        )

    return _record(resources, hub, caller, proved.said.endorsed, new, once)


def confirm(
    resources: Resources, caller: Caller, said: NewConfirmation, once: Once
) -> GivenEndorsement:
    """Record that a partner endorses something, as its account says.

    Raises:
        NotAnAccountError: The caller is not the account of a partner.
        EndorserNotPartnerError: The hub does not vouch for the partner any more.
        InvalidClaimError: What it says cannot be shown, or ends before it begins.
        EndorsedNotFoundError: It is about nothing of this hub.
        EndorsedAlreadyError: One by the partner stands already, though its time may be over.
        IdempotencyKeyReusedError: The key was used with another body.
        ContendedError: Others kept changing the endorsements of the hub.
    """
    if caller.partner is None:
        raise NotAnAccountError
    hub = resources.keyring.of(caller.hub).hub
    done = _made(resources, hub, once)
    if done is not None:
        return done
    partner = endorsements.partners_by_did(resources, hub).get(caller.partner)
    if partner is None:
        raise EndorserNotPartnerError(caller.partner)
    endorsement_id, now = resources.new_id(), resources.clock().replace(microsecond=0)

    def new(endorsed: tuple[str, int]) -> _New:
        confirmation = Confirmation(
            id=endorsements.address_of(hub, endorsement_id),
            hub=hub.did,
            endorser=partner.endorsement.did,
            name=partner.endorsement.name,
            endorsed=endorsements.endorsed_address(hub, endorsed[0]),
            comment=said.comment,
            confirmed_at=now,
            valid_until=said.until or now + VALIDITY,
        )
        return _New(
            change=EndorsementChange.CONFIRMED,
            endorsement_id=endorsement_id,
            endorser=confirmation.endorser,
            document=canonical(confirmation.to_document()),
            achievement_id=endorsed[0],
            achievement_version=endorsed[1],
        )

    return _record(resources, hub, caller, said.endorsed, new, once)


def withdraw(
    resources: Resources, hub: Hub, endorsement_id: str, *, partner: str | None, reason: str
) -> GivenEndorsement:
    """Record that an endorsement is withdrawn. It is not shown any more at once.

    Args:
        resources: What services work with.
        hub: Whose it is.
        endorsement_id: Which.
        partner: The partner who asks, which withdraws its own alone; none for the hub.
        reason: Why, for the record.

    Raises:
        InvalidClaimError: The reason is not printable.
        EndorsementNotFoundError: There is none, or it is of another partner.
        EndorsementWithdrawnError: It was withdrawn before.
        ContendedError: Others kept changing the endorsements of the hub.
    """
    check_text("reason", reason)
    for _ in range(ATTEMPTS):
        with resources.store.read() as tx:
            stored = tx.endorsements.by_id(hub.number, endorsement_id)
            version = tx.endorsements.newest_version(hub.number) + 1
        if stored is None or partner not in {None, stored.endorser}:
            raise EndorsementNotFoundError
        if stored.withdrawn_at is not None:
            raise EndorsementWithdrawnError
        new = _New(
            change=EndorsementChange.WITHDRAWN,
            endorsement_id=endorsement_id,
            endorser=stored.endorser,
            document=stored.document,
            achievement_id=stored.achievement_id,
            achievement_version=stored.achievement_version,
        )
        by = endorsements.is_by(partner)
        if _submitted(resources, _unit(resources, hub, new, version, by=by, reason=reason)):
            return endorsements.find(resources, hub, endorsement_id)
    raise ContendedError


def _made(resources: Resources, hub: Hub, once: Once) -> GivenEndorsement | None:
    with resources.store.read() as tx:
        thing = once.made(tx)
    return None if thing is None else endorsements.find(resources, hub, thing)


def _record(  # noqa: PLR0913, PLR0917 - what is said of what, by whom, and once
    resources: Resources,
    hub: Hub,
    caller: Caller,
    endorsed: str,
    new: Callable[[tuple[str, int]], _New],
    once: Once,
) -> GivenEndorsement:
    by = endorsements.is_by(caller.partner)
    for _ in range(ATTEMPTS):
        with resources.store.read() as tx:
            thing = once.made(tx)
            said = new(endorsements.endorsed_by_address(tx, hub, endorsed))
            version = tx.endorsements.newest_version(hub.number) + 1
            is_there = _is_there(tx, hub, said)
        if thing is not None:
            return endorsements.find(resources, hub, thing)
        if is_there:
            raise EndorsedAlreadyError
        unit = _unit(resources, hub, said, version, by=by, once=once)
        if _submitted(resources, unit):
            return endorsements.find(resources, hub, said.endorsement_id)
    raise ContendedError


def _is_there(tx: Transaction, hub: Hub, new: _New) -> bool:
    """Say whether the partner endorses this already, or this very text was withdrawn before."""
    if tx.endorsements.by_digest(hub.number, sha256(new.document).digest()) is not None:
        return True
    return tx.endorsements.stands(
        hub.number, new.achievement_id, new.achievement_version, endorser=new.endorser
    )


def _unit(  # noqa: PLR0913 - what a change is
    resources: Resources,
    hub: Hub,
    new: _New,
    version: int,
    *,
    by: ChangedBy,
    reason: str | None = None,
    once: Once | None = None,
) -> Unit:
    now, digest = resources.clock(), sha256(new.document).digest()
    said = EndorsementChanged(
        change=new.change,
        by=by,
        endorsement=endorsements.address_of(hub, new.endorsement_id),
        digest=digest,
        endorsed=endorsements.endorsed_address(hub, new.achievement_id),
        of_version=new.achievement_version,
        version=version,
        at=now,
    )
    row = endorsement_store.insert_of(
        hub.number,
        version=version,
        change=new.change,
        endorsement_id=new.endorsement_id,
        document=new.document if reason is None else None,
        digest=digest,
        endorser=new.endorser,
        achievement_id=new.achievement_id,
        achievement_version=new.achievement_version,
        changed_by=by,
        sealed_reason=None if reason is None else _sealed(resources, hub, new, reason),
        changed_at=now,
        entry=0,
    )
    asked: tuple[Insert, ...] = ()
    if once is not None:
        asked = (once.insert_of(resources, new.endorsement_id),)
    entry = PendingEntry(kind=Kind.ENDORSEMENT, public=said.payload())
    return Unit(hub=hub.number, entries=(entry,), inserts=(row, *asked))


def _sealed(resources: Resources, hub: Hub, new: _New, reason: str) -> bytes:
    secret = resources.keyring.of(hub.number).secret
    context = withdrawal_context(hub.number, new.endorsement_id)
    return seal(secret, reason.encode(), context=context)


def _submitted(resources: Resources, unit: Unit) -> bool:
    try:
        resources.sequencer.submit(unit)
    except ConflictError:
        return False
    return True
