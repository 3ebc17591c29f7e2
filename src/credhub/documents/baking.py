"""Baking: a picture takes the credential along that it stands for.

Source:
    Open Badges 3.0, section 5.3: 5.3.1 for PNG, 5.3.2 for SVG; PNG, third edition, section 11.3.3.
"""

import struct
import zlib
from typing import Final
from xml.sax.saxutils import quoteattr

from credhub.errors import BadgeNotMadeError

NAMESPACE: Final = "https://purl.imsglobal.org/ob/v3p0"

_PNG: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_AFTER_HEADER: Final = 33
_CHUNK: Final = b"iTXt"
# Not compressed, in no language, with no translated keyword.
_LEAD: Final = b"openbadgecredential\x00\x00\x00\x00\x00"
_SVG: Final = "<svg "
# XML may have neither, and of JSON they stand in texts only.
_ESCAPES: Final = {0xFFFE: r"\ufffe", 0xFFFF: r"\uffff"}


def png(image: bytes, credential: str) -> bytes:
    """Bake a credential into a PNG that has none yet.

    Args:
        image: The picture.
        credential: JSON text, or a token in its compact form.

    Raises:
        BadgeNotMadeError: It is no PNG.
    """
    if not image.startswith(_PNG):
        raise BadgeNotMadeError
    body = _CHUNK + _LEAD + credential.encode()
    chunk = struct.pack(">I", len(body) - len(_CHUNK)) + body + struct.pack(">I", zlib.crc32(body))
    return image[:_AFTER_HEADER] + chunk + image[_AFTER_HEADER:]


def svg(image: bytes, credential: str) -> bytes:
    """Bake a credential into an SVG that has none yet, and begins with its root.

    Args:
        image: The picture, in UTF-8.
        credential: JSON text, or a token in its compact form. In JSON, the two characters that
            XML cannot have are escaped; all else stays byte for byte.

    Raises:
        BadgeNotMadeError: It is no such SVG.
    """
    drawn = image.decode()
    end = drawn.find(">")
    if not drawn.startswith(_SVG) or end < 0 or drawn[end - 1] == "/":
        raise BadgeNotMadeError
    root = f'{_SVG}xmlns:openbadges="{NAMESPACE}" {drawn[len(_SVG) : end + 1]}'
    return (root + _element(credential) + drawn[end + 1 :]).encode()


def _element(credential: str) -> str:
    if not credential.startswith("{"):
        return f"<openbadges:credential verify={quoteattr(credential)}/>"
    # What would end the section is parted by another one: what is read stays the same.
    text = credential.translate(_ESCAPES).replace("]]>", "]]]]><![CDATA[>")
    return f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>"
