"""Bodies of forms that mean harm (T46): each with the status that it must be answered with."""

from collections.abc import Iterator
from dataclasses import dataclass

BOUNDARY = "0123456789abcdef"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCase:
    """One body, what it is said to be, and the statuses that are right for it."""

    name: str
    body: bytes
    media_type: str = FORM
    statuses: frozenset[int] = frozenset({400})


def part(
    content: bytes, disposition: bytes = b'name="file"; filename="f"', more: bytes = b""
) -> bytes:
    head = b"Content-Disposition: form-data; " + disposition + b"\r\n" + more
    return b"--" + BOUNDARY.encode() + b"\r\n" + head + b"\r\n" + content + b"\r\n"


def end() -> bytes:
    return b"--" + BOUNDARY.encode() + b"--\r\n"


def cases(file: bytes) -> Iterator[FormCase]:
    """Do to a form with this file what it must not come through."""
    whole = part(file)
    near = b"\r\n--" + BOUNDARY[:-1].encode()
    nearly = part(near * 500_000) + end()
    yield FormCase(name="half a million half boundaries", body=nearly, statuses=frozenset({422}))
    dashes = b"-" * (10 * 2**20)
    yield FormCase(name="ten megabytes of dashes before it", body=dashes + whole + end())
    yield FormCase(name="no end", body=whole, statuses=frozenset({400, 422}))
    yield FormCase(name="cut off in a header", body=whole[:40], statuses=frozenset({400, 422}))
    yield FormCase(name="nothing", body=b"", statuses=frozenset({400, 422}))
    yield FormCase(name="no boundary named", body=whole + end(), media_type="multipart/form-data")
    other = FORM.replace(BOUNDARY, "x" * 20)
    yield FormCase(name="another boundary", body=whole + end(), media_type=other)
    long = FORM.replace(BOUNDARY, "x" * 100_000)
    yield FormCase(
        name="a very long boundary",
        body=whole + end(),
        media_type=long,
        statuses=frozenset({400, 422, 431}),
    )
    yield FormCase(name="100,000 parts", body=part(b"x", b'name="a"') * 90_000 + end())
    yield FormCase(name="10,000 files", body=part(b"x") * 10_000 + end())
    header = b"X-Header: " + b"x" * 60 + b"\r\n"
    yield FormCase(name="100,000 headers", body=part(file, more=header * 100_000) + end())
    yield FormCase(
        name="a header of a megabyte", body=part(file, more=b"X: " + b"x" * 2**20 + b"\r\n") + end()
    )
    yield FormCase(
        name="a field of two megabytes", body=part(b"x" * 2**21, b'name="credential"') + end()
    )
    yield FormCase(name="no name", body=part(file, b'filename="f"') + end())
    yield FormCase(
        name="no disposition", body=whole.replace(b"Content-Disposition", b"Content-Other") + end()
    )
    refused = frozenset({422})
    text = part(b"{}", b'name="credential"')
    yield FormCase(name="a text and a file", body=text + whole + end(), statuses=refused)
    yield FormCase(name="a file and a text", body=whole + text + end(), statuses=refused)
    yield FormCase(name="two files", body=whole + whole + end(), statuses=refused)
    yield FormCase(name="two texts", body=text + text + end(), statuses=refused)
