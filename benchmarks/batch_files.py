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

_CSV: Final = "text/csv; charset=utf-8"
_HEADER: Final = "key,name,email\r\n"
_NO_HEADERS: Final[Mapping[str, str]] = {}


def files(rows: int, *, of_a_file: int = ROWS_OF_A_FILE) -> Iterator[bytes]:
    """Write tables of rows, each of somebody new."""
    for start in range(0, rows, of_a_file):
        numbers = range(start, min(start + of_a_file, rows))
        lines = (
            f"row-{number},Learner Number {number},learner{number}@mail.example\r\n"
            for number in numbers
        )
        yield (_HEADER + "".join(lines)).encode()


def send(service: Deployed, file: bytes, *, dry_run: bool = False) -> dict[str, Any]:
    """Have a file taken in, or tried out."""
    headers = {"content-type": _CSV, "idempotency-key": uuid4().hex}
    return _answer(service, _line(service, dry_run=dry_run), file, headers)


def sending(service: Deployed, file: bytes, *, dry_run: bool) -> bytes:
    """Write the whole HTTP request."""
    head = (
        f"{_line(service, dry_run=dry_run)} HTTP/1.1\r\nhost: {HOST}:{service.port}\r\n"
        f"authorization: Bearer {service.token}\r\nidempotency-key: {uuid4().hex}\r\n"
        f"content-type: {_CSV}\r\ncontent-length: {len(file)}\r\n\r\n"
    )
    return head.encode() + file


def _line(service: Deployed, *, dry_run: bool) -> str:
    path = f"/v1/batches?achievement={service.achievement}"
    return f"POST {path}&dryRun={str(dry_run).lower()}"


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
