"""Documents with words of their own: they add names for addresses, and change nothing else."""

import orjson
import pytest

from credhub.errors import ContextNotAllowedError, DataLossError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import isolated, own_words
from credhub.proofs.contexts import VC
from credhub.proofs.own_words import OwnWordsCanonicalizer
from tests.unit import factories

WORD: JsonObject = {"Example": "https://example.org/#Example"}


def canonicalizer() -> OwnWordsCanonicalizer:
    return own_words.own_words_canonicalizer(isolated.pack(factories.read_schema))


def document(*contexts: JsonValue, **more: JsonValue) -> JsonObject:
    return {
        "@context": [VC, *contexts],
        "type": ["VerifiableCredential", "Example"],
        "credentialSubject": {"id": "did:example:a", **more},
    }


def nested(depth: int) -> JsonObject:
    meaning: JsonObject = {"@id": "https://example.org/#Example"}
    for _ in range(depth):
        meaning = {"@id": "https://example.org/#Example", "@context": {"inner": meaning}}
    return meaning


@pytest.mark.parametrize(
    "words",
    [
        WORD,
        {"Example": nested(4)},
        {"@context": WORD},
        {"@protected": True, **WORD},
        {"Example": {"@id": "https://example.org/#Example"}},
    ],
)
def test_a_word_of_its_own_means_its_address(words: JsonObject) -> None:
    written = canonicalizer().canonical(document(words))

    assert b"<https://example.org/#Example>" in written
    assert len(canonicalizer().quads(document(words))) == written.count(b"\n")


def test_values_of_a_word_may_have_a_kind() -> None:
    words: JsonObject = {
        "made": {"@id": "https://example.org/#made", "@type": "https://example.org/#Day"},
        "page": {"@id": "https://example.org/#page", "@type": "@id"},
    }
    example = document(WORD | words, made="today", page="https://example.org/page")

    written = canonicalizer().canonical(example)

    assert b'"today"^^<https://example.org/#Day>' in written
    assert b"<https://example.org/#page> <https://example.org/page>" in written


def test_a_word_may_bring_words_for_what_stands_inside() -> None:
    boat: JsonObject = {
        "@protected": True,
        "id": "@id",
        "type": "@type",
        "sail": {"@id": "urn:example:sail", "@context": {"size": "urn:example:size"}},
    }
    words = WORD | {"Boat": {"@id": "urn:example:Boat", "@context": boat}}
    example = document(words)
    example["credentialSubject"] = {"type": "Boat", "sail": {"size": 7}}

    assert b"<urn:example:size>" in canonicalizer().canonical(example)
    example["credentialSubject"] = {"type": "Example", "sail": {"size": 7}}
    with pytest.raises(DataLossError):
        canonicalizer().canonical(example)


def test_a_vocabulary_gives_every_word_an_address() -> None:
    written = canonicalizer().canonical(document({"@vocab": "https://example.org/#"}, sail="red"))

    assert b"<https://example.org/#sail>" in written


def test_a_document_without_words_of_its_own_is_read_as_everywhere() -> None:
    plain = document() | {"type": ["VerifiableCredential"]}

    assert canonicalizer().canonical(plain) == factories.canonicalizer().canonical(plain)
    task = own_words.canonicalizer(isolated.pack(factories.read_schema))
    assert task(orjson.dumps(plain)) == factories.canonicalizer().canonical(plain)


@pytest.mark.parametrize(
    "contexts",
    [
        [{"VerifiableCredential": "https://evil.example/"}],
        [{"@protected": True, **WORD}, {"Example": "https://evil.example/"}],
        [{"@vocab": None}],
        [{"@base": "https://evil.example/"}],
        [{"Example": "relative"}],
        [{"Example": "https ://not-a-url"}],
        [{"Example": None}],
        [{"Example": {"@id": 1}}],
        [{"Example": {"@id": "https://example.org/", "@type": "@json"}}],
        [{"Example": {"@id": "https://example.org/", "@context": None}}],
        [{"Example": {"@id": "https://example.org/", "@context": "https://evil.example/"}}],
        [{"Example": {"@id": "https://example.org/", "@context": {"inner": "relative"}}}],
        [{"Example": {"@id": "https://example.org/", "@context": {"@base": "https://a.example/"}}}],
        [{"Example": {"@id": "https://example.org/", "@reverse": "https://example.org/"}}],
        [{"Example": nested(5)}],
        [{"id": "@type"}],
        [{"name": "@id"}],
        [{"Example:x": "https://example.org/"}],
        [WORD, WORD],
        [WORD, None],
        [WORD, "https://evil.example/context.json"],
    ],
)
def test_what_is_more_than_a_word_is_refused(contexts: list[JsonValue]) -> None:
    with pytest.raises(ContextNotAllowedError):
        canonicalizer().canonical(document(*contexts))


def test_words_of_its_own_do_not_begin_a_document() -> None:
    with pytest.raises(ContextNotAllowedError):
        canonicalizer().canonical(document() | {"@context": [WORD, VC]})
    with pytest.raises(ContextNotAllowedError):
        canonicalizer().canonical(document() | {"@context": WORD})


def test_what_nothing_defines_is_still_refused() -> None:
    with pytest.raises(DataLossError):
        canonicalizer().canonical(document(WORD, undefined="value"))
