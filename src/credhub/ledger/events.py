"""What ledger entries say, as values with exact bytes. ``log_events`` has those about logs.

``Issued``, ``StatusChanged`` and ``Corrected`` are the payloads of private entries; the others are
the public bytes of theirs. All are RFC 8785 JSON, with digests in lower-case hexadecimal and times
in whole seconds.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from credhub import instants
from credhub.jsontypes import canonical
from credhub.ledger.members import Members


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
        members = Members.parse(payload, {"credential", "digest", "form"})
        return cls(
            credential_id=members.text("credential"),
            form=members.text("form"),
            digest=members.digest(),
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
        members = Members.parse(payload, names)
        return cls(
            credential_id=members.text("credential"),
            old=members.choice(Standing, "old"),
            new=members.choice(Standing, "new"),
            reason=members.text("reason"),
            actor=members.text("actor"),
            changed_at=members.time("changedAt"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A credential replaces another one of the same learner."""

    credential_id: str
    supersedes: str

    def payload(self) -> bytes:
        """Write the exact bytes."""
        return canonical({"credential": self.credential_id, "supersedes": self.supersedes})

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the exact bytes.

        Raises:
            EntryError: They are anything else.
        """
        members = Members.parse(payload, {"credential", "supersedes"})
        return cls(credential_id=members.text("credential"), supersedes=members.text("supersedes"))


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
        members = Members.parse(payload, names)
        return cls(
            event=members.choice(KeyChange, "event"),
            key_id=members.text("keyId"),
            purpose=members.text("purpose"),
            algorithm=members.text("algorithm"),
            public_key_multibase=members.text("publicKeyMultibase"),
            did=members.text("did"),
            at=members.time("at"),
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
        members = Members.parse(payload, {"achievement", "digest", "version"})
        return cls(
            achievement=members.text("achievement"),
            version=members.number("version"),
            digest=members.digest(),
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
        members = Members.parse(payload, {"digest", "url", "version"})
        return cls(
            url=members.text("url"),
            version=members.number("version"),
            digest=members.digest(),
        )
