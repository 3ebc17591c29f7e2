"""An Open Badges credential as claims; the way back is in the tests of the verification."""

from dataclasses import replace

import pytest

from credhub.credentials.document import to_document
from credhub.credentials.draft import Recipient
from credhub.credentials.sd_jwt_claims import disclosable, to_claims, without_schema
from credhub.jsontypes import JsonObject
from tests.unit import factories
from tests.unit.factories import NOON


def test_registered_claims_say_what_the_members_said() -> None:
    document = factories.credential()

    claims = to_claims(document, issued_at=NOON)

    assert isinstance(document["issuer"], dict)
    assert claims["iss"] == document["issuer"]["id"]
    assert claims["jti"] == document["id"]
    assert claims["vct"] == factories.achievement().id
    assert claims["iat"] == claims["nbf"] == int(NOON.timestamp())
    assert claims["exp"] == int(NOON.replace(year=NOON.year + 2).timestamp())
    assert claims["credentialStatus"] == document["credentialStatus"]
    assert "status" not in claims
    assert "cnf" not in claims


def test_a_status_and_the_key_of_the_holder_come_with_it() -> None:
    claims = to_claims(
        factories.credential(), issued_at=NOON, status={"status_list": {}}, holder_key={"kty": "EC"}
    )

    assert claims["status"] == {"status_list": {}}
    assert claims["cnf"] == {"jwk": {"kty": "EC"}}
    assert "credentialStatus" not in claims


def test_what_a_learner_may_hide() -> None:
    everything = {
        ("credentialSubject", "id"),
        ("credentialSubject", "name"),
        ("credentialSubject", "identifier"),
        ("credentialSubject", "result", 0),
        ("evidence", 0),
    }

    document = factories.credential()
    assert disclosable(document) == everything
    assert disclosable(to_claims(document, issued_at=NOON)) == everything


def test_of_several_subjects_each_can_be_hidden() -> None:
    document = bare() | {
        "credentialSubject": [{"id": "did:example:one"}, {"name": "Two", "result": [{}]}]
    }

    assert disclosable(document) == {
        ("credentialSubject", 0, "id"),
        ("credentialSubject", 1, "name"),
        ("credentialSubject", 1, "result", 0),
    }


def bare() -> JsonObject:
    draft = replace(
        factories.draft(), recipient=Recipient(name="A"), evidence=(), results=(), awarded_at=None
    )
    return to_document(
        draft,
        issuer=factories.issuer(),
        achievement=replace(factories.achievement(), validity=None),
        status_entries=(),
        schema_id="https://hub.example/schema",
        salt=bytes(16),
    )


def test_what_is_not_there_is_not_hidden_and_not_claimed() -> None:
    assert disclosable(bare()) == {("credentialSubject", "name")}
    assert to_claims(bare(), issued_at=NOON).keys() == {
        *("iss", "iat", "nbf", "jti", "vct", "issuer", "credentialSubject")
    }


def test_a_document_that_is_not_ours_is_a_fault() -> None:
    with pytest.raises(TypeError):
        to_claims(bare() | {"issuer": "did:web:hub.example"}, issued_at=NOON)


def test_the_schema_is_for_what_is_whole() -> None:
    assert bare().keys() - without_schema(bare()).keys() == {"credentialSchema"}
