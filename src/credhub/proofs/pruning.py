"""Contexts reduced to the words that a document can use: most of the time goes into reading them.

Why that is sound: a term can only matter when its name is a member name or a value of the
document, when it is the prefix of one, or when a definition that matters names it. Definitions
that matter are closed under the last rule, over all contexts of the combination and those
nested in them. Keywords are always kept. ``id`` and ``type`` mean the same in all that we ship,
so it is enough when the first context says so. The one difference: two contexts that both protect a
word go together here as long as the document does not use that word.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import orjson

from credhub.jsontypes import JsonObject, JsonValue

# A member or type that no context defines becomes an IRI below this one, where it is noticed.
UNDEFINED: Final = "urn:x-undefined#"
_SENTINEL: Final[JsonObject] = {"@vocab": UNDEFINED}
_KEYWORDS: Final[JsonObject] = {"id": "@id", "type": "@type"}
_REMEMBERED: Final = 128
_ALIASED: Final = frozenset({"@id", "@type"})
_COERCED: Final = frozenset({"@id", "@vocab"})
_COUNTED: Final = frozenset(
    {"boolean", "integer", "nonNegativeInteger", "decimal", "float", "double"}
)
# The first contexts of Open Badges make texts of them; by its data model they are numbers.
_COUNTED_ANYWAY: Final = frozenset({"latitude", "longitude"})


class PrunedContexts:
    """The contexts of one accepted combination, reduced on demand.

    Attributes:
        terms: Every term that some context, or one nested in it, defines.
        identifying: Those whose values can be identifiers of nodes or types.
        scoped: Those with a context of their own.
        counted: Those whose values RDF takes for numbers or truth values, however written.
        worded: Those whose values RDF takes for texts, however written.
        graphs: Those whose values are graphs, of which only the statements are signed.
        meanings: The addresses that terms stand for.
        has_vocabulary: Whether a context gives every other word a meaning.
    """

    def __init__(self, definitions: Iterable[JsonValue]) -> None:
        self._contexts = [_with_sentinel(definition) for definition in definitions]
        self._mentions: defaultdict[str, set[str]] = defaultdict(set)
        self._always: set[str] = set()
        self._identifying: set[str] = set()
        self._scoped: set[str] = set()
        self._counted: set[str] = set()
        self._worded: set[str] = set()
        self._graphs: set[str] = set()
        self._meanings: set[str] = set()
        for context in self._contexts:
            self._learn(context)
        self.has_vocabulary = any("@vocab" in one for one in _objects(self._contexts))
        self.terms: frozenset[str] = frozenset(self._mentions)
        self.identifying: frozenset[str] = frozenset(self._identifying)
        self.scoped: frozenset[str] = frozenset(self._scoped)
        self.counted: frozenset[str] = frozenset(self._counted)
        self.worded: frozenset[str] = frozenset(self._worded)
        self.graphs: frozenset[str] = frozenset(self._graphs)
        self.meanings: frozenset[str] = frozenset(self._meanings)
        self._text_for_terms = lru_cache(maxsize=_REMEMBERED)(self._prune)

    def text(self, used: set[str]) -> bytes:
        """Write the ``@context`` array for a document that uses these words.

        Args:
            used: Every member name and every string of the document, and the part of each
                before its first colon.
        """
        return self._text_for_terms(self.terms & used)

    def full_text(self) -> bytes:
        """Write the ``@context`` array with nothing left out."""
        return orjson.dumps([_SENTINEL, *self._contexts])

    def _learn(self, context: JsonValue) -> None:
        for definition in _objects(context):
            for term, meaning in definition.items():
                if term.startswith("@"):
                    self._always |= words(meaning)
                else:
                    self._learn_term(term, meaning)

    def _learn_term(self, term: str, meaning: JsonValue) -> None:
        if isinstance(meaning, dict):
            if "@context" in meaning:
                self._scoped.add(term)
            self._learn(meaning.get("@context"))
            meaning = {name: value for name, value in meaning.items() if name != "@context"}
            self._learn_kind(term, str(meaning.get("@type", "@none")))
            if "@graph" in str(meaning.get("@container")):
                self._graphs.add(term)
            identifies = meaning.get("@type") in _COERCED or meaning.get("@id") in _ALIASED
        else:
            identifies = meaning in _ALIASED
        if identifies:
            self._identifying.add(term)
        self._mentions[term] |= words(meaning)
        address = meaning.get("@id") if isinstance(meaning, dict) else meaning
        self._meanings.add(str(address))

    def _learn_kind(self, term: str, kind: str) -> None:
        if kind.startswith("@"):
            return
        counts = term in _COUNTED_ANYWAY or re.split("[#:]", kind)[-1] in _COUNTED
        (self._counted if counts else self._worded).add(term)

    def _prune(self, used: frozenset[str]) -> bytes:
        kept: set[str] = set()
        new = set(used | self._always) & self.terms
        while new:
            kept |= new
            mentioned = set[str]().union(*(self._mentions[term] for term in new))
            new = (mentioned & self.terms) - kept
        contexts = [_keep(context, kept) for context in self._contexts]
        if _defines_keywords(contexts[0]):
            return orjson.dumps([_SENTINEL | _KEYWORDS, *map(_lean, contexts)])
        return orjson.dumps([_SENTINEL, *contexts])


def words(value: JsonValue) -> set[str]:
    """Collect the names and strings in a value, and the part of each before its first colon."""
    found: set[str] = set()
    for text in _strings(value):
        found.add(text)
        found.add(text.partition(":")[0])
    return found


def _strings(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _strings(member)


def _objects(context: JsonValue) -> Iterator[JsonObject]:
    if isinstance(context, list):
        for item in context:
            yield from _objects(item)
    elif isinstance(context, dict):
        yield context


def _with_sentinel(context: JsonValue) -> JsonValue:
    # A null context forgets everything before it, so the sentinel has to follow it again.
    if context is None:
        return [None, _SENTINEL]
    if isinstance(context, list):
        return [_with_sentinel(item) for item in context]
    if not isinstance(context, dict):
        return context
    return {term: _scoped_with_sentinel(meaning) for term, meaning in context.items()}


def _scoped_with_sentinel(meaning: JsonValue) -> JsonValue:
    if isinstance(meaning, dict) and "@context" in meaning:
        return {**meaning, "@context": _with_sentinel(meaning["@context"])}
    return meaning


def _keep(context: JsonValue, kept: set[str]) -> JsonValue:
    if isinstance(context, list):
        return [_keep(item, kept) for item in context]
    if not isinstance(context, dict):
        return context
    return {
        term: _keep_scoped(meaning, kept)
        for term, meaning in context.items()
        if term.startswith("@") or term in kept
    }


def _keep_scoped(meaning: JsonValue, kept: set[str]) -> JsonValue:
    if isinstance(meaning, dict) and "@context" in meaning:
        return {**meaning, "@context": _keep(meaning["@context"], kept)}
    return meaning


def _defines_keywords(context: JsonValue) -> bool:
    return isinstance(context, dict) and _KEYWORDS.items() <= context.items()


def _lean(context: JsonValue) -> JsonValue:
    """Take out what the first context says already, and contexts that then say nothing.

    Reading a context that a type brings costs most of the time, once for each node of the type.
    """
    if not isinstance(context, dict):
        return context
    return {
        term: _lean_scoped(meaning)
        for term, meaning in context.items()
        if _KEYWORDS.get(term) != meaning
    }


def _lean_scoped(meaning: JsonValue) -> JsonValue:
    if not isinstance(meaning, dict):
        return meaning
    if "@context" not in meaning:
        return _lean_meaning(meaning)
    scoped = _lean(meaning["@context"])
    if isinstance(scoped, dict) and not scoped.keys() - {"@protected"}:
        return _lean_meaning({name: value for name, value in meaning.items() if name != "@context"})
    return {**meaning, "@context": scoped}


def _lean_meaning(meaning: JsonObject) -> JsonValue:
    # A bare address could become a prefix of others: never when it ends like a word.
    address = meaning.get("@id")
    bare = meaning.keys() == {"@id"} and isinstance(address, str) and address[-1:].isalnum()
    return address if bare else meaning
