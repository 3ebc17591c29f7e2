"""did:web: the identifier is a web address."""

import re
from typing import Final
from urllib.parse import urlsplit

from credhub.errors import DidSyntaxError

PREFIX: Final = "did:web:"

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label has a letter, so that no spelling of an IP address is a host.
_HOST: Final = rf"(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}"
_SEGMENT: Final = r"(?!\.{1,2}(?::|\Z))[A-Za-z0-9._-]+"
_DID: Final = re.compile(
    rf"did:web:(?P<host>{_HOST})(?:%3[Aa](?P<port>[1-9][0-9]{{0,4}}))?(?P<path>(?::{_SEGMENT})*)"
)
_MAX_CHARACTERS: Final = 512
_MAX_PORT: Final = 65535


def did_of(base_url: str, slug: str) -> str:
    """Write the DID of a hub that is served below an address of our own.

    Args:
        base_url: ``https://host[:port]``, or ``http`` for a trial on this machine. Any host is
            taken, because our own DIDs are found by comparison and not by resolving.
        slug: The hub's short name.

    Raises:
        DidSyntaxError: The address has a path, a user or no host.

    Source:
        W3C CCG did:web, section 3.2.
    """
    parts = urlsplit(base_url)
    plain = f"{parts.scheme}://{parts.netloc}"
    if base_url.rstrip("/") != plain or not parts.hostname or "@" in parts.netloc:
        raise DidSyntaxError(f"{base_url!r:.80} is not the address of a host.")
    return f"{PREFIX}{parts.netloc.lower().replace(':', '%3A')}:hubs:{slug}"


def url_of(did: str) -> str:
    """Find where the document of a did:web is published.

    The identifier is judged as it stands, before anything is decoded, so that no escape can
    smuggle in a user name, a path or another host.

    Raises:
        DidSyntaxError: The text is not a did:web with a host name.

    Source:
        W3C CCG did:web, section 3.2 (Read).
    """
    match = _DID.fullmatch(did)
    if match is None or len(did) > _MAX_CHARACTERS:
        raise DidSyntaxError("The identifier is not a did:web with a host name.")
    port = match["port"]
    if port is not None and int(port) > _MAX_PORT:
        raise DidSyntaxError("The identifier names a port that cannot be.")
    host = match["host"] if port is None else f"{match['host']}:{port}"
    path = match["path"].replace(":", "/") or "/.well-known"
    return f"https://{host}{path}/did.json"
