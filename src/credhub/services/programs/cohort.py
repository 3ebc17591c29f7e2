"""One dated run of a program."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Final, Self

from credhub import jsontypes
from credhub.credentials.claims import check_name, check_uri
from credhub.errors import InvalidClaimError

MOST_SESSIONS: Final = 1_000
MOST_PARTNERS: Final = 20


class State(StrEnum):
    """How far a cohort is."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """What a hub says of one run.

    Attributes:
        starts_on: The first day.
        ends_on: The last day: what is earned was earned then, unless more is known of a learner.
        partners: The DIDs or the names of organisations.
        sessions: How many there are in all, when that is known.
    """

    name: str
    starts_on: date
    ends_on: date
    place: str | None = None
    partners: tuple[str, ...] = ()
    sessions: int | None = None

    def __post_init__(self) -> None:
        check_name("name", self.name)
        if self.place is not None:
            check_name("place", self.place)
        if self.ends_on < self.starts_on:
            raise InvalidClaimError("endsOn", "must not be before the start.")
        if len(self.partners) > MOST_PARTNERS:
            raise InvalidClaimError("partners", f"must be at most {MOST_PARTNERS}.")
        for number, partner in enumerate(self.partners):
            check = check_uri if partner.startswith("did:") else check_name
            check(f"partners/{number}", partner)
        if self.sessions is not None and not 1 <= self.sessions <= MOST_SESSIONS:
            raise InvalidClaimError("sessions", f"must be 1 to {MOST_SESSIONS}.")

    @property
    def ended_at(self) -> datetime:
        """When what was earned was earned: the last day, from its beginning in UTC."""
        return datetime.combine(self.ends_on, time(), UTC)

    def is_over(self, now: datetime) -> bool:
        """Say whether the last day has come."""
        return now >= self.ended_at

    def state(self, now: datetime, finished_at: datetime | None) -> State:
        """Say how far it is."""
        if finished_at is not None:
            return State.FINISHED
        begun = now >= datetime.combine(self.starts_on, time(), UTC)
        return State.RUNNING if begun else State.PLANNED

    def document(self) -> bytes:
        """Write it as it is kept."""
        return jsontypes.canonical(
            {
                "name": self.name,
                "startsOn": self.starts_on.isoformat(),
                "endsOn": self.ends_on.isoformat(),
                "place": self.place,
                "partners": list(self.partners),
                "sessions": self.sessions,
            }
        )

    @classmethod
    def of(cls, document: bytes) -> Self:
        """Read what ``document`` wrote."""
        kept: dict[str, Any] = dict(jsontypes.parse_object(document))
        return cls(
            name=kept["name"],
            starts_on=date.fromisoformat(kept["startsOn"]),
            ends_on=date.fromisoformat(kept["endsOn"]),
            place=kept["place"],
            partners=tuple(kept["partners"]),
            sessions=kept["sessions"],
        )
