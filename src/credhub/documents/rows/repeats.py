"""Rows that repeat another: by key, or because they are for the same learner."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final

from credhub.credentials.draft import Recipient
from credhub.documents.rows.faults import Code, fault
from credhub.documents.rows.names import folded
from credhub.errors import RowFault

_DIGEST: Final = 16
_BETWEEN: Final = "\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What says whether two rows are one.

    Attributes:
        key: The row's own.
        external_id: The learner's, which stands for a key that is missing.
        recipient: None if it could not be read.
        awarded_at: Which day the row says.
    """

    key: str | None
    external_id: str | None
    recipient: Recipient | None
    awarded_at: datetime | None


class Repeats:
    """Which row of a file was the first with a key, or for a learner. Keeps digests alone."""

    def __init__(self) -> None:
        self._keys: dict[bytes, int] = {}
        self._learners: dict[bytes, int] = {}

    def faults(self, row: int, said: Identity, column: str | None) -> Iterator[RowFault]:
        """Note a row, and tell which one it repeats.

        A key stands once. Of one learner there may be several rows if each says another day: the
        course was passed again. Two rows are for one learner if they say the same external id, or
        the same name, e-mail address and DID; where there is neither address nor DID, only if they
        have no keys that tell them apart.

        Args:
            row: Its number.
            said: Whom it is for.
            column: Which one holds the key, or the external id.
        """
        own = said.key or said.external_id
        if own is not None:
            named = _digest(own) if said.key else _digest(own, said.awarded_at)
            first = self._keys.setdefault(named, row)
            if first != row:
                yield fault(Code.DUPLICATE_KEY, row=row, column=column, value=own, first=first)
                return
        recipient = said.recipient
        if recipient is not None and (_is_reachable(recipient) or own is None):
            first = self._learners.setdefault(_digest(_claims(recipient), said.awarded_at), row)
            if first != row:
                yield fault(Code.DUPLICATE_LEARNER, row=row, value=recipient.name, first=first)


def _is_reachable(recipient: Recipient) -> bool:
    return recipient.email is not None or recipient.did is not None


def _claims(recipient: Recipient) -> str:
    name = " ".join(folded(recipient.name).split())
    email = (recipient.email or "").casefold()
    return _BETWEEN.join((name, email, recipient.did or ""))


def _digest(text: str, at: datetime | None = None) -> bytes:
    whole = text if at is None else f"{text}{_BETWEEN}{at.timestamp()}"
    return blake2b(whole.encode(), digest_size=_DIGEST).digest()
