"""Routes that read JSON strictly, once, before FastAPI sees it."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from credhub import jsontypes

_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class StrictRequest(Request):
    """A request whose JSON body has one meaning, or is refused."""

    async def json(self) -> Any:  # noqa: ANN401 - Starlette's signature
        """Read the body as strict JSON.

        Raises:
            MalformedJsonError: The body is not strict JSON.
        """
        return jsontypes.parse(await self.body())


class StrictRoute(APIRoute):
    """A route that takes JSON as ``application/json`` and parses it strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler with the strict request."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            if request.method in _WITH_BODY and self.body_field is not None:
                _check_media_type(request.headers.get("content-type", ""))
            return await handler(StrictRequest(request.scope, request.receive))

        return strict


def _check_media_type(content_type: str) -> None:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
