"""The public code of a credential or an achievement: short, unguessable, without case."""

import base64
import re
from dataclasses import dataclass
from typing import Final, Self

from credhub.errors import UnknownCodeError

RANDOM_BYTES: Final = 17
MAX_HUB: Final = 2**24 - 1

_HUB_BYTES: Final = 3
# 32 characters of base32 are exactly 20 bytes, so there is no second spelling of a code.
_CODE: Final = re.compile(r"[a-z2-7]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCode:
    """A hub's number and 136 random bits, as 32 letters and digits.

    Attributes:
        hub: The short number of the hub, so that a code finds its hub without an index.
        text: The code in lower case.
    """

    hub: int
    text: str

    @classmethod
    def make(cls, hub: int, random: bytes) -> Self:
        """Make a new code.

        Args:
            hub: 0 to 2^24 - 1.
            random: 17 bytes from a secure source.

        Raises:
            ValueError: The number or the bytes do not fit.

        Source:
            RFC 4648, section 6, in lower case.
        """
        if not 0 <= hub <= MAX_HUB or len(random) != RANDOM_BYTES:
            raise ValueError("A code is made of a number below 2^24 and 17 bytes.")
        packed = hub.to_bytes(_HUB_BYTES, "big") + random
        return cls(hub=hub, text=base64.b32encode(packed).decode("ascii").lower())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code in any letter case.

        Raises:
            UnknownCodeError: The text is not a code, so nothing can be under it.
        """
        lower = text.lower()
        if not text.isascii() or not _CODE.fullmatch(lower):
            raise UnknownCodeError
        packed = base64.b32decode(lower.upper())
        return cls(hub=int.from_bytes(packed[:_HUB_BYTES], "big"), text=lower)
