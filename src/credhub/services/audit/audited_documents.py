"""Published documents compared with their entries, and the newest status lists with their rows."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from credhub.errors import CredhubError
from credhub.ledger.events import AchievementDefined, Standing, StatusListPublished
from credhub.services import achievements, list_documents, status_lists
from credhub.services.audit.audit_events import event_in
from credhub.services.audit.audit_faults import fault
from credhub.services.list_documents import TOKENS
from credhub.status import bitstring
from credhub.status.document import StatusList as StatusListDocument
from credhub.status.list_token import ListToken
from credhub.status.token_status_list import INVALID, SUSPENDED
from credhub.store.covered import PublicRow
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.status import StatusList, StatusListVersion
from credhub.store.store import Transaction


def check_documents(tx: Transaction, hub: Hub, log: LedgerLog) -> None:
    """Compare every definition and every published status list of a log with its entry.

    Raises:
        LedgerFaultError: The first that is not the one in the ledger.
    """
    for row in tx.covered.definitions(log.hub, log.log):
        defined = event_in(AchievementDefined, log, row)
        said = {"achievement_id": defined.achievement, "version": defined.version}
        found = _columns(row, achievement_id=lambda one: achievements.address_of(hub, one))
        _check_row("achievement", log, row, defined.digest, (said, found))
    for row in tx.covered.lists(log.hub, log.log):
        published = event_in(StatusListPublished, log, row)
        said = {"list": published.url, "version": published.version}
        found = _columns(row, list=lambda one: status_lists.address_of(hub, one))
        _check_row("status_list_version", log, row, published.digest, (said, found))
        _check_validity(log, row)


def check_bits(tx: Transaction, hub: Hub) -> None:
    """Compare the bits of the newest version of every list with the changes that it shows.

    Raises:
        LedgerFaultError: A bit is set that no change sets, or the other way about.
    """
    order = {log.log: place for place, log in enumerate(tx.ledger.logs(hub.number))}
    for one in tx.status.lists(hub.number):
        newest = tx.status.latest_version(hub.number, one.list)
        if newest is not None:
            read = (
                tx.claimed.all_changes_of_list
                if one.purpose == TOKENS
                else tx.claimed.changes_of_list
            )
            changes = read(hub.number, one.list)
            placed = sorted(changes, key=lambda row: (order.get(row["log"], -1), row["seq"]))
            _check_bits(one, newest, placed)


def _check_bits(
    one: StatusList, newest: StatusListVersion, changes: Sequence[Mapping[str, Any]]
) -> None:
    document = _list_in(newest.log, newest.seq, newest.document)
    purpose = TOKENS if isinstance(document, ListToken) else document.purpose.value
    if purpose != one.purpose:
        message = f"list {one.list} was published with another"
        raise fault("status_list", newest.log, newest.seq, "purpose", message)
    length, published = _statuses_in(document)
    if length != one.length:
        message = f"list {one.list} was published with another"
        raise fault("status_list", newest.log, newest.seq, "length", message)
    if newest.changes > len(changes):
        message = f"list {one.list} shows changes that are gone"
        raise fault("status_list_version", newest.log, newest.seq, "changes", message)
    said = _set_by(changes[: newest.changes])
    if one.purpose != TOKENS:
        said = dict.fromkeys(said, 1)
    wrong = {index for index, _ in published.items() ^ said.items()}
    if wrong:
        message = f"bit {min(wrong)} of list {one.list} does not follow from the changes"
        raise fault("status_list_version", newest.log, newest.seq, "document", message)


def _statuses_in(document: StatusListDocument | ListToken) -> tuple[int, dict[int, int]]:
    """Read how long a list is, and what is not zero in it."""
    if isinstance(document, ListToken):
        return document.statuses.read()
    bits = bitstring.decode(document.encoded)
    set_bits = (n for place, byte in _set_bytes(bits) for n in _set_bits(place, byte))
    return len(bits) * 8, dict.fromkeys(set_bits, 1)


def _set_by(changes: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Say what some changes set, in their order: revoked for good, suspended for now."""
    revoked: set[int] = set()
    suspended: set[int] = set()
    for row in changes:
        match row["new_state"]:
            case Standing.REVOKED:
                revoked.add(row["idx"])
            case Standing.SUSPENDED:
                suspended.add(row["idx"])
            case _:
                suspended.discard(row["idx"])
    return dict.fromkeys(suspended, SUSPENDED) | dict.fromkeys(revoked, INVALID)


def _set_bytes(bits: bytes) -> list[tuple[int, int]]:
    return [(place, byte) for place, byte in enumerate(bits) if byte]


def _set_bits(place: int, byte: int) -> list[int]:
    return [place * 8 + bit for bit in range(8) if byte & 0x80 >> bit]


def _check_row(
    table: str,
    log: LedgerLog,
    row: PublicRow,
    digest: bytes,
    columns: tuple[Mapping[str, object], Mapping[str, object]],
) -> None:
    if row.document is None:
        raise fault(table, log, row.seq, None, "the row of this entry is missing")
    if sha256(row.document).digest() != digest:
        raise fault(table, log, row.seq, "document", "it does not have the digest in the ledger")
    said, found = columns
    for column, value in said.items():
        if found[column] != value:
            raise fault(table, log, row.seq, column, "it is not what the ledger says")


def _columns(row: PublicRow, **spelled: Callable[[Any], object]) -> Mapping[str, object]:
    return dict(row.columns) | {name: spell(row.columns[name]) for name, spell in spelled.items()}


def _check_validity(log: LedgerLog, row: PublicRow) -> None:
    document = _list_in(log.log, row.seq, row.document or b"")
    said = {"valid_from_ms": document.valid_from, "valid_until_ms": document.valid_until}
    for column, moment in said.items():
        if (
            moment is None or row.columns[column] // 1000 != to_ms(moment) // 1000
        ):  # Documents have whole seconds.
            message = "it is not what was published"
            raise fault("status_list_version", log, row.seq, column, message)


def _list_in(log: str, seq: int, document: bytes) -> StatusListDocument | ListToken:
    try:
        return list_documents.read(document)
    except CredhubError as error:
        message = "it is not a status list of ours"
        raise fault("status_list_version", log, seq, "document", message) from error
