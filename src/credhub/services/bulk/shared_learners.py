"""Tell rows of one file that are about one learner and call them by two names.

Somebody may have married, so it is no fault. But where the secretary's address stands in every
row, whoever erases one of these learners erases them all.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from credhub.documents.rows.folding import fold
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import RowFault
from credhub.services import learners

CODE: Final = "learner-shared"


class SharedLearners:
    """Compares each row with those before it, as learners are found again."""

    def __init__(self) -> None:
        self._by_id: dict[str, tuple[int, str]] = {}
        self._by_email: dict[str, tuple[int, str]] = {}

    def notices_of(self, rows: Iterable[ReadRow]) -> Iterator[RowFault]:
        """Say of which earlier row a row has the learner and not the name."""
        for row in rows:
            first = self._first(row)
            if first is not None and first[1] != fold(row.recipient.name):
                yield _notice(row, first[0])

    def _first(self, row: ReadRow) -> tuple[int, str] | None:
        """Find the earlier row, if there is one, and remember this one."""
        own = row.recipient.external_id
        email = learners.normal_email(row.recipient.email)
        found = self._by_email.get(email or "") if own is None else self._by_id.get(own)
        here = (row.row, fold(row.recipient.name))
        if own is not None:
            self._by_id.setdefault(own, here)
        if email is not None:
            self._by_email.setdefault(email, here)
        return found


def _notice(row: ReadRow, first: int) -> RowFault:
    what = "e-mail address" if row.recipient.external_id is None else "id of the learner"
    return RowFault(
        row=row.row,
        code=CODE,
        detail=f"It has the {what} of row {first} and another name: both are about one learner.",
    )
