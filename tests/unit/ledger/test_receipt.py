from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import LogNotKnownError, ReceiptError, ReceiptMismatchError
from credhub.ledger.commitment import InnerKind, opening
from credhub.ledger.endorsement_events import (
    ChangedBy,
    EndorsementChange,
    EndorsementChanged,
)
from credhub.ledger.entry import MAX_TIME_MS, Kind
from credhub.ledger.events import AchievementDefined, Issued, KeyChange, StatusListPublished
from credhub.ledger.note import VerifierKey
from credhub.ledger.partner_events import PartnerChange, PartnersChanged, digest_of_list
from credhub.ledger.receipt import (
    PrivateOpening,
    PublicEntry,
    Receipt,
    open_receipt,
    parse_extra,
    verify_receipt,
)
from credhub.ledger.spelling import MAX_SIZE
from tests.damage import damaged_bytes, damaged_text
from tests.unit.ledger.builder import ORIGIN, VKEY, KeyOf, Ledger, signed

HASHES = st.binary(min_size=32, max_size=32)
OPENINGS = st.builds(
    PrivateOpening,
    time_ms=st.integers(0, MAX_TIME_MS),
    opening=HASHES,
    inner_kind=st.sampled_from(InnerKind),
    payload=st.binary(),
)
EXTRAS = OPENINGS | st.builds(PublicEntry, encoded=st.binary())
RECEIPTS = st.builds(
    Receipt,
    index=st.integers(0, MAX_SIZE),
    proof=st.lists(HASHES, max_size=63).map(tuple),
    checkpoint=st.text(),
    extra=st.binary(),
)


def issued(number: int) -> Issued:
    return Issued(credential_id=f"c{number}", form="vc", digest=bytes([number]) * 32)


def ledger_with_receipts() -> tuple[Ledger, list[Receipt]]:
    """Three credentials among other entries, with their receipts."""
    ledger = Ledger()
    extras = [ledger.append_private(issued(number).payload()).encode() for number in (0, 1, 2)]
    for _ in range(5):
        ledger.append_private(b"other", kind=InnerKind.STATUS)
    return ledger, [ledger.receipt(number, extras[number]) for number in (0, 1, 2)]


LEDGER, RECEIPTS_OF_THREE = ledger_with_receipts()
RECEIPT = RECEIPTS_OF_THREE[1]
OPENED = PrivateOpening(
    time_ms=1_000,
    opening=opening(b"k" * 32, (1).to_bytes(16, "big")),
    inner_kind=InnerKind.ISSUE,
    payload=issued(1).payload(),
)


@given(RECEIPTS)
def test_a_receipt_is_read_as_it_is_written(receipt: Receipt) -> None:
    assert Receipt.parse(receipt.text()) == receipt


@given(st.text() | damaged_text(RECEIPTS.map(Receipt.text)))
def test_text_is_either_refused_or_read_exactly(text: str) -> None:
    try:
        receipt = Receipt.parse(text)
    except ReceiptError:
        return
    assert receipt.text() == text


@given(st.binary() | damaged_bytes(EXTRAS.map(lambda extra: extra.encode())))
def test_an_extra_line_is_refused_or_read_exactly(data: bytes) -> None:
    try:
        extra = parse_extra(data)
    except ReceiptError:
        return
    assert extra.encode() == data


@given(EXTRAS)
def test_an_extra_line_is_read_as_it_is_written(extra: PrivateOpening | PublicEntry) -> None:
    assert parse_extra(extra.encode()) == extra


TEXT = RECEIPT.text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("tlog-proof@v1", "tlog-proof@v2"),
        TEXT.replace("index 1", "index 01"),
        TEXT.replace("index 1", "index -1"),
        TEXT.replace("index 1\n", ""),
        TEXT.replace("extra ", "extra  "),
        "c2sp.org/tlog-proof@v1\nextra \nindex 0\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\n\ncheckpoint\n",
        TEXT.replace("\n\n", "\n", 1),
        TEXT.replace("=\n\n", "=\n" + "A" * 43 + "=" + "\n", 1).replace(
            "A" * 43 + "=\n", "AAAA\n\n"
        ),
        TEXT.replace("\n\n", "\n" + ("A" * 43 + "=\n") * 64 + "\n", 1),
        TEXT + "x" * 2_000_000,
    ],
)
def test_other_spellings_of_a_receipt_are_refused(text: str) -> None:
    with pytest.raises(ReceiptError):
        Receipt.parse(text)


def test_a_receipt_looks_as_its_specification_says() -> None:
    lines = TEXT.split("\n")

    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 1"
    assert lines[6:9] == ["", ORIGIN, "8"]
    assert TEXT.endswith(RECEIPT.checkpoint)


def test_a_receipt_proves_what_it_is_about() -> None:
    opened = open_receipt(RECEIPT, [VKEY])

    assert (opened.index, opened.checkpoint.size, opened.inner_kind) == (1, 8, InnerKind.ISSUE)
    assert opened.entry.time_ms == 1_000
    assert Issued.parse(opened.payload) == issued(1)


def test_t83_the_receipt_of_another_credential_is_refused() -> None:
    for number, receipt in enumerate(RECEIPTS_OF_THREE):
        assert verify_receipt(receipt, digest=issued(number).digest, keys=[VKEY]).index == number

    with pytest.raises(ReceiptMismatchError) as caught:
        verify_receipt(RECEIPTS_OF_THREE[0], digest=issued(1).digest, keys=[VKEY])
    assert caught.value.code == "receipt-mismatch"


