"""Documents that define words of their own, beside the contexts that we ship.

Only for those who test how documents are read: a person who reads such a document cannot know
what its words mean. A word of its own is a name for one absolute address, or for one below a
vocabulary's, and may bring such words for what stands inside; it stands after the contexts that we
ship, and changes no word of theirs.
"""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import orjson
from pyoxigraph import Quad

from credhub.errors import ContextNotAllowedError
from credhub.jsontypes import JsonObject, JsonValue, digest, parse_object
from credhub.proofs.contexts import Contexts
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.recent import Recent

_ADDRESS: Final = "urn:x-own-words:"
_TERM: Final = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,99}")
_MEANING: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`\x7f-\x9f]+")
_KEYWORDS: Final = frozenset({"@protected", "@version"})
_MEMBERS: Final = frozenset({"@id", "@type", "@context"})
_ALIASES: Final[JsonObject] = {"id": "@id", "type": "@type"}
_MAX_DEPTH: Final = 4
_REMEMBERED: Final = 16


class OwnWordsCanonicalizer:
    """Writes documents as canonical N-Quads, with the words that they define themselves."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._plain = SafeCanonicalizer(contexts)
        self._made = Recent[bytes, SafeCanonicalizer](_REMEMBERED)

    def canonical(self, document: JsonObject) -> bytes:
        """Write one document as canonical N-Quads.

        Raises:
            ContextNotAllowedError: A context is none that we ship, and not words of its own.
            VerificationError, CanonicalizationError: As ``SafeCanonicalizer.canonical``.
        """
        canonicalizer, named = self._prepared(document)
        return canonicalizer.canonical(named)

    def quads(self, document: JsonObject) -> list[Quad]:
        """Read one document as quads, in the mode that drops nothing.

        Raises:
            VerificationError, CanonicalizationError: As ``canonical``.
        """
        canonicalizer, named = self._prepared(document)
        return canonicalizer.quads(named)

    def _prepared(self, document: JsonObject) -> tuple[SafeCanonicalizer, JsonObject]:
        listed = document.get("@context")
        own = [_unwrapped(item) for item in listed] if isinstance(listed, list) else []
        words = {_address_of(item): item for item in own if isinstance(item, dict)}
        if not words:
            return self._plain, document
        for item in words.values():
            _check(item)
        named: list[JsonValue] = [
            _address_of(item) if isinstance(item, dict) else item for item in own
        ]
        canonicalizer = self._made.get(
            digest([*sorted(words)]), lambda: SafeCanonicalizer(self._with(words))
        )
        return canonicalizer, {**document, "@context": named}

    def _with(self, words: dict[str, JsonObject]) -> Contexts:
        definitions = MappingProxyType({**self._contexts.definitions, **words})
        return Contexts(definitions, self._contexts.bases)


def canonicalizer(packed: bytes) -> Callable[[bytes], bytes]:
    """Make the function that turns a document, as JSON text, into canonical N-Quads.

    Raises:
        TamperedFileError: A context is not the one that the code was written for.
    """
    own = own_words_canonicalizer(packed)

    def canonical(document: bytes) -> bytes:
        return own.canonical(parse_object(document))

    return canonical


def own_words_canonicalizer(packed: bytes) -> OwnWordsCanonicalizer:
    """Make the canonicalizer itself.

    Raises:
        TamperedFileError: A context is not the one that the code was written for.
    """
    files: dict[str, str] = orjson.loads(packed)
    return OwnWordsCanonicalizer(Contexts.load(lambda name: files[name].encode()))


def _unwrapped(item: JsonValue) -> JsonValue:
    """Take the context out of an object around it (JSON-LD 1.1 API, section 4.1.2)."""
    if isinstance(item, dict) and item.keys() == {"@context"}:
        return item["@context"]
    return item


def _address_of(words: JsonObject) -> str:
    return _ADDRESS + digest(words).hex()


def _check(words: JsonObject, depth: int = 0) -> None:
    for term, meaning in words.items():
        if term in _KEYWORDS or (term in _ALIASES and _ALIASES[term] == meaning):
            continue
        if term == "@vocab":
            _check_address(meaning)
            continue
        if not _TERM.fullmatch(term):
            raise ContextNotAllowedError("A word of its own is not a plain name.")
        if isinstance(meaning, dict) and meaning.keys() <= _MEMBERS:
            _check_meaning(meaning, depth)
        else:
            _check_address(meaning)


def _check_meaning(meaning: JsonObject, depth: int) -> None:
    _check_address(meaning.get("@id"))
    if meaning.get("@type", "@id") != "@id":
        _check_address(meaning["@type"])
    if "@context" in meaning:
        inner = meaning["@context"]
        if not isinstance(inner, dict) or depth == _MAX_DEPTH:
            raise ContextNotAllowedError("A word of its own brings more than a few words.")
        _check(inner, depth + 1)


def _check_address(value: JsonValue) -> None:
    if not isinstance(value, str) or not _MEANING.fullmatch(value):
        raise ContextNotAllowedError("A word of its own is not a name for one absolute address.")
