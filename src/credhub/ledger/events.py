"""What ledger entries say, as values with exact bytes.

``Issued`` and ``StatusChanged`` are the payloads of private entries; the others are the public
bytes of theirs. All are RFC 8785 JSON, with digests in lower-case hexadecimal and times in whole
seconds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self, TypeVar

from credhub import instants
from credhub.errors import EntryError, MalformedInstantError, MalformedJsonError
from credhub.jsontypes import JsonValue, canonical, parse_object

_DIGEST: Final = re.compile("[0-9a-f]{64}")

_Choice = TypeVar("_Choice", bound=StrEnum)


class Standing(StrEnum):
    """Whether a credential still stands."""

    ACTIVE = "active"
    REVOKED = "revoked"
    SUSPENDED = "suspended"


class KeyChange(StrEnum):
    """What happened to a key."""

    ADDED = "added"
    RETIRED = "retired"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One form of one credential was signed; ``digest`` is that of the signed bytes."""

    credential_id: str
    form: str
    digest: bytes

    def payload(self) -> bytes:
        """Write the exact bytes."""
        return canonical(
            {"credential": self.credential_id, "digest": self.digest.hex(), "form": self.form}
        )

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the exact bytes.

        Raises:
            EntryError: They are anything else.
        """
        members = _members(payload, {"credential", "digest", "form"})
        return cls(
            credential_id=_text(members, "credential"),
            form=_text(members, "form"),
            digest=_digest(members),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged:
    """A credential was revoked, suspended or reinstated, by whom and why."""

    credential_id: str
    old: Standing
    new: Standing
    reason: str
    actor: str
    changed_at: datetime

    def payload(self) -> bytes:
        """Write the exact bytes; fractions of a second are dropped."""
        return canonical(
            {
                "actor": self.actor,
                "changedAt": instants.text_of(self.changed_at),
                "credential": self.credential_id,
                "new": self.new,
                "old": self.old,
                "reason": self.reason,
            }
        )

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the exact bytes.

        Raises:
            EntryError: They are anything else.
        """
        names = {"actor", "changedAt", "credential", "new", "old", "reason"}
        members = _members(payload, names)
        return cls(
            credential_id=_text(members, "credential"),
            old=_choice(Standing, members, "old"),
            new=_choice(Standing, members, "new"),
            reason=_text(members, "reason"),
            actor=_text(members, "actor"),
            changed_at=_time(members, "changedAt"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvent:
    """A key of the hub was added, retired, or found to be in wrong hands since ``at``."""

    event: KeyChange
    key_id: str
    purpose: str
    algorithm: str
    public_key_multibase: str
    did: str
    at: datetime

    def payload(self) -> bytes:
        """Write the exact bytes; fractions of a second are dropped."""
        return canonical(
            {
                "algorithm": self.algorithm,
                "at": instants.text_of(self.at),
                "did": self.did,
                "event": self.event,
                "keyId": self.key_id,
                "publicKeyMultibase": self.public_key_multibase,
                "purpose": self.purpose,
            }
        )

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the exact bytes.

        Raises:
            EntryError: They are anything else.
        """
        names = {"algorithm", "at", "did", "event", "keyId", "publicKeyMultibase", "purpose"}
        members = _members(payload, names)
        return cls(
            event=_choice(KeyChange, members, "event"),
            key_id=_text(members, "keyId"),
            purpose=_text(members, "purpose"),
            algorithm=_text(members, "algorithm"),
            public_key_multibase=_text(members, "publicKeyMultibase"),
            did=_text(members, "did"),
            at=_time(members, "at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementDefined:
    """A version of an achievement was published; ``digest`` is that of its document."""

    achievement: str
    version: int
    digest: bytes

    def payload(self) -> bytes:
        """Write the exact bytes."""
        return canonical(
            {
                "achievement": self.achievement,
                "digest": self.digest.hex(),
                "version": self.version,
            }
        )

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the exact bytes.

        Raises:
            EntryError: They are anything else.
        """
        members = _members(payload, {"achievement", "digest", "version"})
        return cls(
            achievement=_text(members, "achievement"),
            version=_number(members, "version"),
            digest=_digest(members),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListPublished:
    """A version of a status list was signed; ``digest`` is that of its document."""

    url: str
    version: int
    digest: bytes

    def payload(self) -> bytes:
        """Write the exact bytes."""
        return canonical({"digest": self.digest.hex(), "url": self.url, "version": self.version})

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the exact bytes.

        Raises:
            EntryError: They are anything else.
        """
        members = _members(payload, {"digest", "url", "version"})
        return cls(
            url=_text(members, "url"),
            version=_number(members, "version"),
            digest=_digest(members),
        )


def _members(payload: bytes, names: set[str]) -> Mapping[str, JsonValue]:
    try:
        members = parse_object(payload)
    except MalformedJsonError as error:
        raise EntryError("What the entry says is not strict JSON.") from error
    if set(members) != names or canonical(members) != payload:
        raise EntryError("What the entry says has other members, or another spelling.")
    return members


def _text(members: Mapping[str, JsonValue], name: str) -> str:
    value = members[name]
    if not isinstance(value, str):
        raise EntryError(f"The member {name} is not a text.")
    return value


def _number(members: Mapping[str, JsonValue], name: str) -> int:
    value = members[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise EntryError(f"The member {name} is not a whole number.")
    return value


def _choice(kind: type[_Choice], members: Mapping[str, JsonValue], name: str) -> _Choice:
    try:
        return kind(_text(members, name))
    except ValueError as error:
        raise EntryError(f"The member {name} is none of its choices.") from error


def _digest(members: Mapping[str, JsonValue]) -> bytes:
    text = _text(members, "digest")
    if not _DIGEST.fullmatch(text):
        raise EntryError("The digest is not 64 lower-case hexadecimal digits.")
    return bytes.fromhex(text)


def _time(members: Mapping[str, JsonValue], name: str) -> datetime:
    text = _text(members, name)
    try:
        moment = instants.parse(text)
    except MalformedInstantError as error:
        raise EntryError(f"The member {name} is not a time.") from error
    if instants.text_of(moment) != text:
        raise EntryError(f"The member {name} is not a time in UTC and whole seconds.")
    return moment
