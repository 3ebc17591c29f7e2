"""What a ledger says about its own logs: that one ended, and which one it goes on from.

A hub has one log after another, each with a key of its own. An ended log says so in its last
entry, and the next one holds its last checkpoint in its first entry, so the logs of a hub are a
chain that anyone can follow back. A log that a restored backup made shorter than the world knows
it cannot say anything any more: the next one says what happened.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from credhub import instants
from credhub.errors import CheckpointError, EntryError, NoteError
from credhub.jsontypes import canonical
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.members import Members
from credhub.ledger.note import split_note


class LogEnd(StrEnum):
    """Why a log takes no more entries."""

    YEAR = "year"
    SIZE = "size"
    OPERATOR = "operator"
    ROLLBACK = "rollback"


class Operation(StrEnum):
    """What the operator of a hub did."""

    ROLLBACK_ACCEPTED = "rollbackAccepted"


_OPERATION: Final = "operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFrozen:
    """The log ends with this entry (kind FREEZE)."""

    origin: str
    why: LogEnd
    at: datetime

    def payload(self) -> bytes:
        """Write the exact bytes; fractions of a second are dropped."""
        return canonical(
            {"at": instants.text_of(self.at), "origin": self.origin, "why": self.why.value}
        )

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the exact bytes.

        Raises:
            EntryError: They are anything else.
        """
        members = Members.parse(payload, {"at", "origin", "why"})
        return cls(
            origin=members.text("origin"),
            why=members.choice(LogEnd, "why"),
            at=members.time("at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousLog:
    """The log before this one, in the first entry (kind CHILD_CHECKPOINT).

    Attributes:
        note: Its last checkpoint, signed. After a rollback it may be known without a signature:
            then it is the text alone.
        why: Why the log before ended.
    """

    note: str
    why: LogEnd

    def __post_init__(self) -> None:
        _checkpoint_in(self.note)

    @property
    def checkpoint(self) -> Checkpoint:
        """The last checkpoint of the log before. No signature is verified."""
        return _checkpoint_in(self.note)

    @property
    def is_signed(self) -> bool:
        """Whether the checkpoint comes with signatures."""
        return "\n\n" in self.note

    def payload(self) -> bytes:
        """Write the exact bytes."""
        return canonical({"note": self.note, "why": self.why.value})

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the exact bytes.

        Raises:
            EntryError: They are anything else.
        """
        members = Members.parse(payload, {"note", "why"})
        return cls(note=members.text("note"), why=members.choice(LogEnd, "why"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackAccepted:
    """The log before lost entries that others have seen, and its hub goes on without them.

    Attributes:
        known: What the world knows of that log: the largest tree that it signed or was about to.
        held_size: How many entries of it are left here.
        held_root: The root over them.
        actor: Who decided it.
        reason: Why, in public words.
    """

    known: Checkpoint
    held_size: int
    held_root: bytes
    actor: str
    reason: str
    at: datetime

    def payload(self) -> bytes:
        """Write the exact bytes; fractions of a second are dropped."""
        return canonical(
            {
                "actor": self.actor,
                "at": instants.text_of(self.at),
                "heldRoot": self.held_root.hex(),
                "heldSize": self.held_size,
                "knownRoot": self.known.root.hex(),
                "knownSize": self.known.size,
                _OPERATION: Operation.ROLLBACK_ACCEPTED.value,
                "origin": self.known.origin,
                "reason": self.reason,
            }
        )

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the exact bytes.

        Raises:
            EntryError: They are anything else.
        """
        names = {"actor", "at", "heldRoot", "heldSize", "knownRoot", "knownSize", _OPERATION}
        members = Members.parse(payload, names | {"origin", "reason"})
        members.choice(Operation, _OPERATION)
        return cls(
            known=_checkpoint(members),
            held_size=members.number("heldSize"),
            held_root=members.digest("heldRoot"),
            actor=members.text("actor"),
            reason=members.text("reason"),
            at=members.time("at"),
        )


def _checkpoint(members: Members) -> Checkpoint:
    try:
        return Checkpoint(
            origin=members.text("origin"),
            size=members.number("knownSize"),
            root=members.digest("knownRoot"),
        )
    except CheckpointError as error:
        raise EntryError("The entry names no checkpoint.") from error


def _checkpoint_in(note: str) -> Checkpoint:
    try:
        return Checkpoint.parse(split_note(note)[0] if "\n\n" in note else note)
    except (NoteError, CheckpointError) as error:
        raise EntryError("The entry holds no checkpoint.") from error
