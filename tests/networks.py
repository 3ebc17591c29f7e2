"""A network in which every address is this machine, so that nobody can be asked without a trace.

Where the process may have a network of its own (root, on Linux), all of IPv4 and IPv6 is routed to
its loopback. One server listens at every address and notes where it was reached: the public ones
are as near as the private ones, and nothing that is connected to is anywhere else.
"""

import ctypes
import fcntl
import os
import socket
import ssl
import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from threading import Condition, Thread

import pytest

from tests.required import Tool, lacking
from tests.sites import Site, handler_of

PORTS = (22, 25, 80, 443, 3306, 5432, 6379, 8000, 8443)
PUBLIC = "93.184.216.34"
Contact = tuple[str, int]

_CLONE_NEWNET = 0x40000000


@dataclass
class Network:
    """What listens everywhere.

    Attributes:
        site: What the public address answers; everybody else hangs up.
        public: That address.
    """

    site: Site
    public: str
    tls: ssl.SSLContext
    servers: Sequence[socket.socket]
    _came: list[tuple[Contact, Contact]] = field(default_factory=list)
    _changed: Condition = field(default_factory=Condition)

    def contacts(self) -> list[Contact]:
        """Give the addresses and ports that were connected to, and forget them.

        Each server is asked last, so whoever came before was noted before.
        """
        for port in PORTS:
            with socket.create_connection(("127.0.0.1", port)) as own:
                asking = own.getsockname()
                with self._changed:
                    self._changed.wait_for(lambda: asking in (peer for _, peer in self._came))  # noqa: B023 - called at once
                    self._came = [one for one in self._came if one[1] != asking]
        with self._changed:
            came, self._came = self._came, []
        return [place for place, _ in came]

    def serve(self, server: socket.socket) -> None:
        while True:
            try:
                connection, peer = server.accept()
            except OSError:
                return
            place = _plain(connection.getsockname())
            with self._changed:
                self._came.append((place, _plain(peer)))
                self._changed.notify_all()
            if place == (self.public, 443):
                Thread(target=self._answer, args=(connection, peer), daemon=True).start()
            else:
                connection.close()

    def _answer(self, connection: socket.socket, peer: object) -> None:
        with suppress(OSError), self.tls.wrap_socket(connection, server_side=True) as talk:
            handler_of(self.site)(talk, peer, None)  # type: ignore[arg-type]  # it serves at once


def may_be_had() -> bool:
    """Say whether this process may have such a network."""
    try:
        with _own_network():
            return True
    except pytest.skip.Exception:
        return False


@contextmanager
def where_every_address_is_here(certificate: Path, *, public: str) -> Iterator[Network]:
    """Move the calling thread, and those that it starts, into such a network."""
    with _own_network():
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        servers = [
            socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
            for port in PORTS
        ]
        made = Network(site=Site(port=443), public=public, tls=tls, servers=servers)
        threads = [Thread(target=made.serve, args=(one,), daemon=True) for one in servers]
        for thread in threads:
            thread.start()
        try:
            yield made
        finally:
            for server in servers:
                with suppress(OSError):
                    server.shutdown(socket.SHUT_RDWR)
                server.close()
            for thread in threads:
                thread.join()


@contextmanager
def _own_network() -> Iterator[None]:
    if sys.platform != "linux":
        lacking(Tool.NETWORK, "networks of their own are Linux's")
    kernel = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        # Whoever may not come back must not go either.
        if kernel.setns(before, _CLONE_NEWNET) != 0 or kernel.unshare(_CLONE_NEWNET) != 0:
            lacking(
                Tool.NETWORK,
                "only root may have a network of its own; see CONTRIBUTING.md for others",
            )
        try:
            _begin_loopback()
            yield
        finally:
            assert kernel.setns(before, _CLONE_NEWNET) == 0
    finally:
        os.close(before)


def _begin_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up = struct.pack("16sh14x", b"lo", 0x1 | 0x40)  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(any_socket, 0x8914, up)  # SIOCSIFFLAGS
    for family in (socket.AF_INET, socket.AF_INET6):
        _route_all_to_loopback(family)


def _route_all_to_loopback(family: int) -> None:
    # rtnetlink(7): RTM_NEWROUTE of a local route (table 255, scope host) for every address.
    loopback = struct.pack("=HHI", 8, 4, socket.if_nametoindex("lo"))  # RTA_OIF
    route = struct.pack("=BBBBBBBBI", family, 0, 0, 0, 255, 4, 254, 2, 0) + loopback
    flags = 0x1 | 0x4 | 0x400  # NLM_F_REQUEST, NLM_F_ACK, NLM_F_CREATE
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as kernel:
        kernel.send(struct.pack("=IHHII", 16 + len(route), 24, flags, 1, 0) + route)
        error = struct.unpack_from("=i", kernel.recv(4096), 16)[0]
    assert error == 0, os.strerror(-error)


def _plain(place: Sequence[object]) -> Contact:
    address = ip_address(str(place[0]).partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address), int(str(place[1]))
