"""What the ledger says of endorsements by partners: exact bytes, and nothing else is read."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from credhub.errors import EntryError
from credhub.jsontypes import JsonValue, canonical, parse_object
from credhub.ledger.endorsement_events import ChangedBy, EndorsementChange, EndorsementChanged

EVENT = EndorsementChanged(
    change=EndorsementChange.SIGNED,
    by=ChangedBy.HUB,
    endorsement="https://hub.example/hubs/h/endorsements/1",
    digest=bytes(32),
    endorsed="https://hub.example/achievements/a",
    of_version=2,
    version=7,
    at=datetime(2026, 11, 22, tzinfo=UTC),
)


@pytest.mark.parametrize("change", EndorsementChange)
@pytest.mark.parametrize("by", ChangedBy)
def test_an_event_is_read_as_it_was_written(change: EndorsementChange, by: ChangedBy) -> None:
    event = replace(EVENT, change=change, by=by)

    assert EndorsementChanged.parse(event.payload()) == event


@pytest.mark.parametrize(
    "lie",
    [
        {"change": "given"},
        {"by": "nobody"},
        {"digest": "00"},
        {"ofVersion": -1},
        {"version": "7"},
        {"at": "2026-11-22"},
        {"endorsed": 1},
        {"endorsement": None},
        {"more": 1},
    ],
)
def test_anything_else_is_refused(lie: dict[str, JsonValue]) -> None:
    changed = parse_object(EVENT.payload()) | lie

    with pytest.raises(EntryError):
        EndorsementChanged.parse(canonical(changed))
