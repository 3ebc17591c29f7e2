"""Lists of issuers: read whole or refused whole."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import TrustListError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification import trust_list
from credhub.verification.trust_index import MAX_LISTS, TrustIndex
from credhub.verification.trust_list import ListedIssuer, TrustList
from tests.unit.factories import NOON

DID = "did:web:school.example"
ENTRY: JsonObject = {
    "name": "A School",
    "location": "Somewhere",
    "url": "https://school.example/",
    "validFrom": "2026-11-22T12:00:00Z",
    "validUntil": "2027-11-22T12:00:00Z",
}
URL = "https://lists.example/registry.json"


def text_of(registry: JsonValue, **others: JsonValue) -> bytes:
    return json.dumps({"meta": {"updated": "2026-03-25"}, "registry": registry, **others}).encode()


def parse(registry: JsonValue) -> TrustList:
    return TrustList.parse(text_of(registry), source="mine")


def test_an_entry_is_read() -> None:
    known = parse({DID: ENTRY})

    assert known.source == "mine"
    assert known.issuers == {
        DID: ListedIssuer(
            did=DID,
            name="A School",
            url="https://school.example/",
            valid_from=NOON,
            valid_until=NOON + timedelta(days=365),
        )
    }


@pytest.mark.parametrize("entry", [{"name": " A School "}, {"name": "A School", "url": ""}])
def test_a_name_is_enough(entry: JsonObject) -> None:
    assert parse({DID: entry}).issuers[DID] == ListedIssuer(did=DID, name="A School")


def test_a_list_may_be_empty() -> None:
    assert parse({}).issuers == {}


@pytest.mark.parametrize(
    ("offset", "counts"),
    [
        (timedelta(seconds=-1), False),
        (timedelta(0), True),
        (timedelta(days=365), True),
        (timedelta(days=365, seconds=1), False),
    ],
)
def test_an_entry_counts_from_its_beginning_to_its_end(offset: timedelta, counts: bool) -> None:  # noqa: FBT001
    assert parse({DID: ENTRY}).issuers[DID].counts(NOON + offset) is counts


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        "A School",
        {},
        {"name": ""},
        {"name": 7},
        {"name": "x" * 201},
        {"name": "A\u202eSchool"},
        {"name": "\u200b"},
        {"name": "\u2060\u00ad\u3164"},
        {"name": "..."},
        {"name": "A\nSchool"},
        {"name": "A School", "url": "javascript:alert(1)"},
        {"name": "A School", "url": 7},
        {"name": "A School", "validFrom": "yesterday"},
        {"name": "A School", "validUntil": 7},
    ],
)
def test_an_entry_that_is_not_one_refuses_the_list(entry: JsonValue) -> None:
    with pytest.raises(TrustListError, match="what it says of did:web"):
        parse({DID: entry})


@pytest.mark.parametrize("name", ["\u804c\u4e1a", "\u0645\u0631\u0643\u0632", "42"], ids=ascii)
def test_a_name_that_can_be_read_is_one_in_any_script(name: str) -> None:
    assert parse({DID: {"name": name}}).issuers[DID].name == name


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u0301", "\u2014"], ids=ascii)
def test_t51_a_name_in_which_nothing_can_be_read_refuses_the_list(name: str) -> None:
    with pytest.raises(TrustListError, match="what it says of did:web"):
        parse({DID: {"name": name}})


@pytest.mark.parametrize("did", ["", "school", "did:web:a b", "javascript"])
def test_an_identifier_that_is_none_refuses_the_list(did: str) -> None:
    with pytest.raises(TrustListError, match="no DID or URL"):
        parse({did: ENTRY})


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", text_of([]), text_of(None)])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(TrustListError, match="mine is not a list of issuers"):
        TrustList.parse(data, source="mine")


def test_an_issuer_that_is_named_twice_refuses_the_list() -> None:
    twice = b'{"registry": {"did:a:b": {"name": "One"}, "did:a:b": {"name": "Two"}}}'

    with pytest.raises(TrustListError, match="repeats"):
        TrustList.parse(twice, source="mine")


def test_a_list_has_a_longest_and_a_most(monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of({DID: ENTRY})
    assert TrustList.parse(text, source="mine").issuers

    monkeypatch.setattr(trust_list, "MAX_ISSUERS", 0)
    with pytest.raises(TrustListError, match="more than 0"):
        TrustList.parse(text, source="mine")
    monkeypatch.setattr(trust_list, "MAX_BYTES", len(text) - 1)
    with pytest.raises(TrustListError, match="longer"):
        TrustList.parse(text, source="mine")


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_list_or_refused(data: bytes) -> None:
    with pytest.raises(TrustListError):
        TrustList.parse(data, source="mine")


def index(*entries: JsonValue) -> TrustIndex | None:
    return TrustIndex.parse(json.dumps(entries).encode(), source="index")


def test_an_index_names_lists_in_order_and_says_what_is_not_read() -> None:
    found = index(
        {"name": "Members", "type": "oidf", "trustAnchorEC": "https://registry.example/x"},
        {"name": "Second", "type": "dcc-legacy", "url": URL},
        {"name": "Without a type", "url": f"{URL}?2"},
    )

    assert found == TrustIndex(urls=(URL, f"{URL}?2"), others=("Members",))


def test_a_list_is_no_index() -> None:
    assert TrustIndex.parse(text_of({DID: ENTRY}), source="index") is None


@pytest.mark.parametrize("entry", [7, {"url": 7}, {"url": "file:///etc/passwd"}, {"name": "x"}])
def test_an_index_without_an_address_is_refused(entry: JsonValue) -> None:
    with pytest.raises(TrustListError):
        index(entry)


def test_an_index_has_a_most() -> None:
    entry: JsonObject = {"url": URL}
    assert index(*[entry] * MAX_LISTS) is not None

    with pytest.raises(TrustListError, match="more than"):
        index(*[entry] * (MAX_LISTS + 1))


def test_what_is_not_json_is_no_index() -> None:
    with pytest.raises(TrustListError, match="strict JSON"):
        TrustIndex.parse(b"<html>", source="index")
