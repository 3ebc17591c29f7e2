"""T56: a body holds the documented members and nothing else. Generated from OpenAPI."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from pydantic.alias_generators import to_snake

from credhub.jsontypes import JsonObject, JsonValue
from tests.running import Service
from tests.web.routes import FULL_BODIES, Operation, Things, filled, operations, rows_of

EXTRA = (
    "hub_id", "hubId", "hub", "issuer", "issued_at", "issuedAt", "ledger_seq", "ledger", "seq",
    "status", "id", "code", "role", "scopes", "key", "version", "proof", "__proto__", "toString",
)  # fmt: skip
Path = tuple[str | int, ...]


def schemas_of(service: Service) -> dict[str, Any]:
    schemas: dict[str, Any] = service.app.openapi()["components"]["schemas"]
    return schemas


def resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and take the one alternative to null."""
    for alternative in schema.get("anyOf", ()):
        if alternative.get("type") != "null":
            return resolved(alternative, schemas)
    if "$ref" in schema:
        return resolved(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    return schema


def objects_in(
    value: JsonValue, schema: dict[str, Any], schemas: dict[str, Any], path: Path = ()
) -> Iterator[tuple[Path, set[str]]]:
    """List every object in a body with the members that it may have; free ones are left out."""
    schema = resolved(schema, schemas)
    match value:
        case dict() if "properties" in schema:
            assert schema["additionalProperties"] is False, path
            lacking = set(schema["properties"]) - set(value) - either_or(schema)
            assert not lacking, f"the example lacks a member at {path}"
            yield path, set(schema["properties"])
            for name, member in value.items():
                yield from objects_in(member, schema["properties"][name], schemas, (*path, name))
        case list():
            for index, item in enumerate(value):
                yield from objects_in(item, schema["items"], schemas, (*path, index))
        case _:
            pass


def either_or(schema: dict[str, Any]) -> set[str]:
    """List the members of which an object has exactly one, and those that go with one of them."""
    alternatives = {name for one in schema.get("oneOf", ()) for name in one["required"]}
    return alternatives | set(schema.get("dependentRequired", ()))


def with_member(body: JsonValue, path: Path, name: str) -> JsonValue:
    changed = deepcopy(body)
    place: Any = changed
    for step in path:
        place = place[step]
    place[name] = 1
    return changed


def with_bodies(service: Service) -> list[Operation]:
    return [operation for operation in operations(service) if operation.model]


def object_in(body: JsonValue) -> tuple[JsonObject, Callable[[JsonValue], JsonValue]]:
    """Give the object that a body is, or has one of, and what makes a body of such an object."""
    if isinstance(body, list):
        (one,) = body
        assert isinstance(one, dict)
        return one, lambda changed: [changed]
    assert isinstance(body, dict)
    return body, lambda changed: changed


def test_t56_every_request_model_has_an_example(service: Service) -> None:
    assert {operation.model for operation in with_bodies(service)} == set(FULL_BODIES)


def test_t56_no_undocumented_member_is_taken(service: Service) -> None:
    things, schemas = Things.of(service, service.one), schemas_of(service)
    client, before, tried = service.client(), rows_of(service), 0

    for operation in with_bodies(service):
        body = filled(FULL_BODIES[str(operation.model)], things)
        for path, members in objects_in(body, schemas[str(operation.model)], schemas):
            for name in set(EXTRA) - members:
                answer = operation.call(client, things, with_member(body, path, name))
                assert answer.status == 422, (operation.name, path, name)
                assert name in answer.text
                tried += 1

    assert tried > 150
    assert rows_of(service) == before


def test_t56_members_in_another_spelling_are_not_taken(service: Service) -> None:
    things, client = Things.of(service, service.one), service.client()

    for operation in with_bodies(service):
        body, around = object_in(filled(FULL_BODIES[str(operation.model)], things))
        other: JsonObject = {to_snake(name): member for name, member in body.items()}
        if other != body:
            assert operation.call(client, things, around(other)).status == 422, operation.name


def test_t56_a_value_of_another_type_is_not_taken(service: Service) -> None:
    things, client = Things.of(service, service.one), service.client()
    wrong: tuple[JsonValue, ...] = (None, 1, True, "x", [], {}, ["x"], {"a": "b"}, 0.5)

    for operation in with_bodies(service):
        body, around = object_in(filled(FULL_BODIES[str(operation.model)], things))
        for name, member in body.items():
            for other in wrong:
                if type(other) is not type(member) and other is not None:
                    answer = operation.call(client, things, around({**body, name: other}))
                    assert answer.status == 422, (operation.name, name, other)
        for whole in wrong:
            if not isinstance(whole, dict) and whole is not None:
                assert operation.call(client, things, whole).status == 422, operation.name


def test_t56_the_examples_are_taken_as_they_are(service: Service) -> None:
    for operation in with_bodies(service):
        answer = operation.call(service.client(), Things.when_asked(service, service.one))
        assert answer.status in {200, 201, 202}, (operation.name, answer.text)
