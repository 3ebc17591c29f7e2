"""TLS: whoever answers at the pinned address must have a certificate for the name."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from credhub.egress.client import Egress
from credhub.errors import NotReachedError
from tests.egress.certificates import self_signed
from tests.egress.peer import Peer, http, peer

NAME = "witness.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for one name that vouches for itself, with its key."""
    return self_signed(tmp_path_factory.mktemp("tls") / "certificate.pem", NAME)


@contextmanager
def encrypted(certificate: Path, names: list[str]) -> Iterator[Peer]:
    """Answer behind TLS, and note the names that were asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(65536)
            secured.sendall(http(b"hello"))

    with peer(talk, hears_first=False) as one:
        yield one


@pytest.fixture
def trusting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.mark.usefixtures("trusting")
def test_the_name_is_what_the_certificate_is_checked_for(certificate: Path) -> None:
    names: list[str] = []
    with encrypted(certificate, names) as one:
        origin = f"https://{NAME}:{one.port}"
        egress = Egress(configured=[origin], resolver=lambda *_: ["127.0.0.1"])

        assert egress.get(origin).body == b"hello"

    assert names == [NAME]


@pytest.mark.usefixtures("trusting")
def test_a_certificate_for_another_name_is_not_believed(certificate: Path) -> None:
    with encrypted(certificate, []) as one:
        origin = f"https://other.example:{one.port}"
        with pytest.raises(NotReachedError):
            Egress(configured=[origin], resolver=lambda *_: ["127.0.0.1"]).get(origin)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(certificate: Path) -> None:
    with encrypted(certificate, []) as one:
        origin = f"https://{NAME}:{one.port}"
        with pytest.raises(NotReachedError):
            Egress(configured=[origin], resolver=lambda *_: ["127.0.0.1"]).get(origin)
