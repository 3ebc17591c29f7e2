"""Assertions of Open Badges 2.0, which do not say who their learner is."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from credhub.documents.imports import known_names
from credhub.documents.imports.known_names import KnownNames
from credhub.documents.imports.objects import image_in
from credhub.documents.imports.outcome import OldCredential
from tests.unit.documents.imports.badges import (
    BADGE,
    ISSUER,
    NAMES,
    assertion,
    credential,
    hashed,
    only,
    outcome,
    read,
)


def upper(recipient: dict[str, Any]) -> dict[str, Any]:
    algorithm, mark, digest = recipient["identity"].partition("$")
    return {**recipient, "identity": f"{algorithm}{mark}{digest.upper()}"}


def test_an_assertion_with_everything_in_it_is_read() -> None:
    item = only(assertion(narrative="Well done.", evidence="https://work.example/1"))

    assert item.achievement.name == "Weaving"
    assert item.achievement.id == "https://loom.example/b/1"
    assert item.achievement.issuer == "Loom School"
    assert item.achievement.criteria_url == "https://loom.example/weaving"
    assert item.row.key == "https://loom.example/a/1"
    assert item.row.recipient.name == "Ana Lima"
    assert item.row.recipient.email == "ana@mail.example"
    assert item.row.awarded_at == datetime(2019, 5, 3, 10, tzinfo=UTC)
    first, second, third = item.row.evidence
    assert first.id == "https://loom.example/a/1"
    assert "from Open Badges 2.0, issued by Loom School, dated 2019-05-03" in str(first.narrative)
    assert second.narrative == "Well done."
    assert third.id == "https://work.example/1"


def test_what_it_refers_to_is_found_in_other_files() -> None:
    badge = {**BADGE, "issuer": ISSUER["id"]}

    item = only([assertion(badge=BADGE["id"])], badge, {"result": [ISSUER]})

    assert (item.achievement.name, item.achievement.issuer) == ("Weaving", "Loom School")


def test_an_issuer_that_one_badge_holds_is_found_by_others() -> None:
    other = {**BADGE, "id": "https://loom.example/b/2", "issuer": ISSUER["id"]}

    item = only([{**BADGE, "issuer": ISSUER}, other, assertion(badge=other["id"])])

    assert item.achievement.issuer == "Loom School"


def test_an_issuer_whose_file_is_missing_is_named_by_address() -> None:
    assert only(assertion(badge={**BADGE, "issuer": "https://x.example/"})).achievement.issuer == (
        "https://x.example/"
    )
    assert only(assertion(badge={**BADGE, "issuer": {"id": "urn:x"}})).achievement.issuer == "urn:x"
    assert only(assertion(badge={**BADGE, "issuer": None})).achievement.issuer is None


def test_a_badge_that_is_not_there_is_never_fetched() -> None:
    assert outcome(assertion(badge="https://loom.example/b/1")) == ["badge-absent"]


def test_a_badge_that_assertions_hold_is_found_by_others() -> None:
    other = assertion(id="urn:uuid:2", badge=BADGE["id"])

    assert outcome([assertion(), other]) == ["Ana Lima", "Ana Lima"]


@pytest.mark.parametrize(
    ("recipient", "becomes"),
    [
        (hashed("ana@mail.example"), "Ana Lima"),
        (hashed("Ana@mail.example", salt="s"), "Ana Lima"),
        (hashed("ana@mail.example", salt="s", algorithm="md5"), "Ana Lima"),
        (upper(hashed("ana@mail.example")), "Ana Lima"),
        (hashed("ANA@mail.example"), "name-unsaid"),
        (hashed("cy@mail.example"), "name-unsaid"),
        ({**hashed("x"), "identity": "sha1$00"}, "hash-unknown"),
        ({**hashed("x"), "identity": "sha256"}, "hash-unknown"),
        ({"type": "email", "identity": "cy@mail.example"}, "name-unsaid"),
        ({"type": "email", "identity": "nobody"}, "email-malformed"),
        ({"type": "telephone", "identity": "+1 555"}, "name-unsaid"),
        (
            {**hashed("x"), "identity": "sha256$00", "plaintextIdentity": "bo@mail.example"},
            "Bo Lund",
        ),
        (None, "name-unsaid"),
    ],
    ids=[
        "hashed in lower case",
        "hashed as it was typed",
        "md5",
        "digits in upper case",
        "hashed in another way",
        "hash of somebody else",
        "other hash",
        "no hash",
        "unknown",
        "no address",
        "telephone",
        "plain beside",
        "none",
    ],
)
def test_the_learner_is_known_by_address_or_not_at_all(
    recipient: dict[str, Any] | None, becomes: str
) -> None:
    assert outcome(assertion(recipient=recipient)) == [becomes]


def test_an_address_behind_a_hash_becomes_that_of_the_learner() -> None:
    item = only(assertion(recipient=hashed("bo@mail.example", salt="s")))

    assert item.row.recipient.email == "bo@mail.example"


def test_an_extension_can_name_the_learner() -> None:
    profile = {"type": ["Extension"], "name": "Cy Marsh"}
    nobody = hashed("cy@mail.example")

    direct = assertion(recipient=nobody, **{"extensions:recipientProfile": profile})
    below = assertion(recipient=nobody, extensions={"extensions:recipientProfile": profile})

    assert outcome(direct) == outcome(below) == ["Cy Marsh"]


def test_a_file_of_names_goes_before_an_extension() -> None:
    profile = {"extensions:recipientProfile": {"name": "Ana Maria Lima"}}

    assert outcome(assertion(**profile)) == ["Ana Lima"]


def test_a_placeholder_is_no_name() -> None:
    profile = {"extensions:recipientProfile": {"name": "undefined undefined"}}

    assert outcome(assertion(recipient=None, **profile)) == ["name-placeholder"]


@pytest.mark.parametrize(
    ("changes", "becomes"),
    [
        ({"revoked": True}, "revoked"),
        ({"revoked": False}, "Ana Lima"),
        ({"revoked": "yes"}, "revoked: member-type"),
        ({"expires": "2020-05-03T10:00:00Z"}, "expired"),
        ({"expires": "2030-05-03T10:00:00Z"}, "Ana Lima"),
        ({"issuedOn": "2030-05-03"}, "issuedOn: date-in-future"),
        ({"issuedOn": "0001-01-01"}, "issuedOn: date-short-year"),
        ({"issuedOn": 1556877600}, "issuedOn: member-type"),
        ({"issuedOn": "1969-12-31T23:59:59Z"}, "Ana Lima"),
        ({"issuedOn": ""}, "Ana Lima"),
        ({"badge": {"type": "BadgeClass"}}, "achievement-missing"),
        ({"badge": {"type": "BadgeClass", "name": "a\nb"}}, "badge.name: value-refused"),
        ({"badge": 7}, "badge: member-type"),
        ({"recipient": [1]}, "recipient: member-type"),
        ({"evidence": [7]}, "evidence: member-type"),
        ({"evidence": [None, "urn:x"]}, "Ana Lima"),
        ({"narrative": "a\u202eb"}, "evidence.narrative: value-refused"),
        ({"evidence": "https://[/"}, "evidence.id: value-refused"),
    ],
)
def test_a_member_is_what_the_standard_says_or_a_fault(
    changes: dict[str, Any], becomes: str
) -> None:
    assert outcome(assertion(**changes)) == [becomes]


def test_a_list_of_revocations_counts() -> None:
    revoked = {
        "type": "RevocationList",
        "issuer": ISSUER,
        "revokedAssertions": ["https://loom.example/a/1", {"uid": "u-2"}, {"id": "urn:3"}],
    }
    documents = [
        assertion(),
        assertion(id=None, uid="u-2"),
        assertion(id="urn:3"),
        assertion(id="urn:4"),
        assertion(id="urn:5", uid="u-2"),
        assertion(id="urn:3", uid="u-3"),
    ]

    assert outcome(documents, revoked) == [
        "revoked",
        "revoked",
        "revoked",
        "Ana Lima",
        "revoked",
        "revoked",
    ]


@pytest.mark.parametrize("edition", [2, 3])
def test_the_day_of_an_award_is_the_one_where_it_was_written(edition: int) -> None:
    at = "2019-12-31T20:00:00-07:00"

    item = only(assertion(issuedOn=at) if edition == 2 else credential(awardedDate=at))

    assert item.row.awarded_at == datetime(2020, 1, 1, 3, tzinfo=UTC)
    assert "dated 2019-12-31" in str(item.row.evidence[0].narrative)


def test_more_evidence_than_a_credential_holds_is_cut() -> None:
    many = [f"https://work.example/{number}" for number in range(30)]

    assert len(only(assertion(evidence=many)).row.evidence) == 20


def test_an_id_that_is_no_address_is_said() -> None:
    item = only(assertion(id="urn:uuid:7"))

    assert item.row.evidence[0].id is None
    assert "identifier urn:uuid:7" in str(item.row.evidence[0].narrative)
    assert only(assertion(id=None)).row.key is None


def test_hashes_are_not_tried_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_names, "MAX_HASHES", 3)
    fresh = KnownNames([("ana@mail.example", "Ana Lima"), ("bo@mail.example", "Bo Lund")])
    many = [
        assertion(id=f"urn:{number}", recipient=hashed("bo@mail.example", salt=str(number)))
        for number in range(3)
    ]

    assert outcome(many, names=fresh) == ["Bo Lund", "too-many-hashes", "too-many-hashes"]


def test_whatever_else_is_in_a_file_is_passed_over() -> None:
    assert read({"a": [1, "x", None, {"type": ["Endorsement", 7]}]}) == []
    assert NAMES.name_of("ANA@MAIL.EXAMPLE") == "Ana Lima"


@pytest.mark.parametrize(
    ("image", "picture"),
    [
        ("data:image/png;base64,aW1hZ2U=", b"image"),
        ({"type": "Image", "id": "data:image/svg+xml;base64,aW1hZ2U="}, b"image"),
        ("data:image/svg+xml;utf8,<svg/>", b""),
        ("https://loom.example/image.png", None),
        ("data:image/png;base64,aW1", b""),
        ("data:image/png;base64,====", b""),
        ("data:text/html;base64,aW1hZ2U=", None),
        (None, None),
    ],
    ids=["text", "object", "otherwise", "address", "cut", "padding", "page", "none"],
)
def test_an_image_is_taken_from_the_file_and_never_fetched(
    image: object, picture: bytes | None
) -> None:
    held = only(assertion(badge={**BADGE, "image": image})).achievement.picture

    assert (None if held is None else image_in(held)) == picture


def test_a_thousand_credentials_of_one_badge_have_one_image() -> None:
    badge = {**BADGE, "image": "data:image/png;base64," + "aW1h" * 1000}
    many = [assertion(id=f"urn:{number}", badge=BADGE["id"]) for number in range(3)]
    whole = [assertion(id=f"urn:whole:{n}", badge={**badge, "id": f"urn:b:{n}"}) for n in range(3)]
    copied = json.loads(json.dumps([badge, *many, *whole]))

    items = [item for item in read(copied) if isinstance(item, OldCredential)]

    assert len(items) == 6
    assert len({id(item.achievement.picture) for item in items}) == 1
