"""Addresses, as in QR codes: ours, which are looked up, and those of others, which are not."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from credhub.credentials.code import PublicCode
from credhub.errors import NotALinkError, UnknownCodeError

MAX_ADDRESS: Final = 2048
_MAX_HOST: Final = 253
_HOST: Final = re.compile(r"[a-z0-9_.:-]+", re.ASCII)
_PATH: Final = "/c/"
_BEGINS: Final = re.compile(rb"https?://", re.IGNORECASE)
_BOM: Final = b"\xef\xbb\xbf"
_SPACE: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class OwnLink:
    """The permanent address of a credential of ours."""

    code: str


@dataclass(frozen=True, slots=True)
class ForeignLink:
    """An address that is none of ours.

    Attributes:
        host: Whose it is, in ASCII: what looks like another name is seen to be none.
    """

    host: str


def read(address: str, origins: Collection[str]) -> OwnLink | ForeignLink:
    """Tell an address of ours from any other. Nothing is asked.

    Args:
        address: What the QR code says, or whoever asks.
        origins: Our own, such as ``https://hub.example``.

    Raises:
        NotALinkError: It is no web address.
    """
    code = _own_code(address.lower(), origins) if address.isascii() else None
    return ForeignLink(_host_of(address)) if code is None else OwnLink(code)


def address_in(text: bytes) -> str | None:
    """Take the web address out of a text that is nothing else; ``None`` when it is anything else.

    A text that begins like one is one: whether it is a right one, ``read`` says.
    """
    word = text.removeprefix(_BOM).strip(_SPACE)
    if not _BEGINS.match(word) or len(word.split()) > 1:
        return None
    return word.decode(errors="replace")


def _own_code(address: str, origins: Collection[str]) -> str | None:
    # Only the very address that we print: whatever else a browser would make of a longer one.
    for origin in origins:
        prefix = origin.lower() + _PATH
        if address.startswith(prefix):
            try:
                return PublicCode.parse(address.removeprefix(prefix)).text
            except UnknownCodeError:
                return None
    return None


def _host_of(address: str) -> str:
    try:
        parts = urlsplit(address[:MAX_ADDRESS].replace("\\", "/"))
        host = parts.hostname or ""
    except ValueError as error:  # such as https://[
        raise NotALinkError from error
    if parts.scheme not in ("http", "https") or len(host) > _MAX_HOST:
        raise NotALinkError
    written = ".".join(_ascii(label) for label in _folded(host).split("."))
    if not _HOST.fullmatch(written):
        raise NotALinkError
    return written


def _folded(host: str) -> str:
    # As browsers read it: full-width letters and the other full stops mean the common ones.
    return unicodedata.normalize("NFKC", host).lower().replace("\u3002", ".")


def _ascii(label: str) -> str:
    """Write one label of a host in ASCII.

    Source:
        RFC 3492 (Punycode), RFC 5890, section 2.3.2.1.
    """
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
