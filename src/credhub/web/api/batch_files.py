"""What a request says about the rows that it sends."""

from codecs import lookup
from dataclasses import dataclass, field
from email.message import Message
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request
from pydantic import StringConstraints
from starlette.exceptions import HTTPException

from credhub.documents.rows.choices import (
    MAX_COLUMNS,
    MAX_HEADER,
    Choices,
    DateOrder,
    Encoding,
    Form,
    Separator,
)
from credhub.documents.rows.file import RowFile
from credhub.jsontypes import JsonObject

# By the names that Python has for them. What calls itself Latin-1 is read as browsers do.
_CHARSETS: Final = {
    "utf-8": Encoding.UTF_8,
    "ascii": Encoding.UTF_8,
    "utf-16": Encoding.UTF_16,
    "cp1252": Encoding.WINDOWS_1252,
    "iso8859-1": Encoding.WINDOWS_1252,
}
_Pair = Annotated[
    str, StringConstraints(max_length=MAX_HEADER + 20, pattern=r"^(?s:.*):[A-Za-z]+$")
]


def choices(
    http: Request,
    encoding: Annotated[
        Encoding | None,
        Query(description="Of CSV. UTF-8, and UTF-16 with its mark, need not be named."),
    ] = None,
    separator: Annotated[
        Separator | None, Query(description="Between the cells of CSV, if it is not recognised.")
    ] = None,
    date_order: Annotated[
        DateOrder | None,
        Query(
            alias="dateOrder",
            description="How dates such as 03/04/2026 are meant, if no date in the file shows it.",
        ),
    ] = None,
    column: Annotated[
        list[_Pair] | None,
        Query(
            max_length=MAX_COLUMNS,
            description="What a column of CSV holds, as `Header:field`, or `Header:unused`. Others"
            " are guessed by their headers; the answer says how.",
        ),
    ] = None,
) -> Choices:
    """Collect what is said about a file."""
    named = _charset(http.headers.get("content-type", ""))
    return Choices(
        encoding=encoding or named,
        separator=separator,
        date_order=date_order,
        columns=dict(_pair(text) for text in column or ()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file of rows as it was sent, and what is said about it."""

    content: bytes = field(repr=False)
    form: Form
    said: Choices

    @property
    def identity(self) -> JsonObject:
        """Give what is the same whenever the same is sent."""
        return {"sha256": sha256(self.content).hexdigest(), "said": self.said.to_document()}

    def chunks(self) -> tuple[bytes]:
        """Give the content from its beginning."""
        return (self.content,)

    def learners(self) -> RowFile:
        """Begin to read it as learners who are to get credentials."""
        return RowFile(self.chunks, self.form, self.said)


def described(*, csv: str, rows: str, line: str) -> dict[str, Any]:
    """Describe the body of a request that sends a file, for OpenAPI.

    Args:
        csv: An example of a table.
        rows: The schema of the same as JSON.
        line: An example of a line of JSON.
    """
    content = {
        Form.CSV: {"schema": {"type": "string"}, "example": csv},
        Form.JSON: {"schema": {"$ref": f"#/components/schemas/{rows}"}},
        Form.JSON_LINES: {"schema": {"type": "string"}, "example": line},
    }
    body = {"required": True, "content": {str(form): said for form, said in content.items()}}
    return {"requestBody": body}


async def sent_file(request: Request, said: Annotated[Choices, Depends(choices)]) -> SentFile:
    """Take a body for the file that its media type says.

    Raises:
        HTTPException: It is none of those that are taken.
    """
    try:
        form = Form(_message(request.headers.get("content-type", "")).get_content_type())
    except ValueError as error:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE) from error
    return SentFile(content=await request.body(), form=form, said=said)


SentFileDep = Annotated[SentFile, Depends(sent_file)]


def _charset(content_type: str) -> Encoding | None:
    message = _message(content_type)
    if message.get_content_type() != Form.CSV or message.get_param("charset") is None:
        return None
    try:
        return _CHARSETS[lookup(message.get_content_charset("")).name]
    except LookupError as error:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE) from error


def _message(content_type: str) -> Message:
    message = Message()
    message["content-type"] = content_type
    return message


def _pair(text: str) -> tuple[str, str]:
    header, _, field = text.rpartition(":")
    return header, field
