"""What stands between a writer and the S3 server of the tests, and sees every request.

It lets one object be written at a time, because the server of the tests compares an ETag and
writes in two steps, and a real one in one. It can let somebody write just before, and it can take
the conditions from a request, as a server does that does not know them.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Final
from urllib.parse import urlsplit

CONDITIONS: Final = ("if-match", "if-none-match")
OF_A_CONNECTION: Final = frozenset({"connection", "content-length", "transfer-encoding"})

Condition = tuple[str, str]


@dataclass(slots=True)
class Between:
    """What to do with the next object that is written, and the conditions of those so far."""

    endpoint: str = ""
    before: Callable[[], None] | None = None
    without_conditions: bool = False
    conditions: list[Condition] = field(default_factory=list)
    writing: Lock = field(default_factory=Lock)


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, state: Between, server: str, *arguments: Any) -> None:  # noqa: ANN401 - those of a handler
        self._state, self._server = state, server
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self._forward()

    def do_PUT(self) -> None:
        hook, self._state.before = self._state.before, None
        if hook is not None:
            hook()
        with self._state.writing:
            self._forward()

    def log_message(self, *_: object) -> None:
        """Write nothing into the report of the tests."""

    def _forward(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        conditions = [(name, headers[name]) for name in CONDITIONS if name in headers]
        self._state.conditions += conditions
        if self._state.without_conditions:
            headers = dict(headers.items() - conditions)
        body = self.rfile.read(int(headers.get("content-length", "0")))
        with closing(HTTPConnection(self._server)) as connection:
            connection.request(self.command, self.path, body, headers)
            self._give_back(connection.getresponse())

    def _give_back(self, answer: HTTPResponse) -> None:
        body = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OF_A_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def between(endpoint: str) -> Iterator[Between]:
    """Stand before a server until the block ends."""
    state = Between()
    handler = partial(_Handler, state, urlsplit(endpoint).netloc)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    state.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
