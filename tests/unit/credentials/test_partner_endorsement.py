"""The endorsement of a partner, as it is signed and as it is read."""

from dataclasses import replace

import pytest
from jsonschema import Draft201909Validator

from credhub.credentials import partner_endorsement
from credhub.credentials.partner_endorsement import PartnerEndorsement
from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject, JsonValue
from tests import vectors
from tests.unit.factories import NOON
from tests.unit.verification.partners import BALTIC, HUB, NORDIC, endorsement, issuer, signed

OFFICIAL = "openbadges-v3/schemas/ob_v3p0_achievementcredential_schema.json"


def test_an_endorsement_is_read_as_it_is_written() -> None:
    for made in (endorsement(), endorsement(comment=None)):
        document = made.to_document(issuer())

        assert PartnerEndorsement.from_document(document) == made
        assert partner_endorsement.issuer_id(document) == HUB.did
        assert partner_endorsement.issuer_name(document) == "Riverside Learning Hub"


def test_it_follows_the_official_schema_of_an_endorsement() -> None:
    schema = vectors.document(OFFICIAL)
    schema = {"$ref": "#/$defs/EndorsementCredential", "$defs": schema["$defs"]}
    official = Draft201909Validator(schema)
    document = signed()

    official.validate(document)

    del document["credentialSubject"]
    assert not official.is_valid(document)


def test_who_signs_may_be_named_by_an_identifier_alone() -> None:
    document = endorsement().to_document(issuer()) | {"issuer": HUB.did}

    assert partner_endorsement.issuer_id(document) == HUB.did


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", "no address"),
        ("did", "nordic.example"),
        ("did", "https://nordic.example/"),
        ("name", " "),
        ("name", "two\nlines"),
        ("comment", ""),
        ("valid_until", NOON),
    ],
    ids=str,
)
def test_what_cannot_be_said_of_a_partner_is_refused(member: str, value: object) -> None:
    with pytest.raises(InvalidClaimError):
        replace(endorsement(), **{member: value})  # type: ignore[arg-type]  # a test may name any member


def test_nobody_vouches_for_himself() -> None:
    document = endorsement().to_document(issuer())
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)

    with pytest.raises(InvalidClaimError, match="himself"):
        endorsement(HUB.did).to_document(issuer())
    itself = document | {"credentialSubject": subject | {"id": HUB.did}}
    with pytest.raises(InvalidClaimError, match="himself"):
        PartnerEndorsement.from_document(itself)
    another = document | {"credentialSubject": subject | {"id": BALTIC}}
    assert PartnerEndorsement.from_document(another).did == BALTIC


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"type": ["VerifiableCredential"]}, "must name EndorsementCredential"),
        ({"type": "OpenBadgeCredential"}, "must name EndorsementCredential"),
        ({"credentialSubject": [{"id": NORDIC}]}, "one EndorsementSubject"),
        ({"credentialSubject": {"id": NORDIC, "name": "N"}}, "one EndorsementSubject"),
        ({"id": None}, "id: must be a text"),
        ({"validUntil": None}, "validUntil: must be a text"),
        ({"validUntil": "next year"}, "validUntil: must be a time"),
        ({"validFrom": 1}, "validFrom: must be a text"),
        ({"issuer": None}, "issuer: must be a text"),
    ],
    ids=str,
)
def test_what_is_no_endorsement_of_a_partner_is_refused(changes: JsonObject, match: str) -> None:
    document = endorsement().to_document(issuer())

    with pytest.raises(InvalidClaimError, match=match):
        PartnerEndorsement.from_document(document | changes)


@pytest.mark.parametrize(
    ("member", "value"),
    [("id", 1), ("name", None), ("endorsementComment", 1), ("name", "\u202eevil")],
    ids=str,
)
def test_a_subject_that_cannot_be_shown_is_refused(member: str, value: JsonValue) -> None:
    document = endorsement().to_document(issuer())
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    subject[member] = value

    with pytest.raises(InvalidClaimError):
        PartnerEndorsement.from_document(document)


@pytest.mark.parametrize("said", [HUB.did, {"id": HUB.did}, {"name": "\u202eevil"}], ids=str)
def test_a_name_of_the_issuer_that_cannot_be_shown_is_refused(said: JsonValue) -> None:
    with pytest.raises(InvalidClaimError, match=r"issuer\.name"):
        partner_endorsement.issuer_name({"issuer": said})
