from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import jsonschema
import pytest
from hypothesis import given

from credhub.credentials.achievement import Achievement
from credhub.credentials.document import CONTEXTS, SALT_BYTES, identity_hash, to_document
from credhub.credentials.draft import CredentialDraft, Recipient, Result, ResultStatus
from credhub.credentials.issuer import Issuer
from credhub.credentials.schema import DIGEST_SRI, PUBLISHED_PATH, Schemas
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status.document import Purpose, StatusEntry
from tests import vectors
from tests.unit import factories
from tests.unit.credentials.strategies import achievements, drafts, issuers
from tests.unit.factories import HOST, NOON

SALT = bytes(range(SALT_BYTES))
SCHEMA_ID = HOST + PUBLISHED_PATH
SCHEMAS = Schemas.load(factories.read_schema)
OFFICIAL = "openbadges-v3/schemas/ob_v3p0_achievementcredential_schema.json"


def made(
    draft: CredentialDraft,
    achievement: Achievement,
    *,
    issuer: Issuer | None = None,
    entries: tuple[JsonObject, ...] | None = None,
) -> JsonObject:
    return to_document(
        draft,
        issuer=issuer or factories.issuer(),
        achievement=achievement,
        status_entries=((factories.status_entry().to_document(),) if entries is None else entries),
        schema_id=SCHEMA_ID,
        salt=SALT,
    )


def test_a_credential_says_what_open_badges_wants() -> None:
    document = factories.credential()

    assert document["@context"] == list(CONTEXTS)
    assert document["id"] == f"{HOST}/c/1"
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert document["name"] == "Solar installer, level 1"
    assert document["validFrom"] == "2026-11-22T12:00:00Z"
    assert document["validUntil"] == "2028-11-22T12:00:00Z"
    assert document["awardedDate"] == "2026-11-20T00:00:00Z"
    assert document["credentialStatus"] == factories.status_entry().to_document()
    assert document["credentialSchema"] == [
        {"id": SCHEMA_ID, "type": "JsonSchema", "digestSRI": DIGEST_SRI}
    ]


def test_the_learner_is_named_but_never_by_the_hubs_own_number() -> None:
    document = factories.credential()
    subject = document["credentialSubject"]

    assert isinstance(subject, dict)
    assert subject["name"] == "Amélie Dubois"
    assert str(subject["id"]).startswith("did:key:")
    assert "student-17" not in str(document)
    assert "mail.example" not in str(document)


def test_the_address_is_a_salted_hash_in_lower_case() -> None:
    # Open Badges 3.0, section B.2.6, gives this example.
    example = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
    subject = factories.credential()["credentialSubject"]

    assert identity_hash("a@example.com", "Kosher") == example
    assert identity_hash("A@Example.com", "Kosher") == example
    assert isinstance(subject, dict)
    assert subject["identifier"] == [
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": "sha256$"
            + sha256(b"amelie@mail.example" + SALT.hex().encode()).hexdigest(),
            "identityType": "emailAddress",
            "salt": SALT.hex(),
        }
    ]


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        to_document(
            factories.draft(),
            issuer=factories.issuer(),
            achievement=factories.achievement(),
            status_entries=(),
            schema_id=SCHEMA_ID,
            salt=SALT[1:],
        )


def test_the_draft_decides_the_end_before_the_achievement_does() -> None:
    until = datetime(2027, 1, 1, tzinfo=UTC)
    draft = replace(factories.draft(), valid_until=until, awarded_at=None)
    for_ever = replace(factories.achievement(), validity=None)

    assert made(draft, factories.achievement())["validUntil"] == "2027-01-01T00:00:00Z"
    assert "validUntil" not in made(factories.draft(), for_ever)
    assert "awardedDate" not in made(draft, for_ever)


def test_two_status_entries_are_an_array_and_none_is_nothing() -> None:
    entry = factories.status_entry().to_document()
    other = StatusEntry.at(f"{HOST}/hubs/riverside/status/2", 7, Purpose.SUSPENSION).to_document()

    both = made(factories.draft(), factories.achievement(), entries=(entry, other))
    none = made(factories.draft(), factories.achievement(), entries=())

    assert both["credentialStatus"] == [entry, other]
    assert "credentialStatus" not in none
    SCHEMAS.validate(SCHEMA_ID, both)


def test_the_shortest_credential_has_no_empty_members() -> None:
    draft = CredentialDraft(id=f"{HOST}/c/1", recipient=Recipient(name="Ada"), valid_from=NOON)
    document = made(draft, replace(factories.achievement(), alignments=(), tags=()))
    subject = document["credentialSubject"]

    assert isinstance(subject, dict)
    assert list(subject) == ["type", "name", "achievement"]
    assert "evidence" not in document
    assert [] not in list(_values(document))


def test_results_and_evidence_are_written_in_full() -> None:
    result = Result(
        value="B",
        status=ResultStatus.COMPLETED,
        result_description="urn:x:1",
        achieved_level="urn:x:2",
    )
    document = made(replace(factories.draft(), results=(result,)), factories.achievement())
    subject = document["credentialSubject"]

    assert isinstance(subject, dict)
    assert subject["result"] == [
        {
            "type": ["Result"],
            "resultDescription": "urn:x:1",
            "status": "Completed",
            "value": "B",
            "achievedLevel": "urn:x:2",
        }
    ]
    assert document["evidence"] == [
        {
            "id": f"{HOST}/evidence/1",
            "type": ["Evidence"],
            "name": "Photo",
            "description": "The roof",
            "narrative": "I did it.",
            "genre": "Photo",
        }
    ]


@given(drafts, achievements, issuers)
def test_every_draft_follows_our_schema_and_can_be_signed(
    draft: CredentialDraft, achievement: Achievement, issuer: Issuer
) -> None:
    document = made(draft, achievement, issuer=issuer)

    SCHEMAS.validate(SCHEMA_ID, document)
    assert factories.canonicalizer().canonical(document)


@given(drafts, achievements, issuers)
def test_t19_nothing_that_we_issue_holds_a_number(
    draft: CredentialDraft, achievement: Achievement, issuer: Issuer
) -> None:
    for value in _values(made(draft, achievement, issuer=issuer)):
        assert isinstance(value, (str, bool, dict, list))


@given(drafts, achievements)
def test_every_draft_follows_the_official_schema(
    draft: CredentialDraft, achievement: Achievement
) -> None:
    _official().validate(made(draft, achievement))


def test_a_signed_credential_follows_both_schemas() -> None:
    signed = factories.signed()

    SCHEMAS.validate(SCHEMA_ID, signed)
    _official().validate(signed)


def _official() -> jsonschema.Draft201909Validator:
    return jsonschema.Draft201909Validator(
        vectors.document(OFFICIAL),
        format_checker=jsonschema.Draft201909Validator.FORMAT_CHECKER,
    )


def _values(value: JsonValue) -> list[JsonValue]:
    match value:
        case dict():
            return [value, *(inner for member in value.values() for inner in _values(member))]
        case list():
            return [value, *(inner for item in value for inner in _values(item))]
        case _:
            return [value]
