"""What every request passes first and every answer last: hosts, sizes, headers, one log line.

A pure ASGI middleware, outermost, so that nothing behind it can forget:

(1) a request for a host that we do not serve is refused: nobody can make us write their links;
(2) an API key in an address is refused, because addresses end in logs, and so is U+0000;
(3) a body over the limit is refused before anything reads it, announced or not;
(4) every answer carries the security headers;
(5) an exception that nobody handled becomes a bare 500 with an id;
(6) one log line per request, of an allow-list of fields, without addresses or values.
"""

import re
import time
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_plus
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartParser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from credhub.web.problems import Problem

MAX_BODY: Final = 1024 * 1024
# A file of 10 MiB, and what a form puts around it.
MAX_UPLOAD: Final = 10 * 1024 * 1024 + 16 * 1024
MAX_QUERY: Final = 4096

# What is handed in stays in memory: nothing of it touches a disk, not even for a moment.
MultiPartParser.spool_max_size = MAX_UPLOAD

# Whatever else stands in the place of a method may be anything, and is not logged.
METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

_UPLOADS: Final = frozenset({"/v1/verify", "/verify"})
_FORM: Final = "multipart/form-data"
_BATCH: Final = "/v1/verify/batch"
_KEY_PREFIXES: Final = ("chk_", "cht_")
_LENGTH: Final = re.compile(r"[0-9]{1,18}", re.ASCII)

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# For the one page that checks itself: its own script may ask this server, and nobody else.
SELF_CHECKING_POLICY: Final = f"{CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'"
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex",
}

_log = structlog.get_logger("credhub.web")


def _holds_key(address: str) -> bool:
    return any(prefix in address for prefix in _KEY_PREFIXES)


class _BodyTooLargeError(Exception):
    """The request body passed the limit while it was being read."""


class Edge:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], https: bool) -> None:
        self._app = app
        self._hosts = hosts
        self._headers = dict(SECURITY_HEADERS)
        if https:
            self._headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await _Exchange(self._app, self._headers, scope, receive, send).run(self._hosts)


class _Exchange:
    """One request and its answer."""

    def __init__(
        self, app: ASGIApp, headers: Mapping[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._app = app
        self._headers = headers
        self._scope = scope
        self._receive = receive
        self._send = send
        self._body_size = 0
        self._max_body = _max_body(scope)
        self._status: int | None = None
        self._request_id = uuid4().hex

    async def run(self, hosts: frozenset[str]) -> None:
        started = time.perf_counter()
        self._scope.setdefault("state", {})["request_id"] = self._request_id
        refusal = self._refusal(Headers(scope=self._scope), hosts)
        if refusal is not None:
            await self._answer(refusal)
        else:
            await self._pass_on()
        self._write_log(time.perf_counter() - started)

    async def _pass_on(self) -> None:
        try:
            await self._app(self._scope, self._bounded_receive, self._guarded_send)
        except Exception as error:  # noqa: BLE001 - the outermost handler: nothing may escape
            if self._body_size <= self._max_body:
                self._log_failure(error)
                await self._answer(Problem.internal(self._request_id))
        if self._body_size > self._max_body:
            await self._answer(_too_large(self._max_body))

    def _refusal(self, headers: Headers, hosts: frozenset[str]) -> Problem | None:
        # (1) Hosts.
        if _host_name(headers.get("host", "")) not in hosts:
            return Problem(
                code="unknown-host",
                status=HTTPStatus.MISDIRECTED_REQUEST,
                detail="This service does not answer for that host name.",
            )
        # (2) Keys in addresses.
        query: bytes = self._scope["query_string"]
        address = self._scope["path"] + unquote_plus(query.decode("latin-1"))
        if len(query) > MAX_QUERY or _holds_key(address) or "\x00" in address:
            return Problem(
                code="bad-address",
                status=HTTPStatus.BAD_REQUEST,
                detail=(
                    "The address is too long, or holds an API key or the character U+0000. "
                    "Send keys in the Authorization header only."
                ),
            )
        # (3) Sizes that are announced.
        length = headers.get("content-length", "0")
        if not _LENGTH.fullmatch(length) or int(length) > self._max_body:
            return _too_large(self._max_body)
        return None

    async def _bounded_receive(self) -> Message:
        message = await self._receive()
        self._body_size += len(message.get("body", b""))
        if self._body_size > self._max_body:
            raise _BodyTooLargeError
        return message

    async def _guarded_send(self, message: Message) -> None:
        # What others make of a body that broke off is not the answer.
        if self._body_size <= self._max_body:
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
        response = problem.response()
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


def _host_name(host: str) -> str:
    name, _, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not name or not port.isdigit():
        name = host
    return name.strip("[]").lower()


def _max_body(scope: Scope) -> int:
    """Say how much is read of a request: more only where files are handed in."""
    if scope["path"] == _BATCH:
        return MAX_UPLOAD
    if scope["path"] not in _UPLOADS:
        return MAX_BODY
    media_type = Headers(scope=scope).get("content-type", "").partition(";")[0]
    return MAX_UPLOAD if media_type.strip().lower() == _FORM else MAX_BODY


def _too_large(most: int) -> Problem:
    return Problem(
        code="body-too-large",
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        detail=f"The body is larger than {most} bytes.",
    )
