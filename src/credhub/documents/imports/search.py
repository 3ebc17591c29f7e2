"""Where credentials are in a document: in objects, arrays, tokens and envelopes.

What stands among credentials and is none is told by its path, because whoever hands the file in
takes it for one.
"""

from collections.abc import Callable
from typing import Final

from credhub.documents.imports import tokens
from credhub.documents.imports.objects import types_of
from credhub.documents.rows.choices import MAX_FAULTS
from credhub.documents.rows.faults import Code, file_refused, shown
from credhub.errors import RowsError
from credhub.jsontypes import JsonObject, JsonValue

_CREDENTIALS: Final = frozenset({"Assertion", "OpenBadgeCredential", "AchievementCredential"})
_ENVELOPED: Final = "EnvelopedVerifiableCredential"
# W3C VCDM 2.0, section 4.13: there is nothing but credentials in it.
_HOLDS_CREDENTIALS: Final = "verifiableCredential"
# The claims of a token of VCDM 1.1 that are its credential.
_CLAIMED: Final = "vc"
# A presentation is a token of tokens. Nobody writes more, and each would be searched in turn.
_MAX_TOKENS: Final = 2
_MAX_NAME: Final = 60


class Search:
    """Looks through one document, in its order."""

    def __init__(self, keep: Callable[[JsonObject, bytes | None], bool]) -> None:
        """Begin to look.

        Args:
            keep: Takes an object, and its token if it is in one; false if it is none to be kept.
        """
        self.missed: list[str] = []
        self._keep = keep
        self._tokens = 0

    def look(
        self,
        value: JsonValue,
        path: str = "",
        *,
        token: bytes | None = None,
        is_expected: bool = False,
    ) -> bool:
        """Look through a value; say whether anything in it was kept.

        Args:
            value: What is looked through.
            path: Where it stands.
            token: The token that says this very value.
            is_expected: Whether it can only be a credential, or hold some.

        Raises:
            RowsError: Too much is none that should be.
        """
        if isinstance(value, list):
            return self._list(value, path, is_expected=is_expected)
        found = False
        if isinstance(value, str):
            found = self._token(value, path)
        elif isinstance(value, dict):
            found = self._object(value, path, token)
        if is_expected and not found and value is not None:
            self._miss(path)
        return found

    def _list(self, items: list[JsonValue], path: str, *, is_expected: bool) -> bool:
        is_expected = is_expected or any(map(_is_one, items))
        found = False
        for place, item in enumerate(items):
            found |= self.look(item, f"{path}[{place}]", is_expected=is_expected)
        return found

    def _object(self, value: JsonObject, path: str, token: bytes | None) -> bool:
        if _ENVELOPED in types_of(value):
            return self._token(_in_envelope(value), path)
        if self._keep(value, token):
            return True
        found = False
        for name, member in value.items():
            short = name[:_MAX_NAME]
            found |= self.look(
                member,
                f"{path}.{short}" if path else short,
                token=token if name == _CLAIMED else None,
                is_expected=name == _HOLDS_CREDENTIALS,
            )
        return found

    def _token(self, text: str, path: str) -> bool:
        token = text.encode()
        if self._tokens == _MAX_TOKENS or not tokens.is_token(token):
            return False
        try:
            document = tokens.payload(token)
        except RowsError:
            return False
        self._tokens += 1
        found = self.look(document, path, token=token)
        self._tokens -= 1
        return found

    def _miss(self, path: str) -> None:
        if len(self.missed) == MAX_FAULTS:
            raise file_refused(Code.TOO_MANY_FAULTS, most=MAX_FAULTS)
        self.missed.append(shown(path))


def is_credential(value: JsonObject) -> bool:
    """Say whether an object calls itself a credential of Open Badges."""
    return not _CREDENTIALS.isdisjoint(types_of(value))


def _is_one(item: JsonValue) -> bool:
    if isinstance(item, str):
        return tokens.is_token(item.encode())
    return isinstance(item, dict) and (is_credential(item) or _ENVELOPED in types_of(item))


def _in_envelope(value: JsonObject) -> str:
    """Give what is behind the comma of a ``data:`` address (W3C VCDM 2.0, section 4.13.2)."""
    address = value.get("id")
    return address.partition(",")[2] if isinstance(address, str) else ""
