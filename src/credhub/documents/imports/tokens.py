"""Tokens: what is in them. Whether they are genuine is asked elsewhere."""

import re
from typing import Final

from credhub import base64url, jsontypes
from credhub.documents.imports.faults import ImportCode, file_refused
from credhub.errors import MalformedBase64Error, MalformedJsonError
from credhub.jsontypes import JsonValue

_TOKEN: Final = re.compile(rb"e[yw][A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def is_token(text: bytes) -> bool:
    """Say whether a text is a token in the compact form."""
    return _TOKEN.fullmatch(text) is not None


def payload(token: bytes) -> JsonValue:
    """Give what a token says.

    Raises:
        RowsError: It says nothing in strict JSON.
    """
    try:
        return jsontypes.parse(base64url.decode(token.split(b".")[1].decode()))
    except (MalformedBase64Error, MalformedJsonError) as error:
        raise file_refused(ImportCode.NOT_JSON) from error
