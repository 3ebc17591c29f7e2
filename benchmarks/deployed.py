"""A real ``credhub serve`` with one hub and one achievement, and requests for it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

HOST: Final = "127.0.0.1"
ACHIEVEMENT: Final = {
    "name": "Solar panel fitter",
    "description": "Can fit a small solar plant on a roof, alone and safely.",
    "criteria": {"narrative": "Fitted two roofs under supervision and passed the test."},
    "achievementType": "Certificate",
    "tag": ["solar", "electrical"],
}

COMMAND: Final = Path(sys.executable).with_name("credhub")
_POLL_SECONDS: Final = 0.05
_UNLIMITED: Final = "1000000"

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A service that runs."""

    port: int
    pid: int
    environment: Mapping[str, str] = field(repr=False)
    token: str = field(repr=False)
    achievement: str

    def issue_request(self) -> bytes:
        """Make a request that issues to a new learner."""
        number = next(_numbers)
        return self.request(
            "POST /v1/credentials",
            {
                "achievement": self.achievement,
                "recipient": {
                    "name": f"Learner Number {number}",
                    "email": f"learner{number}@example.org",
                },
            },
            key=uuid4().hex,
        )

    def request(self, line: str, body: object = None, *, key: str | None = None) -> bytes:
        """Make a whole HTTP request."""
        return request(self.port, line, body, token=self.token, key=key)

    def post(self, path: str, body: object) -> dict[str, Any]:
        """Make something."""
        return _post(self.port, path, body, token=self.token)


def request(
    port: int, line: str, body: object = None, *, token: str | None = None, key: str | None = None
) -> bytes:
    """Make a whole HTTP request."""
    content = b"" if body is None else json.dumps(body).encode()
    head = [f"{line} HTTP/1.1", f"host: {HOST}:{port}", "accept: application/json"]
    if token is not None:
        head.append(f"authorization: Bearer {token}")
    if key is not None:
        head.append(f"idempotency-key: {key}")
    if body is not None:
        head += ["content-type: application/json", f"content-length: {len(content)}"]
    return "\r\n".join((*head, "", "")).encode() + content


@contextmanager
def deployed(database_url: str = "", **settings: str) -> Iterator[Deployed]:
    """Run a service, on SQLite when no address of a database is given.

    Args:
        database_url: Where its rows are.
        settings: More ``CREDHUB_*`` variables.
    """
    with tempfile.TemporaryDirectory(prefix="credhub-bench-") as folder:
        port = _free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if "CREDHUB_" not in name},
            "CREDHUB_DATA": folder,
            "CREDHUB_SECOND_STORE": f"sqlite:///{folder}/second/second.db",
            "CREDHUB_PORT": str(port),
            "CREDHUB_DATABASE_URL": database_url,
            "CREDHUB_VERIFICATIONS_PER_MINUTE": _UNLIMITED,
            **settings,
        }
        said = subprocess.run(  # noqa: S603 - our own command
            [COMMAND, "hub", "create", "riverside", "--name", "Riverside Hub"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        token = next(line.split()[-1] for line in said.splitlines() if "API key" in line)
        with _serving(environment, port) as pid:
            made = _post(port, "/v1/achievements", ACHIEVEMENT, token=token)
            yield Deployed(
                port=port,
                pid=pid,
                environment=environment,
                token=token,
                achievement=made["id"],
            )


@contextmanager
def _serving(environment: Mapping[str, str], port: int) -> Iterator[int]:
    process = subprocess.Popen(  # noqa: S603 - our own command
        [COMMAND, "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError("the service ended by itself")
            time.sleep(_POLL_SECONDS)
        yield process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _post(port: int, path: str, body: object, *, token: str) -> dict[str, Any]:
    with closing(http.client.HTTPConnection(HOST, port)) as connection:
        headers = {
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
            "idempotency-key": uuid4().hex,
        }
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        text = response.read().decode()
    if response.status != HTTPStatus.CREATED:
        raise RuntimeError(text)
    answer: dict[str, Any] = json.loads(text)
    return answer


def _answers(port: int) -> bool:
    with closing(http.client.HTTPConnection(HOST, port)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == HTTPStatus.OK
        except OSError:
            return False


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])
