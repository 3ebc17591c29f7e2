import orjson
import pytest

from credhub.errors import DataLossError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.contexts import Contexts
from credhub.proofs.kinds import with_joint_kinds
from credhub.proofs.rdfc import SafeCanonicalizer

ADDRESS = "https://kinds.example/context"


def kind(called: str, **words: str) -> JsonObject:
    scoped: JsonObject = {"@protected": True, "id": "@id", "type": "@type", **words}
    return {"@id": f"https://kinds.example/{called}", "@context": scoped}


DEFINITION: JsonObject = {
    "id": "@id",
    "type": "@type",
    "part": "https://kinds.example/part",
    "Plain": "https://kinds.example/Plain",
    "Person": kind("Person", name="https://kinds.example/name"),
    "Learner": kind("Learner", course="https://kinds.example/course"),
    "Worker": kind("Worker", trade="https://kinds.example/trade"),
}


def lines(document: JsonObject, definition: JsonValue = None) -> list[str]:
    contexts = Contexts({ADDRESS: definition or DEFINITION}, frozenset({ADDRESS}))
    written = SafeCanonicalizer(contexts).canonical({"@context": [ADDRESS], **document})
    return sorted(written.decode().replace("https://kinds.example/", "").splitlines())


def test_a_node_of_several_types_has_the_words_of_each() -> None:
    document: JsonObject = {
        "id": "urn:x:1",
        "type": ["Worker", "Person", "Plain", "Learner"],
        "name": "Ada",
        "course": "Welding",
        "trade": "Welder",
    }

    assert lines(document) == [
        '<urn:x:1> <course> "Welding" .',
        "<urn:x:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <Learner> .",
        "<urn:x:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <Person> .",
        "<urn:x:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <Plain> .",
        "<urn:x:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <Worker> .",
        '<urn:x:1> <name> "Ada" .',
        '<urn:x:1> <trade> "Welder" .',
    ]


def test_t03_its_parts_do_not_inherit_those_words() -> None:
    whole: JsonObject = {"id": "urn:x:1", "type": ["Person", "Learner"], "course": "Welding"}
    inner: JsonObject = {"id": "urn:x:2", "type": ["Learner"], "course": "Steel"}

    assert '<urn:x:2> <course> "Steel" .' in lines(whole | {"part": [inner]})
    with pytest.raises(DataLossError):
        lines(whole | {"part": [inner | {"type": ["Plain"]}]})
    with pytest.raises(DataLossError):
        lines(whole | {"part": [inner | {"name": "Ada"}]})


def test_what_has_one_type_each_is_left_as_it_was() -> None:
    context = orjson.dumps([{"@vocab": "urn:x#"}, DEFINITION])
    body: JsonObject = {
        "type": ["Person", "Plain", {"id": "urn:x"}],
        "part": [{"type": "Learner"}, 5, None, {"type": {"a": 1}}],
    }

    assert with_joint_kinds(context, body) == (context, orjson.dumps(body))


def test_a_type_that_two_contexts_define_is_left_alone() -> None:
    context = orjson.dumps([DEFINITION, "https://x", {"Person": kind("Person")}])
    body: JsonObject = {"type": ["Person", "Learner"]}

    assert with_joint_kinds(context, body) == (context, orjson.dumps(body))
