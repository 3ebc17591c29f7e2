"""T71: a fault shows nothing of itself, and no setting opens anything."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect
from structlog.testing import capture_logs

from credhub.errors import (
    CertificateNotMadeError,
    ContendedError,
    QueueFullError,
    SandboxBusyError,
    StoreUnavailableError,
)
from credhub.jsontypes import JsonValue
from credhub.web.app import create_app
from credhub.web.edge import Edge
from tests.engines import SqliteDatabases
from tests.running import Service, issue, running, unique
from tests.web.routes import FULL_BODIES, Things, every_route, filled, operations

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"}
INTERNALS = 'SELECT sealed FROM "learner_key" in /srv/credhub/var/credhub.db'
TELLING = (
    "Traceback",
    "SELECT",
    "sqlite",
    "/srv",
    ".py",
    "File ",
    "RuntimeError",
    "sealed",
    "credhub.db",
)


def broken(service: Service, error: Exception) -> TestClient:
    """Give a client of a service whose clock fails, which nearly every request reads."""

    def clock() -> None:
        raise error

    resources = service.with_resources(clock=clock)
    return service.client(app=create_app(replace(service.runtime, resources=resources)))


def requests(service: Service) -> list[tuple[str, str, JsonValue]]:
    """Give a good request for every route: method, address, body."""
    things = Things.of(service, service.one)
    bodies = {
        operation.name: filled(FULL_BODIES[operation.model], things)
        for operation in operations(service)
        if operation.model
    }
    return [
        (
            method,
            things.path(path) if path != "/static" else "/static/credhub.css",
            bodies.get(f"{method} {path}"),
        )
        for method, path in every_route(service)
    ]


def test_t71_a_fault_of_ours_says_nothing_about_itself(service: Service) -> None:
    client, faults = broken(service, RuntimeError(INTERNALS)), 0

    for method, path, body in requests(service):
        with capture_logs() as logged:
            headers = {"idempotency-key": unique("key")}
            response = client.request(method, path, json=body, headers=headers)
        if response.status_code != 500:
            continue
        faults += 1
        text = response.text + str(response.headers)
        assert not [word for word in TELLING if word in text], path
        assert response.headers["content-type"] == "application/problem+json"
        problem = response.json()
        assert problem["code"] == "internal"
        assert response.headers["x-request-id"] in problem["detail"]
        assert "content-security-policy" in response.headers
        assert INTERNALS not in json.dumps(logged)
        assert [entry["event"] for entry in logged] == ["unhandled exception", "request"]
        assert logged[0]["error"] == "RuntimeError"
        assert logged[0]["request_id"] == response.headers["x-request-id"]

    assert faults > 10


def test_t71_the_same_requests_without_the_fault_are_answered(service: Service) -> None:
    for method, path, body in requests(service):
        headers = {"idempotency-key": unique("key")}
        response = service.client().request(method, path, json=body, headers=headers)
        assert response.status_code < 500, path


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StoreUnavailableError(), "store-unavailable"),
        (QueueFullError(), "queue-full"),
        (ContendedError(), "contended"),
        (SandboxBusyError(), "sandbox-busy"),
    ],
)
def test_what_may_be_tried_again_says_when(service: Service, error: Exception, code: str) -> None:
    response = broken(service, error).get("/v1/credentials")

    assert (response.status_code, response.json()["code"]) == (503, code)
    assert response.headers["retry-after"] == "1"


def test_an_error_that_no_table_knows_is_a_fault_of_ours(service: Service) -> None:
    with capture_logs() as logged:
        response = broken(service, CertificateNotMadeError()).get("/v1/credentials")

    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert logged[0]["error"] == "CertificateNotMadeError"


def test_t71_no_setting_adds_or_removes_a_route(service: Service, tmp_path: Path) -> None:
    routes = every_route(service)

    for level in ("DEBUG", "INFO", "ERROR"):
        settings = service.runtime.settings.model_copy(
            update={"log_level": level, "data": tmp_path}
        )
        changed = replace(service, runtime=replace(service.runtime, settings=settings))
        assert every_route(changed) == routes
        assert changed.app.openapi() == service.app.openapi()
        assert not changed.app.debug


@pytest.mark.parametrize(
    "path",
    [
        "/redoc", "/docs/oauth2-redirect", "/debug", "/admin", "/console", "/metrics", "/.env",
        "/.git/config", "/v1", "/v1/hubs", "/v1/learners", "/v1/signing-keys", "/server-status",
        "/static/", "/static/../config.py", "/static/%2e%2e/rendering.py",
        "/static/..%2frendering.py",
        "/schemas/", "/schemas/contexts/credentials-v2.json", "/hubs/..%2f..%2fetc/did.json",
    ],
)  # fmt: skip
def test_t71_nothing_else_is_there(service: Service, path: str) -> None:
    response = service.client().get(path)

    assert response.status_code == 404
    assert response.json()["code"] in {"not-found", "hub-not-found"}


def also_offered(path: str, offered: Mapping[str, set[str]]) -> set[str]:
    """Give the methods of paths with a name in braces that this path fits too."""
    fits = (other for other in offered if other != path and "{" not in path)
    patterns = ((re.sub(r"\{\w+\}", "[^/]+", other), other) for other in fits)
    return {m for found, other in patterns if re.fullmatch(found, path) for m in offered[other]}


def test_t71_a_method_that_is_not_offered_is_refused(service: Service) -> None:
    things = Things.of(service, service.one)
    offered: dict[str, set[str]] = {}
    for method, path in every_route(service):
        offered.setdefault(path, set()).add(method)

    for path, methods in offered.items():
        if path == "/static":
            continue
        for method in METHODS - methods - also_offered(path, offered):
            response = service.client().request(method, things.path(path))
            assert response.status_code == 405, (method, path)
            assert response.json()["code"] == "method-not-allowed"


def test_t57_a_method_in_a_header_changes_nothing(service: Service) -> None:
    things = Things.of(service, service.one)
    headers = {"x-http-method-override": "DELETE", "x-method-override": "DELETE"}

    response = service.client().post(f"/v1/api-keys/{things.key_id}", headers=headers)

    assert response.status_code == 405


def test_an_answer_that_breaks_off_gets_no_second_beginning() -> None:
    async def breaks_off(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(INTERNALS)

    client = TestClient(
        Edge(breaks_off, hosts=frozenset({"testserver"}), https=True),
        raise_server_exceptions=False,
    )
    with capture_logs() as logged:
        response = client.get("/")

    assert response.status_code == 200
    assert response.headers["strict-transport-security"] == "max-age=31536000"
    assert [entry["event"] for entry in logged] == ["unhandled exception", "request"]


def test_nothing_is_served_but_http(service: Service) -> None:
    with service.public() as client:  # Starts and stops the application, as a server does.
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/c/anything"),
        ):
            pass
        assert client.get("/healthz").status_code == 200


def test_when_the_database_is_away_it_says_so_and_comes_back(
    sqlite: SqliteDatabases, tmp_path: Path
) -> None:
    with sqlite.migrated() as url, running(url, tmp_path / "data") as service:
        code = str(issue(service.client())["url"]).rpartition("/")[2]
        database = Path(url.removeprefix("sqlite:///"))
        away = database.with_name("away.db")
        service.resources.store.close()
        database.rename(away)

        alive, ready = service.public().get("/healthz"), service.public().get("/readyz")
        shown = service.public().get(f"/c/{code}")
        database.unlink()
        away.rename(database)
        service.resources.store.close()

        assert (alive.status_code, ready.status_code, shown.status_code) == (200, 503, 503)
        assert not [word for word in TELLING if word in ready.text + shown.text]
        assert service.public().get("/readyz").text == "ready\n"
        assert service.public().get(f"/c/{code}").status_code == 200
