"""T58, T95: whatever is sent to whichever route, no log and no refusal repeats it."""

import ast
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog

import credhub
from credhub.cli import logs
from credhub.web.edge import METHODS
from tests.running import Service
from tests.web.routes import every_route

# No page, path or word of ours holds any of these.
LEARNER = "Quetzal Xochitl"
KEY = "chk_Quetzal0Xochitl0"
TOKEN = "cht_Quetzal0Xochitl0"  # noqa: S105 - it opens nothing
MARK = "quetzal"
# Whoever types something that is no address of ours sees it again, in the field where it stood.
SHOWS_AGAIN = {("GET", "/verify")}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Log as the service does, give what was written, and put logging back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    said = StringIO()
    monkeypatch.setattr("sys.stderr", said)
    logs.configure("DEBUG")
    structlog.configure(cache_logger_on_first_use=False)
    yield said.getvalue
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def attempts(path: str) -> Iterator[dict[str, object]]:
    """Give requests to a route with a mark in each place."""
    filled = "/".join(part if "{" not in part else MARK for part in path.split("/"))
    named = "/".join(part if "{" not in part else quote(LEARNER) for part in path.split("/"))
    headers = {
        "idempotency-key": KEY,
        "user-agent": LEARNER,
        "referer": f"https://x.example/{MARK}",
        "cookie": f"session={TOKEN}",
        "x-forwarded-for": MARK,
        "accept": f"text/{MARK}",
        "content-type": f"application/{MARK}",
    }
    body = {"achievement": MARK, "recipient": {"name": LEARNER}, "receipt": TOKEN}
    for token in (KEY, TOKEN, MARK):
        yield {"url": filled, "headers": headers | {"authorization": f"Bearer {token}"}}
    yield {"url": named}
    for secret in (KEY, TOKEN, LEARNER):
        yield {"url": filled, "params": {"q": secret, "cursor": secret, "format": secret}}
        yield {"url": f"{filled}/{quote(secret)}"}
        yield {"url": filled, "json": body | {"credential": secret, "presentation": secret}}
        yield {"url": filled, "json": {"verifiableCredential": secret, "label": [secret]}}
        yield {"url": filled, "content": f'{{"a": "{secret}"'}
        yield {"url": filled, "data": {"client_secret": secret, "credential": secret}}
        yield {"url": filled, "files": {"file": (secret, secret.encode())}}


def test_t58_t95_nothing_that_is_sent_comes_back_in_a_log_or_a_refusal(
    service: Service, written: Callable[[], str]
) -> None:
    refused = 0
    for member in (None, service.one):
        client = service.public() if member is None else service.client(member)
        for method, path in every_route(service):
            for request in attempts(path):
                response = client.request(method, **request)  # type: ignore[arg-type]  # any argument
                text = (response.text + str(response.headers)).lower()
                if response.status_code >= 400 and (method, path) not in SHOWS_AGAIN:
                    refused += 1
                    assert MARK not in text, (method, path, request)
                assert response.status_code != 500, (method, path, request)
    lines = written()

    assert refused > 1_000
    assert lines.count('"event": "request"') > 1_000
    assert MARK not in lines.lower()
    assert service.one.token not in lines


def test_t95_a_method_that_nobody_knows_is_not_written(
    service: Service, written: Callable[[], str]
) -> None:
    assert service.public().request(KEY, "/").status_code == 405
    assert service.public().request("PATCH", "/").status_code == 405

    lines = written()
    assert MARK not in lines.lower()
    assert '"method": "other"' in lines
    assert '"method": "PATCH"' in lines
    assert "GET" in METHODS


def test_t95_every_member_that_the_code_logs_is_on_the_list() -> None:
    found: set[str] = set()
    for file in sorted(Path(credhub.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "_log":
                assert isinstance(node.args[0], ast.Constant), f"{file}: an event has one name"
                found |= {keyword.arg or "**" for keyword in node.keywords}

    assert {"request_id", "route"} <= found
    assert found <= logs.MEMBERS
