"""Nodes of several types, each with words of its own.

JSON-LD applies the context of every type of a node, in the order of their names. The engine
that we use applies the last one only. What it then misses is refused as undefined, so nothing
wrong is accepted; but documents that are right would be refused. For such nodes the last type
is therefore replaced by a term that means the same and brings all the contexts, and the others
by terms that mean the same and bring none.

Source:
    W3C JSON-LD 1.1 API, section 5.1.2, step 11.
"""

from collections.abc import Iterator

import orjson

from credhub.jsontypes import JsonObject, JsonValue


def with_joint_kinds(context: bytes, body: JsonObject) -> tuple[bytes, bytes]:
    """Rewrite a document so that nodes of several types are read in full.

    Args:
        context: The ``@context`` array as JSON text.
        body: The document without ``@context``.

    Returns:
        The array and the document as JSON text; what needs no rewriting is as it was.
    """
    contexts: list[JsonValue] = orjson.loads(context)
    scoped = _scoped(contexts)
    joint: JsonObject = {}
    rewritten = _rewrite(body, scoped, joint)
    return orjson.dumps([*contexts, joint] if joint else contexts), orjson.dumps(rewritten)


def _scoped(contexts: list[JsonValue]) -> JsonObject:
    # A type that two contexts define is left alone: which one counts is the engine's affair.
    found: JsonObject = {}
    several: set[str] = set()
    for definition in contexts:
        for term, meaning in definition.items() if isinstance(definition, dict) else ():
            if term in found:
                several.add(term)
            if isinstance(meaning, dict) and "@context" in meaning:
                found[term] = meaning["@context"]
    return {term: context for term, context in found.items() if term not in several}


def _rewrite(value: JsonValue, scoped: JsonObject, joint: JsonObject) -> JsonValue:
    if isinstance(value, list):
        return [_rewrite(item, scoped, joint) for item in value]
    if not isinstance(value, dict):
        return value
    members = {name: _rewrite(member, scoped, joint) for name, member in value.items()}
    kinds = sorted(kind for kind in set(_types(value)) if kind in scoped)
    if len(kinds) > 1:
        names = {kind: f"{kind} without words" for kind in kinds[:-1]}
        names[kinds[-1]] = " and ".join(kinds)
        joint |= {name: kind for kind, name in names.items()}
        joint[names[kinds[-1]]] = {"@id": kinds[-1], "@context": [scoped[kind] for kind in kinds]}
        members["type"] = [names.get(kind, kind) for kind in _types(value)]
    return members


def _types(node: JsonObject) -> Iterator[str]:
    types = node.get("type")
    for kind in types if isinstance(types, list) else ():
        if isinstance(kind, str):
            yield kind
