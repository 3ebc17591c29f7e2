"""JSON-LD documents as canonical N-Quads, in a mode that drops nothing.

How: a default vocabulary and a base address that nobody uses are put before the contexts. What
no context defines, and every relative address, ends up below one of them and is refused.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import orjson
from pyoxigraph import Literal, Quad, RdfFormat, parse

from credhub.errors import CanonicalizationError, ContextNotAllowedError, DataLossError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import presented
from credhub.proofs.contexts import Combination, Contexts
from credhub.proofs.kinds import with_joint_kinds
from credhub.proofs.pruning import UNDEFINED, PrunedContexts
from credhub.proofs.quads import line_of
from credhub.proofs.rdfc10 import Line, canonical_text
from credhub.proofs.repeated_contexts import without_repeated_contexts
from credhub.proofs.words import LANGUAGE, DocumentWords
from credhub.recent import Recent

# A scheme of its own, so that an address such as //host/path is noticed too.
RELATIVE: Final = "x-relative:"
_BASE: Final = RELATIVE + "//relative.invalid/"
# RFC 3987 with what RFC 3986 never allows; the rest of the grammar changes no bytes.
_IRI: Final = re.compile(
    rf'<(?!{UNDEFINED}|{RELATIVE})[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"{{}}|\\^`\x7f-\x9f]*>'
)
_LITERAL: Final = re.compile(r'"(?:[^"\\\n\r]|\\.)*+"(.*+)', re.DOTALL)
_LABEL: Final = re.compile(r"_:[A-Za-z0-9]+")
_CONTEXT: Final = b'"@context"'
_REMEMBERED: Final = 64
_REMEMBERED_COMBINATIONS: Final = 16
_REMEMBERED_BYTES: Final = 64 * 1024


class SafeCanonicalizer:
    """Writes documents as canonical N-Quads, or says why their signature would not cover them."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._pruned = Recent[Combination, PrunedContexts](_REMEMBERED_COMBINATIONS)
        self._recent = Recent[bytes, bytes](_REMEMBERED)

    def canonical(self, document: JsonObject) -> bytes:
        """Write one document as canonical N-Quads.

        Raises:
            ContextNotAllowedError: The contexts are not an accepted combination, or a member
                changes what others mean.
            DataLossError: A part of the document would not be in the result.
            TooComplexError: The document would take too long.
            CanonicalizationError: The document is not JSON-LD.

        Source:
            W3C JSON-LD 1.1 API, section 8 (to RDF); RDFC-1.0, section 4.
        """
        combination = self._contexts.combination(document)
        body = {name: value for name, value in document.items() if name != "@context"}
        text = _json(body)
        if len(text) > _REMEMBERED_BYTES:
            return self._compute(combination, body, text)
        key = sha256(repr(combination).encode() + text).digest()
        return self._recent.get(key, lambda: self._compute(combination, body, text))

    def quads(self, document: JsonObject) -> list[Quad]:
        """Read one document as quads, in the mode that drops nothing.

        Raises:
            VerificationError, CanonicalizationError: As ``canonical``.
        """
        combination = self._contexts.combination(document)
        body = {name: value for name, value in document.items() if name != "@context"}
        quads = self._quads(combination, body, _json(body))
        check_lines(map(line_of, quads))
        return quads

    def _compute(self, combination: Combination, body: JsonObject, text: bytes) -> bytes:
        lines = list(map(line_of, self._quads(combination, body, text)))
        check_lines(lines)
        return canonical_text(lines).encode()

    def _quads(self, combination: Combination, body: JsonObject, text: bytes) -> list[Quad]:
        shell, inner = presented.without_credentials(body)
        if inner:
            also = frozenset({presented.MEMBER})
            context, text = self._readable(combination, shell, _json(shell), also)
            text = presented.with_credentials(text, [self._inner(one) for one in inner])
        else:
            context, text = self._readable(combination, body, text)
        return to_quads(context, text)

    def _inner(self, credential: JsonObject) -> bytes:
        """Write a credential in a presentation with contexts of its own, as JSON-LD text."""
        contexts = credential["@context"]
        listed: JsonValue = contexts if isinstance(contexts, list) else [contexts]
        combination = self._contexts.combination({"@context": listed})
        body = {name: value for name, value in credential.items() if name != "@context"}
        context, text = self._readable(combination, body, _json(body))
        return joined(context, text)

    def _readable(
        self,
        combination: Combination,
        body: JsonObject,
        text: bytes,
        also: frozenset[str] = frozenset(),
    ) -> tuple[bytes, bytes]:
        """Give the contexts and the body that JSON-LD is read from, with all words checked."""
        if _CONTEXT in text:
            body = without_repeated_contexts(body, combination)
            text = _json(body)
        pruned = self._pruned.get(combination, lambda: self._prune(combination))
        found = DocumentWords(body, pruned)
        found.check_names()
        context = pruned.text(found.used | also)
        return with_joint_kinds(context, body) if found.has_joint_types else (context, text)

    def _prune(self, combination: Combination) -> PrunedContexts:
        pruned = PrunedContexts(self._contexts.definitions[address] for address in combination)
        try:
            # Reduced to the words of one document, contradictions would go unnoticed.
            to_quads(pruned.full_text(), b"{}")
        except CanonicalizationError as error:
            raise ContextNotAllowedError("The contexts contradict one another.") from error
        return pruned


