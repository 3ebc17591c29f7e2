"""T99: nobody writes anything without a key, and no other site may call us from a browser."""

import pytest

from tests.running import Service, unique
from tests.web.routes import Things, every_route, operations, rows_of, sent_batch

CANCEL = "POST /v1/batches/{batch_id}/cancel"
NOT_A_KEY: tuple[dict[str, str], ...] = (
    {},
    {"authorization": ""},
    {"authorization": "Bearer"},
    {"authorization": "Bearer "},
    {"authorization": "Bearer chk_"},
    {"authorization": "Bearer admin"},
    {"authorization": "Basic YWRtaW46YWRtaW4="},
    {"x-api-key": "chk_"},
    {"cookie": "session=chk_"},
)


@pytest.mark.parametrize("headers", NOT_A_KEY, ids=str)
def test_t99_no_route_writes_without_a_key(service: Service, headers: dict[str, str]) -> None:
    things = Things.of(service, service.one)
    client, before = service.public(), rows_of(service)
    client.headers.update(headers)

    for operation in operations(service):
        answer = operation.call(client, things)
        if operation.writes or operation.locked:
            assert answer.status == 401, operation.name
            assert "Bearer" in answer.text

    assert rows_of(service) == before


SUSPEND = "POST /v1/credentials/{credential_id}/suspension"
END_LINKS = "DELETE /v1/credentials/{credential_id}/claim-link"


VISIT = ("again", "end", "file", "request", "showing")
"""What a learner can do with a link."""


def test_t99_with_a_key_the_same_requests_write(service: Service) -> None:
    client = service.client()

    for operation in operations(service):
        if operation.writes:
            things = Things.when_asked(service, service.one)
            if operation.name == SUSPEND:
                lifted = things.path(operation.path), {"reason": "paid"}
                assert client.request("DELETE", lifted[0], json=lifted[1]).status_code == 200
            if operation.name == CANCEL:
                things = things.but(batch_id=sent_batch(client, things.achievement_id))
            if operation.name == END_LINKS:
                headers = {"idempotency-key": unique("key")}
                assert client.post(things.path(operation.path), headers=headers, json={}).is_success
            body, _ = operation.body(things), things.path(operation.path)
            before = rows_of(service)
            answer = operation.call(client, things, body)
            assert answer.status in {200, 201, 202, 204}, operation.name
            assert rows_of(service) != before, operation.name


def test_t99_every_route_that_writes_is_documented_and_locked(service: Service) -> None:
    documented = {operation.name: operation for operation in operations(service)}

    # Forms for people, of whom learners have a link; a protocol of others that only logs speak
    # which the operator chose; and one that writes nothing and gives a token for a key.
    open_to_all = {"POST /verify", "POST /witness/add-checkpoint", "POST /oauth/token"}
    open_to_all |= {"POST /claim", *(f"POST /claim/{name}" for name in VISIT)}
    for method, path in every_route(service):
        if path.startswith("/vcalm/"):  # That their keys are wanted is shown in test_vcalm.
            assert path in service.app.openapi()["paths"]
        elif method not in {"GET", "HEAD"} and f"{method} {path}" not in open_to_all:
            assert f"{method} {path}" in documented
    assert all(operation.locked for operation in documented.values() if operation.writes)


def test_t99_no_other_site_may_call_us_from_a_browser(service: Service) -> None:
    things = Things.of(service, service.one)
    client = service.client()
    client.headers["origin"] = "https://other.example"

    for method, path in every_route(service):
        address = things.path(path) if path != "/static" else "/static/credhub.css"
        preflight = client.options(address, headers={"access-control-request-method": method})
        response = client.request(method, address, headers={"idempotency-key": unique("k")})
        assert preflight.status_code in {404, 405}, path
        for answer in (preflight, response):
            assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_t57_a_form_of_another_site_is_not_read_as_json(service: Service) -> None:
    things = Things.of(service, service.one)
    before = rows_of(service)

    for operation in operations(service):
        if operation.model:
            for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
                response = service.client().request(
                    operation.method,
                    things.path(operation.path),
                    content=b"{}",
                    headers={"content-type": media_type, "idempotency-key": unique("k")},
                )
                assert response.status_code == 415, (operation.name, media_type)

    assert rows_of(service) == before
