"""Pictures of achievements, each under the digest of its bytes; never changed, never removed."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import to_ms
from credhub.store.tables import picture as table

_FIND: Final = select(table.c.png).where(
    table.c.hub_id == bindparam("hub"), table.c.digest == bindparam("digest")
)


class Pictures:
    """The table ``picture``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, hub: HubNumber, digest: bytes) -> bytes | None:
        """Find a picture of a hub."""
        values = {"hub": hub, "digest": digest}
        return self._connection.execute(_FIND, values).scalar_one_or_none()

    def insert(self, hub: HubNumber, digest: bytes, png: bytes, at: datetime) -> None:
        """Keep a picture.

        Raises:
            ConflictError: It is there.
        """
        values = {"hub_id": hub, "digest": digest, "png": png, "created_ms": to_ms(at)}
        try:
            self._connection.execute(insert(table), values)
        except IntegrityError as error:
            raise ConflictError(table.name) from error
