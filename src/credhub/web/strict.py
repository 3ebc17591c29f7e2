"""Routes that read JSON strictly, once, before FastAPI sees it."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope

from credhub import jsontypes
from credhub.jsontypes import JsonValue

READ_AT_ONCE: Final = 16 * 1024
"""Bytes that are read in some milliseconds. More is read in a thread: others have their turn."""

_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class StrictRequest(Request):
    """A request whose JSON body has one meaning, or is refused."""

    def __init__(
        self, scope: Scope, receive: Receive, *, check: Callable[[JsonValue], None]
    ) -> None:
        super().__init__(scope, receive)
        self._check = check

    async def json(self) -> Any:  # noqa: ANN401 - Starlette's signature
        """Read the body as strict JSON.

        Raises:
            MalformedJsonError: The body is not strict JSON.
            RequestValidationError: It is large, and not of the documented form.
        """
        body = await self.body()
        if len(body) <= READ_AT_ONCE:
            return jsontypes.parse(body)
        return await run_in_threadpool(self._read, body)

    def _read(self, body: bytes) -> JsonValue:
        value = jsontypes.parse(body)
        # FastAPI does this again, and quickly: what takes long is to name a great many faults.
        self._check(value)
        return value


class StrictRoute(APIRoute):
    """A route that takes JSON as ``application/json`` and parses it strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler with the strict request."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            if request.method in _WITH_BODY and self.body_field is not None:
                _check_media_type(request)
            return await handler(
                StrictRequest(request.scope, request.receive, check=self._check_form)
            )

        return strict

    def _check_form(self, value: JsonValue) -> None:
        assert self.body_field is not None  # noqa: S101 - else nobody reads a body
        _, errors = self.body_field.validate(value, loc=("body",))
        if errors:
            raise RequestValidationError(errors)


def is_json(request: Request) -> bool:
    """Say whether a request calls its body JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0]
    return media_type.strip().lower() == "application/json"


def _check_media_type(request: Request) -> None:
    if not is_json(request):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
