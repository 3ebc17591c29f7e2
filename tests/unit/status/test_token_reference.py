import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import StatusEntryError
from credhub.jsontypes import JsonValue
from credhub.status.token_reference import TokenStatusReference

LIST = "https://hub.example/hubs/riverside/status/1"


@given(st.integers(0, 2**31 - 1))
def test_a_claim_is_read_as_it_was_written(index: int) -> None:
    reference = TokenStatusReference(uri=LIST, index=index)

    assert TokenStatusReference.from_claim(reference.to_claim()) == reference


def test_another_way_beside_the_list_is_passed_over() -> None:
    reference = TokenStatusReference(uri=LIST, index=1)

    assert TokenStatusReference.from_claim(reference.to_claim() | {"another": {}}) == reference


def test_its_entry_names_the_list_and_the_place() -> None:
    assert TokenStatusReference(uri=LIST, index=7).to_entry() == {
        "id": f"{LIST}#7",
        "type": "TokenStatusListEntry",
        "statusListIndex": "7",
        "statusListCredential": LIST,
    }


@pytest.mark.parametrize(
    "claim",
    [
        None,
        "status",
        {},
        {"status_list": None},
        {"status_list": {}},
        {"status_list": {"idx": 1}},
        {"status_list": {"uri": LIST}},
        {"status_list": {"idx": 1, "uri": ""}},
        {"status_list": {"idx": 1, "uri": 5}},
        {"status_list": {"idx": "1", "uri": LIST}},
        {"status_list": {"idx": True, "uri": LIST}},
        {"status_list": {"idx": -1, "uri": LIST}},
        {"status_list": {"idx": 1.5, "uri": LIST}},
        {"status_list": {"idx": 2**31, "uri": LIST}},
        {"another": {}},
    ],
)
def test_a_claim_that_is_no_place_is_refused(claim: JsonValue) -> None:
    with pytest.raises(StatusEntryError):
        TokenStatusReference.from_claim(claim)


def test_a_place_survives_its_entry() -> None:
    reference = TokenStatusReference(uri=LIST, index=2**31 - 1)

    assert TokenStatusReference.from_entry(reference.to_entry()) == reference


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("statusListCredential", None),
        ("statusListIndex", 7),
        ("statusListIndex", "-1"),
        ("statusListIndex", "007"),
    ],
)
def test_an_entry_that_is_no_place_is_refused(name: str, value: JsonValue) -> None:
    entry = TokenStatusReference(uri=LIST, index=7).to_entry()

    with pytest.raises(StatusEntryError):
        TokenStatusReference.from_entry(entry | {name: value})
