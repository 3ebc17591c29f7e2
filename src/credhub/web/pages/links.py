"""Addresses from documents: which may become links, and what their text is.

A credential is signed by its issuer, not by us, so an address in it may be an attempt to run
script or to pass for another site. One function decides; a page never links past it.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

MAX_LENGTH: Final = 2048
# Spaces, controls, quotes and backslashes, and characters that change how text around them reads.
_UNSAFE = re.compile(r"[\s\x00-\x20\x7f-\x9f\\\"'<>`\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_HOST = re.compile(
    r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?|\[[0-9a-f:.]+\]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that may be followed.

    Attributes:
        href: The whole address.
        host: Where it leads, as ASCII text (look-alike letters show as ``xn--``).
    """

    href: str
    host: str


def link_of(address: object, *, base_url: str) -> Link | None:
    """Give a link for an address from a document, or None when it must not be one.

    Args:
        address: Whatever the document holds.
        base_url: The address of this service, whose own pages may be plain http in a trial.

    Source:
        THREATS T37: https only, host shown as text.
    """
    if not isinstance(address, str) or len(address) > MAX_LENGTH or _UNSAFE.search(address):
        return None
    try:
        parts = urlsplit(address)
        host = _ascii_host(parts)
    except ValueError:
        return None
    if host is None or not (parts.scheme == "https" or is_own(address, base_url=base_url)):
        return None
    return Link(href=parts._replace(netloc=host).geturl(), host=host)


def is_own(address: str, *, base_url: str) -> bool:
    """Say whether an address is a page of this service."""
    return address == base_url or address.startswith(f"{base_url.rstrip('/')}/")


def host_of(base_url: str) -> str:
    """Give the host and port of this service's own address."""
    return urlsplit(base_url).netloc


def _ascii_host(parts: SplitResult) -> str | None:
    if not parts.hostname or "@" in parts.netloc:
        return None
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    host = name if name.isascii() else name.encode("idna").decode("ascii")
    if not _HOST.fullmatch(host):
        return None
    return host if parts.port is None else f"{host}:{parts.port}"
