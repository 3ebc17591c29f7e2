"""The OpenAPI document: FastAPI's own, corrected where it says what we do not do."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from credhub.errors import IdempotencyKeyMissingError
from credhub.web import openapi_edge
from credhub.web.api.batch_change_models import ChangeRows
from credhub.web.api.batch_models import BatchRows
from credhub.web.api.models import ProblemModel
from credhub.web.media import JSON
from credhub.web.oauth_models import TokenRequest
from credhub.web.problems import MEDIA_TYPE
from credhub.web.vcalm import models as vcalm

_REFERENCE: Final = "#/components/schemas/{model}"
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_MISSING: Final = f"`{IdempotencyKeyMissingError.code}`"
_CLIENT: Final = {
    "type": "http",
    "scheme": "basic",
    "description": "The id of an API key and the key, for `/oauth/token` alone.",
}


def describe(app: FastAPI) -> dict[str, Any]:
    """Describe an application.

    A malformed request is a problem document like every other error, and an Idempotency-Key can
    be required although its absence is answered by us and not by FastAPI.
    """
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas: dict[str, Any] = document["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = ProblemModel.model_json_schema(by_alias=True)
    document["components"]["securitySchemes"]["clientBasic"] = _CLIENT
    document["components"]["responses"] = openapi_edge.components()
    for model in (TokenRequest, BatchRows, ChangeRows, *vcalm.MODELS):
        described = model.model_json_schema(by_alias=True, ref_template=_REFERENCE)
        schemas.update(described.pop("$defs", {}))
        schemas[model.__name__] = described
    for path in document["paths"].values():
        for operation in path.values():
            _correct(operation)
            openapi_edge.add_to(operation)
    return document


def _correct(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    if "422" in answers:
        answers["422"] = _problem("`malformed-request`", answers["422"]["description"])
    content = operation.get("requestBody", {}).get("content", {})
    if JSON in content:
        own = answers.get("400", {})
        answers["400"] = _problem("`malformed-json`", own.get("description"))
        answers["400"]["content"] |= own.get("content", {})
    if content:
        answers["413"] = _problem("`body-too-large`", answers.get("413", {}).get("description"))
    if operation.get("tags") == [vcalm.TAG]:
        answers.pop("422", None)  # They read bodies of any media type, and answer 400.
    elif JSON in content:
        answers["415"] = _problem("`unsupported-media-type`")
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "Idempotency-Key":
            # Where its absence is a problem.
            parameter["required"] = _MISSING in answers["400"]["description"]
            parameter["schema"] = {"type": "string", "minLength": 1, "maxLength": 255}


def _problem(code: str, others: str | None = None) -> dict[str, Any]:
    codes = [code] if others in (None, "Validation Error", "") else [str(others)]
    if code not in codes[0]:
        codes.insert(0, code)
    return {"description": ", ".join(codes), "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
