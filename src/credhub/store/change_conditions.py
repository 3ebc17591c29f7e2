"""Which credentials each kind of change would change, as the database can tell.

What it leaves out is not opened: a filter that changes nothing costs a look at an index for each
credential, and not a key.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from credhub.ledger.events import Standing
from credhub.store.batches import BatchKind
from credhub.store.tables import achievement, credential, status_change

_LAST: Final = (
    select(status_change.c.new_state)
    .where(
        status_change.c.hub_id == credential.c.hub_id,
        status_change.c.credential_id == credential.c.credential_id,
    )
    .order_by(status_change.c.n.desc())
    .limit(1)
    .scalar_subquery()
)
_standing: Final = func.coalesce(_LAST, Standing.ACTIVE.value)
_IS_SUSPENDED: Final = _standing == Standing.SUSPENDED.value
_IS_NOT_REVOKED: Final = _standing != Standing.REVOKED.value
_correction = credential.alias("replaces")
_IS_SUPERSEDED: Final = exists().where(
    _correction.c.hub_id == credential.c.hub_id,
    _correction.c.supersedes == credential.c.credential_id,
)
_newer = achievement.alias("newer")
_IS_OUTDATED: Final = exists().where(
    _newer.c.hub_id == credential.c.hub_id,
    _newer.c.achievement_id == credential.c.achievement_id,
    _newer.c.version > credential.c.achievement_version,
)


WOULD_CHANGE: Final[Mapping[BatchKind, ColumnElement[bool]]] = {
    BatchKind.REVOCATION: _IS_NOT_REVOKED,
    BatchKind.SUSPENSION: _standing == Standing.ACTIVE.value,
    BatchKind.LIFT: _IS_SUSPENDED,
    BatchKind.REISSUE: and_(_IS_NOT_REVOKED, ~_IS_SUPERSEDED, or_(_IS_OUTDATED, _IS_SUSPENDED)),
    # No filter says what is wrong with claims.
    BatchKind.CORRECTION: false(),
}
"""Of the table ``credential``, what is changed or refused aloud, and little else."""
