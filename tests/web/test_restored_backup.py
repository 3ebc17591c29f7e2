"""R15: an older database behind the same second store verifies, and issues nothing."""

from http import HTTPStatus
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from credhub.runtime import Runtime, open_runtime
from credhub.web.app import create_app
from tests.engines import Databases
from tests.running import (
    Clock,
    Service,
    code_of,
    issue,
    issue_body,
    publish,
    running,
    settings_for,
    unique,
)


def client_of(runtime: Runtime, service: Service) -> TestClient:
    client = TestClient(create_app(runtime), base_url=service.origin)
    client.headers["authorization"] = f"Bearer {service.one.token}"
    return client


@pytest.mark.slow
def test_r15_a_restored_backup_verifies_and_issues_nothing(
    databases: Databases, database_url: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with running(database_url, data) as service:
        achievement = publish(service.client())
        kept = issue(service.client(), achievement)
    with databases.copied(database_url) as backup:
        with open_runtime(settings_for(database_url, data), clock=Clock()) as runtime:
            lost = issue(client_of(runtime, service), achievement)

        with open_runtime(settings_for(backup, data), clock=Clock()) as runtime:
            client = client_of(runtime, service)
            (standing,) = runtime.resources.sequencer.refused
            wanted = issue_body(achievement)
            refused = client.post(
                "/v1/credentials", json=wanted, headers={"idempotency-key": unique("key")}
            )

            assert refused.status_code == HTTPStatus.SERVICE_UNAVAILABLE
            assert refused.json()["code"] == "rollback-detected"
            told = f"has {standing.size} entries here, but {standing.contrary_size} were published"
            assert told in refused.json()["detail"]
            verified = client.get(f"/c/{code_of(kept)}", headers={"accept": "application/json"})
            assert verified.json()["verdict"] == "valid"
            assert client.get(f"/c/{code_of(lost)}").status_code == HTTPStatus.NOT_FOUND
