"""Status lists of others, and what they say about one place."""

import base64
import gzip
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import (
    StatusIndexError,
    StatusListError,
    StatusListTooLargeError,
    StatusListTooShortError,
    StatusPurposeMismatchError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status import bitstring
from credhub.status.bitstring import LENGTH
from credhub.status.document import StatusEntry
from credhub.status.published import PublishedList, Status
from tests.unit.factories import NOON

URL = "https://issuer.example/status/3"
ISSUER = "did:web:issuer.example"
WORDS = ("pending_review", "accepted", "rejected", "undefined")


def packed(bits: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits)).decode().rstrip("=")


def document(
    *, encoded: str = "", purpose: JsonValue = "revocation", **more: JsonValue
) -> JsonObject:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ISSUER,
        "credentialSubject": {
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded or bitstring.encode({94567}),
            **more,
        },
    }


def entry(index: int | str = 94567, **changes: JsonValue) -> StatusEntry:
    members: JsonObject = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": URL,
    }
    return StatusEntry.from_document(members | changes)


def words(size: int) -> list[JsonValue]:
    names = [WORDS[value] if value < len(WORDS) else f"m{value}" for value in range(2**size)]
    return [{"status": hex(value), "message": name} for value, name in enumerate(names)]


def several(size: int, values: dict[int, int], *, length: int = LENGTH) -> str:
    """Write values of several bits, one after the other from the left."""
    whole = sum(value << (length - index - 1) * size for index, value in values.items())
    return packed(whole.to_bytes(length * size // 8, "big"))


def test_a_list_is_read() -> None:
    read = PublishedList.from_document(
        document(ttl=300_000) | {"validUntil": "2026-11-22T12:00:00Z"}
    )

    assert (read.url, read.issuer_id, read.purposes) == (URL, ISSUER, ("revocation",))
    assert (read.valid_from, read.valid_until, read.ttl) == (None, NOON, timedelta(minutes=5))
    assert read.status_of(entry()) == Status(purpose="revocation", value=1)
    assert read.status_of(entry(94566)) == Status(purpose="revocation", value=0)


def test_t28_only_the_bits_that_are_set_are_read_as_set() -> None:
    read = PublishedList.from_document(document(encoded=bitstring.encode({0, 7, 8, 131071})))

    said = [read.status_of(entry(index)).value for index in (0, 1, 6, 7, 8, 9, 131070, 131071)]

    assert said == [1, 0, 0, 1, 1, 0, 0, 1]


def test_t28_a_place_behind_the_end_is_an_error() -> None:
    read = PublishedList.from_document(document())

    assert read.status_of(entry(LENGTH - 1)).value == 0
    for index in (LENGTH, 2**64):
        with pytest.raises(StatusIndexError):
            read.status_of(entry(index))


def test_t28_a_list_of_too_few_places_is_an_error() -> None:
    halves: JsonObject = {"statusSize": 2, "statusMessage": words(2)}
    long = PublishedList.from_document(document(encoded=several(2, {})))
    short = PublishedList.from_document(document(encoded=packed(bytes(LENGTH // 8 - 1))))

    assert long.status_of(entry(1, **halves)).value == 0
    with pytest.raises(StatusListTooShortError):
        PublishedList.from_document(document()).status_of(entry(1, **halves))
    with pytest.raises(StatusListTooShortError):
        short.status_of(entry(1))


def test_t27_a_bomb_is_an_error() -> None:
    bomb = PublishedList.from_document(document(encoded=packed(bytes(5 * 2**20))))

    with pytest.raises(StatusListTooLargeError):
        bomb.status_of(entry())


@given(st.integers(1, 8), st.integers(0, LENGTH - 1), st.data())
def test_places_of_several_bits_are_read(size: int, index: int, data: st.DataObject) -> None:
    value = data.draw(st.integers(0, 2**size - 1))
    read = PublishedList.from_document(
        document(encoded=several(size, {index: value}), purpose="message")
    )
    place = entry(index, statusPurpose="message", statusSize=size, statusMessage=words(size))

    assert read.status_of(place).value == value


def test_a_message_is_named_by_the_entry_or_else_by_the_standard() -> None:
    encoded = several(2, {0: 1, 1: 2})
    read = PublishedList.from_document(document(encoded=encoded, purpose=["message", "refresh"]))
    named: JsonObject = {"statusPurpose": "message", "statusSize": 2, "statusMessage": words(2)}

    assert read.status_of(entry(0, **named)).message == "accepted"
    assert read.status_of(entry(1, **named)).message == "rejected"
    assert read.status_of(entry(2, **named)).message == "pending_review"
    assert read.status_of(entry(1, statusPurpose="message")).message == "set"
    assert read.status_of(entry(0, statusPurpose="message")).message == "unset"
    assert read.status_of(entry(0, statusPurpose="refresh")).message is None


def test_t29_a_list_for_something_else_is_an_error() -> None:
    both = PublishedList.from_document(document(purpose=["suspension", "revocation"]))

    assert both.status_of(entry()).value == 1
    with pytest.raises(StatusPurposeMismatchError):
        PublishedList.from_document(document(purpose="suspension")).status_of(entry())


def test_the_draft_before_the_standard_is_read() -> None:
    older = document(encoded=bitstring.encode({94567})[1:], type="StatusList2021") | {
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuer": {"id": ISSUER},
        "issuanceDate": "2026-11-22T12:00:00Z",
        "expirationDate": "2026-11-22T12:00:00Z",
    }
    read = PublishedList.from_document(older)

    assert read.status_of(entry(type="StatusList2021Entry")).value == 1
    assert (read.issuer_id, read.valid_from, read.valid_until) == (ISSUER, NOON, NOON)


@pytest.mark.parametrize(
    "change",
    [
        {"type": ["VerifiableCredential"]},
        {"type": "VerifiableCredential"},
        {"type": ["BitstringStatusListCredential", 1]},
        {"issuer": None},
        {"issuer": {"name": "x"}},
        {"validFrom": "today"},
        {"validUntil": None},
        {"credentialSubject": []},
        {"credentialSubject": {"type": "Person"}},
    ],
)
def test_a_document_that_is_no_list_is_refused(change: JsonObject) -> None:
    with pytest.raises(StatusListError):
        PublishedList.from_document(document() | change)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", None),
        ("type", ["BitstringStatusList", None]),
        ("statusPurpose", None),
        ("statusPurpose", []),
        ("statusPurpose", ["revocation", 1]),
        ("statusPurpose", ["p"] * 17),
        ("encodedList", None),
        ("encodedList", ["u"]),
        ("ttl", -1),
        ("ttl", 1.5),
        ("ttl", "300000"),
        ("ttl", True),
        ("ttl", None),
    ],
)
def test_a_malformed_list_is_refused(name: str, value: JsonValue) -> None:
    with pytest.raises(StatusListError):
        PublishedList.from_document(document(**{name: value}))  # type: ignore[arg-type]  # a test may name any member


def test_a_list_without_an_address_or_an_end_is_read_as_such() -> None:
    plain = document()
    del plain["id"]

    read = PublishedList.from_document(plain)

    assert (read.url, read.valid_from, read.valid_until, read.ttl) == (None, None, None, None)
    forever = PublishedList.from_document(document(ttl=2**70))
    assert forever.ttl == timedelta(days=365)
