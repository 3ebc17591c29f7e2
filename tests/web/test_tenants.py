"""T55: a hub reaches nothing of another, on any route. Generated from the OpenAPI document."""

from credhub.services import api_keys, reading
from tests.running import Service, issue_body, unique
from tests.web.routes import Operation, Things, operations, rows_of

OK = {200, 201, 202, 204}
IN_BODY_OR_QUERY = {
    "POST /v1/credentials",
    "POST /v1/batches",
    "POST /v1/programs",
    "POST /v1/cohorts",
}
"""Operations that name an achievement or a program, though not in their path."""


def about(operation: Operation) -> set[str]:
    """Give the names in an operation's path."""
    return {name for name in operation.parameters if f"{{{name}}}" in operation.path}


def test_t55_no_route_gives_a_hub_anything_of_another(service_on_each: Service) -> None:
    theirs = Things.of(service_on_each, service_on_each.one)
    intruder = service_on_each.client(service_on_each.other)
    before = rows_of(service_on_each)
    tried = 0

    for operation in operations(service_on_each):
        if operation.locked and (about(operation) or operation.name in IN_BODY_OR_QUERY):
            answer = operation.call(intruder, theirs)
            assert answer.status == 404, operation.name
            assert not any(secret in answer.text for secret in theirs.secret), operation.name
            tried += 1

    assert tried >= 7
    assert rows_of(service_on_each) == before


def test_t55_no_list_holds_anything_of_another_hub(service_on_each: Service) -> None:
    theirs = Things.of(service_on_each, service_on_each.one)
    Things.of(service_on_each, service_on_each.other)
    intruder = service_on_each.client(service_on_each.other)

    for operation in operations(service_on_each):
        if operation.locked and operation.method == "GET" and not about(operation):
            cursors = theirs.secret if "cursor" in operation.parameters else {""}
            for cursor in cursors:
                answer = intruder.get(operation.path, params={"cursor": cursor, "limit": 500})
                assert answer.status_code == 200, operation.name
                held = theirs.secret - {cursor}
                assert not any(secret in answer.text for secret in held), operation.name


def test_t55_a_hub_reaches_its_own_on_every_route(service_on_each: Service) -> None:
    for operation in operations(service_on_each):
        if operation.locked:
            mine = Things.when_asked(service_on_each, service_on_each.one)
            answer = operation.call(service_on_each.client(), mine)
            assert answer.status in OK, (operation.name, answer.text)


def test_t55_what_another_hub_makes_stays_its_own(service_on_each: Service) -> None:
    mine = Things.of(service_on_each, service_on_each.other)
    body = issue_body(mine.achievement_id)
    client = service_on_each.client(service_on_each.other)

    made = client.post("/v1/credentials", json=body, headers={"idempotency-key": unique("k")})

    number = service_on_each.other.hub.number
    opened = reading.by_id(service_on_each.resources, number, made.json()["id"])
    assert opened.hub.number == number
    assert opened.address.rpartition("/")[2] == opened.credential.code
    caller = api_keys.authenticate(service_on_each.resources, service_on_each.other.token)
    assert caller.hub == number
