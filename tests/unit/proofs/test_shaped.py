"""The quick way gives the bytes of the full path, or leaves the document to it."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credhub.credentials.document import VARYING
from credhub.errors import CredhubError, DataLossError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity
from credhub.proofs.holes import put_in, take_out
from credhub.proofs.shaped import ShapedCanonicalizer
from credhub.proofs.shapes import Shape
from tests.unit import factories

PLACES = {**VARYING, **data_integrity.VARYING}

plain = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters='"\\'))
awkward = st.sampled_from(
    ("", "{0}", "{", "_:a", "_:c14n0", " _:c14n1 .", "hole 1 of a shape", "<x>", '"', "\\", "\n")
) | st.sampled_from(
    ("\ufffe", "\ud800", "\0", "a:b", "@id", "https://hub.example/c/1", "2026-01-01T00:00:00Z")
)
texts = plain | st.text() | awkward
addresses = st.from_regex(r"https?://[a-z.]{1,4}(:[0-9]{1,5})?(/[a-z.~]{0,3}){1,3}", fullmatch=True)
known = st.sampled_from(
    [f"https://hub.example/c/{number}" for number in range(3)]
    + ["did:web:hub.example", "did:key:z6Mk", "schema:a", "urn:a:b", "/c/1", "_:b"]
)
instants = st.datetimes().map(lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}") | texts


class Counting:
    """The full path, and how often it was taken."""

    def __init__(self) -> None:
        self.taken = 0
        self._full = factories.canonicalizer()

    def canonical(self, document: JsonObject) -> bytes:
        self.taken += 1
        return self._full.canonical(document)


def credential(**changes: str) -> JsonObject:
    """Make a credential with all holes; a change names the place by its last member."""
    values = {
        "id": "https://hub.example/c/one",
        "validFrom": "2026-01-01T00:00:00Z",
        "subject": "did:example:one",
        "name": "Anna",
        "identityHash": "sha256$00",
        "salt": "ff",
        "entry": "https://hub.example/status/1#7",
        "statusListIndex": "7",
    } | changes
    document = deepcopy(factories.credential())
    document |= {"id": values["id"], "validFrom": values["validFrom"]}
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    subject |= {"id": values["subject"], "name": values["name"]}
    subject["identifier"] = [
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": values["identityHash"],
            "identityType": "emailAddress",
            "salt": values["salt"],
        }
    ]
    document["credentialStatus"] = {
        "id": values["entry"],
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": values["statusListIndex"],
        "statusListCredential": "https://hub.example/status/1",
    }
    return document


def shaped(full: Counting | None = None) -> ShapedCanonicalizer:
    """Give one that knows the shape of ``credential()``."""
    canonicalizer = ShapedCanonicalizer(full or Counting(), PLACES)
    for number in range(2):
        canonicalizer.canonical(credential(name=f"Learner {number}"))
    return canonicalizer


def outcome(canonical: Callable[[JsonObject], bytes], document: JsonObject) -> bytes | type:
    try:
        return canonical(document)
    except CredhubError as error:
        return type(error)


SHAPED, FULL = shaped(), Counting()


@settings(max_examples=300)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "id": addresses | known | texts,
            "validFrom": instants,
            "subject": addresses | known | texts,
            "name": texts,
            "identityHash": texts,
            "salt": texts,
            "entry": addresses | known | texts,
            "statusListIndex": texts,
        },
    )
)
def test_what_is_filled_is_what_the_full_path_writes(changes: dict[str, str]) -> None:
    document = credential(**changes)

    assert outcome(SHAPED.canonical, document) == outcome(FULL.canonical, document)


def test_every_plain_character_is_filled_as_the_full_path_writes_it() -> None:
    characters = [chr(point) for point in range(0x20, 0x110000) if not 0xD800 <= point < 0xE000]
    size = len(characters) // 40

    for start in range(0, len(characters), size):
        document = credential(name="".join(characters[start : start + size]))
        assert SHAPED.canonical(document) == FULL.canonical(document)


def test_the_third_document_of_a_shape_is_filled() -> None:
    full = Counting()
    canonicalizer = shaped(full)
    before = full.taken

    document = credential(name="Zoë", id="https://hub.example/c/another")

    assert canonicalizer.canonical(document) == factories.canonicalizer().canonical(document)
    assert full.taken == before


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 'Anna "Ann" Lee'},
        {"id": "https://hub.example/c/../x"},
        {"id": "https://hub.example/status/1"},
        {"id": "https://hub.example/c/same", "entry": "https://hub.example/c/same"},
    ],
)
def test_what_is_not_beyond_doubt_takes_the_full_path(changes: dict[str, str]) -> None:
    full = Counting()
    canonicalizer = shaped(full)
    before, document = full.taken, credential(**changes)

    assert outcome(canonicalizer.canonical, document) == outcome(FULL.canonical, document)
    assert full.taken == before + 1


def test_blank_nodes_that_look_alike_take_the_full_path() -> None:
    full = Counting()
    canonicalizer = ShapedCanonicalizer(full, PLACES)

    for number in range(6):
        document = credential(name=f"Learner {number}")
        twins: list[JsonValue] = [{"type": ["Evidence"], "narrative": "The same."}] * 2
        document["evidence"] = twins
        assert canonicalizer.canonical(document) == FULL.canonical(document)

    # Each of the first tries costs one more; then it is given up.
    assert full.taken == 6 + 3


def test_a_hole_that_decides_about_the_meaning_is_never_filled() -> None:
    canonicalizer = ShapedCanonicalizer(Counting(), {"credentialSubject": {"type": None}})

    for word in ("AchievementSubject", "AchievementSubject", "AchievementSubject", "Nonsense"):
        document = credential()
        document["credentialSubject"] = {"type": word, "name": "Anna"}
        assert outcome(canonicalizer.canonical, document) == outcome(FULL.canonical, document)


def test_a_member_that_no_context_defines_is_refused_each_time() -> None:
    canonicalizer = shaped()
    document: JsonObject = credential() | {"honours": "summa"}

    for _ in range(5):
        with pytest.raises(DataLossError):
            canonicalizer.canonical(document)


def test_what_is_not_json_is_left_to_the_full_path() -> None:
    document: JsonObject = {**credential(), "name": object()}  # type: ignore[dict-item]  # a fault of ours

    assert outcome(SHAPED.canonical, document) == outcome(FULL.canonical, document)


def test_only_so_many_shapes_are_remembered() -> None:
    full = Counting()
    canonicalizer = shaped(full)
    for number in range(256):
        canonicalizer.canonical({**credential(), "name": f"Achievement {number}"})
    before = full.taken

    canonicalizer.canonical(credential())

    assert full.taken == before + 1


def test_a_mark_inside_another_term_gives_no_shape() -> None:
    quad = '<urn:a:b> <urn:c:d> "a hole, not alone" .\n'

    assert Shape.compiled(quad, ["hole"]) is None


def test_labels_in_texts_are_no_blank_nodes() -> None:
    quad = '_:c14n0 <urn:c:d> "{x} _:c14n0 \\" _:c14n1 hole" .\n_:c14n0 <urn:c:e> "hole" .\n'

    shape = Shape.compiled(quad, ["hole"])

    assert shape is not None
    assert shape.fill(["z"]) == quad.replace('"hole"', '"z"').encode()


def test_what_is_no_text_where_a_hole_would_be_stays_in_its_document() -> None:
    document: JsonObject = {"a": 1, "b": "text", "c": ["x", {"d": "text"}]}
    places = {"a": None, "b": {"e": None}, "c": {"d": None}}

    frame, found = take_out(document, places)

    assert frame == {"a": 1, "b": "text", "c": ["x", {"d": None}]}
    assert [hole.value for hole in found] == ["text"]
    other: JsonObject = {"a": 1, "b": "text", "c": ["x", {"d": "new"}]}
    assert put_in(document, places, ["new"]) == other
