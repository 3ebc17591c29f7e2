"""The quick way gives the bytes of the full path, or leaves the document to it."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credhub.credentials.achievement import Achievement
from credhub.credentials.document import VARYING, to_document
from credhub.credentials.draft import CredentialDraft
from credhub.credentials.issuer import Issuer
from credhub.credentials.schema import PUBLISHED_PATH
from credhub.errors import CanonicalizationError, CredhubError, DataLossError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity
from credhub.proofs.holes import marks_for, put_in, take_out
from credhub.proofs.shaped import ShapedCanonicalizer
from credhub.proofs.shapes import Lines, Shape
from credhub.status.document import Purpose, StatusEntry
from tests.unit import factories
from tests.unit.credentials.strategies import achievements, drafts, issuers

PLACES = {**VARYING, **data_integrity.VARYING}

plain = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters='"\\'))
awkward = st.sampled_from(
    ("", "{0}", "{", "_:a", "_:c14n0", " _:c14n1 .", "hole 1 of a shape", "<x>", '"', "\\", "\n")
) | st.sampled_from(
    ("\ufffe", "\ud800", "\0", "a:b", "@id", "https://hub.example/c/1", "2026-01-01T00:00:00Z")
)
texts = plain | st.text() | awkward
addresses = st.from_regex(
    r"https?://[a-z.]{1,4}(:[0-9]{1,5})?(/[a-z.~%=&+,;@:]{0,3}){1,3}(\?[a-z/.?%]{0,3})?(#[a-z.#]{0,2})?",
    fullmatch=True,
)
dids = st.from_regex(r"did:[a-z]{1,3}:[A-Za-z0-9._:%\-]{0,5}", fullmatch=True)
known = st.sampled_from(
    [f"https://hub.example/c/{number}" for number in range(3)]
    + ["did:web:hub.example", "did:key:z6Mk", "schema:a", "urn:a:b", "/c/1", "_:b"]
    + ["https://hub.example/./c", "https://hub.example/c/..", "https://hub.example/..#x"]
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
            "id": addresses | dids | known | texts,
            "validFrom": instants,
            "subject": addresses | dids | known | texts,
            "name": texts,
            "identityHash": texts,
            "salt": texts,
            "entry": addresses | dids | known | texts,
            "statusListIndex": texts,
        },
    )
)
def test_what_is_filled_is_what_the_full_path_writes(changes: dict[str, str]) -> None:
    document = credential(**changes)

    assert outcome(SHAPED.canonical, document) == outcome(FULL.canonical, document)


@settings(max_examples=300)
@given(issuers, achievements, drafts, st.binary(min_size=16, max_size=16), st.integers(0, 131_071))
def test_a_compiled_credential_is_what_the_full_path_writes(
    issuer: Issuer, achievement: Achievement, draft: CredentialDraft, salt: bytes, index: int
) -> None:
    purposes = tuple(Purpose) if achievement.suspendable else (Purpose.REVOCATION,)
    document = to_document(
        draft,
        issuer=issuer,
        achievement=achievement,
        status_entries=tuple(
            StatusEntry.at(f"https://hub.example/status/{purpose}", index, purpose).to_document()
            for purpose in purposes
        ),
        schema_id=factories.HOST + PUBLISHED_PATH,
        salt=salt,
    )
    canonicalizer = ShapedCanonicalizer(FULL, PLACES)

    def rehearsed(document: JsonObject) -> bytes:
        canonicalizer.rehearse(document)
        return canonicalizer.canonical(document)

    assert outcome(rehearsed, document) == outcome(FULL.canonical, document)


def test_every_character_is_filled_as_the_full_path_writes_it() -> None:
    characters = [chr(point) for point in range(1, 0x110000) if not 0xD800 <= point < 0xE000]
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
        {"name": "Anna \ufffe Lee"},
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

    # The second one costs a try; then it is given up.
    assert full.taken == 6 + 2


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


def test_a_document_too_long_to_be_remembered_takes_the_full_path_each_time() -> None:
    """Strangers may send many that are long, each with a frame of its own."""
    full = Counting()
    canonicalizer = shaped(full)
    document: JsonObject = {**credential(), "name": "A" * 40_000}

    canonicalizer.rehearse(document)
    before = full.taken
    for _ in range(4):
        assert canonicalizer.canonical(document) == FULL.canonical(document)

    assert full.taken == before + 4
    canonicalizer.rehearse(credential())
    before = full.taken
    canonicalizer.canonical(credential())
    assert full.taken == before


def test_a_shape_does_not_depend_on_what_its_first_documents_say() -> None:
    full = Counting()
    canonicalizer = ShapedCanonicalizer(full, PLACES)
    # These two cannot be filled, and yet the next one is.
    for _ in range(2):
        canonicalizer.canonical(credential(id="https://hub.example/status/1"))
    before, document = full.taken, credential()

    assert canonicalizer.canonical(document) == FULL.canonical(document)
    assert full.taken == before


def test_a_shape_that_was_rehearsed_serves_the_first_document() -> None:
    full = Counting()
    canonicalizer = ShapedCanonicalizer(full, PLACES)
    canonicalizer.rehearse(credential())
    before, document = full.taken, credential(name="Zoë")

    assert canonicalizer.canonical(document) == FULL.canonical(document)
    assert full.taken == before


def test_what_cannot_be_signed_cannot_be_rehearsed() -> None:
    with pytest.raises(DataLossError):
        shaped().rehearse(credential() | {"honours": "summa"})


def test_a_doubtful_document_is_rehearsed_without_a_shape() -> None:
    full = Counting()
    canonicalizer = ShapedCanonicalizer(full, PLACES)
    document = credential(name="\ufffe")
    canonicalizer.rehearse(document)
    before = full.taken

    assert canonicalizer.canonical(document) == FULL.canonical(document)
    assert full.taken == before + 1


class Quoting:
    """Writes names inside longer texts."""

    def canonical(self, document: JsonObject) -> bytes:
        return f'<urn:a:b> <urn:c:d> "called {document["name"]}" .\n'.encode()


def test_values_inside_other_terms_give_no_shape() -> None:
    canonicalizer = ShapedCanonicalizer(Quoting(), {"name": None})

    for name in ("Anna", "Berta", "Carla"):
        document: JsonObject = {"name": name}
        assert canonicalizer.canonical(document) == Quoting().canonical(document)


def test_a_constant_that_is_a_mark_is_found_out() -> None:
    document = credential() | {"description": "hole 6 of a shape"}
    frame, _ = take_out(document, PLACES) or ({}, [])
    assert "hole 6 of a shape" in marks_for(frame, PLACES)[0]
    canonicalizer = ShapedCanonicalizer(Counting(), PLACES)

    with pytest.raises(CanonicalizationError):
        canonicalizer.rehearse(document)
    for _ in range(3):
        assert canonicalizer.canonical(document) == FULL.canonical(document)


def test_a_mark_inside_another_term_gives_no_shape() -> None:
    quad = '<urn:a:b> <urn:c:d> "a hole, not alone" .\n'

    assert Shape.compiled(quad, ["hole"]) is None


def test_labels_in_texts_are_no_blank_nodes() -> None:
    quad = '_:c14n0 <urn:c:d> "{x} _:c14n0 \\" _:c14n1 hole" .\n_:c14n0 <urn:c:e> "hole" .\n'

    shape = Shape.compiled(quad, ["hole"])

    assert shape is not None
    assert shape.fill(["z"]) == quad.replace('"hole"', '"z"').encode()


def test_lines_that_become_one_are_not_filled() -> None:
    quads = '<urn:a:b> <urn:c:d> "hole" .\n<urn:a:b> <urn:c:d> "x" .\n'
    shape = Shape.compiled(quads, ["hole"])

    assert shape is not None
    assert shape.fill(["y"]) is not None
    assert shape.fill(["x"]) is None


def test_blank_nodes_that_differ_further_away_only_are_not_filled() -> None:
    quads = (
        '_:c14n0 <urn:c:d> "hole" .\n_:c14n0 <urn:c:e> _:c14n1 .\n'
        '_:c14n2 <urn:c:d> "x" .\n_:c14n2 <urn:c:e> _:c14n3 .\n'
    )
    shape = Shape.compiled(quads, ["hole"])

    assert shape is not None
    assert shape.fill(["y"]) is None


def test_a_line_ends_where_n_quads_end_it() -> None:
    quads = '<urn:a:b> <urn:c:d> "a\u2028b\x85c 100 %s" .\n<urn:a:b> <urn:c:e> "hole" .\n'
    shape = Shape.compiled(quads, ["hole"])

    assert shape is not None
    assert shape.fill(["\u2028"]) == quads.replace("hole", "\u2028").encode()


def test_a_blank_node_without_holes_keeps_its_hash() -> None:
    quads = '_:c14n0 <urn:c:d> "x" .\n_:c14n1 <urn:c:d> "hole" .\n'

    shape = Shape.compiled(quads, ["hole"])

    assert shape is not None
    assert sorted(type(it).__name__ for it in shape.around) == [Lines.__name__, "bytes"]


def test_no_quads_are_no_text() -> None:
    shape = Shape.compiled("", [])

    assert shape is not None
    assert shape.fill([]) == b""


def test_what_is_no_text_where_a_hole_would_be_stays_in_its_document() -> None:
    document: JsonObject = {"a": 1, "b": "text", "c": ["x", {"d": "te\nxt"}], "e": None}
    places = {"a": None, "b": {"e": None}, "c": {"d": None}, "e": {"f": None}}

    assert take_out(document, places) == (
        {"a": 1, "b": "text", "c": ["x", {"d": "text"}], "e": None},
        ["te\\nxt"],
    )
    frame: JsonObject = {**document, "c": ["x", {"d": "text"}]}
    assert put_in(frame, places, ["te\nxt"]) == document


def test_two_documents_with_one_frame_differ_in_their_values_only() -> None:
    places = {"a": None, "b": None}

    one = take_out({"a": "x", "b": None}, places)
    other = take_out({"a": None, "b": "x"}, places)

    assert one is not None
    assert other is not None
    assert one[0] != other[0]
    assert take_out({"a": "text", "b": None}, places) == (one[0], ["text"])
