"""Who calls: the keys of requests that arrive at once are looked up in one go."""

from collections.abc import Sequence
from concurrent.futures import Executor

from credhub.errors import CredhubError, UnauthenticatedError
from credhub.runtime import Runtime
from credhub.services import access_tokens, api_keys
from credhub.services.api_keys import Caller
from credhub.web.together import Together


class Callers:
    """Finds out who calls. The database is asked after the request arrived, every time."""

    def __init__(self, runtime: Runtime, *, threads: Executor, at_once: int) -> None:
        self._runtime = runtime
        self._crowd = Together(self.of_all, threads=threads, at_once=at_once)

    async def of(self, token: str) -> Caller:
        """Find out whose key or access token this is.

        Raises:
            UnauthenticatedError: It is unknown, expired or revoked.
        """
        return await self._crowd.ask(token)

    def of_all(self, tokens: Sequence[str]) -> list[Caller | CredhubError]:
        """Find out in this thread whose each is, or why it is refused; each different one once.

        Raises:
            StoreError: None of them could be looked up.
        """
        known = {token: self._of(token) for token in dict.fromkeys(tokens)}
        return [known[token] for token in tokens]

    def _of(self, token: str) -> Caller | CredhubError:
        by_token = token.startswith(access_tokens.PREFIX)
        authenticate = access_tokens.authenticate if by_token else api_keys.authenticate
        try:
            return authenticate(self._runtime.resources, token)
        except UnauthenticatedError as error:
            return error
