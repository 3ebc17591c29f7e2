"""Web addresses at which issuers publish their keys."""

import re
from typing import Final

SCHEME: Final = "https://"

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The last label has a letter, so that no spelling of an IP address is a host.
_HOST: Final = rf"(?:{_LABEL}\.)+(?=[A-Za-z0-9-]*[A-Za-z]){_LABEL}"
_PATH: Final = r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*"
_QUERY: Final = r"[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*"
_ADDRESS: Final = re.compile(
    rf"https://(?P<place>{_HOST}(?::[1-9][0-9]{{0,4}})?)(?:/{_PATH})?(?:\?{_QUERY})?"
)
_MAX_CHARACTERS: Final = 512
_KEY_SET: Final = "/.well-known/jwks.json"


def is_address(text: str) -> bool:
    """Say whether a text is a plain address of https: a host name and a path, no more."""
    return host_of(text) is not None


def host_of(address: str) -> str | None:
    """Give the host of an address, and its port if it names one; none if it is no address."""
    match = _ADDRESS.fullmatch(address)
    if match is None or len(address) > _MAX_CHARACTERS:
        return None
    return match["place"].lower()


def key_set_of(address: str) -> str | None:
    """Find where the owner of the host of an address publishes keys; none if it is no address.

    A well-known place is for the owner of the host alone (RFC 8615), whoever else may write there.

    Source:
        1EdTech Open Badges 3.0 Implementation Guide, "Key provenance" (External proof).
    """
    host = host_of(address)
    return None if host is None else f"{SCHEME}{host}{_KEY_SET}"
