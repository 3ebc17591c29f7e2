"""Files of rows, sent to a service over HTTP."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from benchmarks.deployed import HOST, Deployed

ROWS_OF_A_FILE: Final = 50_000

_HEADER: Final = "key,name,email\r\n"
_NO_HEADERS: Final[Mapping[str, str]] = {}


def files(rows: int) -> Iterator[bytes]:
    """Write tables of rows, each of somebody new."""
    for start in range(0, rows, ROWS_OF_A_FILE):
        numbers = range(start, min(start + ROWS_OF_A_FILE, rows))
        lines = (
            f"row-{number},Learner Number {number},learner{number}@mail.example\r\n"
            for number in numbers
        )
        yield (_HEADER + "".join(lines)).encode()


def send(service: Deployed, file: bytes, *, dry_run: bool = False) -> dict[str, Any]:
    """Have a file taken in, or tried out."""
    path = f"/v1/batches?achievement={service.achievement}&dryRun={str(dry_run).lower()}"
    headers = {"content-type": "text/csv; charset=utf-8", "idempotency-key": uuid4().hex}
    return _answer(service, f"POST {path}", file, headers)


def check(service: Deployed, sent: list[str], rows: int) -> None:
    """Refuse figures of a batch that was not issued as a whole."""
    found = [_answer(service, f"GET /v1/batches/{it}") for it in sent]
    if sum(it["issued"] for it in found) != rows or any(it["state"] != "finished" for it in found):
        raise RuntimeError(found)


def _answer(
    service: Deployed, line: str, body: bytes = b"", headers: Mapping[str, str] = _NO_HEADERS
) -> dict[str, Any]:
    with closing(http.client.HTTPConnection(HOST, service.port)) as connection:
        token = {"authorization": f"Bearer {service.token}"}
        method, path = line.split()
        connection.request(method, path, body, token | dict(headers))
        response = connection.getresponse()
        text = response.read().decode()
    if response.status not in (HTTPStatus.OK, HTTPStatus.ACCEPTED):
        raise RuntimeError(text)
    answer: dict[str, Any] = json.loads(text)
    return answer
