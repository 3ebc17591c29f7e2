"""Media types, and the choice among them."""

from collections.abc import Iterable
from typing import Any, Final

from credhub.verification import bundle

JSON: Final = "application/json"
VC: Final = "application/vc"
STATUS_JWT: Final = "application/statuslist+jwt"
DID: Final = "application/did"
HTML: Final = "text/html"
PDF: Final = "application/pdf"
PNG: Final = "image/png"
SVG: Final = "image/svg+xml"
BUNDLE: Final = bundle.MEDIA_TYPE
RECEIPT: Final = "text/plain"
FORM: Final = "multipart/form-data"
NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
ZIP: Final = "application/zip"
EVENTS: Final = "text/event-stream"
OCTETS: Final = "application/octet-stream"

BUNDLE_SUFFIX: Final = ".bundle.json"
RECEIPT_SUFFIX: Final = ".tlog-proof"

_ALSO_VC: Final = ("application/vc+ld+json", "application/ld+json")


def produced(media_types: Iterable[str]) -> dict[int | str, dict[str, Any]]:
    """Describe, for OpenAPI, what else but JSON of a model a route answers with."""
    return {200: {"content": {media_type: {} for media_type in media_types}}}


def saved_as(name: str, *, attachment: bool = False) -> dict[str, str]:
    """Give the header that names a file. The name is ours, without quotes."""
    kind = "attachment" if attachment else "inline"
    return {"content-disposition": f'{kind}; filename="{name}"'}


def preferred(accept: str | None, offered: tuple[str, ...]) -> str:
    """Choose what to answer with; whoever accepts nothing of it gets the first.

    Args:
        accept: The Accept header.
        offered: Media types, the most natural first.

    Source:
        RFC 9110, section 12.5.1, without parameters other than q.
    """
    return (accepted(accept, offered) or offered)[0]


def accepted(accept: str | None, offered: tuple[str, ...]) -> tuple[str, ...]:
    """List what a client accepts of what is offered, the best first."""
    qualities = {media_type: _quality(accept or "*/*", media_type) for media_type in offered}
    wanted = [media_type for media_type in offered if qualities[media_type]]
    return tuple(sorted(wanted, key=lambda media_type: -qualities[media_type]))


def _quality(accept: str, media_type: str) -> float:
    found, precision = 0.0, -1
    for part in accept[:1000].split(","):
        pattern, _, parameters = part.strip().lower().partition(";")
        rank = _precision(pattern.strip(), media_type)
        if rank > precision:
            found, precision = _q(parameters), rank
    return found


def _precision(pattern: str, media_type: str) -> int:
    if pattern == media_type or (media_type == VC and pattern in _ALSO_VC):
        return 2
    if pattern == media_type.partition("/")[0] + "/*":
        return 1
    return 0 if pattern == "*/*" else -1


def _q(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
