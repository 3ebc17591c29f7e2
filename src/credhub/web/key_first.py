"""Routes that read nothing of somebody without a key, because what they take is large."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from starlette.responses import Response

from credhub.services.api_keys import Scope
from credhub.web.dependencies import check_key
from credhub.web.strict import StrictRoute


def key_first(scope: Scope) -> type[StrictRoute]:
    """Make the class of routes for whose bodies a key needs this scope."""

    class KeyFirstRoute(StrictRoute):
        """A route that looks at the key before it reads."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """Wrap the handler with a look at the key."""
            handler = super().get_route_handler()

            async def keyed(request: Request) -> Response:
                await check_key(request, scope)
                return await handler(request)

            return keyed

    return KeyFirstRoute
