"""What learners let the public see of a credential; without a row, everything."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms_or_none, to_ms, to_ms_or_none
from credhub.store.tables import learner_choice as table


class Shown(StrEnum):
    """What the permanent address shows."""

    EVERYTHING = "everything"
    VALIDITY = "validity"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is shown, and until when; from then on it is nothing."""

    shown: Shown
    until: datetime | None = None

    def at(self, now: datetime) -> Shown:
        """Say what is shown now."""
        return Shown.NOTHING if self.until is not None and self.until <= now else self.shown


UNCHOSEN: Final = Choice(shown=Shown.EVERYTHING)

_FIND: Final = select(table).where(
    table.c.hub_id == bindparam("hub"), table.c.credential_id == bindparam("credential")
)


class LearnerChoices:
    """The table ``learner_choice``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, hub: HubNumber, credential_id: str) -> Choice:
        """Find what was chosen for the first credential of a chain."""
        values = {"hub": hub, "credential": credential_id}
        row = self._connection.execute(_FIND, values).mappings().one_or_none()
        return UNCHOSEN if row is None else choice_of(row)

    def choose(self, hub: HubNumber, credential_id: str, choice: Choice, at: datetime) -> None:
        """Keep a choice; the last one counts.

        Raises:
            ConflictError: Another made the first choice at the same moment.
        """
        values = {
            "shown": choice.shown.value,
            "until_ms": to_ms_or_none(choice.until),
            "chosen_ms": to_ms(at),
        }
        own = (table.c.hub_id == hub, table.c.credential_id == credential_id)
        if self._connection.execute(update(table).where(*own).values(values)).rowcount == 1:
            return
        key = {"hub_id": hub, "credential_id": credential_id}
        try:
            self._connection.execute(insert(table), key | values)
        except IntegrityError as error:
            raise ConflictError(table.name) from error


def choice_of(row: RowMapping) -> Choice:
    """Read a row that has the columns of a choice, which may all be empty."""
    if row["shown"] is None:
        return UNCHOSEN
    return Choice(shown=Shown(row["shown"]), until=from_ms_or_none(row["until_ms"]))
