"""A curl command for each operation of an OpenAPI document."""

import json
from shlex import quote
from typing import Final

from credhub.jsontypes import JsonObject, JsonValue
from credhub.web.pages.api_schemas import MAX_DEPTH, Schemas
from credhub.web.pages.reading import object_of, objects_of, text_of, texts_of

_JSON: Final = "application/json"
_BREAK: Final = " \\\n  "
# Headers that an example shows even where the schema cannot say that they are required.
_HEADERS: Final = {"Idempotency-Key": "2026-cohort-3-amina"}
_SAMPLES: Final[dict[str, JsonValue]] = {
    "integer": 1,
    "number": 1,
    "boolean": True,
    "date": "2026-06-14",
    "date-time": "2026-06-14T09:00:00Z",
    "email": "amina@example.org",
    "uri": "https://example.org/",
}


def curl(path: str, method: str, operation: JsonObject, schemas: Schemas, base: str) -> str:
    """Write one command that can be pasted into a shell."""
    words = ["curl" if method == "get" else f"curl -X {method.upper()}"]
    words[0] += f" {quote(base + path)}"
    if operation.get("security"):
        words.append('-H "Authorization: Bearer $CREDHUB_KEY"')
    words += [_header(name) for name in _shown_headers(operation, schemas)]
    return _BREAK.join(words + _body_words(operation, schemas))


def sample(schema: JsonObject, schemas: Schemas, *, depth: int = 0) -> JsonValue:
    """Make a value that a schema allows, with its required members."""
    schema = schemas.resolved(schema)
    given = _given(schema)
    if given is not None or depth > MAX_DEPTH:
        return given
    choices = [*objects_of(schema, "anyOf"), *objects_of(schema, "oneOf")]
    if choices:
        return sample(choices[0], schemas, depth=depth + 1)
    match schema.get("type"):
        case "object":
            return _sample_object(schema, schemas, depth)
        case "array":
            return [sample(object_of(schema, "items"), schemas, depth=depth + 1)]
        case kind:
            return _SAMPLES.get(text_of(schema, "format") or str(kind), "…")


def _sample_object(schema: JsonObject, schemas: Schemas, depth: int) -> JsonObject:
    members = object_of(schema, "properties")
    return {
        name: sample(object_of(members, name), schemas, depth=depth + 1)
        for name in texts_of(schema, "required")
    }


def _given(schema: JsonObject) -> JsonValue:
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        return examples[0]
    values = schema.get("enum")
    first = values[0] if isinstance(values, list) and values else None
    return schema.get("example", schema.get("const", schema.get("default", first)))


def _header(name: str) -> str:
    value = _HEADERS.get(name, "…")
    return f"-H {quote(f'{name}: {value}')}"


def _shown_headers(operation: JsonObject, schemas: Schemas) -> list[str]:
    parameters = (schemas.resolved(item) for item in objects_of(operation, "parameters"))
    return [
        name
        for parameter in parameters
        if (name := text_of(parameter, "name"))
        and parameter.get("in") == "header"
        and (parameter.get("required") is True or name in _HEADERS)
    ]


def _body_words(operation: JsonObject, schemas: Schemas) -> list[str]:
    content = object_of(schemas.resolved(object_of(operation, "requestBody")), "content")
    if not content:
        return []
    media_type = _JSON if _JSON in content else next(iter(content))
    words = [f"-H {quote(f'Content-Type: {media_type}')}"]
    if media_type != _JSON:
        return [*words, "--data-binary @FILE"]
    media = object_of(content, media_type)
    value = _given(media)
    if value is None:
        value = sample(object_of(media, "schema"), schemas)
    return [*words, f"-d {quote(json.dumps(value, ensure_ascii=False, indent=2))}"]
