"""Rows that repeat another: by key, or because they are for the same learner."""

import unicodedata
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

from credhub.credentials.draft import Recipient
from credhub.documents.rows.faults import Code, fault
from credhub.errors import RowFault

_DIGEST: Final = 16
_BETWEEN: Final = "\0"


class Repeats:
    """Which row of a file was the first with a key, or for a learner. Keeps digests alone."""

    def __init__(self) -> None:
        self._keys: dict[bytes, int] = {}
        self._learners: dict[bytes, int] = {}

    def faults(
        self, key: str | None, recipient: Recipient | None, row: int, column: str | None
    ) -> Iterator[RowFault]:
        """Note a row, and tell which one it repeats.

        Two rows are for one learner if they say the same name, e-mail address and DID; where
        there is neither address nor DID, only if they have no keys that tell them apart.
        """
        if key is not None:
            first = self._keys.setdefault(_digest(key), row)
            if first != row:
                yield fault(Code.DUPLICATE_KEY, row=row, column=column, value=key, first=first)
                return
        if recipient is not None and (_is_reachable(recipient) or key is None):
            first = self._learners.setdefault(_digest(_claims(recipient)), row)
            if first != row:
                yield fault(Code.DUPLICATE_LEARNER, row=row, value=recipient.name, first=first)


def _is_reachable(recipient: Recipient) -> bool:
    return recipient.email is not None or recipient.did is not None


def _claims(recipient: Recipient) -> str:
    name = " ".join(unicodedata.normalize("NFKC", recipient.name).casefold().split())
    email = (recipient.email or "").casefold()
    return _BETWEEN.join((name, email, recipient.did or ""))


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=_DIGEST).digest()
