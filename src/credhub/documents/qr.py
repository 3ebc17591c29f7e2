"""QR codes of permanent addresses."""

import re
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A code as an SVG image, black on white.

    Attributes:
        svg: The image, with its quiet zone.
        quiet: Which share of its width the quiet zone is, on each side.
    """

    svg: bytes
    quiet: float


def picture(text: str) -> Picture:
    """Draw a text."""
    code, image = _code(text), BytesIO()
    code.save(image, kind="svg", border=QUIET_ZONE, light="#fff", xmldecl=False, nl=False)
    return Picture(svg=image.getvalue(), quiet=QUIET_ZONE / code.symbol_size()[0])


def svg(text: str) -> bytes:
    """Draw a text as an SVG image with its quiet zone."""
    return picture(text).svg


def matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """List the modules of a text, row by row, dark is true, without the quiet zone."""
    return tuple(tuple(module == 1 for module in row) for row in _code(text).matrix)


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error=ERROR_LEVEL, boost_error=False, micro=False)
