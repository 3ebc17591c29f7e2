"""What the page of the API shows: an OpenAPI document, arranged by resource."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from credhub.jsontypes import JsonObject
from credhub.web.pages.api_examples import curl
from credhub.web.pages.api_schemas import FieldView, Schemas
from credhub.web.pages.reading import object_of, objects_of, text_of, texts_of

METHODS: Final = ("get", "post", "put", "patch", "delete")
PROBLEM: Final = "application/problem+json"
_API = re.compile(r"\bapi\b", re.IGNORECASE)
_NOTHING_SAID = "Successful Response"
_CODE = re.compile(r"`([a-z0-9-]+)`")
_WITHIN = re.compile(r"(?<!\n)\n(?![\n-])")
_NOT_IN_ANCHOR = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterView:
    """One parameter of an operation."""

    name: str
    where: str
    type: str
    required: bool
    description: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyView:
    """One form of the request body."""

    media_type: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """One answer of an operation; ``codes`` are the problems that it may name."""

    status: str
    description: tuple[str, ...]
    media_types: tuple[str, ...]
    codes: tuple[str, ...]
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """One method of one path."""

    anchor: str
    method: str
    path: str
    summary: str
    description: tuple[str, ...]
    needs_key: bool
    parameters: tuple[ParameterView, ...]
    bodies: tuple[BodyView, ...]
    answers: tuple[AnswerView, ...]
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceView:
    """The operations of one resource; the name is None for what has no tag."""

    anchor: str
    name: str | None
    operations: tuple[OperationView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDocsView:
    """The whole page. Descriptions are pieces of text, every second one code."""

    title: str
    version: str
    description: tuple[str, ...]
    base: str
    resources: tuple[ResourceView, ...]


def api_docs_view(openapi: JsonObject, *, base_url: str = "") -> ApiDocsView:
    """Arrange an OpenAPI 3.1 document for reading.

    Args:
        openapi: The document.
        base_url: Where the API is, when the document names no server.
    """
    described = object_of(openapi, "info")
    servers = [text_of(server, "url") for server in objects_of(openapi, "servers")]
    base = next(filter(None, servers), base_url).rstrip("/")
    grouped: dict[str | None, list[OperationView]] = {}
    for resource, operation in _operations(openapi, base):
        grouped.setdefault(resource, []).append(operation)
    return ApiDocsView(
        title=text_of(described, "title") or "",
        version=text_of(described, "version") or "",
        description=pieces(text_of(described, "description")),
        base=base,
        resources=tuple(
            ResourceView(anchor=_anchor(name or "other"), name=name, operations=tuple(operations))
            for name, operations in grouped.items()
        ),
    )


def pieces(text: str | None) -> tuple[str, ...]:
    """Split a text at its backticks: every second piece is code.

    Lines of one paragraph are joined, because they were broken for an editor and not for a page.
    """
    return tuple(_WITHIN.sub(" ", text).replace("``", "`").split("`")) if text else ()


def _operations(openapi: JsonObject, base: str) -> Iterator[tuple[str | None, OperationView]]:
    schemas = Schemas(openapi)
    for path in object_of(openapi, "paths"):
        item = object_of(object_of(openapi, "paths"), path)
        for method in METHODS:
            operation = object_of(item, method)
            if operation:
                name = next(iter(texts_of(operation, "tags")), None)
                yield name, _operation(path, method, operation, schemas, base)


def _operation(
    path: str, method: str, operation: JsonObject, schemas: Schemas, base: str
) -> OperationView:
    return OperationView(
        anchor=_anchor(f"{method} {path}"),
        method=method.upper(),
        path=path,
        summary=_sentence_case(text_of(operation, "summary") or path),
        description=pieces(text_of(operation, "description")),
        needs_key=bool(operation.get("security")),
        parameters=tuple(
            _parameter(schemas.resolved(item), schemas)
            for item in objects_of(operation, "parameters")
        ),
        bodies=tuple(_bodies(operation, schemas)),
        answers=tuple(
            _answer(status, schemas.resolved(object_of(responses, status)), schemas)
            for responses in [object_of(operation, "responses")]
            for status in sorted(responses)
        ),
        example=curl(path, method, operation, schemas, base),
    )


def _parameter(parameter: JsonObject, schemas: Schemas) -> ParameterView:
    schema = object_of(parameter, "schema")
    description = text_of(parameter, "description") or text_of(schema, "description")
    return ParameterView(
        name=text_of(parameter, "name") or "",
        where=text_of(parameter, "in") or "",
        type=schemas.type_of(schema),
        required=parameter.get("required") is True,
        description=pieces(description),
    )


def _bodies(operation: JsonObject, schemas: Schemas) -> Iterator[BodyView]:
    content = object_of(schemas.resolved(object_of(operation, "requestBody")), "content")
    for media_type in content:
        schema = object_of(object_of(content, media_type), "schema")
        yield BodyView(media_type=media_type, fields=tuple(schemas.fields(schema)))


def _answer(status: str, response: JsonObject, schemas: Schemas) -> AnswerView:
    content = object_of(response, "content")
    description = text_of(response, "description") or ""
    is_problem = PROBLEM in content
    said = "" if description == _NOTHING_SAID else description
    return AnswerView(
        status=status,
        description=() if is_problem and _CODE.search(description) else pieces(said),
        media_types=tuple(content),
        codes=_codes(description, object_of(content, PROBLEM)) if is_problem else (),
        fields=() if is_problem else tuple(_answer_fields(content, schemas)),
    )


def _codes(description: str, media: Mapping[str, object]) -> tuple[str, ...]:
    examples = media.get("examples")
    named = list(examples) if isinstance(examples, dict) else []
    return tuple(dict.fromkeys([*_CODE.findall(description), *named]))


def _answer_fields(content: JsonObject, schemas: Schemas) -> Iterator[FieldView]:
    schema = object_of(object_of(content, "application/json"), "schema")
    return schemas.fields(schema)


def _sentence_case(summary: str) -> str:
    """Undo the capitals of a title that was made from a function's name."""
    if not summary.istitle():
        return summary
    return _API.sub("API", summary.capitalize())


def _anchor(text: str) -> str:
    return _NOT_IN_ANCHOR.sub("-", text.lower()).strip("-")
