"""Find the credentials that a batch of changes is to be about, all in one state of the database.

What is so already, what was revoked, and whose learner was erased is left out: a filter says what
is wanted of whatever is there, not that each of it can be changed.
"""

from collections.abc import Iterator
from typing import Final

from credhub.documents.change_rows import ChangeRow
from credhub.errors import (
    AchievementNotFoundError,
    AlreadyRevokedError,
    ApiKeyNotFoundError,
    BatchNotFoundError,
    CredentialSuspendedError,
    NotCorrectableError,
    NothingToChangeError,
    NotSuspendableError,
)
from credhub.services import changing
from credhub.services.bulk import bulk_changes
from credhub.services.bulk.change_checking import ROWS_AT_ONCE
from credhub.services.bulk.row_checking import MOST_ROWS
from credhub.services.keyring import HubKeys
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind
from credhub.store.hubs import HubNumber
from credhub.store.standings import Filter, StandingRecord
from credhub.store.store import Transaction

BEFORE_ALL: Final = ""


def rows(  # noqa: PLR0913 - of whom, what for, which, why, and how many
    resources: Resources,
    number: HubNumber,
    kind: BatchKind,
    wanted: Filter,
    *,
    reason: str,
    most: int = MOST_ROWS,
) -> Iterator[ChangeRow]:
    """Give a row for each credential that would be changed, and one too many at most.

    It reads when the first row is asked for, and then everything.

    Raises:
        NothingToChangeError: There is none; when the first row is asked for.
    """
    keys = resources.keyring.of(number)
    with resources.store.read() as tx:
        found = list(_found(tx, keys, kind, wanted, most + 1))
        if not found:
            raise NothingToChangeError(is_found=tx.standings.are_meant(number, wanted))
    for row, credential_id in enumerate(found, start=1):
        yield ChangeRow(row=row, credential=credential_id, reason=reason)


def check_named(
    resources: Resources,
    number: HubNumber,
    *,
    achievement_id: str | None = None,
    batch_id: str | None = None,
    key_id: str | None = None,
) -> None:
    """Refuse names of nothing: else a slip of the pen looks as if all were done already.

    Raises:
        AchievementNotFoundError: The hub has no such achievement.
        BatchNotFoundError: It has no such batch.
        ApiKeyNotFoundError: It has no such API key, and had none.
    """
    with resources.store.read() as tx:
        if achievement_id is not None and tx.achievements.latest(number, achievement_id) is None:
            raise AchievementNotFoundError
        if batch_id is not None and tx.batches.by_id(number, batch_id) is None:
            raise BatchNotFoundError
        keys = () if key_id is None else tx.api_keys.of_hub(number)
    if key_id is not None and all(key.key_id != key_id for key in keys):
        raise ApiKeyNotFoundError


def _found(
    tx: Transaction, keys: HubKeys, kind: BatchKind, wanted: Filter, most: int
) -> Iterator[str]:
    number, after, given = keys.hub.number, BEFORE_ALL, 0
    while given < most and (
        part := tx.standings.matching(number, wanted, kind, after=after, limit=ROWS_AT_ONCE)
    ):
        after = part[-1]
        records = tx.standings.by_ids(number, part)
        around = bulk_changes.others(tx, keys.hub, kind, records.values())
        meant = [it for it in part if _is_meant(keys, kind, records[it], around)]
        meant = meant[: most - given]
        given += len(meant)
        yield from meant


def _is_meant(
    keys: HubKeys, kind: BatchKind, record: StandingRecord, around: bulk_changes.Others
) -> bool:
    try:
        return bulk_changes.is_needed(kind, changing.opened(keys, record), around)
    except (AlreadyRevokedError, NotCorrectableError):
        return False
    except (NotSuspendableError, CredentialSuspendedError):
        return True  # A fault, which names it: nobody shall believe that it was done.
