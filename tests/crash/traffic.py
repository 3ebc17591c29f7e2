"""Clients that issue over HTTP, and the journal of what they were promised."""

import json
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Final, cast
from uuid import uuid4

from credhub.jsontypes import JsonObject, canonical
from tests.crash.deployment import HOST

_PAUSE_SECONDS: Final = 0.05

ACHIEVEMENT: Final[JsonObject] = {
    "name": "Solar panel fitter",
    "description": "Can fit a small solar plant on a roof.",
    "criteria": {"narrative": "Fitted two roofs under supervision."},
    "achievementType": "Certificate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What an acknowledgement says.

    Attributes:
        credential_id: The internal id.
        signed: The signed bytes.
        place: Log and number of the ledger entry.
    """

    credential_id: str
    signed: bytes = field(repr=False)
    place: tuple[str, int]

    @classmethod
    def of(cls, answer: JsonObject) -> "Issued":
        """Read an answer with status 201."""
        ledger = cast("JsonObject", answer["ledger"])
        return cls(
            credential_id=str(answer["id"]),
            signed=canonical(answer["credential"]),
            place=(str(ledger["log"]), cast("int", ledger["seq"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer."""

    status: int
    document: JsonObject


class Client:
    """One connection that is kept alive."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection(HOST, port)
        self._token = token

    def post(self, path: str, body: JsonObject, *, key: str) -> Answer:
        """Send one request.

        Raises:
            OSError, HTTPException: The connection was cut.
        """
        headers = {
            "authorization": f"Bearer {self._token}",
            "content-type": "application/json",
            "idempotency-key": key,
        }
        self._connection.request("POST", path, json.dumps(body), headers)
        response = self._connection.getresponse()
        return Answer(status=response.status, document=json.loads(response.read()))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """Every request that was sent, by its key, and every acknowledgement that arrived."""

    token: str = field(repr=False)
    achievement: str
    sent: dict[str, JsonObject] = field(default_factory=dict)
    acknowledged: dict[str, Issued] = field(default_factory=dict)

    @classmethod
    def begin(cls, port: int, token: str) -> "Journal":
        """Publish the achievement that all requests are about."""
        with closing(Client(port, token)) as client:
            answer = client.post("/v1/achievements", ACHIEVEMENT, key="achievement")
        assert answer.status == HTTPStatus.CREATED, answer
        return cls(token=token, achievement=str(answer.document["id"]))

    def new_request(self) -> str:
        """Note down a request that is about to be sent; give its key."""
        key = uuid4().hex
        self.sent[key] = {
            "achievement": self.achievement,
            "recipient": {"name": f"Learner {key}", "email": f"{key}@example.org"},
        }
        return key

    def send(self, client: Client, key: str) -> int:
        """Send a request, for the first time or again, and note down what it is answered."""
        answer = client.post("/v1/credentials", self.sent[key], key=key)
        if answer.status == HTTPStatus.CREATED:
            issued = Issued.of(answer.document)
            assert self.acknowledged.setdefault(key, issued) == issued
        return answer.status

    def issue_until(self, stop: threading.Event, port: int) -> set[int]:
        """Send new requests until told to stop or cut off; give the statuses."""
        statuses: set[int] = set()
        with closing(Client(port, self.token)) as client:
            while not stop.is_set():
                try:
                    status = self.send(client, self.new_request())
                except (OSError, HTTPException):
                    break
                statuses.add(status)
                if status == HTTPStatus.SERVICE_UNAVAILABLE:
                    stop.wait(_PAUSE_SECONDS)
        return statuses

    def issue(self, count: int, port: int) -> None:
        """Send so many new requests, of which none may fail."""
        with closing(Client(port, self.token)) as client:
            for _ in range(count):
                assert self.send(client, self.new_request()) == HTTPStatus.CREATED

    def send_all_again(self, port: int, *, threads: int) -> None:
        """Send every request once more: each is answered, as before if it was."""
        keys = list(self.sent)
        parts = [keys[start::threads] for start in range(threads)]
        with ThreadPoolExecutor(threads) as pool:
            for statuses in pool.map(lambda part: self._send_again(part, port), parts):
                assert statuses <= {HTTPStatus.CREATED}
        assert self.acknowledged.keys() == self.sent.keys()

    def _send_again(self, keys: Iterable[str], port: int) -> set[int]:
        with closing(Client(port, self.token)) as client:
            return {self.send(client, key) for key in keys}
