"""The badge: what was achieved, as a picture. It says nothing about the learner.

It is set by typst, as the certificate is: a PNG of 800 pixels, or an SVG that needs no font.
"""

import struct
from base64 import b64encode
from enum import StrEnum
from typing import Final

import typst

from credhub.documents import typesetting
from credhub.documents.certificate import printed
from credhub.documents.content import CertificateContent
from credhub.errors import BadgeNotMadeError
from credhub.jsontypes import canonical

TEMPLATE: Final = "badge.typ"
PIXELS: Final = 800

_SIZE: Final = struct.Struct(">16xII")


class PictureKind(StrEnum):
    """How a picture is written."""

    PNG = "png"
    SVG = "svg"


def draw_bytes(request: bytes) -> bytes:
    """Draw a badge in a worker: what ``request_of`` wrote to the picture.

    Raises:
        CertificateContentError: The content cannot be printed.
        BadgeNotMadeError: The typesetter refused it.
    """
    kind, _, content = request.partition(b" ")
    return draw(CertificateContent.decode(content), PictureKind(kind.decode()))


def request_of(content: CertificateContent, kind: PictureKind) -> bytes:
    """Write the request of a worker."""
    return f"{kind} ".encode() + content.encode()


def draw(content: CertificateContent, kind: PictureKind) -> bytes:
    """Draw a badge. The same content gives the same bytes.

    Raises:
        BadgeNotMadeError: The typesetter refused the content.
    """
    said = printed(content)
    inputs = {"content": canonical(said).decode()}
    try:
        return typesetting.picture(TEMPLATE, inputs, kind=kind.value, pixels=PIXELS)
    except typst.TypstError as error:
        raise BadgeNotMadeError from error


def framed(png: bytes) -> bytes:
    """Put a PNG that we drew into an SVG of its size."""
    width, height = _SIZE.unpack_from(png)
    data = b64encode(png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}"><image width="{width}" height="{height}"'
        f' href="data:image/png;base64,{data}"/></svg>'
    ).encode()