def test_the_mutated_receipts_differ_from_a_good_one() -> None:
    assert RECEIPT.extra == OPENED.encode()
    assert RECEIPT not in list(mutations())


def mutations() -> Iterator[Receipt]:
    yield replace(RECEIPT, index=0)
    yield replace(RECEIPT, index=8)
    yield replace(RECEIPT, proof=RECEIPT.proof[1:])
    yield replace(RECEIPT, proof=RECEIPT.proof[::-1])
    yield replace(RECEIPT, extra=b"")
    yield replace(RECEIPT, extra=b"\x03")
    yield replace(RECEIPT, extra=RECEIPT.extra[:41])
    yield replace(RECEIPT, extra=replace(OPENED, time_ms=999).encode())
    yield replace(RECEIPT, extra=replace(OPENED, opening=bytes(32)).encode())
    yield replace(RECEIPT, extra=replace(OPENED, payload=issued(0).payload()).encode())
    yield replace(RECEIPT, extra=replace(OPENED, inner_kind=InnerKind.STATUS).encode())
    yield replace(RECEIPT, extra=RECEIPT.extra[:41] + b"\x09" + RECEIPT.extra[42:])
    yield replace(RECEIPT, extra=b"\x01" + b"\xff" * 8 + RECEIPT.extra[9:])
    yield replace(RECEIPT, extra=b"\x02" + LEDGER.entries[1].entry)
    yield replace(RECEIPT, extra=b"\x02" + b"no entry")
    yield replace(RECEIPT, checkpoint=RECEIPT.checkpoint.replace("\n8\n", "\n9\n"))
    yield replace(RECEIPT, checkpoint=signed(8, bytes(32)))
    yield replace(RECEIPT, checkpoint="no note\n")


@pytest.mark.parametrize("receipt", list(mutations()))
def test_t83_no_mutation_of_a_receipt_proves_anything(receipt: Receipt) -> None:
    with pytest.raises(ReceiptError):
        verify_receipt(receipt, digest=issued(1).digest, keys=[VKEY])


def test_a_receipt_of_a_ledger_that_we_do_not_know_is_not_called_forged() -> None:
    stranger = VerifierKey(name="stranger.example", public_key=KeyOf("stranger").public_key)

    for keys in ([], [stranger]):
        with pytest.raises(LogNotKnownError):
            open_receipt(RECEIPT, keys)


DIGEST = b"d" * 32
DEFINED = AchievementDefined(achievement="a", version=1, digest=DIGEST)
LISTED = StatusListPublished(url="https://hub.example/status/1", version=1, digest=DIGEST)
ENDORSED = PartnersChanged(
    change=PartnerChange.ADDED,
    endorsement="https://hub.example/partners/1",
    digest=DIGEST,
    in_force=digest_of_list([DIGEST]),
    version=1,
    at=datetime(2026, 3, 1, tzinfo=UTC),
)

GIVEN = EndorsementChanged(
    change=EndorsementChange.SIGNED,
    by=ChangedBy.HUB,
    endorsement="https://hub.example/endorsements/1",
    digest=DIGEST,
    endorsed="https://hub.example/achievements/a",
    of_version=1,
    version=1,
    at=datetime(2026, 3, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (Kind.DEFINITION, DEFINED.payload()),
        (Kind.STATUS_LIST, LISTED.payload()),
        (Kind.ENDORSEMENT, ENDORSED.payload()),
        (Kind.ENDORSEMENT, GIVEN.payload()),
    ],
)
def test_public_entries_have_receipts_too(kind: Kind, payload: bytes) -> None:
    ledger = Ledger()
    ledger.append_public(payload, kind=kind)
    receipt = ledger.receipt(0, PublicEntry(encoded=ledger.entries[0].entry).encode())

    opened = verify_receipt(receipt, digest=DIGEST, keys=[VKEY])

    assert (opened.entry.kind, opened.inner_kind, opened.payload) == (kind, None, payload)
    with pytest.raises(ReceiptMismatchError):
        verify_receipt(receipt, digest=bytes(32), keys=[VKEY])


@pytest.mark.parametrize(
    "ended",
    [
        replace(ENDORSED, change=PartnerChange.ENDED),
        replace(GIVEN, change=EndorsementChange.WITHDRAWN),
    ],
    ids=["ended", "withdrawn"],
)
def test_that_an_endorsement_ended_does_not_prove_it(
    ended: PartnersChanged | EndorsementChanged,
) -> None:
    ledger = Ledger()
    ledger.append_public(ended.payload(), kind=Kind.ENDORSEMENT)
    receipt = ledger.receipt(0, PublicEntry(encoded=ledger.entries[0].entry).encode())

    with pytest.raises(ReceiptMismatchError):
        verify_receipt(receipt, digest=DIGEST, keys=[VKEY])


def test_an_entry_about_no_artefact_is_a_receipt_for_none() -> None:
    ledger = Ledger()
    ledger.append_public(KeyChange.ADDED.encode(), kind=Kind.KEY)
    receipt = ledger.receipt(0, PublicEntry(encoded=ledger.entries[0].entry).encode())

    assert open_receipt(receipt, [VKEY]).payload == b"added"
    with pytest.raises(ReceiptMismatchError):
        verify_receipt(receipt, digest=DIGEST, keys=[VKEY])


def test_an_entry_that_cannot_be_read_proves_nothing() -> None:
    ledger = Ledger()
    extra = ledger.append_private(b"not an event").encode()

    with pytest.raises(ReceiptError, match="cannot be read"):
        verify_receipt(ledger.receipt(0, extra), digest=DIGEST, keys=[VKEY])
