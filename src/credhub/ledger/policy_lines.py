"""The lines of a policy: what each says, and its one canonical spelling.

A word is what stands between spaces. Octets over 0x7F mean nothing here, so a text that is not
UTF-8 is kept as Python's surrogate escapes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from credhub.errors import NoteError, PolicyError
from credhub.ledger.cosignature import WitnessKey
from credhub.ledger.note import VerifierKey
from credhub.ledger.spelling import decimal

_ANY: Final = "any"
_ALL: Final = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLog:
    """A ledger that we know by its key, and perhaps where it answers."""

    key: VerifierKey
    url: str | None = None

    def __post_init__(self) -> None:
        if self.url is not None:
            check_word(self.url)

    def text(self) -> str:
        """Write the line."""
        return _line("log", self.key.text(), self.url)

    @classmethod
    def of_words(cls, words: Sequence[str]) -> Self:
        """Read the words after ``log``."""
        try:
            key, url = _one_or_two(words)
            return cls(key=VerifierKey.parse(key), url=url)
        except (NoteError, ValueError) as error:
            raise PolicyError("A log is not a vkey of type Ed25519, perhaps with a URL.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWitness:
    """A witness: the word for it in this policy, its key, and perhaps where it answers."""

    name: str
    key: WitnessKey
    url: str | None = None

    def __post_init__(self) -> None:
        check_word(self.name)
        if self.url is not None:
            check_word(self.url)

    def text(self) -> str:
        """Write the line."""
        return _line("witness", self.name, self.key.text(), self.url)

    @classmethod
    def of_words(cls, words: Sequence[str]) -> Self:
        """Read the words after ``witness``."""
        try:
            name, *rest = words
            key, url = _one_or_two(rest)
            return cls(name=name, key=WitnessKey.parse(key), url=url)
        except (NoteError, ValueError) as error:
            raise PolicyError(
                "A witness is not a name and a vkey of a cosigner, perhaps with a URL."
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """At least so many of these witnesses and groups."""

    name: str
    threshold: int
    members: tuple[str, ...]

    def __post_init__(self) -> None:
        check_word(self.name)
        if not 1 <= self.threshold <= len(self.members):
            raise PolicyError("A group asks for no member, or for more than it has.")

    def text(self) -> str:
        """Write the line."""
        return _line("group", self.name, str(self.threshold), *self.members)

    @classmethod
    def of_words(cls, words: Sequence[str]) -> Self:
        """Read the words after ``group``."""
        try:
            name, threshold, *members = words
            number = {_ANY: 1, _ALL: len(members)}.get(threshold)
            count = decimal(threshold) if number is None else number
        except ValueError as error:
            raise PolicyError("A group is not a name, a number and its members.") from error
        return cls(name=name, threshold=count, members=tuple(members))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIssuer:
    """A DID, and the origin of the known log that announces its keys.

    An origin that ends with a slash stands for all origins that begin so. The line is a comment
    for other tools.
    """

    did: str
    origin: str

    def __post_init__(self) -> None:
        check_word(self.did)
        check_word(self.origin)
        if not self.did.startswith("did:"):
            raise PolicyError("A hub is named by something that is not a DID.")

    def is_announced_by(self, origin: str) -> bool:
        """Say whether the log of this origin speaks for the issuer."""
        if self.origin.endswith("/"):
            return origin.startswith(self.origin)
        return origin == self.origin

    def text(self) -> str:
        """Write the line."""
        return _line("#hub", self.did, self.origin)

    @classmethod
    def of_words(cls, words: Sequence[str]) -> Self:
        """Read the words after ``#hub``."""
        try:
            did, origin = words
        except ValueError as error:
            raise PolicyError("A hub is not a DID and an origin.") from error
        return cls(did=did, origin=origin)


def check_word(word: str) -> None:
    """Refuse what cannot stand as one word in a policy.

    Raises:
        PolicyError: It is empty, or has a space or control character.
    """
    if not word or any(character <= " " or character == "\x7f" for character in word):
        raise PolicyError("A policy has a word that is empty, or has spaces or controls.")


def _one_or_two(words: Sequence[str]) -> tuple[str, str | None]:
    first, *rest = words
    (second,) = rest or (None,)
    return first, second


def _line(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None) + "\n"
