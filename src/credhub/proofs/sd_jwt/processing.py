"""Putting a token together again from what its issuer signed and what its holder shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from credhub.errors import (
    DisclosureArityError,
    DisclosureNameError,
    DisclosureNameTakenError,
    MalformedDigestsError,
    RepeatedDigestError,
    TooComplexError,
    UnreferencedDisclosureError,
)
from credhub.jsontypes import MAX_DEPTH, JsonObject, JsonValue
from credhub.proofs.sd_jwt.disclosures import (
    ALGORITHM,
    DIGESTS,
    PLACEHOLDER,
    Disclosure,
    HashAlgorithm,
    Path,
)

_RESERVED: Final = frozenset({DIGESTS, PLACEHOLDER, ALGORITHM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Processed:
    """What a token says to whoever got these disclosures.

    Attributes:
        claims: All claims in the clear, without a trace of the others.
        disclosed: Where each disclosure went, and its text.
        concealed: The objects and arrays that hide more than was disclosed.
    """

    claims: JsonObject
    disclosed: Mapping[Path, str]
    concealed: frozenset[Path]


def process(payload: JsonObject, disclosures: Iterable[str]) -> Processed:
    """Put every disclosure in its place.

    Args:
        payload: What the issuer signed; whether it did is checked elsewhere.
        disclosures: What the holder shows; no text twice.

    Raises:
        UnknownSdAlgorithmError: The hash of the digests does not count.
        MalformedDisclosureError: A disclosure is not one.
        VerificationError: One of the rules is broken; each has an error of its own.

    Source:
        RFC 9901, section 7.1, steps 2.5 and 3 to 5.
    """
    algorithm = HashAlgorithm.of(payload)
    shown = {algorithm.digest(text): Disclosure.parse(text) for text in disclosures}
    assembly = _Assembly(shown)
    clear = {name: value for name, value in payload.items() if name != ALGORITHM}
    claims = assembly.members(clear, ())
    if len(assembly.disclosed) != len(shown):
        raise UnreferencedDisclosureError("A disclosure does not belong to this token.")
    return Processed(
        claims=claims, disclosed=assembly.disclosed, concealed=frozenset(assembly.concealed)
    )


class _Assembly:
    """One token while it is put together."""

    def __init__(self, shown: Mapping[str, Disclosure]) -> None:
        self._shown = shown
        self._met: set[str] = set()
        self.disclosed: dict[Path, str] = {}
        self.concealed: set[Path] = set()

    def members(self, members: JsonObject, path: Path) -> JsonObject:
        """Put an object together."""
        digests = _digests(members)
        clear = {
            name: self._value(value, (*path, name))
            for name, value in members.items()
            if name != DIGESTS
        }
        for digest in digests:
            disclosure = self._meet(digest, path)
            if disclosure is not None:
                name = _name(disclosure)
                if name in clear:
                    raise DisclosureNameTakenError("A disclosure would replace another claim.")
                clear[name] = self._reveal(disclosure, (*path, name))
        return clear

    def _elements(self, elements: list[JsonValue], path: Path) -> list[JsonValue]:
        clear: list[JsonValue] = []
        for element in elements:
            place = (*path, len(clear))
            if not isinstance(element, dict) or PLACEHOLDER not in element:
                clear.append(self._value(element, place))
                continue
            disclosure = self._meet(_digest(element), path)
            if disclosure is not None:
                if disclosure.is_member:
                    raise DisclosureArityError("A disclosure of a member is used in an array.")
                clear.append(self._reveal(disclosure, place))
        return clear

    def _value(self, value: JsonValue, path: Path) -> JsonValue:
        if len(path) >= MAX_DEPTH:
            raise TooComplexError("The disclosures are nested too deeply.")
        if isinstance(value, dict):
            return self.members(value, path)
        if isinstance(value, list):
            return self._elements(value, path)
        return value

    def _meet(self, digest: str, path: Path) -> Disclosure | None:
        """Note that a digest stands in the token, and find what it is of."""
        if digest in self._met:
            raise RepeatedDigestError("The token holds the same digest twice.")
        self._met.add(digest)
        disclosure = self._shown.get(digest)
        if disclosure is None:
            self.concealed.add(path)
        return disclosure

    def _reveal(self, disclosure: Disclosure, path: Path) -> JsonValue:
        self.disclosed[path] = disclosure.text
        return self._value(disclosure.value, path)


def _digests(members: JsonObject) -> list[str]:
    if ALGORITHM in members or PLACEHOLDER in members:
        raise MalformedDigestsError("A name that is reserved for digests stands in a wrong place.")
    digests = members.get(DIGESTS, [])
    if not isinstance(digests, list):
        raise MalformedDigestsError("The digests of an object are not an array.")
    texts = [digest for digest in digests if isinstance(digest, str)]
    if len(texts) != len(digests):
        raise MalformedDigestsError("A digest of an object is not a text.")
    return texts


def _digest(element: JsonObject) -> str:
    digest = element[PLACEHOLDER]
    if len(element) != 1 or not isinstance(digest, str):
        raise MalformedDigestsError("The placeholder of an element is not one digest.")
    return digest


def _name(disclosure: Disclosure) -> str:
    if not disclosure.is_member:
        raise DisclosureArityError("A disclosure of an element is used in an object.")
    if not isinstance(disclosure.name, str) or disclosure.name in _RESERVED:
        raise DisclosureNameError("A disclosure has a name that no claim may have.")
    return disclosure.name
