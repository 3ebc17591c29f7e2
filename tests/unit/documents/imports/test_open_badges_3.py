"""Credentials of Open Badges 3.0, as they stand."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.documents.imports.badges import credential, only, outcome, subject


def test_a_credential_is_read() -> None:
    item = only(credential(awardedDate="2019-05-03T00:00:00Z", validUntil="2030-01-01T00:00:00Z"))

    assert item.achievement.name == "Weaving"
    assert item.achievement.issuer == "Loom School"
    assert item.achievement.criteria == "Wove a cloth."
    assert item.row.recipient.name == "Ana Lima"
    assert item.row.awarded_at == datetime(2019, 5, 3, tzinfo=UTC)
    assert item.row.valid_until == datetime(2030, 1, 1, tzinfo=UTC)
    assert item.row.key == "urn:uuid:0b4a4dcd-0bd2-4c8b-8a4f-2f3f8a0f0c11"


def test_when_it_was_issued_counts_where_nothing_says_when_it_was_awarded() -> None:
    assert only(credential()).row.awarded_at == datetime(2021, 5, 3, 10, tzinfo=UTC)
    older = credential(validFrom=None, issuanceDate="2018-05-03T10:00:00Z")
    assert only(older).row.awarded_at == datetime(2018, 5, 3, 10, tzinfo=UTC)
    assert only(credential(validFrom=None)).row.awarded_at is None


def identity(kind: str, text: str, *, hashed: bool = False) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "identityType": kind,
        "identityHash": text,
        "hashed": hashed,
    }


@pytest.mark.parametrize(
    ("changes", "becomes"),
    [
        ({"name": None, "identifier": [identity("name", "Cy Marsh")]}, "Cy Marsh"),
        ({"name": None, "identifier": [identity("name", "x", hashed=True)]}, "name-unsaid"),
        ({"name": None, "identifier": [identity("emailAddress", "bo@mail.example")]}, "Bo Lund"),
        ({"identifier": [identity("emailAddress", "cy@mail.example")]}, "Ana Lima"),
        ({"identifier": [identity("systemId", "77")]}, "Ana Lima"),
        ({"name": "undefined"}, "name-placeholder"),
        ({"name": 7}, "credentialSubject.name: member-type"),
        ({"achievement": None}, "achievement-missing"),
        ({"result": [{"type": ["Result"], "value": "a\nb"}]}, "value-refused"),
        ({"result": [{"type": ["Result"], "status": "Completed"}]}, "Ana Lima"),
    ],
)
def test_the_learner_is_who_the_credential_says(changes: dict[str, Any], becomes: str) -> None:
    (word,) = outcome(credential(credentialSubject=subject(**changes)))

    assert word.endswith(becomes)


def test_a_did_of_the_learner_is_kept() -> None:
    own = credential(credentialSubject=subject(id="did:example:ana", result=[{"value": "9"}]))

    item = only(own)
    assert item.row.recipient.did == "did:example:ana"
    assert item.row.results[0].value == "9"
    assert only(credential(credentialSubject=subject(id="mailto:x"))).row.recipient.did is None


def test_a_did_that_is_none_is_a_fault() -> None:
    (word,) = outcome(credential(credentialSubject=subject(id="did:")))

    assert word == "recipient.did: value-refused"


@pytest.mark.parametrize(
    ("changes", "becomes"),
    [
        ({"validUntil": "2020-01-01T00:00:00Z"}, "expired"),
        ({"validUntil": None, "expirationDate": "2020-01-01T00:00:00Z"}, "expired"),
        ({"validFrom": "2031-01-01T00:00:00Z"}, "validFrom: date-in-future"),
        ({"issuer": "https://x.example/"}, "Ana Lima"),
        ({"issuer": 7}, "issuer: member-type"),
        ({"credentialSubject": "urn:x"}, "achievement-missing"),
        ({"evidence": [{"id": "https://work.example/", "name": "Cloth"}]}, "Ana Lima"),
    ],
)
def test_a_member_is_what_the_standard_says_or_a_fault(
    changes: dict[str, Any], becomes: str
) -> None:
    assert outcome(credential(**changes)) == [becomes]
