"""What a ledger says about its own logs: exact bytes, and nothing else is read."""

from datetime import UTC, datetime
from typing import Protocol, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import EntryError
from credhub.jsontypes import canonical, parse_object
from credhub.keys.ed25519 import Ed25519Signer
from credhub.ledger.checkpoint import Checkpoint, sign_checkpoint
from credhub.ledger.log_events import LogEnd, LogFrozen, PreviousLog, RollbackAccepted
from tests.damage import damaged_bytes


class Event(Protocol):
    def payload(self) -> bytes: ...

    @classmethod
    def parse(cls, payload: bytes) -> Self: ...


SIGNER = Ed25519Signer.generate()
ORIGIN = "hub.example/ledger/riverside/2026"
AT = datetime(2027, 1, 1, 0, 0, 20, tzinfo=UTC)
LAST = Checkpoint(origin=ORIGIN, size=300, root=bytes(32))


def signed(checkpoint: Checkpoint) -> str:
    return sign_checkpoint(checkpoint, public_key=SIGNER.public_key, sign=SIGNER.sign)


# JSON that we read holds no U+0000.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
ROOTS = st.binary(min_size=32, max_size=32)
SIZES = st.integers(0, 2**53 - 1)
INSTANTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
CHECKPOINTS = st.builds(
    Checkpoint, origin=st.sampled_from([ORIGIN, "x/ledger/y/2026-2"]), size=SIZES, root=ROOTS
)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(LogFrozen, origin=TEXTS, why=st.sampled_from(LogEnd), at=INSTANTS),
    st.builds(
        PreviousLog,
        note=CHECKPOINTS.map(signed) | CHECKPOINTS.map(Checkpoint.text),
        why=st.sampled_from(LogEnd),
    ),
    st.builds(
        RollbackAccepted,
        known=CHECKPOINTS,
        held_size=SIZES,
        held_root=ROOTS,
        actor=TEXTS,
        reason=TEXTS,
        at=INSTANTS,
    ),
)
KINDS: list[type[Event]] = [LogFrozen, PreviousLog, RollbackAccepted]

FROZEN = LogFrozen(origin=ORIGIN, why=LogEnd.YEAR, at=AT)
PREVIOUS = PreviousLog(note=LAST.text(), why=LogEnd.ROLLBACK)
ACCEPTED = RollbackAccepted(
    known=LAST, held_size=200, held_root=bytes(32), actor="operator", reason="The disk died.", at=AT
)


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
    assert FROZEN.payload() == b'{"at":"2027-01-01T00:00:20Z","origin":"%s","why":"year"}' % (
        ORIGIN.encode()
    )
    assert PREVIOUS.payload() == b'{"note":"%s\\n300\\n%s=\\n","why":"rollback"}' % (
        ORIGIN.encode(),
        b"A" * 43,
    )
    assert ACCEPTED.payload() == (
        b'{"actor":"operator","at":"2027-01-01T00:00:20Z","heldRoot":"%s","heldSize":200,'
        b'"knownRoot":"%s","knownSize":300,"operation":"rollbackAccepted","origin":"%s",'
        b'"reason":"The disk died."}' % (b"0" * 64, b"0" * 64, ORIGIN.encode())
    )


def test_the_log_before_is_known_with_a_signature_or_without() -> None:
    with_one = PreviousLog(note=signed(LAST), why=LogEnd.YEAR)

    assert with_one.is_signed
    assert not PREVIOUS.is_signed
    assert with_one.checkpoint == PREVIOUS.checkpoint == LAST


@pytest.mark.parametrize(
    "note",
    [
        "",
        "a note\n",
        LAST.text() + "\n",
        signed(LAST)[:-1],
        signed(LAST).replace("300", "0300"),
        signed(LAST).replace(f"\n\N{EM DASH} {ORIGIN}", "\n\N{EM DASH} "),
    ],
)
def test_a_log_before_without_a_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(EntryError):
        PreviousLog.parse(canonical({"note": note, "why": "year"}))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("origin", "two words"),
        ("operation", "other"),
        ("knownSize", -1),
        ("knownRoot", "0" * 62),
        ("heldSize", "200"),
        ("heldRoot", "A" * 64),
        ("at", "2027-01-01"),
    ],
)
def test_an_accepted_rollback_says_all_of_it(member: str, value: str | int) -> None:
    members = dict(parse_object(ACCEPTED.payload()))

    with pytest.raises(EntryError):
        RollbackAccepted.parse(canonical({**members, member: value}))


def test_a_log_ends_for_a_reason_that_we_know() -> None:
    with pytest.raises(EntryError):
        LogFrozen.parse(FROZEN.payload().replace(b"year", b"mood"))
