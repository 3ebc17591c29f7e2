"""New rows of status lists, as units insert them beside their ledger entries."""

from datetime import datetime

from sqlalchemy import update

from credhub.ledger.events import Standing
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import to_ms, to_ms_or_none
from credhub.store.status import StatusIndex, StatusList
from credhub.store.tables import status_change, status_entry, status_list, status_list_version
from credhub.store.unit import Change, Insert


def insert_list_of(new: StatusList) -> Insert:
    """Open a list."""
    values = {
        "hub_id": new.hub,
        "list": new.list,
        "purpose": new.purpose,
        "length": new.length,
        "created_ms": to_ms(new.created_at),
        "closed_ms": to_ms_or_none(new.closed_at),
    }
    return Insert(table=status_list, values=values)


def closing_of(hub: HubNumber, number: int, at: datetime) -> Change:
    """Close a list: it gives out no more indexes."""
    statement = (
        update(status_list)
        .where(
            status_list.c.hub_id == hub,
            status_list.c.list == number,
            status_list.c.closed_ms.is_(None),
        )
        .values(closed_ms=to_ms(at))
    )
    return Change(hub=hub, table=status_list, statement=statement)


def insert_entry_of(entry: StatusIndex) -> Insert:
    """Give one index to one credential; two cannot take the same."""
    values = {
        "hub_id": entry.hub,
        "list": entry.list,
        "idx": entry.index,
        "credential_id": entry.credential_id,
        "purpose": entry.purpose,
    }
    return Insert(table=status_entry, values=values)


def insert_change_of(  # noqa: PLR0913 - the columns of one row
    hub: HubNumber,
    *,
    credential_id: str,
    n: int,
    purpose: str,
    old: Standing,
    new: Standing,
    sealed_reason: bytes,
    actor: str,
    changed_at: datetime,
    entry: int,
) -> Insert:
    """Record a change together with its ledger entry.

    ``n`` is the number of changes that the caller has seen: when two change the same credential
    at once, one gets a ConflictError.
    """
    values = {
        "hub_id": hub,
        "credential_id": credential_id,
        "n": n,
        "purpose": purpose,
        "old_state": old.value,
        "new_state": new.value,
        "sealed_reason": sealed_reason,
        "actor": actor,
        "changed_ms": to_ms(changed_at),
    }
    return Insert(table=status_change, values=values, entry=entry)


def insert_version_of(  # noqa: PLR0913 - the columns of one row
    hub: HubNumber,
    *,
    number: int,
    version: int,
    changes: int,
    document: bytes,
    valid_from: datetime,
    valid_until: datetime,
    entry: int,
) -> Insert:
    """Record a signed version of a list together with its ledger entry."""
    values = {
        "hub_id": hub,
        "list": number,
        "version": version,
        "changes": changes,
        "document": document,
        "valid_from_ms": to_ms(valid_from),
        "valid_until_ms": to_ms(valid_until),
    }
    return Insert(table=status_list_version, values=values, entry=entry)
