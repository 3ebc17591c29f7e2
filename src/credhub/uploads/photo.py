"""The QR code in a photo, or on a scanned page: the text that it holds, which nobody follows here.

Source:
    ISO/IEC 18004; decoded by zxing-cpp, from pages that PDFium draws.
"""

from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import zxingcpp

from credhub.errors import MalformedImageError, MalformedPdfError, NotALinkError, SeveralCodesError
from credhub.uploads.found import Carrier, Found, What

# So many that a code of a tenth of the width has several dots for each of its modules.
DRAWN_SIDE: Final = 2400
PAGES_LOOKED_AT: Final = 2
MAX_TEXT: Final = 4096
_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def address_on(page: bytes, carrier: Carrier) -> Found | None:
    """Find the one QR code on the first pages of a PDF; ``None`` when there is none.

    Args:
        page: A PDF, such as ``paper`` makes of an image.
        carrier: What was handed in.

    Raises:
        MalformedPdfError: Nothing could be drawn of a PDF.
        MalformedImageError: Nothing could be drawn of an image.
        SeveralCodesError: There are several codes that say different things.
        NotALinkError: The code holds no text, or more than any address has.
    """
    try:
        texts = _texts_on(page)
    except pypdfium2.PdfiumError as error:
        raise (MalformedPdfError if carrier is Carrier.PDF else MalformedImageError) from error
    if not texts:
        return None
    if len(texts) > 1:
        raise SeveralCodesError
    text = texts.pop()
    if not text or len(text) > MAX_TEXT:
        raise NotALinkError
    return Found(what=What.ADDRESS, carrier=carrier, text=text)


def _texts_on(document: bytes) -> set[str]:
    with pypdfium2.PdfDocument(document) as opened:
        pages = range(min(len(opened), PAGES_LOOKED_AT))
        return {text for number in pages for text in _texts_in(opened[number])}


def _texts_in(page: pypdfium2.PdfPage) -> set[str]:
    longer = max(page.get_size())
    drawn = page.render(scale=DRAWN_SIDE / max(longer, 1), grayscale=True, may_draw_forms=False)
    rows = memoryview(bytes(drawn.buffer)).cast("B", (drawn.height, drawn.stride))
    found = zxingcpp.read_barcodes(rows, formats=_QR)
    return {code.text for code in found}
