"""T58: an API key comes in one header, does what its scopes say, and is written down nowhere."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from credhub.services.api_keys import Scope
from tests.engines import SqliteDatabases
from tests.running import Service, achievement_body, running, unique
from tests.web.routes import Operation, Things, operations

WANTED = {
    "POST /v1/achievements": Scope.ISSUE,
    "POST /v1/achievements/{achievement_id}/versions": Scope.ISSUE,
    "GET /v1/achievements": Scope.READ,
    "GET /v1/achievements/{achievement_id}": Scope.READ,
    "POST /v1/credentials": Scope.ISSUE,
    "GET /v1/credentials": Scope.READ,
    "GET /v1/credentials/{credential_id}": Scope.READ,
    "GET /v1/credentials/{credential_id}/receipt": Scope.READ,
    "POST /v1/credentials/{credential_id}/revocation": Scope.REVOKE,
    "POST /v1/credentials/{credential_id}/correction": Scope.ISSUE,
    "POST /v1/credentials/{credential_id}/suspension": Scope.REVOKE,
    "DELETE /v1/credentials/{credential_id}/suspension": Scope.REVOKE,
    "POST /v1/batches": Scope.ISSUE,
    "POST /v1/batches/changes": Scope.REVOKE,
    "POST /v1/batches/changes/file": Scope.REVOKE,
    "GET /v1/batches": Scope.READ,
    "GET /v1/batches/{batch_id}": Scope.READ,
    "GET /v1/batches/{batch_id}/rows": Scope.READ,
    "GET /v1/batches/{batch_id}/certificates": Scope.READ,
    "GET /v1/batches/{batch_id}/files": Scope.READ,
    "GET /v1/batches/{batch_id}/events": Scope.READ,
    "POST /v1/batches/{batch_id}/cancel": Scope.ISSUE,
    "POST /v1/verify/batch": Scope.VERIFY,
    "POST /v1/partners": Scope.PARTNERS,
    "GET /v1/partners": Scope.READ,
    "GET /v1/partners/{partner_id}": Scope.READ,
    "DELETE /v1/partners/{partner_id}": Scope.PARTNERS,
    "POST /v1/endorsements": Scope.ENDORSE,
    "GET /v1/endorsements": Scope.READ,
    "GET /v1/endorsements/{given_id}": Scope.READ,
    "POST /v1/endorsements/{given_id}/withdrawal": Scope.PARTNERS,
    "GET /v1/webhooks": Scope.WEBHOOKS,
    "POST /v1/webhooks": Scope.WEBHOOKS,
    "GET /v1/webhooks/{webhook_id}": Scope.WEBHOOKS,
    "PATCH /v1/webhooks/{webhook_id}": Scope.WEBHOOKS,
    "DELETE /v1/webhooks/{webhook_id}": Scope.WEBHOOKS,
    "POST /v1/webhooks/{webhook_id}/secrets": Scope.WEBHOOKS,
    "POST /v1/webhooks/{webhook_id}/test": Scope.WEBHOOKS,
    "GET /v1/webhooks/{webhook_id}/deliveries": Scope.WEBHOOKS,
    "POST /v1/webhooks/{webhook_id}/replay": Scope.WEBHOOKS,
    "POST /v1/batches/{batch_id}/claim-links": Scope.ISSUE,
    "POST /v1/programs": Scope.ISSUE,
    "GET /v1/programs": Scope.READ,
    "GET /v1/programs/{program_id}": Scope.READ,
    "PUT /v1/programs/{program_id}": Scope.ISSUE,
    "DELETE /v1/programs/{program_id}": Scope.ISSUE,
    "POST /v1/cohorts": Scope.ISSUE,
    "GET /v1/cohorts": Scope.READ,
    "GET /v1/cohorts/{cohort_id}": Scope.READ,
    "PUT /v1/cohorts/{cohort_id}": Scope.ISSUE,
    "POST /v1/cohorts/{cohort_id}/finish": Scope.ISSUE,
    "POST /v1/cohorts/{cohort_id}/learners": Scope.ISSUE,
    "GET /v1/cohorts/{cohort_id}/learners": Scope.READ,
    "GET /v1/cohorts/{cohort_id}/learners/{learner_id}": Scope.READ,
    "PUT /v1/cohorts/{cohort_id}/learners/{learner_id}": Scope.ISSUE,
    "DELETE /v1/cohorts/{cohort_id}/learners/{learner_id}": Scope.ISSUE,
    "POST /v1/credentials/{credential_id}/claim-link": Scope.ISSUE,
    "DELETE /v1/credentials/{credential_id}/claim-link": Scope.ISSUE,
    "GET /v1/credentials/{credential_id}/claim": Scope.READ,
    "GET /v1/learner-requests": Scope.READ,
    "POST /v1/learner-requests/{request_id}/answer": Scope.ISSUE,
    "GET /v1/api-keys": Scope.KEYS,
    "POST /v1/api-keys": Scope.KEYS,
    "DELETE /v1/api-keys/{key_id}": Scope.KEYS,
}

MORE = {
    # A key gives others no scope that it lacks.
    "POST /v1/api-keys": {Scope.ENDORSE},
    # It issues one credential and revokes another.
    "POST /v1/credentials/{credential_id}/correction": {Scope.REVOKE},
    "POST /v1/batches/changes/file": {Scope.ISSUE},
}


def locked(service: Service) -> list[Operation]:
    return [operation for operation in operations(service) if operation.locked]


def test_t58_every_locked_route_wants_its_scope_and_no_other(service: Service) -> None:
    for operation in locked(service):
        wanted = WANTED[operation.name]
        client, things = service.public(), Things.when_asked(service, service.one)
        client.headers["authorization"] = f"Bearer {service.key(*set(Scope) - {wanted})}"
        answer = operation.call(client, things)
        assert answer.status == 403, operation.name
        assert "scope-missing" in answer.text

        scopes = {wanted} | MORE.get(operation.name, set())
        client.headers["authorization"] = f"Bearer {service.key(*scopes)}"
        assert operation.call(client, things).status in {200, 201, 202, 204}, operation.name


def test_t58_a_key_gives_no_scope_that_it_lacks(service: Service) -> None:
    client = service.public()
    client.headers["authorization"] = f"Bearer {service.key(Scope.KEYS, Scope.READ)}"

    def ask(*scopes: Scope) -> int:
        body = {"label": "x", "scopes": list(scopes)}
        return client.post("/v1/api-keys", json=body).status_code

    assert ask(Scope.READ, Scope.KEYS) == 201
    assert ask(Scope.READ, Scope.ISSUE) == 403


def test_t58_a_key_is_shown_once(service: Service) -> None:
    client = service.client()
    made = client.post("/v1/api-keys", json={"label": "LMS", "scopes": ["read"]}).json()

    listed = client.get("/v1/api-keys")

    assert made["key"].startswith("chk_")
    assert made["key"] not in listed.text
    assert made["id"] in {item["id"] for item in listed.json()["items"]}
    assert not any("key" in item for item in listed.json()["items"])


@pytest.mark.parametrize("place", ["?key={}", "?x=a{}", "?{}", "?{}=1", "?a=1&token=%63hk_x"])
def test_t58_a_key_in_an_address_is_refused(service: Service, place: str) -> None:
    address = "/v1/credentials" + place.format(service.one.token)

    response = service.client().get(address)

    assert response.status_code == 400
    assert response.json()["code"] == "bad-address"
    assert service.one.token not in response.text + str(response.headers)


def test_t58_an_address_without_a_key_is_not_refused(service: Service) -> None:
    assert service.client().get("/v1/credentials?limit=1").status_code == 200
    assert service.client().get("/v1/credentials?cursor=" + "a" * 5000).status_code == 400


def test_t59_a_revoked_key_fails_at_the_next_request(service_on_each: Service) -> None:
    owner = service_on_each.client()
    made = owner.post("/v1/api-keys", json={"label": "LMS", "scopes": ["read"]}).json()
    client = service_on_each.public()
    client.headers["authorization"] = f"Bearer {made['key']}"
    assert client.get("/v1/achievements").status_code == 200

    assert owner.delete(f"/v1/api-keys/{made['id']}").status_code == 204

    refused = client.get("/v1/achievements")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    listed = {item["id"]: item for item in owner.get("/v1/api-keys").json()["items"]}
    assert listed[made["id"]]["revokedAt"]


def test_t58_an_expired_key_fails(fresh_service: Service) -> None:
    expires_at = (fresh_service.clock.now + timedelta(hours=1)).isoformat()
    body = {"label": "LMS", "scopes": ["read"], "expiresAt": expires_at}
    made = fresh_service.client().post("/v1/api-keys", json=body).json()
    client = fresh_service.public()
    client.headers["authorization"] = f"Bearer {made['key']}"
    assert client.get("/v1/achievements").status_code == 200

    fresh_service.clock.move(hours=1)

    assert client.get("/v1/achievements").status_code == 401


def test_t58_no_key_is_in_the_database_or_in_the_logs(
    sqlite: SqliteDatabases,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        sqlite.migrated() as url,
        capture_logs() as logged,
        running(url, tmp_path / "data") as service,
    ):
        client = service.client()
        made = client.post("/v1/api-keys", json={"label": "LMS", "scopes": ["read"]}).json()
        tokens = [service.one.token, service.other.token, made["key"]]
        body = achievement_body()
        client.post("/v1/achievements", json=body, headers={"idempotency-key": unique("k")})
        for token in tokens:
            client.headers["authorization"] = f"Bearer {token}"
            client.get("/v1/credentials")
            client.get(f"/v1/credentials?key={token}")
            client.get(f"/c/{token}")
            client.get(f"/verify?q={token}")
        folder = Path(url.removeprefix("sqlite:///")).parent
        files = {str(p): p.read_bytes() for p in folder.rglob("*")}
        files |= {str(p): p.read_bytes() for p in (tmp_path / "data").rglob("*") if p.is_file()}
    ours = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("http"))
    written = ours + str(logged) + "".join(capfd.readouterr())

    assert "/v1/credentials" in written
    assert b"LMS" in b"".join(files.values())
    for token in tokens:
        secret = token.removeprefix("chk_")
        assert secret not in written
        assert not [path for path, content in files.items() if secret.encode() in content]
