"""Which addresses of the internet strangers may make us connect to."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias

from credhub.errors import AddressRefusedError, NotReachedError

IpAddress: TypeAlias = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

_UNICAST_V6: Final = ip_network("2000::/3")
# Parts of the public space that lead to an IPv4 address inside them, or to nobody.
_REFUSED: Final = tuple(
    map(
        ip_network,
        (
            "192.88.99.0/24",  # 6to4 relays (RFC 7526)
            "2001::/32",  # Teredo (RFC 4380)
            "2002::/16",  # 6to4 (RFC 3056)
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


def is_public(address: IpAddress) -> bool:
    """Say whether an address is on the public internet, and leads to no other one.

    Source:
        IANA IPv4 and IPv6 Special-Purpose Address Registries, as Python knows them. IPv4-mapped
        and NAT64 addresses (RFC 4291, RFC 6052) are outside of 2000::/3.
    """
    if isinstance(address, IPv6Address) and address not in _UNICAST_V6:
        return False
    if any(address.version == network.version and address in network for network in _REFUSED):
        return False
    return address.is_global and not address.is_multicast


def resolve(host: str, port: int, *, resolver: Resolver, public_only: bool) -> tuple[str, ...]:
    """Find the addresses of a host, of which every one must be public.

    Raises:
        NotReachedError: It has none.
        AddressRefusedError: One of them is not public.
    """
    try:
        found = tuple(dict.fromkeys(resolver(host, port)))
        addresses = [ip_address(text) for text in found]
    except (OSError, ValueError) as error:
        raise NotReachedError from error
    if not addresses:
        raise NotReachedError
    if public_only and not all(map(is_public, addresses)):
        raise AddressRefusedError
    return found
