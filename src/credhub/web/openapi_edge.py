"""What any request can be answered with before a route sees it, in the OpenAPI document.

One response for each status stands among the components. Where a route answers with the same
status, the code is named beside its own.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from credhub.errors import RateLimitedError
from credhub.web import admission
from credhub.web.problems import MEDIA_TYPE

_PROBLEM: Final = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_TOO_LARGE: Final = admission.too_large(admission.MAX_BODY)

_ALWAYS: Final = {
    answer.status: (answer.code, answer.detail)
    for answer in (
        admission.BAD_ADDRESS,
        admission.UNKNOWN_HOST,
        admission.HEADERS_TOO_LARGE,
        admission.BUSY,
    )
} | {_TOO_LARGE.status: (_TOO_LARGE.code, "A body that is larger than is read here.")}
_WITH_BODY: Final = {
    answer.status: (answer.code, answer.detail)
    for answer in (admission.TOO_SLOW, admission.OTHER_CHARSET)
}
_LOCKED: Final = {
    HTTPStatus.TOO_MANY_REQUESTS: (
        RateLimitedError.code,
        "Too many API keys that are none came from this address.",
    )
}


def components() -> dict[str, Any]:
    """Describe the answers, each under its code."""
    return {
        code: {"description": f"`{code}`: {detail}", "content": _PROBLEM}
        for code, detail in (_ALWAYS | _WITH_BODY | _LOCKED).values()
    }


def add_to(operation: dict[str, Any]) -> None:
    """Add to an operation what it can be answered with, by what it takes."""
    answers = operation["responses"]
    for status, code in _of(operation):
        own = answers.setdefault(str(int(status)), {"$ref": f"#/components/responses/{code}"})
        if f"`{code}`" not in own.get("description", f"`{code}`"):
            own["description"] = f"{own['description']}, `{code}`"
            own.setdefault("content", {}).update(_PROBLEM)
    operation["responses"] = dict(sorted(answers.items()))


def _of(operation: dict[str, Any]) -> Iterator[tuple[HTTPStatus, str]]:
    possible = _ALWAYS
    if "requestBody" in operation:
        possible = possible | _WITH_BODY
    if operation.get("security"):
        possible = possible | _LOCKED
    for status, (code, _) in possible.items():
        yield status, code
