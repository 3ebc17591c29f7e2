"""What somebody uploads or pastes, before anything is made of it: a token, or JSON."""

from typing import Final

from credhub.jsontypes import JsonObject, parse_object
from credhub.verification.reading import looks_like_token

_SPACE: Final = b" \t\r\n"


def read(data: bytes) -> bytes | JsonObject:
    """Tell a token from JSON, and parse JSON strictly.

    Raises:
        MalformedJsonError: It is neither.
    """
    text = data.strip(_SPACE)
    return text if looks_like_token(text) else parse_object(text)
