"""``/oauth/token``: short-lived access tokens for API keys (RFC 6749, section 4.4)."""

import base64
import binascii
from http import HTTPStatus
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Form, Header
from starlette.responses import Response

from credhub.errors import UnauthenticatedError
from credhub.services import access_tokens
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import JSON

router = APIRouter(tags=["Authentication"])

_HEADERS: Final = {"cache-control": "no-store", "pragma": "no-cache"}


@router.post("/oauth/token", include_in_schema=False)
def make_token(  # noqa: PLR0913, PLR0917 - the names of the standard
    resources: ResourcesDep,
    grant_type: Annotated[str, Form()] = "",
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = "",
    authorization: Annotated[str | None, Header()] = None,
) -> Response:
    """Make an access token for an API key. It lives for ten minutes, and ends with the key."""
    if grant_type != "client_credentials":
        code = "unsupported_grant_type" if grant_type else "invalid_request"
        return _refused(code, HTTPStatus.BAD_REQUEST)
    if authorization is not None:
        client_id, client_secret = _basic(authorization)
    try:
        token = access_tokens.issue(resources, client_id, client_secret)
    except UnauthenticatedError:
        return _refused("invalid_client", HTTPStatus.UNAUTHORIZED)
    if not set(scope.split()) <= token.caller.scopes:
        return _refused("invalid_scope", HTTPStatus.BAD_REQUEST)
    made = {
        "access_token": token.text,
        "token_type": "Bearer",
        "expires_in": int(access_tokens.LIFETIME.total_seconds()),
        "scope": " ".join(sorted(token.caller.scopes)),
    }
    return Response(orjson.dumps(made), media_type=JSON, headers=_HEADERS)


def _basic(header: str) -> tuple[str, str]:
    """Read the client from a header (RFC 7617); what is none is a client that nobody knows."""
    scheme, _, encoded = header.partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    name, _, secret = text.partition(":")
    return (name, secret) if scheme.lower() == "basic" else ("", "")


def _refused(code: str, status: HTTPStatus) -> Response:
    headers = dict(_HEADERS)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Basic"
    return Response(
        orjson.dumps({"error": code}), status_code=status, media_type=JSON, headers=headers
    )
