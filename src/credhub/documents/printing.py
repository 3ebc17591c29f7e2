"""Many certificates in one file for a printer: pages to be cut, or cards on sheets.

The file has each font once, a trim box and a bleed box on every page, and no tags: it is for a
machine. Whoever reads with a screen reader has the certificate of the one credential.
"""

from io import BytesIO
from typing import Final

import pypdf
import typst
from pypdf.generic import RectangleObject

from credhub.documents import qr, typesetting, wording
from credhub.documents.certificate import printed
from credhub.documents.content import CertificateContent
from credhub.documents.print_order import Layout, PrintOrder
from credhub.errors import CertificateNotMadeError
from credhub.jsontypes import JsonObject, canonical

BLEED: Final = 3 * 72 / 25.4
"""Three millimetres, as in the template, in points."""


def render_bytes(request: bytes) -> bytes:
    """Make a file in a worker, of ``PrintOrder.encode``.

    Raises:
        CertificateContentError: Something cannot be printed.
        CertificateNotMadeError: The typesetter refused it.
    """
    try:
        return render(PrintOrder.decode(request))
    finally:
        typesetting.forget()


def render(order: PrintOrder) -> bytes:
    """Make a file. The same order gives the same bytes.

    Raises:
        CertificateNotMadeError: The typesetter refused it.
    """
    said: JsonObject = {
        "paper": order.paper.value,
        "marks": order.marks,
        "title": f"Certificates of {wording.one_line(order.contents[0].hub_name)}",
        "contents": [_drawn(content) for content in order.contents],
    }
    made_at = int(max(content.awarded_at for content in order.contents).timestamp())
    template = f"print_{order.layout}.typ"
    try:
        pdf = typesetting.pdf(
            template, {"order": canonical(said).decode()}, made_at=made_at, tagged=False
        )
    except typst.TypstError as error:
        raise CertificateNotMadeError from error
    return _boxed(pdf) if order.marks and order.layout is Layout.CERTIFICATE else pdf


def _drawn(content: CertificateContent) -> JsonObject:
    picture = qr.picture(qr.payload_of(content.address))
    return {**printed(content), "qr": picture.svg.decode(), "quiet": picture.quiet}


def _boxed(pdf: bytes) -> bytes:
    """Say how far the colour goes, which the typesetter does not: else it is all of the page."""
    writer, file = pypdf.PdfWriter(clone_from=BytesIO(pdf)), BytesIO()
    writer.pdf_header = pdf[:8].decode()
    for page in writer.pages:
        left, bottom, right, top = map(float, page.trimbox)
        page.bleedbox = RectangleObject((left - BLEED, bottom - BLEED, right + BLEED, top + BLEED))
    writer.write(file)
    return file.getvalue()
