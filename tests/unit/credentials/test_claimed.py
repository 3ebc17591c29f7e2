"""What a credential claims is read back from the document exactly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.credentials.claimed import Claimed
from credhub.credentials.document import to_document
from credhub.credentials.draft import CredentialDraft, Evidence, Recipient, Result, ResultStatus
from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject, JsonValue
from tests.unit import factories

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
DRAFT = CredentialDraft(
    id="https://hub.example/c/a",
    recipient=Recipient(
        name="Amélie Dubois", email="amelie@mail.example", did="did:example:amelie"
    ),
    valid_from=START,
    valid_until=START + timedelta(days=700),
    awarded_at=START - timedelta(days=30),
    evidence=(
        Evidence(id="https://school.example/1", name="a", description="b", genre="Photo"),
        Evidence(narrative="Mounted a panel."),
    ),
    results=(
        Result(value="87", result_description="urn:uuid:1", achieved_level="urn:uuid:2"),
        Result(status=ResultStatus.COMPLETED),
    ),
)


def written(draft: CredentialDraft) -> JsonObject:
    return to_document(
        draft,
        issuer=factories.issuer(),
        achievement=replace(factories.achievement(), validity=None),
        status_entries=(),
        schema_id="https://hub.example/schema",
        salt=bytes(16),
    )


def test_everything_that_is_claimed_is_read_back() -> None:
    document = written(DRAFT)

    claimed = Claimed.of(document)

    assert (claimed.name, claimed.did) == (DRAFT.recipient.name, DRAFT.recipient.did)
    assert (claimed.awarded_at, claimed.valid_until) == (DRAFT.awarded_at, DRAFT.valid_until)
    assert (claimed.evidence, claimed.results) == (DRAFT.evidence, DRAFT.results)
    again = replace(
        DRAFT,
        recipient=Recipient(name=claimed.name, did=claimed.did),
        identifiers=claimed.identifiers,
    )
    assert written(again) == document


def test_little_that_is_claimed_is_read_back() -> None:
    draft = CredentialDraft(id=DRAFT.id, recipient=Recipient(name="Ana"), valid_from=START)

    claimed = Claimed.of(written(draft))

    assert claimed == Claimed(
        name="Ana",
        did=None,
        identifiers=(),
        awarded_at=START,
        valid_until=None,
        evidence=(),
        results=(),
    )


def test_an_address_that_is_given_counts_more_than_a_hash() -> None:
    known = Claimed.of(written(DRAFT)).identifiers
    other = replace(
        DRAFT, recipient=Recipient(name="Ana", email="ana@mail.example"), identifiers=known
    )

    assert Claimed.of(written(other)).identifiers != known


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("credentialSubject", None),
        ("credentialSubject", "Ana"),
        ("credentialSubject", {"name": None}),
        ("credentialSubject", {"name": "Ana", "identifier": "x"}),
        ("credentialSubject", {"name": "Ana", "result": [{"status": "Won"}]}),
        ("credentialSubject", {"name": "Ana", "result": [{}]}),
        ("validFrom", None),
        ("validFrom", "yesterday"),
        ("awardedDate", "yesterday"),
        ("validUntil", 7),
        ("evidence", [{"name": "no id"}]),
    ],
    ids=str,
)
def test_what_was_written_otherwise_is_refused(member: str, value: JsonValue) -> None:
    document = written(replace(DRAFT, awarded_at=None)) | {member: value}

    with pytest.raises(InvalidClaimError):
        Claimed.of(document)


@given(st.dictionaries(st.text(), st.none() | st.text() | st.lists(st.text())))
def test_any_object_is_read_or_refused(document: JsonObject) -> None:
    with pytest.raises(InvalidClaimError):
        Claimed.of(document)
