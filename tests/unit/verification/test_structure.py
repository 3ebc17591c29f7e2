from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import (
    MalformedCredentialError,
    NotACredentialError,
    StatusEntryError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical, parse_object
from credhub.verification.structure import MAX_ITEMS, CredentialView
from tests.unit import factories
from tests.unit.verification.world import HUB_DID

SCALARS: st.SearchStrategy[JsonValue] = st.sampled_from(
    [None, True, 0, 1.5, "", "text", [], {}, [{}], ["text"], {"id": 1}, [[]]]
)


def fresh() -> JsonObject:
    """A credential of its own, so that a test may spoil it."""
    return parse_object(canonical(factories.credential(did=HUB_DID)))


def subject(document: JsonObject) -> JsonObject:
    value = document["credentialSubject"]
    assert isinstance(value, dict)
    return value


def achievement(document: JsonObject) -> JsonObject:
    value = subject(document)["achievement"]
    assert isinstance(value, dict)
    return value


def test_the_view_of_a_credential_is_what_the_credential_says() -> None:
    view = CredentialView.of(fresh())

    assert view.issuer_id == HUB_DID
    assert view.issuer_name == "Riverside Learning Hub"
    assert view.issuer_url == "https://hub.example/hubs/riverside"
    assert view.valid_from == factories.NOON
    assert view.valid_until == datetime(2028, 11, 22, 12, tzinfo=UTC)
    assert view.schema_ids == ("https://hub.example/schemas/achievement-credential-1.json",)
    assert view.has_status
    assert view.is_badge
    assert view.related_compared


MINIMAL: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential", "AchievementCredential"],
    "issuer": "did:key:z6Mk",
    "validFrom": "2026-11-22T13:00:00+01:00",
    "credentialSubject": {
        "type": "AchievementSubject",
        "achievement": {
            "id": "urn:uuid:2",
            "type": "Achievement",
            "name": "A",
            "description": "B",
            "criteria": {},
        },
    },
}


def test_the_smallest_credential_of_somebody_else_is_read() -> None:
    view = CredentialView.of(MINIMAL)

    assert (view.issuer_id, view.issuer_name, view.issuer_url) == ("did:key:z6Mk", None, None)
    assert (view.valid_from, view.valid_until) == (factories.NOON, None)
    assert (view.schema_ids, view.has_status) == ((), False)


@pytest.mark.parametrize(
    "change",
    [
        {"@context": "https://www.w3.org/ns/credentials/v2"},
        {"@context": ["https://www.w3.org/ns/credentials/examples/v2"]},
        {"@context": [{}, "https://www.w3.org/ns/credentials/v2"]},
        {"@context": []},
        {"type": "OpenBadgeCredential"},
        {"type": ["VerifiableCredential", "BitstringStatusListCredential"]},
        {"type": ["VerifiableCredential", "VerifiablePresentation"]},
        {"type": [["VerifiableCredential"], "OpenBadgeCredential"]},
        {"type": None},
    ],
)
def test_another_kind_of_document_is_no_credential(change: JsonObject) -> None:
    with pytest.raises(NotACredentialError):
        CredentialView.of(fresh() | change)


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"@context": ["https://www.w3.org/2018/credentials/v1"]},
        {"issuer": None},
        {"issuer": ""},
        {"issuer": [HUB_DID]},
        {"issuer": {"name": "No id"}},
        {"issuer": {"id": HUB_DID, "name": ["list"]}},
        {"issuer": {"id": HUB_DID, "url": 1}},
        {"validFrom": None},
        {"validFrom": "2026-11-22"},
        {"validFrom": "2026-11-22T12:00:00"},
        {"validFrom": "2026-02-30T12:00:00Z"},
        {"validUntil": "never"},
        {"validUntil": "2026-11-22T11:59:59Z"},
        {"credentialSubject": []},
        {"credentialSubject": [{"type": "AchievementSubject"}]},
        {"credentialSubject": {"type": ["Person"]}},
        {"credentialSubject": {"type": ["AchievementSubject"]}},
        {"credentialSchema": "https://hub.example/schema"},
        {"credentialSchema": [{"type": "JsonSchema"}]},
        {"credentialSchema": [{"id": "https://hub.example/schema"}] * (MAX_ITEMS + 1)},
        {"credentialStatus": "https://hub.example/status"},
        {"credentialStatus": {"id": "no type"}},
    ],
)
def test_a_credential_without_its_essentials_is_malformed(change: JsonObject) -> None:
    with pytest.raises(MalformedCredentialError):
        CredentialView.of(fresh() | change)


@pytest.mark.parametrize("member", ["id", "name", "description", "criteria"])
def test_an_achievement_without_its_essentials_is_malformed(member: str) -> None:
    document = fresh()
    del achievement(document)[member]

    with pytest.raises(MalformedCredentialError, match=member):
        CredentialView.of(document)


def test_an_achievement_of_another_type_is_malformed() -> None:
    document = fresh()
    achievement(document)["type"] = ["Course"]

    with pytest.raises(MalformedCredentialError):
        CredentialView.of(document)


@pytest.mark.parametrize("index", ["-1", "007", "1.0", " 1", "0x1", 1, None])
def test_t28_a_malformed_place_in_a_status_list_is_refused(index: JsonValue) -> None:
    entry = factories.status_entry().to_document()

    with pytest.raises(StatusEntryError):
        CredentialView.of(fresh() | {"credentialStatus": entry | {"statusListIndex": index}})
    with pytest.raises(StatusEntryError):
        CredentialView.of(fresh() | {"credentialStatus": [{"type": "BitstringStatusListEntry"}]})


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "1EdTechRevocationList", "id": "https://other.example/list"},
        {"type": "TokenStatusListEntry", "id": "https://other.example/list#1"},
        factories.status_entry().to_document() | {"statusPurpose": "message"},
        factories.status_entry().to_document() | {"statusListIndex": "18446744073709551616"},
    ],
)
def test_a_status_entry_of_a_kind_that_we_do_not_read_is_left_to_the_status_check(
    entry: JsonObject,
) -> None:
    assert CredentialView.of(fresh() | {"credentialStatus": entry}).has_status


CHANGED: list[Callable[[JsonObject], JsonObject]] = [
    lambda document: document,
    subject,
    achievement,
]


@given(st.data(), st.sampled_from(CHANGED), SCALARS)
def test_any_change_of_one_member_is_read_or_refused(
    data: st.DataObject, part: Callable[[JsonObject], JsonObject], value: JsonValue
) -> None:
    document = fresh()
    members = part(document)
    members[data.draw(st.sampled_from(sorted(members)))] = value

    try:
        view = CredentialView.of(document)
    except VerificationError:
        return
    assert view.issuer_id
