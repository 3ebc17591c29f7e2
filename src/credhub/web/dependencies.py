"""What routes are given: the runtime of the process, and who calls."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Header, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from credhub.errors import UnauthenticatedError
from credhub.runtime import Runtime
from credhub.services.api_keys import Caller, Scope
from credhub.services.resources import Resources
from credhub.web.callers import Callers

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="apiKey",
    description=(
        "An API key of the hub, `chk_…`, or an access token for it, `cht_…`. In the header only."
    ),
)


async def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


async def _resources(request: Request) -> Resources:
    return (await _runtime(request)).resources


async def exact_address(request: Request) -> None:
    """Refuse an address with a query or with another spelling: a cache could mix up two answers."""
    if request.scope["query_string"] or b"%" in request.scope["raw_path"]:
        raise HTTPException(HTTPStatus.NOT_FOUND)


RuntimeDep = Annotated[Runtime, Depends(_runtime)]
ResourcesDep = Annotated[Resources, Depends(_resources)]


async def _callers(request: Request) -> Callers:
    callers: Callers = request.app.state.callers
    return callers


async def _caller(
    callers: Annotated[Callers, Depends(_callers)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Caller:
    if credentials is None:
        raise UnauthenticatedError
    return await callers.of(credentials.credentials)


CallerDep = Annotated[Caller, Depends(_caller)]


async def token_of(request: Request) -> str | None:
    """Give the API key or the access token that a request was sent with, whatever it is."""
    credentials = await _bearer(request)
    return None if credentials is None else credentials.credentials


async def _token(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> str:
    if credentials is None:
        raise UnauthenticatedError
    return credentials.credentials


TokenDep = Annotated[str, Depends(_token)]


async def check_key(request: Request, scope: Scope) -> None:
    """Refuse a request without a key that may do this, before its body is read.

    Raises:
        UnauthenticatedError: There is no key, or it is unknown, expired or revoked.
        ScopeMissingError: The key may not do this.
    """
    caller = await _caller(await _callers(request), await _bearer(request))
    caller.require(scope)


_KEY: Final = (
    "Your own name for this request, 1 to 255 visible ASCII characters. The same key with "
    "the same body gives the same thing for ever."
)

IdempotencyKeyDep = Annotated[
    str | None, Header(alias="Idempotency-Key", description=f"{_KEY} Required.")
]
OptionalIdempotencyKeyDep = Annotated[str | None, Header(alias="Idempotency-Key", description=_KEY)]
