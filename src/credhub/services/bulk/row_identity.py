"""Which rows are the same: they give one credential, whatever file, roster or batch they are in.

A row with a key is that key within its achievement. A row without one is, like the row of a
roster, the hub's own id of the learner and the day; without that too, it is all that it claims.
One that takes the place of a credential of another system is the address of that too, under
whichever key an export has it.
Rows of rosters are kept under the same route, so neither issues what the other issued.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from typing import Final

from credhub import instants, jsontypes
from credhub.documents.imports import provenance
from credhub.documents.rows import kept
from credhub.documents.rows.outcome import ReadRow
from credhub.jsontypes import JsonObject, JsonValue
from credhub.services.idempotency import Once, key_of
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber

ROUTE: Final = "roster"


def names_of(
    resources: Resources, hub: HubNumber, achievement_id: str, row: ReadRow
) -> tuple[Once, ...]:
    """Give every name under which a row may have been issued, the strictest one first."""
    body = claims_of(achievement_id, row)
    names = _names(achievement_id, row, lambda: body)
    strictest, *others = [key_of(resources, hub, name) for name in names]
    once = Once(resources, hub, route=ROUTE, key=strictest, body=body)
    return (once, *(once.under(key) for key in others))


def digests_of(achievement_id: str, row: ReadRow) -> tuple[bytes, ...]:
    """Give digests of the same names, for telling rows of one batch apart."""
    names = _names(achievement_id, row, lambda: claims_of(achievement_id, row))
    return tuple(jsontypes.digest(name) for name in names)


def claims_of(achievement_id: str, row: ReadRow) -> JsonObject:
    """Write what a row claims: as that of a roster, with whatever such a row cannot say."""
    recipient = row.recipient
    first = row.evidence[0] if row.evidence else None
    plain_evidence = first is None or (len(row.evidence) == 1 and not first.texts())
    body: JsonObject = {
        "achievement": achievement_id,
        "externalId": row.key or recipient.external_id,
        "name": recipient.name,
        "email": recipient.email,
        "awarded": _day(row.awarded_at),
        "evidence": first.id if first is not None and plain_evidence else None,
    }
    is_plain = row.valid_until is None and plain_evidence and not row.results
    document = {} if is_plain else kept.to_document(row)
    more: dict[str, JsonValue] = {
        "did": recipient.did,
        "recipient": None if recipient.external_id == body["externalId"] else recipient.external_id,
        "validUntil": document.get("validUntil"),
        "evidence": None if plain_evidence else document["evidence"],
        "results": document.get("results"),
    }
    given: JsonObject = {name: value for name, value in more.items() if value is not None}
    return body | {"more": given} if given else body


def of_roster(achievement_id: str, external_id: str, awarded: str | None) -> list[JsonValue]:
    """Name the row of a roster."""
    return [achievement_id, external_id, awarded]


def of_key(achievement_id: str, key: str) -> list[JsonValue]:
    """Name a row with a key of its own."""
    return ["row", achievement_id, key]


def _names(
    achievement_id: str, row: ReadRow, body: Callable[[], JsonObject]
) -> Iterator[list[JsonValue]]:
    own = row.key or row.recipient.external_id
    if row.key is not None:
        yield of_key(achievement_id, row.key)
    if own is not None:
        yield of_roster(achievement_id, own, _day(row.awarded_at))
    else:
        yield ["claims", body()]
    earlier = provenance.earlier_address(row)
    if earlier is not None:
        yield ["earlier", achievement_id, earlier]


def _day(at: datetime | None) -> str | None:
    """Write when something was earned; a roster knows days only."""
    if at is None:
        return None
    in_utc = at.astimezone(UTC)
    return in_utc.date().isoformat() if in_utc.time() == time() else instants.text_of(at)
