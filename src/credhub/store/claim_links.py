"""Links by which learners take what is theirs. A secret is kept as its SHA-256, and opens once."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms
from credhub.store.tables import claim_link as table


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLink:
    """One link.

    Attributes:
        link_id: An internal id (UUIDv7), so rows sort by time of making.
        credential_id: What it leads to: the first of a chain of corrections.
        secret_hash: The SHA-256 of what the link holds.
        actor: The API key, or the command, that asked for it.
        expires_at: From then on it opens nothing.
        ended_at: When the hub or the learner ended it.
        opened_at: When somebody opened it; it opens nothing again.
        session_until: Until when the browser that opened it may go on.
        claimed_at: When a file was taken first.
    """

    hub: HubNumber
    link_id: str
    credential_id: str
    secret_hash: bytes = field(repr=False)
    actor: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    opened_at: datetime | None = None
    session_until: datetime | None = None
    claimed_at: datetime | None = None

    def opens(self, now: datetime) -> bool:
        """Say whether somebody may still open it."""
        return self.opened_at is None and self.ended_at is None and self.expires_at > now


_OWN: Final = table.c.hub_id == bindparam("hub")
_BY_ID: Final = select(table).where(_OWN, table.c.link_id == bindparam("value"))
_BY_SECRET: Final = select(table).where(_OWN, table.c.secret_hash == bindparam("value"))
_BY_SESSION: Final = select(table).where(_OWN, table.c.session_hash == bindparam("value"))
_OF_CREDENTIALS: Final = (
    select(table)
    .where(_OWN, table.c.credential_id.in_(bindparam("values", expanding=True)))
    .order_by(table.c.link_id)
)
_OPEN: Final = (
    update(table)
    .where(
        table.c.hub_id == bindparam("of_hub"),
        table.c.secret_hash == bindparam("secret"),
        table.c.opened_ms.is_(None),
        table.c.ended_ms.is_(None),
        table.c.expires_ms > bindparam("now"),
    )
    .values(
        opened_ms=bindparam("now"),
        session_hash=bindparam("session"),
        session_until_ms=bindparam("until"),
    )
)
_END: Final = (
    update(table)
    .where(
        table.c.hub_id == bindparam("of_hub"),
        table.c.credential_id == bindparam("of_credential"),
        table.c.ended_ms.is_(None),
    )
    .values(ended_ms=bindparam("now"))
)
_CLAIM: Final = (
    update(table)
    .where(
        table.c.hub_id == bindparam("of_hub"),
        table.c.link_id == bindparam("link"),
        table.c.claimed_ms.is_(None),
    )
    .values(claimed_ms=bindparam("now"))
)


class ClaimLinks:
    """The table ``claim_link``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, link: ClaimLink) -> None:
        """Add a link that nobody has opened.

        Raises:
            ConflictError: The credential has one that was not ended.
        """
        values = {
            "hub_id": link.hub,
            "link_id": link.link_id,
            "credential_id": link.credential_id,
            "secret_hash": link.secret_hash,
            "actor": link.actor,
            "created_ms": to_ms(link.created_at),
            "expires_ms": to_ms(link.expires_at),
        }
        try:
            self._connection.execute(insert(table), values)
        except IntegrityError as error:
            raise ConflictError(table.name) from error

    def by_id(self, hub: HubNumber, link_id: str) -> ClaimLink | None:
        """Find a link."""
        return self._one(_BY_ID, hub, link_id)

    def by_secret(self, hub: HubNumber, secret_hash: bytes) -> ClaimLink | None:
        """Find a link by the SHA-256 of its secret, used and ended ones too."""
        return self._one(_BY_SECRET, hub, secret_hash)

    def by_session(self, hub: HubNumber, session_hash: bytes) -> ClaimLink | None:
        """Find the link that a browser opened."""
        return self._one(_BY_SESSION, hub, session_hash)

    def of_credentials(self, hub: HubNumber, ids: Collection[str]) -> tuple[ClaimLink, ...]:
        """List all links to some credentials, oldest first."""
        if not ids:
            return ()
        values = {"hub": hub, "values": list(ids)}
        return tuple(map(_link_of, self._connection.execute(_OF_CREDENTIALS, values).mappings()))

    def open(
        self,
        hub: HubNumber,
        secret_hash: bytes,
        *,
        session_hash: bytes,
        now: datetime,
        until: datetime,
    ) -> bool:
        """Open a link for one browser. Of two at once, one does.

        What is unknown, used, ended or expired is told apart by nothing, not even by time.

        Args:
            hub: Whose link it is said to be.
            secret_hash: The SHA-256 of its secret.
            session_hash: The SHA-256 of what the browser gets for it.
            now: When.
            until: Until when the browser may go on.
        """
        values = {
            "of_hub": hub,
            "secret": secret_hash,
            "session": session_hash,
            "now": to_ms(now),
            "until": to_ms(until),
        }
        return self._connection.execute(_OPEN, values).rowcount == 1

    def end(self, hub: HubNumber, credential_id: str, at: datetime) -> None:
        """End the links to a credential, and what they opened."""
        values = {"of_hub": hub, "of_credential": credential_id, "now": to_ms(at)}
        self._connection.execute(_END, values)

    def claim(self, hub: HubNumber, link_id: str, at: datetime) -> None:
        """Say when a file was taken, the first time."""
        values = {"of_hub": hub, "link": link_id, "now": to_ms(at)}
        self._connection.execute(_CLAIM, values)

    def _one(
        self, statement: Select[*tuple[Any, ...]], hub: HubNumber, value: str | bytes
    ) -> ClaimLink | None:
        values = {"hub": hub, "value": value}
        row = self._connection.execute(statement, values).mappings().one_or_none()
        return None if row is None else _link_of(row)


def _link_of(row: RowMapping) -> ClaimLink:
    return ClaimLink(
        hub=HubNumber(row["hub_id"]),
        link_id=row["link_id"],
        credential_id=row["credential_id"],
        secret_hash=row["secret_hash"],
        actor=row["actor"],
        created_at=from_ms(row["created_ms"]),
        expires_at=from_ms(row["expires_ms"]),
        ended_at=from_ms_or_none(row["ended_ms"]),
        opened_at=from_ms_or_none(row["opened_ms"]),
        session_until=from_ms_or_none(row["session_until_ms"]),
        claimed_at=from_ms_or_none(row["claimed_ms"]),
    )
