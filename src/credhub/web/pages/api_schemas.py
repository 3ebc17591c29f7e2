"""JSON Schemas of an OpenAPI document, as rows that a person can read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from credhub.jsontypes import JsonObject, JsonValue
from credhub.web.pages.reading import NOTHING, object_of, objects_of, text_of, texts_of

MAX_DEPTH: Final = 4
_REFERENCE: Final = "#/components/"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One member of an object; members of members have names such as ``recipient.name``."""

    name: str
    type: str
    required: bool
    description: str | None


class Schemas:
    """The schemas of one OpenAPI document."""

    def __init__(self, openapi: JsonObject) -> None:
        self._openapi = openapi

    def resolved(self, thing: JsonObject) -> JsonObject:
        """Follow a reference inside the document; anything else is returned as it is."""
        reference = text_of(thing, "$ref")
        if reference is None:
            return thing
        found: JsonValue = self._openapi
        for step in reference.removeprefix("#/").split("/"):
            found = found.get(step) if isinstance(found, dict) else None
        return found if isinstance(found, dict) and reference.startswith(_REFERENCE) else NOTHING

    def fields(
        self, schema: JsonObject, *, prefix: str = "", depth: int = 0
    ) -> Iterator[FieldView]:
        """List the members of an object, and those of the objects in it."""
        schema = self._object(schema)
        required = texts_of(schema, "required")
        for name in object_of(schema, "properties"):
            member = object_of(object_of(schema, "properties"), name)
            yield FieldView(
                name=f"{prefix}{name}",
                type=self.type_of(member),
                required=name in required,
                description=text_of(member, "description"),
            )
            if depth < MAX_DEPTH:
                inside = self._object(member)
                marker = "[]" if self._choice(member).get("type") == "array" else ""
                yield from self.fields(inside, prefix=f"{prefix}{name}{marker}.", depth=depth + 1)

    def type_of(self, schema: JsonObject) -> str:
        """Name the type of a value."""
        schema = self.resolved(schema)
        choices = [*objects_of(schema, "anyOf"), *objects_of(schema, "oneOf")]
        if choices:
            names = dict.fromkeys(self.type_of(choice) for choice in choices)
            return " or ".join(names)
        values = schema.get("enum") or ([schema["const"]] if "const" in schema else None)
        if isinstance(values, list):
            return " | ".join(str(value) for value in values)
        if schema.get("type") == "array":
            return f"array of {self.type_of(object_of(schema, 'items'))}"
        named = " or ".join(texts_of(schema, "type")) or "any"
        format_ = text_of(schema, "format")
        return f"{named} ({format_})" if format_ else named

    def _choice(self, schema: JsonObject) -> JsonObject:
        """Leave out ``null``: the first thing that a value may be otherwise."""
        schema = self.resolved(schema)
        choices = [*objects_of(schema, "anyOf"), *objects_of(schema, "oneOf")]
        other = next((choice for choice in choices if choice.get("type") != "null"), None)
        return schema if other is None else self._choice(other)

    def _object(self, schema: JsonObject) -> JsonObject:
        """Give the object that a value is, or that an array holds."""
        schema = self._choice(schema)
        if schema.get("type") == "array":
            return self._object(object_of(schema, "items"))
        return schema
