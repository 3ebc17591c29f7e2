"""Which of the things that are attached to a file is a credential, by what it says of itself.

Others may read more than we do. So whatever one of them could take for a credential counts: a file
with two is refused, and one that only others can read is not passed over.
"""

import json
import re
from typing import Final

from credhub.errors import MalformedJsonError
from credhub.jsontypes import JsonValue, parse
from credhub.uploads.found import MAX_CREDENTIAL

# Two full stops, or three parts and what a holder shows after ~.
_TOKEN: Final = re.compile(
    r"e[yw][A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(?:~[A-Za-z0-9_.~-]*)?"
)
_TYPES: Final = ("Credential", "Presentation", "CredhubBundle")
_OLDER: Final = "openbadges/v"
_WORDS: Final = ("VerifiableCredential", "OpenBadgeCredential", "CredhubBundle", _OLDER)
_ESCAPED: Final = re.compile(r"\\u([0-9A-Fa-f]{4})")


def is_credential(data: bytes) -> bool:
    """Say whether an attachment is one: a document, a list with one in it, or a token."""
    text = data.decode(json.detect_encoding(data), errors="replace").strip()
    if not text.startswith(("{", "[", '"')):
        return _TOKEN.fullmatch(text) is not None
    if len(text) > MAX_CREDENTIAL:
        return _mentions_one(text)
    try:
        return _holds_one(parse(text.encode(errors="replace")))
    except MalformedJsonError:  # which others may read all the same
        return _mentions_one(text)


def is_in_utf_8(data: bytes) -> bool:
    """Say whether a text is in the one encoding of credentials."""
    return json.detect_encoding(data).startswith("utf-8")


def _holds_one(document: JsonValue) -> bool:
    left = [document]
    for value in left:
        if isinstance(value, dict):
            if _says_it_is_one(value):
                return True
            left += value.values()
        elif isinstance(value, list):
            left += value
    return any(isinstance(one, str) and _TOKEN.fullmatch(one) for one in _listed(document))


def _says_it_is_one(document: dict[str, JsonValue]) -> bool:
    types = _strings(document.get("type")) + _strings(document.get("@type"))
    contexts = _strings(document.get("@context"))
    return any(one.endswith(_TYPES) for one in types) or any(_OLDER in one for one in contexts)


def _strings(value: JsonValue) -> list[str]:
    return [one for one in _listed(value) if isinstance(one, str)]


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _mentions_one(text: str) -> bool:
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return any(word in plain for word in _WORDS)
