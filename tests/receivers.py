"""Receivers of webhooks on this machine: https, under a name that leads nowhere else."""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

import pytest

from credhub import jsontypes
from credhub.egress.client import Egress
from credhub.jsontypes import JsonObject

HOST = "lms.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that arrived."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def event_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def document(self) -> JsonObject:
        return jsontypes.parse_object(self.body)

    @property
    def type(self) -> str:
        return str(self.document["type"])

    @property
    def told(self) -> JsonObject:
        told = self.document["data"]
        assert isinstance(told, dict)
        return told


Answering = Callable[[Message], int]


@dataclass
class Receiver:
    """Whoever is told.

    Attributes:
        answer: Says with which status a message is answered.
        reply: What is answered beside the status.
        messages: What arrived, in its order.
        addresses: Where its host is.
    """

    port: int
    host: str = HOST
    answer: Answering = lambda _: 204
    reply: bytes = b""
    location: str | None = None
    messages: list[Message] = field(default_factory=list)
    addresses: list[str] = field(default_factory=lambda: ["127.0.0.1"])
    _lock: Lock = field(default_factory=Lock)

    @property
    def origin(self) -> str:
        return f"https://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/hook"

    def egress(self) -> Egress:
        """Send as in production, but that this one host may be on this machine."""
        return Egress(configured=[self.origin], resolver=lambda *_: self.addresses)

    def came(self, message: Message) -> int:
        with self._lock:
            self.messages.append(message)
        return self.answer(message)

    def at(self, path: str) -> list[Message]:
        """Give what arrived at one path."""
        return [message for message in self.messages if message.path == path]


@contextmanager
def receiving(certificate: Path, *, host: str = HOST) -> Iterator[Receiver]:
    """Receive on 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with _Server(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        receiver = Receiver(port=server.server_address[1], host=host)
        server.RequestHandlerClass = _handler_of(receiver)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def receiver_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the receiver."""
    from tests.egress.certificates import self_signed  # noqa: PLC0415 - slow to import

    return self_signed(tmp_path_factory.mktemp("receiver") / "certificate.pem", HOST)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of those who go before the end."""


def _handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # whoever sent it was killed before the end
            status = receiver.came(
                Message(
                    path=self.path,
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=body,
                    at=time.monotonic(),
                )
            )
            self.send_response(status)
            if receiver.location is not None:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", str(len(receiver.reply)))
            self.end_headers()
            self.wfile.write(receiver.reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
