"""What a hub is told of one entry of its ledger: the same bytes whenever it is told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from credhub import instants, jsontypes
from credhub.jsontypes import JsonObject
from credhub.ledger.commitment import InnerKind
from credhub.ledger.events import Standing
from credhub.services.achievements import address_of as achievement_address
from credhub.services.preparing import address_of
from credhub.store.happenings import CredentialNamed, Happening
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.webhooks import Position


class EventType(StrEnum):
    """What a hub can be told."""

    ISSUED = "credential.issued"
    CORRECTED = "credential.corrected"
    REVOKED = "credential.revoked"
    SUSPENDED = "credential.suspended"
    REINSTATED = "credential.reinstated"
    PUBLISHED = "achievement.published"


TEST: Final = "webhook.test"
"""What is sent when a hub tries a webhook out. It is about nothing, and in no ledger."""

_ID_LABEL: Final = b"credhub/webhook/v1\n"
_ID_HEX: Final = 32
_CHANGES: Final = {
    Standing.REVOKED: EventType.REVOKED,
    Standing.SUSPENDED: EventType.SUSPENDED,
    Standing.ACTIVE: EventType.REINSTATED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLog:
    """A log of a hub, and the how manieth it is, counted from zero."""

    log: LedgerLog
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that a hub is told.

    Attributes:
        event_id: Names it for ever, among the events of all hubs of all services.
        subject: The credential or the achievement that it is about.
        body: What is sent.
    """

    event_id: str
    type: EventType
    position: Position
    log_number: int
    subject: str
    body: bytes


def id_of(origin: str, seq: int) -> str:
    """Name the event of an entry. The origin of a log is its name for the world."""
    named = sha256(_ID_LABEL + f"{origin}\n{seq}".encode()).hexdigest()
    return f"evt_{named[:_ID_HEX]}"


def event_of(hub: Hub, placed: PlacedLog, happening: Happening) -> Event | None:
    """Say what a hub is told of an entry; of many entries nothing."""
    event_type = _type_of(happening)
    if event_type is None:
        return None
    log = placed.log
    told = happening.credential
    if event_type is EventType.PUBLISHED:
        subject, about = str(happening.achievement_id), _published(hub, happening)
    elif told is not None:
        subject, about = told.credential_id, _credential(hub, told, event_type)
    else:
        return None
    about |= {"hub": hub.slug, "log": log.log, "seq": happening.seq}
    return Event(
        event_id=id_of(log.origin, happening.seq),
        type=event_type,
        position=Position(log=log.log, seq=happening.seq),
        log_number=placed.number,
        subject=subject,
        body=body_of(event_type, happening.at, about),
    )


def body_of(event_type: str, at: datetime, about: JsonObject) -> bytes:
    """Write what is sent."""
    return jsontypes.canonical(
        {"type": event_type, "timestamp": instants.text_of(at), "data": about}
    )


def _type_of(happening: Happening) -> EventType | None:
    if happening.achievement_id is not None:
        return EventType.PUBLISHED
    match happening.inner_kind:
        case InnerKind.ISSUE:
            return EventType.ISSUED if happening.is_first else None
        case InnerKind.CORRECTION:
            return EventType.CORRECTED
        case InnerKind.STATUS if happening.new_standing is not None:
            return _CHANGES[happening.new_standing]
        case _:
            return None


def _published(hub: Hub, happening: Happening) -> JsonObject:
    return {
        "achievement": happening.achievement_id,
        "version": happening.version,
        "url": achievement_address(hub, str(happening.achievement_id)),
    }


def _credential(hub: Hub, told: CredentialNamed, event_type: EventType) -> JsonObject:
    about: JsonObject = {
        "credential": told.credential_id,
        "url": address_of(hub, told.code),
        "achievement": told.achievement_id,
        "version": told.version,
    }
    if told.supersedes is not None and event_type in {EventType.ISSUED, EventType.CORRECTED}:
        about["supersedes"] = told.supersedes
    return about
