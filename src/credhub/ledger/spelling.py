"""The one spelling that C2SP texts allow for a number, for bytes and for a name."""

from base64 import b64decode, b64encode
from typing import Final

MAX_SIZE: Final = 2**63 - 1


def decimal(text: str) -> int:
    """Read an ASCII decimal without sign or leading zeroes, at most 2^63 - 1.

    Raises:
        ValueError: It is spelled in another way.
    """
    if len(text) > len(str(MAX_SIZE)) or not (text.isascii() and text.isdigit()):
        raise ValueError("not a decimal number")
    number = int(text)
    if str(number) != text or number > MAX_SIZE:
        raise ValueError("not a decimal number without leading zeroes")
    return number


def to_base64(data: bytes) -> str:
    """Write standard base64 with padding (RFC 4648, section 4)."""
    return b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """Read standard base64 with padding.

    Raises:
        ValueError: It is not base64, or another text stands for the same bytes.
    """
    data = b64decode(text, validate=True)
    if to_base64(data) != text:
        raise ValueError("not the shortest base64")
    return data


def hash_from_base64(text: str) -> bytes:
    """Read one 32-byte hash.

    Raises:
        ValueError: It is not base64 of 32 bytes.
    """
    data = from_base64(text)
    if len(data) != 32:  # noqa: PLR2004 - SHA-256
        raise ValueError("not a hash of 32 bytes")
    return data


def is_name(text: str) -> bool:
    """Say whether a text can name a key: not empty, no spaces, no controls, no plus."""
    return text.isprintable() and not (not text or "+" in text or any(map(str.isspace, text)))
