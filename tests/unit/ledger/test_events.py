from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Protocol, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import EntryError
from credhub.jsontypes import canonical
from credhub.ledger.events import (
    AchievementDefined,
    Corrected,
    Issued,
    KeyChange,
    KeyEvent,
    Standing,
    StatusChanged,
    StatusListPublished,
)
from credhub.ledger.partner_events import PartnerChange, PartnersChanged, digest_of_list
from tests.damage import damaged_bytes


class Event(Protocol):
    def payload(self) -> bytes: ...

    @classmethod
    def parse(cls, payload: bytes) -> Self: ...


# JSON that we read holds no U+0000.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
DIGESTS = st.binary(min_size=32, max_size=32)
NUMBERS = st.integers(0, 2**53 - 1)
INSTANTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Corrected, credential_id=TEXTS, supersedes=TEXTS),
    st.builds(Issued, credential_id=TEXTS, form=TEXTS, digest=DIGESTS),
    st.builds(
        StatusChanged,
        credential_id=TEXTS,
        old=st.sampled_from(Standing),
        new=st.sampled_from(Standing),
        reason=TEXTS,
        actor=TEXTS,
        changed_at=INSTANTS,
    ),
    st.builds(
        KeyEvent,
        event=st.sampled_from(KeyChange),
        key_id=TEXTS,
        purpose=TEXTS,
        algorithm=TEXTS,
        public_key_multibase=TEXTS,
        did=TEXTS,
        at=INSTANTS,
    ),
    st.builds(AchievementDefined, achievement=TEXTS, version=NUMBERS, digest=DIGESTS),
    st.builds(StatusListPublished, url=TEXTS, version=NUMBERS, digest=DIGESTS),
    st.builds(
        PartnersChanged,
        change=st.sampled_from(PartnerChange),
        endorsement=TEXTS,
        digest=DIGESTS,
        in_force=DIGESTS,
        version=NUMBERS,
        at=INSTANTS,
    ),
)
KINDS: list[type[Event]] = [
    Issued,
    StatusChanged,
    KeyEvent,
    AchievementDefined,
    StatusListPublished,
    PartnersChanged,
]

ISSUED = Issued(credential_id="c", form="vc", digest=bytes(32))
CHANGED = StatusChanged(
    credential_id="c",
    old=Standing.ACTIVE,
    new=Standing.REVOKED,
    reason="issued in error",
    actor="staff",
    changed_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
)
DEFINED = AchievementDefined(achievement="a", version=1, digest=bytes(32))


@given(EVENTS)
def test_an_event_is_read_as_it_is_written(event: Event) -> None:
    assert type(event).parse(event.payload()) == event


@given(
    st.sampled_from(KINDS), st.binary() | damaged_bytes(EVENTS.map(lambda event: event.payload()))
)
def test_bytes_are_refused_or_are_one_event(kind: type[Event], payload: bytes) -> None:
    try:
        event = kind.parse(payload)
    except EntryError:
        return
    assert event.payload() == payload


def test_the_bytes_of_events_never_change() -> None:
    assert ISSUED.payload() == b'{"credential":"c","digest":"%s","form":"vc"}' % (b"0" * 64)
    assert CHANGED.payload() == (
        b'{"actor":"staff","changedAt":"2026-03-01T09:30:00Z","credential":"c",'
        b'"new":"revoked","old":"active","reason":"issued in error"}'
    )


def test_a_time_is_written_in_utc_and_whole_seconds() -> None:
    local = datetime(2026, 3, 1, 10, 30, 0, 999, tzinfo=timezone(timedelta(hours=1)))
    changed = StatusChanged(
        credential_id="c",
        old=Standing.ACTIVE,
        new=Standing.REVOKED,
        reason="issued in error",
        actor="staff",
        changed_at=local,
    )

    assert changed.payload() == CHANGED.payload()


@pytest.mark.parametrize(
    "digest", ["0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 62 + "\u0661\u0661", 1]
)
def test_a_digest_is_64_small_hexadecimal_digits(digest: str | int) -> None:
    with pytest.raises(EntryError):
        Issued.parse(canonical({"credential": "c", "digest": digest, "form": "vc"}))


@pytest.mark.parametrize("version", [-1, True, 1.5, "1", None])
def test_a_version_is_a_whole_number(version: float | str | None) -> None:
    payload = canonical({"achievement": "a", "digest": "0" * 64, "version": version})

    with pytest.raises(EntryError):
        AchievementDefined.parse(payload)


@pytest.mark.parametrize(
    "at",
    ["2026-03-01", "2026-03-01T09:30:00.0Z", "2026-03-01T09:30:00+00:00", "2026-02-30T00:00:00Z"],
)
def test_a_time_has_one_spelling(at: str) -> None:
    payload = CHANGED.payload().replace(b"2026-03-01T09:30:00Z", at.encode())

    with pytest.raises(EntryError):
        StatusChanged.parse(payload)


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(EntryError):
        StatusChanged.parse(CHANGED.payload().replace(b"revoked", b"retired"))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        ISSUED.payload() + b" ",
        ISSUED.payload().replace(b"}", b',"more":1}'),
        ISSUED.payload().replace(b'"form":"vc"', b'"form":"vc","form":"vc"'),
        b'{"credential":"c","digest":"%s"}' % (b"0" * 64),
        b'{"form":"vc","credential":"c","digest":"%s"}' % (b"0" * 64),
    ],
)
def test_other_members_or_another_order_are_refused(payload: bytes) -> None:
    with pytest.raises(EntryError):
        Issued.parse(payload)


def test_the_digest_of_a_list_is_that_of_a_set_and_of_no_other_text() -> None:
    one, other = b"1" * 32, b"2" * 32

    assert digest_of_list([one, other]) == digest_of_list([other, one])
    assert digest_of_list([one]) != digest_of_list([one, other])
    assert digest_of_list([]) == sha256(b"credhub/partners/v1\n").digest()
