"""base64url without padding, of which every byte string has exactly one text.

Source:
    RFC 4648, section 5; RFC 7515, section 2.
"""

import base64
import binascii

from credhub.errors import MalformedBase64Error


def encode(raw: bytes) -> str:
    """Write bytes."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read what ``encode`` writes, and nothing else.

    Raises:
        MalformedBase64Error: The text has padding, a line break, a character of another alphabet,
            or bits at its end that are not zero.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise MalformedBase64Error("The text is not base64url.") from error
    if encode(raw) != text:
        raise MalformedBase64Error("The text is not the one base64url text of its bytes.")
    return raw
