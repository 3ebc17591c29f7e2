"""``/oauth/token``: short-lived access tokens for API keys (RFC 6749, section 4.4)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, unquote_plus

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from credhub.errors import (
    RateLimitedError,
    ScopeMissingError,
    TokenRequestError,
    UnauthenticatedError,
)
from credhub.services import access_tokens
from credhub.services.access_tokens import AccessToken
from credhub.services.resources import Resources
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import JSON
from credhub.web.oauth_models import TokenAnswer, TokenRefusal, TokenRequest
from credhub.web.problems import problems

router = APIRouter(tags=["Authentication"])

FORM: Final = "application/x-www-form-urlencoded"
MAX_MEMBERS: Final = 20

_HEADERS: Final = {"cache-control": "no-store", "pragma": "no-cache"}
_DOCUMENTED: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {FORM: {"schema": {"$ref": f"#/components/schemas/{TokenRequest.__name__}"}}},
    },
    "security": [{}, {"clientBasic": []}],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Posted:
    """What arrived."""

    body: bytes = field(repr=False)
    media_type: str
    authorization: str | None = field(repr=False)


async def _posted(request: Request) -> _Posted:
    return _Posted(
        body=await request.body(),
        media_type=request.headers.get("content-type", "").partition(";")[0].strip().lower(),
        authorization=request.headers.get("authorization"),
    )


@router.post(
    "/oauth/token",
    response_model=TokenAnswer,
    responses={
        400: {
            "model": TokenRefusal,
            "description": (
                "`invalid_request`, `invalid_scope`, `unsupported_grant_type` (RFC 6749, 5.2)"
            ),
        },
        401: {"model": TokenRefusal, "description": "`invalid_client`"},
        **problems(RateLimitedError),
    },
    openapi_extra=_DOCUMENTED,
)
def make_token(
    resources: ResourcesDep, posted: Annotated[_Posted, Depends(_posted)], http: Request
) -> Response:
    """Make an access token for an API key.

    The client is the key: its id as `client_id`, and itself as `client_secret`, here or in a
    Basic header. The token lives for five minutes, and ends with the key.
    """
    http.app.state.limits.count_token(http)
    try:
        token = _token(resources, posted)
    except TokenRequestError as error:
        return _refused(error.error, str(error), HTTPStatus.BAD_REQUEST)
    except UnauthenticatedError:
        said = "There is no such client with this secret."
        return _refused("invalid_client", said, HTTPStatus.UNAUTHORIZED)
    except ScopeMissingError:
        said = "The key does not have all of these scopes."
        return _refused("invalid_scope", said, HTTPStatus.BAD_REQUEST)
    made = {
        "access_token": token.text,
        "token_type": "Bearer",
        "expires_in": int(access_tokens.LIFETIME.total_seconds()),
        "scope": " ".join(sorted(token.caller.scopes)),
    }
    return Response(orjson.dumps(made), media_type=JSON, headers=_HEADERS)


def _token(resources: Resources, posted: _Posted) -> AccessToken:
    """Read the request strictly, as RFC 6749, sections 2.3, 3.2 and 3.3, want it."""
    form = _form(posted)
    grant = form.get("grant_type")
    if grant is None:
        raise TokenRequestError("invalid_request", "The member grant_type is missing.")
    if grant != "client_credentials":
        raise TokenRequestError("unsupported_grant_type", "Send grant_type=client_credentials.")
    client_id, client_secret = _client(form, posted.authorization)
    # A space too many is no scope that anybody has.
    scopes = form["scope"].split(" ") if "scope" in form else []
    return access_tokens.issue(resources, client_id, client_secret, scopes=scopes)


def _form(posted: _Posted) -> Mapping[str, str]:
    """Read the members of the body. One without a value counts as one that was not sent."""
    if posted.media_type != FORM:
        raise TokenRequestError("invalid_request", f"Send a body of the type {FORM}.")
    try:
        pairs = parse_qsl(
            posted.body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_MEMBERS,
        )
    except ValueError as error:
        raise TokenRequestError("invalid_request", "The body is not a form.") from error
    if len(dict(pairs)) != len(pairs):
        raise TokenRequestError("invalid_request", "A member of the body is sent twice.")
    return {name: value for name, value in pairs if value}


def _client(form: Mapping[str, str], authorization: str | None) -> tuple[str, str]:
    if authorization is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    client = _basic(authorization)
    if "client_secret" in form or form.get("client_id", client[0]) != client[0]:
        raise TokenRequestError("invalid_request", "Say once who the client is.")
    return client


def _basic(header: str) -> tuple[str, str]:
    """Read the client from a header (RFC 7617); what is none is a client that nobody knows."""
    scheme, _, encoded = header.partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    name, _, secret = text.partition(":")
    if scheme.lower() != "basic":
        return "", ""
    return unquote_plus(name), unquote_plus(secret)  # RFC 6749, section 2.3.1.


def _refused(code: str, said: str, status: HTTPStatus) -> Response:
    headers = dict(_HEADERS)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Basic"
    document = {"error": code, "error_description": said}
    return Response(orjson.dumps(document), status_code=status, media_type=JSON, headers=headers)
