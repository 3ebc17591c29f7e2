"""Tell rows of learners whose credential was corrected: it would be issued to them once more.

A row without a key is all that it claims. So the file of a cohort in which a name was mended, as
the credential was, has another row than the one that was issued. Somebody may earn an achievement
twice, so it is no fault. Whoever has neither an id nor an e-mail address is nobody we know.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from credhub.documents.rows.outcome import ReadRow
from credhub.errors import RowFault
from credhub.services import learners, preparing
from credhub.services.keyring import HubKeys
from credhub.services.learners import LearnerKey
from credhub.store.store import Transaction

CODE: Final = "learner-corrected"


def notices_of(
    tx: Transaction, keys: HubKeys, corrected: Mapping[str, str], rows: Sequence[ReadRow]
) -> Iterator[RowFault]:
    """Say of rows that would be issued which credential their learners have by a correction.

    Args:
        tx: Where learners are looked for, if any has one.
        keys: Those of the hub.
        corrected: The codes of such credentials, by learner.
        rows: Those that would be issued.
    """
    if not corrected:
        return
    marks = [learners.marks_of(keys, row.recipient) for row in rows]
    for row, found in zip(rows, learners.find_all(tx, keys, marks), strict=True):
        code = corrected.get(found.learner_id) if isinstance(found, LearnerKey) else None
        if code is not None:
            yield RowFault(
                row=row.row, code=CODE, detail=_detail(preparing.address_of(keys.hub, code))
            )


def _detail(address: str) -> str:
    return (
        f"Its learner has a corrected credential of this achievement: {address}"
        " This row would give another one beside it."
    )
