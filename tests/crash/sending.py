"""A hub that sends a file over HTTP, and asks how far it is."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Final, cast

from credhub.jsontypes import JsonObject
from tests.crash.deployment import HOST
from tests.crash.traffic import Answer

_NO_HEADERS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends one file, always under the same key.

    Attributes:
        port: Where the service listens whenever it runs.
        file: A table.
    """

    port: int
    token: str = field(repr=False)
    achievement: str
    file: bytes = field(repr=False)

    def send(self, *, key: str = "file", dry_run: bool = False) -> Answer:
        """Send the file.

        Raises:
            OSError, HTTPException: The connection was cut.
        """
        path = f"/v1/batches?achievement={self.achievement}&dryRun={str(dry_run).lower()}"
        headers = {"content-type": "text/csv; charset=utf-8", "idempotency-key": key}
        return self._ask("POST", path, self.file, headers)

    def send_or_be_cut_off(self) -> Answer | None:
        """Send the file to a service that may end meanwhile."""
        try:
            return self.send()
        except (OSError, HTTPException):
            return None

    def read(self, batch_id: str) -> JsonObject:
        """Ask how far a batch is."""
        return self._found(f"/v1/batches/{batch_id}")

    def all(self) -> list[JsonObject]:
        """List the batches of the hub."""
        return cast("list[JsonObject]", self._found("/v1/batches")["items"])

    def _found(self, path: str) -> JsonObject:
        answer = self._ask("GET", path)
        assert answer.status == HTTPStatus.OK, answer
        return answer.document

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = _NO_HEADERS
    ) -> Answer:
        with closing(HTTPConnection(HOST, self.port)) as connection:
            token = {"authorization": f"Bearer {self.token}"}
            connection.request(method, path, body, token | dict(headers))
            response = connection.getresponse()
            return Answer(status=response.status, document=json.loads(response.read()))
