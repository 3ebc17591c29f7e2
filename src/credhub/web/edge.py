"""What every request passes first and every answer last: hosts, sizes, headers, one log line.

A pure ASGI middleware, outermost, so that nothing behind it can forget:

(1) a request for a host that we do not serve is refused: nobody can make us write their links
    (what is let in is decided in ``admission``);
(2) an API key in an address is refused, because addresses end in logs, and so is U+0000;
(3) headers and a body over the limit are refused before anything reads them, announced or not,
    and so is a body that takes too long to arrive, and a request too many at once;
(4) every answer carries the security headers;
(5) an exception that nobody handled becomes a bare 500 with an id;
(6) one log line per request, of an allow-list of fields, without addresses or values.
"""

import time
import traceback
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from credhub.web import admission
from credhub.web.arriving import ArrivingBody
from credhub.web.problems import Problem, shown

MAX_AT_ONCE: Final = 1000
BODY_SECONDS: Final = 60.0

# Whatever else stands in the place of a method may be anything, and is not logged.
METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# For the page that takes a secret out of its address: its script asks nobody.
SCRIPT_POLICY: Final = f"{CONTENT_SECURITY_POLICY}; script-src 'self'"
# For the one page that checks itself: its own script may ask this server, and nobody else.
SELF_CHECKING_POLICY: Final = f"{SCRIPT_POLICY}; connect-src 'self'"
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex",
}

_log = structlog.get_logger("credhub.web")


def security_headers(*, https: bool) -> Mapping[str, str]:
    """Give the headers of every answer."""
    if not https:
        return SECURITY_HEADERS
    return {**SECURITY_HEADERS, "strict-transport-security": "max-age=31536000"}


class Edge:
    """The outermost middleware."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: frozenset[str],
        https: bool,
        at_once: int = MAX_AT_ONCE,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._at_once = at_once
        self._body_seconds = body_seconds
        self._under_way = 0
        self._headers = security_headers(https=https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(self._app, self._headers, scope, receive, send, self._body_seconds)
        self._under_way += 1
        try:
            await exchange.run(self._hosts, busy=self._under_way > self._at_once)
        finally:
            self._under_way -= 1


class _Exchange:
    """One request and its answer."""

    def __init__(  # noqa: PLR0913, PLR0917 - what ASGI gives, and what the edge adds
        self,
        app: ASGIApp,
        headers: Mapping[str, str],
        scope: Scope,
        receive: Receive,
        send: Send,
        body_seconds: float,
    ) -> None:
        self._app = app
        self._headers = headers
        self._scope = scope
        self._receive = receive
        self._send = send
        self._body = ArrivingBody(receive, most=admission.max_body(scope), seconds=body_seconds)
        self._status: int | None = None
        self._request_id = uuid4().hex

    async def run(self, hosts: frozenset[str], *, busy: bool) -> None:
        started = time.perf_counter()
        self._scope.setdefault("state", {})["request_id"] = self._request_id
        refusal = admission.BUSY if busy else admission.refusal(self._scope, hosts=hosts)
        if refusal is not None:
            await self._answer(refusal)
        else:
            await self._pass_on()
        self._write_log(time.perf_counter() - started)

    async def _pass_on(self) -> None:
        try:
            await self._app(self._scope, self._body.receive, self._guarded_send)
        except Exception as error:  # noqa: BLE001 - the outermost handler: nothing may escape
            if self._body.refused is None:
                self._log_failure(error)
                await self._answer(Problem.internal(self._request_id))
        if self._body.refused is not None:
            await self._answer(self._body.refused)

    async def _guarded_send(self, message: Message) -> None:
        # What others make of a body that broke off is not the answer.
        if self._body.refused is None:
            await self._send_secured(message)

    async def _send_secured(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = int(message["status"])
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():  # (4)
                headers.setdefault(name, value)
            headers["x-request-id"] = self._request_id
        await self._send(message)

    async def _answer(self, problem: Problem) -> None:
        if self._status is not None:  # Part of another answer has left: nothing can be added.
            return
        accept = Headers(scope=self._scope).get("accept")
        response = shown(problem, path=self._scope["path"], accept=accept)
        await response(self._scope, self._receive, self._send_secured)

    def _log_failure(self, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        _log.error(  # (5)
            "unhandled exception",
            request_id=self._request_id,
            error=type(error).__name__,
            frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
        )

    def _write_log(self, seconds: float) -> None:
        route = self._scope.get("route")
        _log.info(  # (6)
            "request",
            request_id=self._request_id,
            method=method if (method := self._scope["method"]) in METHODS else "other",
            route=getattr(route, "path", None),
            status=self._status,
            milliseconds=round(seconds * 1000, 1),
        )
