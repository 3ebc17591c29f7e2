"""What of a request is let in, by what its first lines say: before anything is parsed."""

import re
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_plus

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.types import Scope

from credhub.web.problems import Problem

MAX_BODY: Final = 1024 * 1024
# A file of 10 MiB, and what a form puts around it.
MAX_UPLOAD: Final = 10 * 1024 * 1024 + 16 * 1024
MAX_TOKEN_REQUEST: Final = 16 * 1024
# 1,000 characters take up to 12 bytes for each.
MAX_LEARNERS_FORM: Final = 16 * 1024
MAX_QUERY: Final = 4096
# A reason of 1,000 characters takes up to 12 bytes for each.
MAX_QUERY_WITH_REASON: Final = 16 * 1024
MAX_PATH: Final = 4096
MAX_HEADERS: Final = 100
MAX_HEADER_BYTES: Final = 64 * 1024
# A form of ours has a text and a file.
MAX_FILES: Final = 4
MAX_FIELDS: Final = 16

# What is handed in stays in memory: nothing of it touches a disk, not even for a moment.
MultiPartParser.spool_max_size = MAX_UPLOAD

UNKNOWN_HOST: Final = Problem(
    code="unknown-host",
    status=HTTPStatus.MISDIRECTED_REQUEST,
    detail="This service does not answer for that host name.",
)
MALFORMED_HTTP: Final = Problem(
    code="malformed-http",
    status=HTTPStatus.BAD_REQUEST,
    detail="This is no HTTP request, or none that everybody reads in the same way.",
)
BAD_ADDRESS: Final = Problem(
    code="bad-address",
    status=HTTPStatus.BAD_REQUEST,
    detail=(
        "The address is too long, or holds an API key or the character U+0000. "
        "Send keys in the Authorization header only."
    ),
)
HEADERS_TOO_LARGE: Final = Problem(
    code="headers-too-large",
    status=HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    detail="The headers of the request are too many or too large.",
)
OTHER_CHARSET: Final = Problem(
    code="charset-not-utf-8",
    status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    detail="The texts of a form are read as UTF-8 only.",
)
BUSY: Final = Problem(
    code="busy",
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    detail="Too many requests are under way. Try again in a moment.",
    retry_after=1,
)
TOO_SLOW: Final = Problem(
    code="body-too-slow",
    status=HTTPStatus.REQUEST_TIMEOUT,
    detail="The body of the request took too long to arrive.",
)

_UPLOADS: Final = frozenset({"/v1/verify", "/verify"})
_FORM: Final = "multipart/form-data"
_LEARNERS_FORMS: Final = (
    *("/claim", "/claim/again", "/claim/file", "/claim/showing", "/claim/request", "/claim/end"),
)
_OTHER_LIMITS: Final = {
    "/v1/verify/batch": MAX_UPLOAD,
    "/v1/batches": MAX_UPLOAD,
    "/v1/batches/changes": MAX_UPLOAD,
    "/v1/batches/changes/file": MAX_UPLOAD,
    "/oauth/token": MAX_TOKEN_REQUEST,
    **dict.fromkeys(_LEARNERS_FORMS, MAX_LEARNERS_FORM),
}
_LONGER_QUERIES: Final = {"/v1/batches/changes/file": MAX_QUERY_WITH_REASON}
# A column may be called so: in German words for reports and lessons end as keys begin.
_KEY: Final = re.compile(r"(?<![A-Za-z0-9])ch[kt]_|ch[kt]_[A-Za-z0-9_-]{40}")
_LENGTH: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


def refusal(scope: Scope, *, hosts: frozenset[str]) -> Problem | None:
    """Say why a request is not let in; nothing when it is."""
    headers = Headers(scope=scope)
    if len(headers.getlist("host")) > 1:  # RFC 9112, section 3.2
        return MALFORMED_HTTP
    if _host_name(headers.get("host", "")) not in hosts:
        return UNKNOWN_HOST
    return (
        _bad_address(scope)
        or _too_many_headers(headers)
        or _announced(scope, headers)
        or _other_letters(headers)
    )


def max_body(scope: Scope) -> int:
    """Say how much is read of a request: more only where files are handed in."""
    path = scope["path"]
    if path not in _UPLOADS:
        return _OTHER_LIMITS.get(path, MAX_BODY)
    media_type, _ = parse_options_header(Headers(scope=scope).get("content-type", ""))
    return MAX_UPLOAD if media_type == _FORM.encode() else MAX_BODY


def too_large(most: int) -> Problem:
    """Say that a body is too large."""
    return Problem(
        code="body-too-large",
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        detail=f"The body is larger than {most} bytes.",
    )


def _host_name(host: str) -> str:
    name, _, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not name or not port.isdigit():
        name = host
    return name.strip("[]").lower()


def _bad_address(scope: Scope) -> Problem | None:
    query: bytes = scope["query_string"]
    address = scope["path"] + "?" + unquote_plus(query.decode("latin-1"))
    most = _LONGER_QUERIES.get(scope["path"], MAX_QUERY)
    too_long = len(query) > most or len(scope["path"]) > MAX_PATH
    if not (too_long or _KEY.search(address) or "\x00" in address):
        return None
    return BAD_ADDRESS


def _too_many_headers(headers: Headers) -> Problem | None:
    size = sum(len(name) + len(value) for name, value in headers.raw)
    if len(headers.raw) <= MAX_HEADERS and size <= MAX_HEADER_BYTES:
        return None
    return HEADERS_TOO_LARGE


def _other_letters(headers: Headers) -> Problem | None:
    """Refuse a form whose texts would be decoded by whatever codec it names; some take minutes."""
    media_type, parameters = parse_options_header(headers.get("content-type", ""))
    charset = parameters.get(b"charset", b"utf-8").lower()
    return OTHER_CHARSET if media_type == _FORM.encode() and charset != b"utf-8" else None


def _announced(scope: Scope, headers: Headers) -> Problem | None:
    length, most = headers.get("content-length", "0"), max_body(scope)
    return None if _LENGTH.fullmatch(length) and int(length) <= most else too_large(most)
