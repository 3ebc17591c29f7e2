"""Honest documents, and what somebody could write instead: one to three changes at random."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any, Final

from credhub.jsontypes import JsonObject
from credhub.proofs.contexts import EXAMPLES, OB_VERSIONS, UNDEFINED_TERMS, VC, VC_1
from tests.unit import factories

# A change reaches anywhere, which JsonValue would ask about at every step.
Json = dict[str, Any]

# What JSON-LD takes for keywords or for nothing, prefixes, and words of the contexts.
_NAMES: Final = """
@x @index @none @set @list @value @language @direction @json @type @id @base @vocab @version
@propagate @protected @container @annotation @nest @graph @@ @xY1 @- @iD id type name NAME nAme
description proof holder image tag result value level url related resultDescription achievement
alignment evidence termsOfUse credentialSubject issuer validUntil validFrom criteria source creator
score friend digestMultibase xsd xsd:foo A _:b http://a.example/b \u00e9 x-y toString __proto__
verifiableCredential alsoKnownAs relatedResource
"""
NAMES: Final = (*_NAMES.split(), "", " ", "a b", "name ", "@id ", "\u202ename")
VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 1, 1.0, 0, -0.0, -1, 1.5, 1e21, 1e-7, 12345678901, [], {}, [None]),
    *("@x", "@type", "_:b0", "", " ", "1", "true", "1.5E0", "a b", "http://x.example/y z", "urn:x"),
    *("#f", "//h.example/p", "?q", "en", "xsd:string", "schema:name", "Profile", "Achievement"),
    *("EndorsementSubject", "https://www.w3.org/2018/credentials#VerifiableCredential"),
)
LANGUAGES: Final = ("en", "EN", "en-GB", "", "x y", "e", "x")
KINDS: Final = ("http://www.w3.org/2001/XMLSchema#string", "xsd:string", "@json", "@id")


@cache
def honest() -> tuple[JsonObject, ...]:
    """Give documents that sign all that they say."""
    badge = factories.credential()
    badges = [
        badge | {"@context": [VC, OB_VERSIONS[0], last]} for last in (EXAMPLES, UNDEFINED_TERMS)
    ]
    own = str(badge["id"])
    endorsement: JsonObject = {
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": "did:example:b",
        "credentialSubject": {
            "id": own,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Well done.",
        },
    }
    refresh: JsonObject = {"id": own, "type": "1EdTechCredentialRefresh"}
    plain: JsonObject = {
        "@context": [VC, EXAMPLES],
        "id": "https://hub.example/c/1",
        "type": ["VerifiableCredential"],
        "issuer": {"id": "did:example:hub", "name": "A hub"},
        "validFrom": "2026-11-22T00:00:00Z",
        "credentialSubject": [
            {
                "id": "did:example:a",
                "name": "A",
                "score": 3,
                "ok": True,
                "share": 1.5,
                "tags": ["x", "y"],
                "friend": {"id": "did:example:b", "name": "B"},
                "description": {"@value": "Welding", "@language": "en"},
            },
            {"name": "nobody"},
        ],
        "termsOfUse": {"type": "Policy", "x": "y"},
        "evidence": [{"type": ["Evidence", "Other"], "id": "urn:e:1"}],
    }
    older: JsonObject = {
        "@context": [VC_1, EXAMPLES],
        "id": "https://hub.example/c/1",
        "type": ["VerifiableCredential"],
        "issuer": "did:example:hub",
        "issuanceDate": "2026-11-22T00:00:00Z",
        "credentialSubject": {"id": "did:example:a", "alumniOf": "X"},
    }
    more = (badge | {"endorsement": [endorsement]}, badge | {"refreshService": refresh})
    return (badge, *badges, *more, plain, older)


def mutated(document: JsonObject, chance: Random) -> JsonObject:
    """Give another document, somewhere changed."""
    changed: Json = deepcopy(document)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
        node = chance.choice(list(_nodes(changed)))
        names = [name for name in node if name != "@context"] or ["id"]
        node.setdefault(names[0], None)
        chance.choice(_CHANGES)(chance, changed, node, chance.choice(names))
    return changed


def _put(chance: Random, root: Json, node: Json, _: str) -> None:
    node[_word(chance, root)] = _value(chance, root)


def _take(_: Random, __: Json, node: Json, name: str) -> None:
    del node[name]


def _replace(chance: Random, root: Json, node: Json, name: str) -> None:
    node[name] = _value(chance, root)


def _rename(chance: Random, root: Json, node: Json, name: str) -> None:
    node[_word(chance, root)] = node.pop(name)


def _move(chance: Random, root: Json, node: Json, name: str) -> None:
    place = chance.choice(list(_nodes(root)))
    value = node.pop(name)
    place[name] = deepcopy(value)


def _array(chance: Random, root: Json, node: Json, name: str) -> None:
    items = node[name] if isinstance(node[name], list) else [node[name]]
    changed = [_value(chance, root), *items, *chance.sample(items, min(1, len(items)))]
    node[name] = chance.choice((items, [items], items[1:], items[::-1], changed, changed[1:]))


def _reference(_: Random, __: Json, node: Json, name: str) -> None:
    value = node[name]
    node[name] = value.get("id", value) if isinstance(value, dict) else {"id": value}


def _spell(chance: Random, _: Json, node: Json, name: str) -> None:
    value = node[name]
    text = value if isinstance(value, str) else str(value).lower()
    written = (text, text + " ", text + "\n", text.upper(), text.lower(), text.replace("Z", ".0Z"))
    number = value + 0.0 if isinstance(value, int) else value
    node[name] = chance.choice((*written, {"@value": text}, number))


def _identify(chance: Random, root: Json, node: Json, _: str) -> None:
    node[chance.choice(("id", "@id"))] = chance.choice(_texts(root))


def _type(chance: Random, root: Json, node: Json, _: str) -> None:
    said = node.get("type", [])
    types = said if isinstance(said, list) else [said]
    address = f"https://www.w3.org/2018/credentials#{(types or NAMES)[0]}"
    node["type"] = [*types, chance.choice((_word(chance, root), chance.choice(VALUES), address))]


def _wrap(chance: Random, _: Json, node: Json, name: str) -> None:
    node[name] = {chance.choice(("@set", "@list", "@value", "@graph", "@x")): node[name]}


_CHANGES: Final[tuple[Callable[[Random, Json, Json, str], None], ...]] = (
    *(_put, _put, _take, _replace, _rename, _move, _array, _array, _reference, _reference),
    *(_spell, _spell, _identify, _type, _wrap),
)


def _word(chance: Random, root: Json) -> str:
    return chance.choice((*NAMES, *_texts(root)))


def _value(chance: Random, root: Json) -> Any:  # noqa: ANN401 - JSON
    text = chance.choice(_texts(root))
    word = _word(chance, root)
    language = chance.choice(LANGUAGES)
    several = chance.choices((*VALUES, text), k=2)
    made = (
        *(text, text, {"id": text}, {"@id": text}, {"@value": text}, {"id": text, "type": word}),
        *({"@value": text, "@language": language}, {"@list": [text]}, {"@set": [text]}),
        *({"@value": text, "@type": chance.choice(KINDS)}, several, {word: several[0]}),
        deepcopy(chance.choice(list(_nodes(root)))),
    )
    return chance.choice((*made, chance.choice(VALUES), chance.choice(VALUES)))


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for name, member in value.items() for text in (name, *_texts(member))]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def _nodes(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in inner:
        yield from _nodes(member)
