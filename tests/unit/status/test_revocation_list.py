"""The revocation list of 1EdTech: read, never written."""

import pytest

from credhub.errors import StatusEntryError, StatusListError, StatusListOfAnotherError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status.revocation_list import RevocationList, address_in

ISSUER = "did:web:issuer.example"
FIRST, SECOND = "https://issuer.example/c/1", "urn:uuid:2"


def listed(*items: JsonValue) -> RevocationList:
    return RevocationList.from_document({"issuer": ISSUER, "revokedCredential": list(items)})


def test_a_credential_that_is_named_was_withdrawn() -> None:
    made = listed({"id": FIRST, "revocationReason": "annulled"}, {"id": SECOND, "revoked": True})

    assert made.holds({"id": FIRST}, ISSUER)
    assert made.holds({"id": SECOND}, ISSUER)
    assert not made.holds({"id": "https://issuer.example/c/3"}, ISSUER)


def test_a_credential_that_is_named_as_not_withdrawn_stands() -> None:
    assert not listed({"id": FIRST, "revoked": False}).holds({"id": FIRST}, ISSUER)


def test_the_shapes_that_issuers_use_are_read() -> None:
    single: JsonObject = {"issuer": {"id": ISSUER}, "revokedCredential": {"id": FIRST}}

    assert RevocationList.from_document(single).revoked == {FIRST}
    assert listed(FIRST).revoked == {FIRST}
    assert RevocationList.from_document({"issuer": ISSUER}).revoked == frozenset()


def test_t29_the_list_of_another_says_nothing() -> None:
    with pytest.raises(StatusListOfAnotherError):
        listed().holds({"id": FIRST}, "did:web:other.example")


def test_a_credential_without_an_id_cannot_be_looked_up() -> None:
    with pytest.raises(StatusEntryError):
        listed().holds({}, ISSUER)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"issuer": {"name": "x"}},
        {"issuer": ISSUER, "revokedCredential": [1]},
        {"issuer": ISSUER, "revokedCredential": [{}]},
        {"issuer": ISSUER, "revokedCredential": [{"id": FIRST, "revoked": "no"}]},
    ],
)
def test_a_malformed_list_is_refused(document: JsonObject) -> None:
    with pytest.raises(StatusListError):
        RevocationList.from_document(document)


def test_an_entry_says_where_the_list_is() -> None:
    assert address_in({"id": "https://issuer.example/revoked"}) == "https://issuer.example/revoked"
    refused: tuple[JsonObject, ...] = ({}, {"id": "revoked"}, {"id": 1})
    for malformed in refused:
        with pytest.raises(StatusEntryError):
            address_in(malformed)
