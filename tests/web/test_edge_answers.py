"""What every request can be answered with before a route sees it is in the document."""

from functools import cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from credhub.web import admission
from credhub.web.edge import Edge
from tests.openapi_document import DOCUMENT
from tests.running import Service
from tests.web.routes import Operation, Things, operations

TOO_LONG = "x" * (admission.MAX_QUERY_WITH_REASON + 1)


@cache
def published() -> Any:  # noqa: ANN401 - whatever stands there
    return yaml.safe_load(DOCUMENT.read_text("utf-8"))


def described(operation: Operation) -> Any:  # noqa: ANN401 - whatever stands there
    """Give what the published document says of an operation."""
    return published()["paths"][operation.path][operation.method.lower()]


def documented(operation: Operation, status: int) -> set[str]:
    """Give the media types that the published document names for an answer."""
    answer = described(operation)["responses"][str(status)]
    if "$ref" in answer:
        answer = published()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return set(answer["content"])


def test_what_the_edge_refuses_is_documented_for_every_operation(service: Service) -> None:
    things, client = Things.of(service, service.one), service.client()
    refusals = (
        (421, {"headers": {"host": "evil.example"}}),
        (431, {"headers": {f"x-{number}": "x" for number in range(admission.MAX_HEADERS)}}),
        (400, {"params": {"q": TOO_LONG}}),
        (413, {"headers": {"content-length": str(10**9)}}),
    )
    for operation in operations(service):
        for status, given in refusals:
            answer = client.request(operation.method, things.path(operation.path), **given)  # type: ignore[arg-type]  # headers or parameters
            assert answer.status_code == status, operation.name
            assert documented(operation, status) == {answer.headers["content-type"]}


def test_a_service_with_too_much_to_do_says_so_as_documented(service: Service) -> None:
    full = Edge(service.app, hosts=service.runtime.settings.hosts, https=False, at_once=0)
    schema = service.app.openapi()["components"]["schemas"]["Problem"]
    client = service.public(full)  # type: ignore[arg-type]  # an application as well

    for operation in operations(service):
        answer = client.request(operation.method, "/")
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert answer.headers["content-type"] in documented(operation, 503)
        Draft202012Validator(schema).validate(answer.json())


def test_a_form_in_other_letters_is_refused_as_documented(service: Service) -> None:
    things, client = Things.of(service, service.one), service.client()
    headers = {"content-type": "multipart/form-data; boundary=x; charset=utf-7"}
    for operation in operations(service):
        if "requestBody" in described(operation):
            answer = client.post(things.path(operation.path), content=b"--x--", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "charset-not-utf-8")
            assert answer.headers["content-type"] in documented(operation, 415)


def test_only_what_takes_a_body_can_wait_for_it_too_long(service: Service) -> None:
    for path, methods in service.app.openapi()["paths"].items():
        for method, described in methods.items():
            takes_body = "requestBody" in described
            assert ("408" in described["responses"]) == takes_body, (method, path)
            assert list(described["responses"]) == sorted(described["responses"])
