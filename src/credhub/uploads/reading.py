"""What workers do with a file: they find the one thing that is in it, or that it shows.

Two kinds of work, for workers of two kinds: to read what is attached or baked in takes
milliseconds, and to draw what strangers describe may take as long as they like.
"""

from collections.abc import Callable, Mapping
from typing import Final

from credhub.errors import NoCredentialError
from credhub.uploads import paper, pdf, photo, png, svg
from credhub.uploads.found import Carrier, Found
from credhub.uploads.sniffing import Kind, kind_of


def read(data: bytes) -> bytes:
    """Find what is attached or baked in. Nothing is drawn, and no pixel is decoded.

    Returns:
        ``Found.encode``; nothing when only a drawing can show whether there is something.

    Raises:
        UploadRefusedError: It holds nothing that can be verified, or too much.
    """
    kind = kind_of(data)
    reader = _READERS.get(kind)
    found = reader(data) if reader else None
    if found is None and kind not in _PAGES:
        raise NoCredentialError
    return found.encode() if found else b""


def draw(data: bytes) -> bytes:
    """Find the one QR code on what is drawn: the answer is ``Found.encode``.

    Raises:
        UploadRefusedError: It shows none, several, or cannot be drawn.
    """
    kind = kind_of(data)
    carrier = Carrier.PDF if kind is Kind.PDF else Carrier.PHOTO
    found = photo.address_on(_PAGES[kind](data), carrier)
    if found is None:
        raise NoCredentialError
    return found.encode()


# A text is read by parsers of its own, strictly and with limits of its own.
_READERS: Final[Mapping[Kind, Callable[[bytes], Found | None]]] = {
    Kind.PDF: pdf.credential_in,
    Kind.PNG: png.credential_in,
    Kind.SVG: svg.credential_in,
}
_PAGES: Final[Mapping[Kind, Callable[[bytes], bytes]]] = {
    Kind.PDF: bytes,
    Kind.PNG: paper.of_png,
    Kind.JPEG: paper.of_jpeg,
}
