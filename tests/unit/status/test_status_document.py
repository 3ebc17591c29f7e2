import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import StatusEntryError, StatusListError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status import bitstring
from credhub.status.document import CONTEXT, Purpose, StatusEntry, StatusList
from tests import vectors
from tests.unit import factories
from tests.unit.factories import NOON

URL = "https://hub.example/hubs/riverside/status/1"


def entry() -> JsonObject:
    return StatusEntry.at(URL, 94567, Purpose.REVOCATION).to_document()


def status_list() -> StatusList:
    return StatusList(
        url=URL,
        issuer="did:web:hub.example:hubs:riverside",
        purpose=Purpose.SUSPENSION,
        encoded=bitstring.encode({94567}),
        valid_from=NOON,
        valid_until=NOON + timedelta(days=1),
    )


def test_an_entry_says_what_the_standard_wants() -> None:
    assert entry() == {
        "id": f"{URL}#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": URL,
    }


@given(st.integers(0, 10**9 - 1), st.sampled_from(Purpose))
def test_an_entry_survives_its_document(index: int, purpose: Purpose) -> None:
    made = StatusEntry.at(URL, index, purpose)

    assert StatusEntry.from_document(made.to_document()) == made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", "StatusList2020Entry"),
        ("type", None),
        ("type", ["BitstringStatusListEntry"]),
        ("statusPurpose", ""),
        ("statusPurpose", None),
        ("statusPurpose", ["revocation"]),
        ("statusListCredential", None),
        ("statusListCredential", {"id": URL}),
        ("statusListIndex", 94567),
        ("statusListIndex", 5.0),
        ("statusListIndex", None),
        ("statusListIndex", ""),
        ("statusListIndex", "-1"),
        ("statusListIndex", "+1"),
        ("statusListIndex", "007"),
        ("statusListIndex", "1.0"),
        ("statusListIndex", "1e3"),
        ("statusListIndex", " 5"),
        ("statusListIndex", "5 "),
        ("statusListIndex", "5\n"),
        ("statusListIndex", "0x10"),
        ("statusListIndex", "\u0665"),
        ("statusListIndex", "1" + "0" * 100),
        ("statusListCredential", "status/1"),
        ("id", None),
        ("id", "94567"),
        ("id", URL),
        ("statusSize", 0),
        ("statusSize", -1),
        ("statusSize", 2),
        ("statusSize", 9),
        ("statusSize", 1.5),
        ("statusSize", True),
        ("statusSize", "1"),
        ("statusMessage", None),
        ("statusMessage", []),
        ("statusMessage", ["unset", "set"]),
        ("statusMessage", [{"status": "0x0", "message": "unset"}]),
        ("statusMessage", [{"status": "0x0", "message": "a"}] * 2),
        ("statusMessage", [{"status": "0x0", "message": "a"}, {"status": "0x2", "message": "b"}]),
        ("statusMessage", [{"status": "0x0", "message": "a"}, {"status": "1", "message": "b"}]),
        ("statusMessage", [{"status": "0x0", "message": "a"}, {"status": "0x1"}]),
        ("statusReference", None),
        ("statusReference", "dictionary"),
        ("statusReference", ["https://x.example", 1]),
    ],
)
def test_t28_a_malformed_entry_is_refused(name: str, value: JsonValue) -> None:
    with pytest.raises(StatusEntryError):
        StatusEntry.from_document(entry() | {name: value})


def test_t28_other_entries_of_the_standard_are_accepted() -> None:
    made = StatusEntry.at(URL, 0, Purpose.REVOCATION)
    document = made.to_document()
    del document["id"]

    assert StatusEntry.from_document(document) == made
    assert StatusEntry.from_document(document | {"statusSize": 1, "id": f"{URL}#0"}) == made
    assert StatusEntry.from_document(document | {"statusReference": "https://x.example"}) == made


def test_a_list_says_what_the_standard_wants() -> None:
    document = status_list().to_document()

    assert document == {
        "@context": [CONTEXT],
        "id": URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:hub.example:hubs:riverside",
        "validFrom": "2026-11-22T12:00:00Z",
        "validUntil": "2026-11-23T12:00:00Z",
        "credentialSubject": {
            "id": f"{URL}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "suspension",
            "encodedList": status_list().encoded,
        },
    }
    assert factories.signed(document)


def test_a_list_survives_its_document() -> None:
    assert StatusList.from_document(factories.signed(status_list().to_document())) == status_list()


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"issuer": {"id": "did:web:x"}},
        {"type": "BitstringStatusListCredential"},
        {"type": ["VerifiableCredential"]},
        {"validFrom": None},
        {"validUntil": "tomorrow"},
        {"credentialSubject": []},
        {"credentialSubject": {}},
        {"credentialSubject": {"type": "BitstringStatusList", "statusPurpose": "message"}},
        {"credentialSubject": {"type": "BitstringStatusList", "statusPurpose": "revocation"}},
    ],
)
def test_a_malformed_list_is_refused(change: JsonObject) -> None:
    with pytest.raises(StatusListError):
        StatusList.from_document(status_list().to_document() | change)


def without_remarks(text: str) -> JsonObject:
    """Read an example of which lines are remarks, or left out, for the reader."""
    lines = re.sub(r"^\s*(//.*|\.\.\.)$", "", text, flags=re.MULTILINE)
    document: JsonObject = json.loads(re.sub(r",(\s*[]}])", r"\1", lines))
    return document


def test_the_entries_of_the_specification_are_read() -> None:
    examples = json.loads(vectors.text("bitstring-status-list/spec-examples.json"))
    found: list[StatusEntry] = []
    for text in examples:
        entries = without_remarks(text).get("credentialStatus", [])
        for one in entries if isinstance(entries, list) else [entries]:
            assert isinstance(one, dict)
            if "..." in text:  # not all of its messages are there
                with pytest.raises(StatusEntryError):
                    StatusEntry.from_document(one)
            else:
                found.append(StatusEntry.from_document(one))

    assert (len(examples), len(found)) == (7, 7)
    assert (
        StatusEntry(
            id="https://example.com/credentials/status/3#94567",
            purpose=Purpose.REVOCATION,
            index=94567,
            list_url="https://example.com/credentials/status/3",
        )
        in found
    )
    assert {one.purpose for one in found} == set(Purpose)
