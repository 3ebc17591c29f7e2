from ipaddress import ip_address

import pytest

from credhub.egress.addresses import is_public, resolve, system_resolver
from credhub.errors import AddressRefusedError, NotReachedError

PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:82b::200e"]
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - refused, not listened on
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::1.1.1.1",
    "::ffff:1.1.1.1",
    "::ffff:127.0.0.1",
    "64:ff9b::1.1.1.1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:101:101::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_no_other_address_is(text: str) -> None:
    assert not is_public(ip_address(text))


def test_one_private_address_among_public_ones_refuses_all() -> None:
    with pytest.raises(AddressRefusedError):
        resolve("a.example", 443, resolver=lambda *_: ["1.1.1.1", "10.0.0.1"], public_only=True)


def test_a_configured_host_may_be_anywhere() -> None:
    found = resolve("a", 80, resolver=lambda *_: ["10.0.0.1", "10.0.0.1"], public_only=False)

    assert found == ("10.0.0.1",)


@pytest.mark.parametrize("answer", [[], ["no address"]])
def test_a_host_without_an_address_is_not_reached(answer: list[str]) -> None:
    with pytest.raises(NotReachedError):
        resolve("a.example", 443, resolver=lambda *_: answer, public_only=True)


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433"])
def test_odd_spellings_of_an_address_are_seen_through(host: str) -> None:
    with pytest.raises(AddressRefusedError):
        resolve(host, 443, resolver=system_resolver, public_only=True)
