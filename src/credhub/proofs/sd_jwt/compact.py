"""The compact serialization: the issuer's token, the disclosures, perhaps a key binding token."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from credhub.errors import (
    JsonSerializationError,
    MalformedSdJwtError,
    RepeatedDisclosureError,
    TokenTooLargeError,
)

MAX_BYTES: Final = 2**20
MAX_DISCLOSURES: Final = 500

SEPARATOR: Final = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class SdJwt:
    """An SD-JWT that was taken apart but not believed.

    Attributes:
        jwt: The token that the issuer signed.
        disclosures: What the holder shows of it, each as it was received.
        key_binding: The holder's own token, which makes this an SD-JWT+KB.
    """

    jwt: str
    disclosures: tuple[str, ...] = ()
    key_binding: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take an SD-JWT or SD-JWT+KB apart.

        Raises:
            TokenTooLargeError: It is longer than any honest one, or has more disclosures.
            JsonSerializationError: It is in the JSON serialization, which we do not read.
            MalformedSdJwtError: It has no token, no separator, or an empty disclosure.
            RepeatedDisclosureError: A disclosure is there twice.

        Source:
            RFC 9901, section 4.
        """
        if len(text) > MAX_BYTES or text.count(SEPARATOR) > MAX_DISCLOSURES + 1:
            raise TokenTooLargeError("The token is too large, or has too many disclosures.")
        if text.lstrip().startswith("{"):
            raise JsonSerializationError("The token is in the JSON serialization.")
        jwt, *disclosures = text.split(SEPARATOR)
        if not disclosures:
            raise MalformedSdJwtError("The token has no disclosures and no mark of their absence.")
        key_binding = disclosures.pop()
        if not jwt or not all(disclosures) or not text.isascii():
            raise MalformedSdJwtError("A part of the token is empty or not of its alphabet.")
        if len(set(disclosures)) != len(disclosures):
            raise RepeatedDisclosureError("The token shows the same thing twice.")
        return cls(jwt=jwt, disclosures=tuple(disclosures), key_binding=key_binding or None)

    def text(self) -> str:
        """Write all of it."""
        return self.presented() + (self.key_binding or "")

    def presented(self) -> str:
        """Write what a key binding token covers: everything before it.

        Source:
            RFC 9901, section 4.3.1.
        """
        return "".join(part + SEPARATOR for part in (self.jwt, *self.disclosures))

    @property
    def digest(self) -> bytes:
        """The SHA-256 of the issuer's token, which is the same whatever is shown of it."""
        return sha256(self.jwt.encode("ascii")).digest()
