from dataclasses import replace
from datetime import timedelta

import pytest

from credhub.credentials.draft import Evidence, Recipient, Result, ResultStatus
from credhub.credentials.issuer import Issuer
from credhub.errors import InvalidClaimError
from tests.unit import factories
from tests.unit.factories import HOST, NOON


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", ""),
        ("name", "a" * 10_000),
        ("email", "nobody"),
        ("email", "a@b@c"),
        ("email", "a b@c"),
        ("email", ""),
        ("did", "https://mail.example"),
        ("did", "did:key:<>"),
        ("external_id", ""),
    ],
)
def test_a_malformed_recipient_is_refused(member: str, value: str) -> None:
    with pytest.raises(InvalidClaimError):
        replace(factories.draft().recipient, **{member: value})


def test_a_recipient_needs_a_name_only() -> None:
    assert Recipient(name="Ada").email is None


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", "riverside"),
        ("name", ""),
        ("url", "riverside.example"),
        ("description", ""),
        ("email", "nobody"),
        ("image", "logo.png"),
    ],
)
def test_a_malformed_issuer_is_refused(member: str, value: str) -> None:
    with pytest.raises(InvalidClaimError):
        replace(factories.issuer(), **{member: value})


def test_an_issuer_without_options_is_short() -> None:
    issuer = Issuer(id="did:web:hub.example", name="Hub", url="https://hub.example")

    assert issuer.to_document() == {
        "id": "did:web:hub.example",
        "type": ["Profile"],
        "name": "Hub",
        "url": "https://hub.example",
    }


def test_evidence_is_a_page_or_words() -> None:
    assert Evidence(id=f"{HOST}/photo").narrative is None
    assert Evidence(narrative="I did it.").id is None
    with pytest.raises(InvalidClaimError):
        Evidence(name="A photo")
    with pytest.raises(InvalidClaimError):
        Evidence(id="javascript:alert(1)")
    with pytest.raises(InvalidClaimError):
        Evidence(narrative="I did it.", genre="")


def test_a_result_says_something() -> None:
    assert Result(status=ResultStatus.COMPLETED).value is None
    assert Result(achieved_level="urn:level:2").status is None
    with pytest.raises(InvalidClaimError):
        Result()
    with pytest.raises(InvalidClaimError):
        Result(result_description="urn:x:1")
    with pytest.raises(InvalidClaimError):
        Result(value="")
    with pytest.raises(InvalidClaimError):
        Result(value="1", result_description="one")
    with pytest.raises(InvalidClaimError):
        Result(value="1", achieved_level="two")


def test_a_credential_ends_after_it_begins() -> None:
    draft = factories.draft()

    assert replace(draft, valid_until=NOON + timedelta(seconds=1)).valid_until is not None
    for until in (NOON, NOON - timedelta(days=1)):
        with pytest.raises(InvalidClaimError):
            replace(draft, valid_until=until)


def test_a_draft_is_bounded_and_has_an_address() -> None:
    draft = factories.draft()

    with pytest.raises(InvalidClaimError):
        replace(draft, id="urn:uuid:1")
    with pytest.raises(InvalidClaimError):
        replace(draft, evidence=draft.evidence * 21)
    with pytest.raises(InvalidClaimError):
        replace(draft, results=draft.results * 21)


def test_t04_a_credential_is_not_its_own_evidence() -> None:
    draft = factories.draft()

    with pytest.raises(InvalidClaimError):
        replace(draft, evidence=(Evidence(id=draft.id),))
