"""An endorsement of a credential that stands in it describes the credential a second time."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from credhub.errors import DataLossError, EndorsementsNotToldApartError, OutcomeUnknownError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification import endorsements
from credhub.verification.report import Verdict
from tests.unit import factories
from tests.unit.factories import NOON
from tests.unit.proofs.test_repeated_contexts import by_other_software, by_partner, endorsement
from tests.unit.verification.world import HUB_DID, World, sign

BADGE = factories.credential(did=HUB_DID)
BADGE_ID = BADGE["id"]
SUBJECT = "EndorsementSubject"
VOCABULARY = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
OTHER_ID = "https://partner.example/endorsements/2"
REFRESH: JsonObject = {"id": BADGE_ID, "type": "1EdTechCredentialRefresh"}

# A test reaches into nested members, which JsonValue would ask about at every step.
Json = dict[str, Any]


def own(**changes: JsonValue) -> JsonObject:
    return endorsement(of=str(BADGE_ID)) | changes


def other(comment: str | None = None) -> JsonObject:
    subject: JsonObject = {"id": BADGE_ID, "type": [SUBJECT]}
    said: JsonObject = {} if comment is None else {"endorsementComment": comment}
    return own(id=OTHER_ID, credentialSubject=subject | said)


def badge(*parts: JsonObject, **members: JsonValue) -> Json:
    document = deepcopy(BADGE) | members | {"endorsement": [*deepcopy(parts)]}
    # Ours is for badges without endorsements.
    return {name: value for name, value in document.items() if name != "credentialSchema"}


def canonical(document: JsonObject) -> bytes:
    return factories.canonicalizer().canonical(document)


COMMENT = str(Json(own())["credentialSubject"]["endorsementComment"])

HONEST: dict[str, JsonObject] = {
    "one": badge(own()),
    "by itself": badge(own()) | {"endorsement": own()},
    "type by itself": badge(own(credentialSubject={"id": BADGE_ID, "type": SUBJECT})),
    "without a comment": badge(own(credentialSubject={"id": BADGE_ID, "type": [SUBJECT]})),
    "nameless": badge({name: value for name, value in own().items() if name != "id"}),
    "two who say the same": badge(own(), other(COMMENT)),
    "beside one of something else": badge(
        own(), other() | {"credentialSubject": {"id": "urn:x:1"}}
    ),
    "refreshed from its own address": badge(own(refreshService=REFRESH), refreshService=REFRESH),
    "named in a text": badge(own(), name=f"See {BADGE_ID}", description=str(BADGE_ID)),
}


@pytest.mark.parametrize("kind", HONEST)
def test_other_software_reads_the_same(kind: str) -> None:
    assert canonical(HONEST[kind]) == by_other_software(HONEST[kind])


def test_a_badge_that_was_endorsed_is_valid_and_so_is_what_it_carries() -> None:
    document = sign(badge(by_partner(own())))
    world = World()

    report = endorsements.judged(world.verify(document), context=world.context(), now=NOON)

    assert report.verdict is Verdict.VALID, report.to_document()
    (found,) = report.endorsements
    assert (found.verdict, found.comment) == (Verdict.UNKNOWN_ISSUER, COMMENT)


# Each makes of an honest document another one with the same RDF, and so with the same signature.


def to_the_root(document: Json) -> None:
    document["type"].append(SUBJECT)
    document["endorsementComment"] = document["endorsement"][0]["credentialSubject"].pop(
        "endorsementComment"
    )
    del document["endorsement"][0]["credentialSubject"]["type"]


def to_the_root_but_for_a_name(document: Json) -> None:
    to_the_root(document)
    document["endorsement"][0]["credentialSubject"] = BADGE_ID


def type_to_the_root(document: Json, kind: str = SUBJECT) -> None:
    document["type"].append(kind)
    document["endorsement"][0]["credentialSubject"] = BADGE_ID


def address_of_the_type_to_the_root(document: Json) -> None:
    type_to_the_root(document, VOCABULARY + SUBJECT)


def address_of_the_type_in_both(document: Json) -> None:
    document["type"].append(VOCABULARY + SUBJECT)


def comment_in_both(document: Json) -> None:
    document["type"].append(SUBJECT)
    document["endorsementComment"] = COMMENT


def type_in_both(document: Json) -> None:
    document["type"].append(SUBJECT)


def from_the_root(member: str) -> Callable[[Json], None]:
    def move(document: Json) -> None:
        subject = document["endorsement"][0]["credentialSubject"]
        subject[member] = document.pop(member)
        if member != "name":
            # Without this type the word has no meaning there.
            subject["type"].append("VerifiableCredential")

    move.__name__ = f"{member}_to_the_subject"
    return move


def kinds_of_the_root(document: Json) -> None:
    kinds = document["type"]
    document["type"] = ["VerifiableCredential"]
    document["endorsement"][0]["credentialSubject"]["type"] += kinds[1:]


def in_an_array(document: Json) -> None:
    first = document["endorsement"][0]
    first["credentialSubject"] = [first["credentialSubject"], {"id": BADGE_ID}]


def in_an_array_with_a_name(document: Json) -> None:
    first = document["endorsement"][0]
    first["credentialSubject"] = [first["credentialSubject"], BADGE_ID]


def comment_twice(document: Json) -> None:
    document["endorsement"][0]["credentialSubject"]["endorsementComment"] = [COMMENT, COMMENT]


def endorsement_in_parts(document: Json) -> None:
    first = document["endorsement"][0]
    part = {name: first[name] for name in ("id", "type", "credentialSubject")}
    del first["credentialSubject"]
    document["endorsement"].append(part)


def endorsement_in_alike_parts(document: Json) -> None:
    first = document["endorsement"][0]
    document["endorsement"].append(
        {name: first[name] for name in ("id", "type", "credentialSubject")}
    )


REFUSED: list[Callable[[Json], None]] = [
    to_the_root,
    to_the_root_but_for_a_name,
    type_to_the_root,
    address_of_the_type_to_the_root,
    address_of_the_type_in_both,
    comment_in_both,
    type_in_both,
    from_the_root("name"),
    from_the_root("validFrom"),
    from_the_root("credentialStatus"),
    kinds_of_the_root,
    in_an_array,
    in_an_array_with_a_name,
    comment_twice,
]
LEFT_OPEN: list[Callable[[Json], None]] = [endorsement_in_parts, endorsement_in_alike_parts]
STATUS: JsonObject = {
    "id": "https://hub.example/status/1#5",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "5",
    "statusListCredential": "https://hub.example/status/1",
}


WITHOUT_COMMENT = (type_to_the_root, address_of_the_type_to_the_root)


def attacked(move: Callable[[Json], None]) -> tuple[JsonObject, JsonObject]:
    honest = badge(own(), name="A badge", credentialStatus=STATUS)
    if move in WITHOUT_COMMENT:
        del honest["endorsement"][0]["credentialSubject"]["endorsementComment"]
    moved = deepcopy(honest)
    move(moved)
    return honest, moved


@pytest.mark.parametrize("move", REFUSED + LEFT_OPEN, ids=lambda move: move.__name__)
def test_t03_what_is_moved_between_badge_and_subject_is_never_believed(
    move: Callable[[Json], None],
) -> None:
    honest, moved = attacked(move)
    signed = sign(honest)
    assert by_other_software(moved) == by_other_software(honest), "it must be a twin"
    assert World().verify(signed).verdict is Verdict.VALID

    report = World().verify(moved | {"proof": signed["proof"]})

    assert report.verdict is (Verdict.INDETERMINATE if move in LEFT_OPEN else Verdict.INVALID)
    assert report.credential is None
    with pytest.raises(DataLossError):
        canonical(moved)


def two_comments() -> JsonObject:
    return badge(own(), other("Not for us."))


def one_comment() -> JsonObject:
    return badge(own(), other())


def one_by_name() -> JsonObject:
    return badge(own(), other() | {"credentialSubject": BADGE_ID})


def named_elsewhere() -> JsonObject:
    return badge(own(), termsOfUse=BADGE_ID)


@pytest.mark.parametrize("make", [two_comments, one_comment, one_by_name, named_elsewhere])
def test_t03_endorsements_that_could_be_exchanged_are_left_open(
    make: Callable[[], JsonObject],
) -> None:
    with pytest.raises(EndorsementsNotToldApartError) as caught:
        canonical(make())

    assert isinstance(caught.value, OutcomeUnknownError)


def test_t03_who_said_what_cannot_be_exchanged() -> None:
    honest = badge(own(), other("Not for us."))
    swapped = badge(
        own(credentialSubject=honest["endorsement"][1]["credentialSubject"]), other(COMMENT)
    )
    assert by_other_software(swapped) == by_other_software(honest)
    proof = {"proof": sign(badge())["proof"]}

    for document in (honest, swapped):
        report = World().verify(document | proof)
        assert report.verdict is Verdict.INDETERMINATE
        assert report.credential is None


def test_t03_a_comment_of_two_cannot_be_taken_from_one() -> None:
    honest = badge(own(), other(COMMENT))
    less = badge(own(), other())
    assert by_other_software(less) == by_other_software(honest)
    signed = sign(honest)
    assert World().verify(signed).verdict is Verdict.VALID

    report = World().verify(less | {"proof": signed["proof"]})

    assert report.verdict is Verdict.INDETERMINATE


def with_any_word(document: Json) -> Json:
    """Name a context in which every word has a meaning, so that none is refused as unknown."""
    contexts = [*document["@context"], "https://www.w3.org/ns/credentials/undefined-terms/v2"]
    parts = [part | {"@context": contexts} for part in document["endorsement"]]
    return document | {"@context": contexts, "endorsement": parts}


@pytest.mark.parametrize("spelling", ["@id", "@type"])
def test_t03_another_spelling_of_a_member_hides_nothing(spelling: str) -> None:
    honest = with_any_word(badge(own()))
    assert canonical(honest) == by_other_software(honest)
    moved = deepcopy(honest)
    subject = moved["endorsement"][0]["credentialSubject"]
    subject[spelling] = subject.pop(spelling[1:])
    assert by_other_software(moved) == by_other_software(honest)

    with pytest.raises(DataLossError):
        canonical(moved)


@pytest.mark.parametrize("keyword", ["@set", "@list"])
def test_t03_a_name_below_a_keyword_is_a_name(keyword: str) -> None:
    named = other() | {"credentialSubject": {keyword: [BADGE_ID]}}

    with pytest.raises(EndorsementsNotToldApartError):
        canonical(with_any_word(badge(own(), named)))


@pytest.mark.parametrize(
    "subject",
    [
        {"id": BADGE_ID},
        {"id": BADGE_ID, "type": ["AchievementSubject"]},
        {"id": BADGE_ID, "type": [SUBJECT, "OpenBadgeCredential"]},
        {"id": BADGE_ID, "type": [SUBJECT], "endorsementComment": None},
        {"id": BADGE_ID, "type": [SUBJECT], "name": "Master of Science"},
        {"id": BADGE_ID, "type": [SUBJECT], "validUntil": "2099-01-01T00:00:00Z"},
    ],
)
def test_t03_a_subject_says_nothing_else_of_the_badge(subject: JsonValue) -> None:
    with pytest.raises(DataLossError):
        canonical(badge(own(credentialSubject=subject)))


@pytest.mark.parametrize("where", ["issuer", "evidence", "credentialSubject"])
def test_t03_no_other_part_may_hold_such_an_endorsement(where: str) -> None:
    document = deepcopy(BADGE)
    if where == "evidence":
        document["evidence"] = [{"type": ["Evidence"], "endorsement": [own()]}]
    else:
        Json(document)[where]["endorsement"] = [own()]

    with pytest.raises(DataLossError):
        canonical(document)


def test_a_document_without_a_name_is_endorsed_by_nobody() -> None:
    nameless = {name: value for name, value in badge(own()).items() if name != "id"}

    assert canonical(nameless) == by_other_software(nameless)


def test_t03_a_changed_comment_is_forged() -> None:
    signed = sign(badge(by_partner(own())))
    changed = deepcopy(Json(signed))
    changed["endorsement"][0]["credentialSubject"]["endorsementComment"] = "The best of all."

    assert World().verify(signed).verdict is Verdict.VALID
    assert World().verify(changed).verdict is Verdict.INVALID
