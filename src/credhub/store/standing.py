"""How logs stand to what was published of them: what readiness, doctor and audit show."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credhub.errors import (
    CredhubError,
    LedgerIntegrityError,
    RollbackDetectedError,
    SecondStoreUnavailableError,
    StoreUnavailableError,
)
from credhub.ledger.checkpoint import Checkpoint
from credhub.store.hubs import HubNumber

_UNSOUND: Final = (
    "The ledger is not what was written, so it takes no more entries: run `credhub audit`."
)


class Trouble(StrEnum):
    """Why a log takes no entries."""

    ROLLED_BACK = "rolled-back"
    """More was published than the database holds."""
    CONTRADICTED = "contradicted"
    """The database holds other entries than those that were published."""
    UNSOUND = "unsound"
    """The database holds other rows than those that were written."""
    UNREACHABLE = "unreachable"
    """The second store cannot be asked. This passes."""


REFUSING: Final = frozenset(Trouble) - {Trouble.UNREACHABLE}
"""What does not pass by itself."""


class Standstill(StrEnum):
    """Why no log takes entries as long as this process runs."""

    DATABASE = "database"
    """It is on a disk that was read-only when it was opened."""
    SECOND_STORE = "second store"
    """The same."""

    @property
    def sentence(self) -> str:
        """Say so to whoever runs the service."""
        return (
            f"Nothing can be issued or changed, because the {self} is on a read-only disk: when it"
            " can be written, start the service again."
        )

    def refusal(self) -> CredhubError:
        """Make the error for a caller who wants to add an entry."""
        if self is Standstill.DATABASE:
            return StoreUnavailableError()
        return SecondStoreUnavailableError()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStanding:
    """One log, what was published of it, and whether it may take entries.

    Attributes:
        hub: Whose log it is.
        log: Its label.
        origin: Its name for the world.
        size: How many entries the database holds.
        signed_size: How many of them its largest checkpoint covers.
        published: What the second store holds; none when that is nothing, or cannot be known.
        witnessed: What witnesses hold.
        trouble: Why it takes no entries; none when it does.
        contrary_size: The size of the published tree that is not part of the one here.
        message: The trouble in one sentence.
    """

    hub: HubNumber
    log: str
    origin: str
    size: int
    signed_size: int
    published: Checkpoint | None = None
    witnessed: tuple[Checkpoint, ...] = ()
    trouble: Trouble | None = None
    contrary_size: int = 0
    message: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether database and second store say the same, so that nothing is to be repaired."""
        published = 0 if self.published is None else self.published.size
        return self.trouble is None and self.size == self.signed_size == published

    def refusal(self) -> CredhubError:
        """Make the error for a caller who wants to add an entry."""
        match self.trouble:
            case Trouble.ROLLED_BACK | Trouble.CONTRADICTED:
                return RollbackDetectedError(
                    self.origin, published=self.contrary_size, here=self.size
                )
            case Trouble.UNREACHABLE:
                return SecondStoreUnavailableError()
            case Trouble.UNSOUND | None:
                return LedgerIntegrityError(_UNSOUND)
