"""HTTP on a socket: uvicorn's protocol, with an end to whatever uvicorn waits for without one.

(1) A request's head must be whole within some seconds of its connection, or of its first byte on
    a connection that was kept;
(2) what is no part of a body, such as headers, trailers and the frames of chunks, has a size;
(3) an answer that nobody takes is not kept for ever;
(4) connections have places (``connections``);
(5) what is no HTTP is answered like everything else: with a problem and the security headers.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from credhub.web.admission import HEADERS_TOO_LARGE, MALFORMED_HTTP
from credhub.web.connections import Connections
from credhub.web.problems import MEDIA_TYPE, Problem

# More than headers may be, so that whoever sends a little too much is told so by ``admission``.
MAX_BESIDE_BODY: Final = 512 * 1024
UNTAKEN_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What the connections of one server share.

    Attributes:
        head_seconds: How long a request's head may take to arrive.
        untaken_seconds: How long an answer waits for whoever asked to take any more of it.
        headers: Those of every answer.
    """

    connections: Connections
    head_seconds: float
    headers: Mapping[str, str]
    untaken_seconds: float = UNTAKEN_SECONDS

    def protocol(self) -> type[asyncio.Protocol]:
        """Make what uvicorn makes one of for each connection."""

        class Bound(WireProtocol):
            wire = self

        return Bound


class WireProtocol(HttpToolsProtocol):
    """One connection."""

    wire: Wire

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - they are uvicorn's
        super().__init__(*arguments, **named)
        self._end: asyncio.TimerHandle | None = None
        self._untaken: asyncio.TimerHandle | None = None
        self._arriving = 0
        self._beside_body = 0

    @property
    def _asking(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def drop(self) -> None:
        """Close at once, whatever was not sent yet."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Take a place, and begin to wait for a head."""
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        if self.wire.connections.admit(self, host):  # (4)
            self._begin_countdown()
        else:
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        super().connection_lost(exc)
        self.wire.connections.leave(self)
        self._stop_countdown()
        self._stop_watching()

    def data_received(self, data: bytes) -> None:
        """Read what came, and see whether a request came of it."""
        self._arriving = len(data)
        self._beside_body += self._arriving
        super().data_received(data)
        if self._beside_body > MAX_BESIDE_BODY:  # (2)
            self._answer(HEADERS_TOO_LARGE)
        elif self._asking:
            self._stop_countdown()
            self.wire.connections.asks(self)
        else:
            self._begin_countdown()

    def on_message_begin(self) -> None:
        """Begin to count anew, with what it came in."""
        super().on_message_begin()
        self._beside_body = self._arriving

    def on_body(self, body: bytes) -> None:
        """Leave what is counted elsewhere out of the count."""
        self._beside_body -= len(body)
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of the answer to be taken."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_rest()
        if not self._asking:
            self.wire.connections.waits(self)

    def timeout_keep_alive_handler(self) -> None:
        """Close what was kept long enough."""
        super().timeout_keep_alive_handler()
        self._watch_rest()

    def pause_writing(self) -> None:
        """Wait until whoever asked takes more of the answer."""
        super().pause_writing()
        self._watch_rest()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._stop_watching()
        if self.transport.is_closing():
            self._watch_rest()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it says nothing of use
        """Answer what is no HTTP."""
        self._answer(MALFORMED_HTTP)  # (5)

    def _begin_countdown(self) -> None:
        if self._end is None:
            self._end = self.loop.call_later(self.wire.head_seconds, self.drop)  # (1)

    def _stop_countdown(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _watch_rest(self, before: int = 0) -> None:
        """Drop it when nothing more of an answer was taken for so long."""
        left = self.transport.get_write_buffer_size()
        if left and left == before:  # (3)
            self.drop()
        elif left:
            self._stop_watching()
            self._untaken = self.loop.call_later(self.wire.untaken_seconds, self._watch_rest, left)

    def _stop_watching(self) -> None:
        if self._untaken is not None:
            self._untaken.cancel()
            self._untaken = None

    def _answer(self, problem: Problem) -> None:
        if self.transport.is_closing() or (self._asking and self.cycle.response_started):
            self.drop()  # Nothing may stand amid an answer.
            return
        body = json.dumps(problem.to_document()).encode()
        lines = {
            "content-type": MEDIA_TYPE,
            "content-length": str(len(body)),
            "connection": "close",
            **problem.headers,
            **self.wire.headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        status = f"HTTP/1.1 {int(problem.status)} {problem.status.phrase}\r\n"
        self.transport.write(f"{status}{head}\r\n".encode() + body)
        self.transport.close()
        self._watch_rest()
