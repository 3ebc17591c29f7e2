"""A list of lists of issuers, as the Digital Credentials Consortium publishes one."""

from dataclasses import dataclass
from typing import Final, Self

from credhub.credentials.claims import check_url
from credhub.errors import InvalidClaimError, MalformedJsonError, TrustListError
from credhub.jsontypes import JsonObject, JsonValue, parse

MAX_LISTS: Final = 50

_READ_HERE: Final = "dcc-legacy"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustIndex:
    """Where lists are.

    Attributes:
        urls: The addresses of the lists that are files, the one that counts most first.
        others: What the index calls lists of kinds that are not read here.
    """

    urls: tuple[str, ...]
    others: tuple[str, ...]

    @classmethod
    def parse(cls, data: bytes, *, source: str) -> Self | None:
        """Read an index; ``None`` where the text is something else, such as a list.

        Raises:
            TrustListError: It is not strict JSON, or names a list without its address.
        """
        try:
            listed = parse(data)
        except MalformedJsonError as error:
            raise TrustListError(source, f"it is not strict JSON. {error}") from error
        if not isinstance(listed, list):
            return None
        if len(listed) > MAX_LISTS:
            raise TrustListError(source, f"it names more than {MAX_LISTS} lists")
        entries = [_entry(item, source) for item in listed]
        files = [entry for entry in entries if entry.get("type", _READ_HERE) == _READ_HERE]
        return cls(
            urls=tuple(_url(entry, source) for entry in files),
            others=tuple(str(entry.get("name")) for entry in entries if entry not in files),
        )


def _entry(item: JsonValue, source: str) -> JsonObject:
    if not isinstance(item, dict):
        raise TrustListError(source, "one of the lists that it names is no object")
    return item


def _url(entry: JsonObject, source: str) -> str:
    url = entry.get("url")
    try:
        check_url("url", url if isinstance(url, str) else "")
    except InvalidClaimError as error:
        raise TrustListError(source, "one of the lists that it names has no address") from error
    return str(url)
