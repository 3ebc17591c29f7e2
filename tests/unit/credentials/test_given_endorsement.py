"""What partners sign and confirm: read strictly, and a confirmation looks like no credential."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from credhub.credentials.given_endorsement import MAX_COMMENT, Confirmation, SignedStatement
from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject, JsonValue

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIGNED: JsonObject = {
    "type": ["VerifiableCredential", "EndorsementCredential"],
    "issuer": {"id": "did:web:partner.example", "type": ["Profile"]},
    "validUntil": "2027-11-22T00:00:00Z",
    "credentialSubject": {
        "id": "https://hub.example/achievements/a",
        "type": ["EndorsementSubject"],
        "endorsementComment": "Good.",
    },
}
CONFIRMED = Confirmation(
    id="https://hub.example/hubs/h/endorsements/1",
    hub="did:web:hub.example",
    endorser="did:web:partner.example",
    name="Partner Ltd",
    endorsed="https://hub.example/achievements/a",
    comment="Good.",
    confirmed_at=NOW,
    valid_until=NOW + timedelta(days=1),
)


def test_what_a_partner_signed_is_read() -> None:
    said = SignedStatement.from_document(SIGNED)

    assert said == SignedStatement(
        endorser="did:web:partner.example",
        endorsed="https://hub.example/achievements/a",
        comment="Good.",
        valid_until=datetime(2027, 11, 22, tzinfo=UTC),
    )


def test_an_issuer_may_be_a_text_and_much_may_be_left_out() -> None:
    subject: JsonObject = {"id": "did:web:hub.example"}
    brief: JsonObject = {
        "type": "EndorsementCredential",
        "issuer": "did:web:partner.example",
        "credentialSubject": subject,
    }

    said = SignedStatement.from_document(brief)

    assert (said.endorser, said.comment, said.valid_until) == (
        "did:web:partner.example",
        None,
        None,
    )


def commented(comment: JsonValue) -> JsonObject:
    return {"credentialSubject": {"id": "did:web:hub.example", "endorsementComment": comment}}


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"type": ["VerifiableCredential"]}, "type"),
        ({"type": None}, "type"),
        ({"credentialStatus": {"id": "https://a.example/1"}}, "credentialStatus"),
        ({"credentialSubject": [{"id": "did:web:hub.example"}]}, "credentialSubject"),
        ({"credentialSubject": {}}, "credentialSubject.id"),
        ({"issuer": None}, "issuer"),
        ({"issuer": {"name": "x"}}, "issuer"),
        ({"validUntil": "tomorrow"}, "validUntil"),
        ({"validUntil": 7}, "validUntil"),
        (commented(7), "endorsementComment"),
        (commented(""), "endorsementComment"),
        (commented("x" * (MAX_COMMENT + 1)), "endorsementComment"),
        (commented("\u202egood"), "endorsementComment"),
        (commented("\x00"), "endorsementComment"),
    ],
)
def test_t51_what_is_no_such_endorsement_is_refused_by_its_member(
    change: JsonObject, member: str
) -> None:
    with pytest.raises(InvalidClaimError) as caught:
        SignedStatement.from_document(SIGNED | change)

    assert caught.value.member == member


def test_the_longest_comment_is_read() -> None:
    longest = SIGNED | commented("x" * MAX_COMMENT)

    assert SignedStatement.from_document(longest).comment == "x" * MAX_COMMENT


@pytest.mark.parametrize("comment", ["Good.", None])
def test_a_confirmation_is_read_as_it_was_written(comment: str | None) -> None:
    one = replace(CONFIRMED, comment=comment)

    assert Confirmation.from_document(one.to_document()) == one


def test_a_confirmation_is_no_credential_and_has_no_proof() -> None:
    document = CONFIRMED.to_document()

    assert document["type"] == "CredhubConfirmation"
    assert not document.keys() & {"@context", "proof", "issuer", "credentialSubject"}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "1"},
        {"hub": "x"},
        {"endorser": "x"},
        {"endorsed": "x"},
        {"name": " "},
        {"comment": "\u202e"},
        {"valid_until": NOW},
    ],
)
def test_a_confirmation_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidClaimError):
        replace(CONFIRMED, **change)  # type: ignore[arg-type]  # a test may name any member


@pytest.mark.parametrize(
    "change",
    [
        {"type": "EndorsementCredential"},
        {"partner": "did:web:partner.example"},
        {"partner": {"id": "did:web:partner.example"}},
        {"hub": None},
        {"confirmedAt": "now"},
    ],
)
def test_what_is_no_confirmation_is_refused(change: JsonObject) -> None:
    with pytest.raises(InvalidClaimError):
        Confirmation.from_document(CONFIRMED.to_document() | change)