def to_quads(context: bytes, body: bytes) -> list[Quad]:
    """Read a document whose contexts are given as JSON text.

    Language tags are in lower case, as the other JSON-LD engines write them.

    Args:
        context: The ``@context`` array, in full.
        body: The document as a JSON object without ``@context``.

    Raises:
        CanonicalizationError: The document is not JSON-LD.
    """
    text = joined(context, body)
    try:
        quads = list(parse(text, RdfFormat.JSON_LD, base_iri=_BASE, lenient=True))
    except SyntaxError as error:
        raise CanonicalizationError(f"The document is not JSON-LD: {error.msg}.") from error
    if b"@language" not in text:
        return quads
    return [_lower_language(quad) for quad in quads]


def joined(context: bytes, body: bytes) -> bytes:
    """Write a document as JSON text from its contexts and its body, both of them JSON text."""
    joint = b"" if body == b"{}" else b","
    return b'{"@context":' + context + joint + body[1:]


def check_lines(lines: Iterable[Line]) -> None:
    """Refuse quads that stand for something that no context defines, or are no quads.

    The parser takes addresses and language tags as they are. One that holds a line break would
    write further lines, and carry what was signed without saying it in JSON.

    Raises:
        DataLossError: A word without a meaning, a relative address, an address or a language
            tag that is none, or a text with a base direction.
    """
    terms = set[str]().union(*lines) - {""}
    for term in terms:
        if term.startswith('"'):
            _check_kind(term)
        elif not (_IRI.fullmatch(term) or _LABEL.fullmatch(term)):
            raise _refusal(term[1:-1])


def _lower_language(quad: Quad) -> Quad:
    literal = quad.object
    if not isinstance(literal, Literal) or literal.language is None:
        return quad
    language = literal.language.lower()
    if language == literal.language or not LANGUAGE.fullmatch(language):
        return quad
    try:
        lowered = Literal(literal.value, language=language)
    except ValueError as error:
        raise DataLossError("A language tag is malformed.") from error
    return Quad(quad.subject, quad.predicate, lowered, quad.graph_name)


def _check_kind(text: str) -> None:
    literal = _LITERAL.fullmatch(text)
    kind = "@" if literal is None else literal[1]
    if kind.startswith("^^"):
        if not _IRI.fullmatch(kind[2:]):
            raise _refusal(kind[3:-1])
    elif "--" in kind:
        raise DataLossError("A text has a base direction, which this kind of proof cannot cover.")
    elif kind and not (kind[0] == "@" and LANGUAGE.fullmatch(kind[1:])):
        raise DataLossError("A language tag is malformed.")


def _refusal(address: str) -> DataLossError:
    if address.startswith(UNDEFINED):
        return DataLossError(f"No context defines {address.removeprefix(UNDEFINED)!r:.80}.")
    if address.startswith(RELATIVE):
        return DataLossError("An identifier is not an absolute address.")
    return DataLossError(f"{address!r:.80} is not an address.")


def _json(body: JsonObject) -> bytes:
    try:
        return orjson.dumps(body)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise CanonicalizationError("The document is not JSON.") from error
