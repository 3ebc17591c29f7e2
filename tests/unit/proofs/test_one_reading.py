"""Two JSON documents with one canonical form say the same.

Skipped are documents that describe a node in one place and name it in another
(``readings.is_undecided``), but for the document's own node.
"""

from random import Random

import pytest

from credhub.jsontypes import JsonObject, JsonValue, parse
from credhub.proofs.contexts import EXAMPLES, VC
from credhub.proofs.rdfc import to_quads
from tests.unit.proofs.mutations import honest, mutated
from tests.unit.proofs.readings import Readings, is_undecided, says_the_same

ROUNDS = 500
SUBJECT = "did:example:a"
WORDS = b'[{"@vocab": "https://words.example/", "id": "@id", "type": "@type"}]'


@pytest.mark.parametrize("seed", range(4))
def test_t04_documents_of_one_canonical_form_say_the_same(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - the same changes each time
    readings = Readings()
    for document in honest():
        assert readings.other(document) is None
    assert readings.accepted == len(honest())

    for _ in range(ROUNDS):
        changed = mutated(chance.choice(honest()), chance)
        assert (changed, readings.other(changed)) == (changed, None)

    assert readings.accepted > ROUNDS / 8
    assert readings.met > ROUNDS / 50


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"name": "A"}', b'{"name": "A", "@honours": "first"}'),
        (b'{"name": "A"}', b'{"name": "A", "https://words.example/name": "A"}'),
        (b'{"type": "Person"}', b'{"type": "https://words.example/Person"}'),
        (b'{"id": "urn:a", "name": "A"}', b'{"@id": "urn:a", "name": "A"}'),
        (b'{"ok": true}', b'{"ok": {"@value": true}}'),
    ],
    ids=["keyword", "address", "type", "alias", "value"],
)
def test_what_plain_json_ld_takes_for_one_is_told_apart(one: bytes, other: bytes) -> None:
    assert _plain(one) == _plain(other)

    assert not says_the_same(parse(one), parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "A", "tags": None, "level": [], "rank": [None]}, {"name": "A"}),
        ({"tags": ["x"]}, {"tags": "x"}),
        ({"tags": ["x", "y", "x"]}, {"tags": ["y", "x"]}),
        ({"friend": {"id": "urn:b"}}, {"friend": "urn:b"}),
        ({"a": {"@value": "x", "@language": "EN"}}, {"a": {"@value": "x", "@language": "en"}}),
        ({"score": 1.0}, {"score": 1}),
        ({"@context": [VC]}, {"@context": [VC, EXAMPLES]}),
    ],
    ids=["nothing", "one", "order", "reference", "language", "number", "context"],
)
def test_what_tells_a_reader_nothing_is_no_difference(one: JsonObject, other: JsonObject) -> None:
    assert says_the_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [(True, 1), ("1", 1), ("a", "A"), ({}, None), ({"id": "a", "b": "c"}, "a")]
)
def test_values_that_are_two_stay_two(one: JsonValue, other: JsonValue) -> None:
    assert not says_the_same({"value": one}, {"value": other})


def test_only_a_node_that_is_named_elsewhere_is_skipped() -> None:
    described: JsonObject = {"id": "urn:b", "name": "B"}

    assert is_undecided({"id": "urn:a", "one": described, "two": "urn:b"})
    assert is_undecided({"id": "urn:a", "one": described, "two": {"id": "urn:b", "level": 1}})
    assert not is_undecided({"id": "urn:a", "one": described, "two": "urn:c"})
    assert not is_undecided({"id": "urn:a", "name": "A", "one": {"id": "urn:a", "name": "A"}})


def _plain(text: bytes) -> set[str]:
    return {str(quad.object) + str(quad.predicate) for quad in to_quads(WORDS, text)}
