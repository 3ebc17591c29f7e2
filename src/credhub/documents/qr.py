"""QR codes of permanent addresses."""

import re
from io import BytesIO
from typing import Final

import segno

QUIET_ZONE: Final = 4
# A quarter of the code may be damaged: paper is folded, stained and copied.
ERROR_LEVEL: Final = "q"
_ADDRESS: Final = re.compile(r"https?://[a-z0-9.:-]+/c/[a-z2-7]+", re.ASCII | re.IGNORECASE)


def payload_of(address: str) -> str:
    """Write a permanent address as a QR code carries it.

    Scheme, host and code mean the same in capitals, and capitals need fewer modules. Any other
    address is left as it is.

    Source:
        ISO/IEC 18004, section 7.3.4 (alphanumeric mode).
    """
    return address.upper() if _ADDRESS.fullmatch(address) else address


def svg(text: str) -> bytes:
    """Draw a text as an SVG image with its quiet zone, black on white."""
    image = BytesIO()
    _code(text).save(image, kind="svg", border=QUIET_ZONE, light="#fff", xmldecl=False, nl=False)
    return image.getvalue()


def matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """List the modules of a text, row by row, dark is true, without the quiet zone."""
    return tuple(tuple(module == 1 for module in row) for row in _code(text).matrix)


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error=ERROR_LEVEL, boost_error=False, micro=False)
