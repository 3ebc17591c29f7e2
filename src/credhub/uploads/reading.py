"""What a worker does with a file: it finds the one thing that is in it."""

from collections.abc import Callable, Mapping
from typing import Final

from credhub.errors import NoCredentialError
from credhub.uploads import paper, pdf, photo, png, svg
from credhub.uploads.found import Carrier, Found
from credhub.uploads.sniffing import Kind, kind_of


def read(data: bytes) -> bytes:
    """Read a file in a worker: the answer is ``Found.encode``.

    Raises:
        UploadRefusedError: It holds nothing that can be verified, or too much.
    """
    reader = _READERS.get(kind_of(data))
    found = reader(data) if reader else None
    if found is None:
        raise NoCredentialError
    return found.encode()


def _in_pdf(data: bytes) -> Found | None:
    return pdf.credential_in(data) or photo.address_on(data, Carrier.PDF)


def _in_png(data: bytes) -> Found | None:
    return png.credential_in(data) or photo.address_on(paper.of_png(data), Carrier.PHOTO)


def _in_jpeg(data: bytes) -> Found | None:
    return photo.address_on(paper.of_jpeg(data), Carrier.PHOTO)


# A text is read by parsers of its own, strictly and with limits of its own.
_READERS: Final[Mapping[Kind, Callable[[bytes], Found | None]]] = {
    Kind.PDF: _in_pdf,
    Kind.PNG: _in_png,
    Kind.JPEG: _in_jpeg,
    Kind.SVG: svg.credential_in,
}
