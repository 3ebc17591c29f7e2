"""One disclosure: a claim and the salt that hides it, and the digest that stands for both."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self, TypeAlias

from credhub import base64url
from credhub.errors import (
    MalformedBase64Error,
    MalformedDisclosureError,
    MalformedJsonError,
    UnknownSdAlgorithmError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical, parse

DIGESTS: Final = "_sd"
"""The member of an object that lists the digests of its hidden members."""
PLACEHOLDER: Final = "..."
"""The one member of an array element that stands for a hidden one."""
ALGORITHM: Final = "_sd_alg"

Path: TypeAlias = tuple[str | int, ...]
"""The member names and array positions that lead to a claim."""

_OF_ELEMENT: Final = 2
_OF_MEMBER: Final = 3


class HashAlgorithm(StrEnum):
    """The hashes that count, by their names at IANA."""

    SHA_256 = "sha-256"
    SHA_384 = "sha-384"
    SHA_512 = "sha-512"

    @classmethod
    def of(cls, payload: JsonObject) -> Self:
        """Read which one a token uses.

        Raises:
            UnknownSdAlgorithmError: It is not among them.

        Source:
            RFC 9901, section 4.1.1.
        """
        name = payload.get(ALGORITHM, cls.SHA_256.value)
        for algorithm in cls:
            if algorithm.value == name:
                return algorithm
        raise UnknownSdAlgorithmError("The token hides its claims by a hash that does not count.")

    def digest(self, text: str) -> str:
        """Compute the digest of a text in ASCII, as base64url."""
        hashed = hashlib.new(self.value.replace("-", ""), text.encode("ascii"))
        return base64url.encode(hashed.digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """A claim that was hidden, with the text that its digest is of.

    Attributes:
        text: The text as the issuer wrote it.
        name: The name of a member; ``None`` for an element of an array.
        value: What was hidden; it may hide more.
    """

    text: str
    name: JsonValue
    value: JsonValue
    is_member: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one.

        Raises:
            MalformedDisclosureError: It is not an array of two or three with a salt at its start.

        Source:
            RFC 9901, sections 4.2.1 and 4.2.2.
        """
        try:
            items = parse(base64url.decode(text))
        except (MalformedBase64Error, MalformedJsonError) as error:
            raise MalformedDisclosureError("A disclosure is not strict JSON.") from error
        if not isinstance(items, list) or not _OF_ELEMENT <= len(items) <= _OF_MEMBER:
            raise MalformedDisclosureError("A disclosure has not two or three parts.")
        if not isinstance(items[0], str):
            raise MalformedDisclosureError("The salt of a disclosure is not a text.")
        is_member = len(items) == _OF_MEMBER
        name = items[1] if is_member else None
        return cls(text=text, name=name, value=items[-1], is_member=is_member)

    @classmethod
    def of_member(cls, salt: str, name: str, value: JsonValue) -> Self:
        """Hide a member of an object."""
        text = base64url.encode(canonical([salt, name, value]))
        return cls(text=text, name=name, value=value, is_member=True)

    @classmethod
    def of_element(cls, salt: str, value: JsonValue) -> Self:
        """Hide an element of an array."""
        text = base64url.encode(canonical([salt, value]))
        return cls(text=text, name=None, value=value, is_member=False)
