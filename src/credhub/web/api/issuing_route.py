"""The short way of a request to issue, which is the same as the long one and costs less.

A request as it should be is read here. Any other goes through FastAPI like all the others do, and
hears there what is wrong with it: so each error has one place and one order.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive

from credhub import jsontypes
from credhub.errors import MalformedJsonError
from credhub.web.api.issuing import Asked, Issuing
from credhub.web.api.models import IssueRequest
from credhub.web.arriving import BodyRefusedError
from credhub.web.dependencies import token_of
from credhub.web.strict import READ_AT_ONCE, StrictRoute, is_json


class IssuingRoute(StrictRoute):
    """The route that issues one credential."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the short way before FastAPI's handler."""
        handler = super().get_route_handler()

        async def short(request: Request) -> Response:
            token = await token_of(request)
            if token is None or not is_json(request):
                return await handler(request)
            body = await _body_of(request)
            understood = _understood(body)
            if understood is None:
                return await handler(Request(request.scope, _again(body, request.receive)))
            issuing: Issuing = request.app.state.issuing
            key = request.headers.get("idempotency-key")
            return await issuing.answer(Asked(request=understood, key=key, token=token))

        return short


async def _body_of(request: Request) -> bytes:
    try:
        return await request.body()
    except (BodyRefusedError, ClientDisconnect) as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from error


def _understood(body: bytes) -> IssueRequest | None:
    if len(body) > READ_AT_ONCE:
        return None
    try:
        return IssueRequest.model_validate(jsontypes.parse(body))
    except (MalformedJsonError, ValidationError):
        return None


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand out a body that was received, and then what comes after it."""
    whole = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive_again() -> Message:
        return next(whole, None) or await receive()

    return receive_again
