"""Servers of strangers on this machine: https, under names that lead nowhere else."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from credhub.egress.client import Egress
from credhub.jsontypes import JsonValue, canonical
from tests.egress.certificates import self_signed

HOST = "school.example"

Reply = Callable[[BaseHTTPRequestHandler], None]
Behind = Callable[[str, str], tuple[int, str, bytes]]


@dataclass
class Site:
    """A stranger's web site.

    Attributes:
        pages: What it answers, by path: bytes, or something that answers itself.
        behind: Answers for all other paths: status, type and body by path and Accept.
        asked: The paths that were asked for.
    """

    port: int
    pages: dict[str, bytes | Reply] = field(default_factory=dict)
    behind: Behind = lambda _path, _accept: (404, "text/plain", b"")
    asked: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"https://{HOST}:{self.port}"

    @property
    def place(self) -> str:
        """The site as it stands in a DID."""
        return f"{HOST}%3A{self.port}"

    @property
    def did(self) -> str:
        return f"did:web:{self.place}"

    def publish(self, path: str, document: JsonValue) -> None:
        self.pages[path] = canonical(document)


def redirecting(target: str, *, status: int = 302) -> Reply:
    """Send whoever asks elsewhere."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return reply


def saying(body: bytes, *, status: int = 200, **headers: str) -> Reply:
    """Answer with these headers."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


@contextmanager
def serving(certificate: Path) -> Iterator[Site]:
    """Serve a site on 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with _Server(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        site = Site(port=server.server_address[1])
        server.RequestHandlerClass = handler_of(site)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def leading_to(
    site: Site, *, addresses: Callable[[str, int], Sequence[str]] | None = None
) -> Egress:
    """Ask strangers as in production, but that this one site may be on this machine."""
    return Egress(configured=[site.origin], resolver=addresses or (lambda *_: ["127.0.0.1"]))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the site."""
    return self_signed(tmp_path_factory.mktemp("site") / "certificate.pem", HOST)


@pytest.fixture
def site(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site whose certificate is believed."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(certificate) as one:
        yield one


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of those who go before the end."""


def handler_of(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            page = site.pages.get(self.path)
            if page is None:
                status, kind, body = site.behind(self.path, self.headers["accept"])
                saying(body, status=status, content_type=kind)(self)
            elif isinstance(page, bytes):
                saying(page)(self)
            else:
                page(self)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
