"""A list of issuers that somebody vouches for, as the Digital Credentials Consortium writes it.

One object whose member ``registry`` has a member for each issuer: its DID, with the name and the
address of a web page. We read two members more, ``validFrom`` and ``validUntil``: how long the
list vouches for the issuer. Whatever else is in a list is for others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from credhub import instants
from credhub.credentials.claims import check_name, check_url
from credhub.errors import (
    InvalidClaimError,
    MalformedInstantError,
    MalformedJsonError,
    TrustListError,
)
from credhub.jsontypes import JsonObject, JsonValue, parse_object
from credhub.verification import members
from credhub.verification.lookalikes import check_legible, skeleton

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_ISSUERS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedIssuer:
    """An issuer as a list names it.

    Attributes:
        url: Its web page; ``None`` when the list names none.
        valid_from: From when on the list vouches for it; ``None`` for always.
        valid_until: Until when; likewise.
    """

    did: str
    name: str
    url: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def counts(self, now: datetime) -> bool:
        """Say whether the list vouches for it at a moment, both ends included."""
        begun = self.valid_from is None or self.valid_from <= now
        return begun and (self.valid_until is None or now <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """A list.

    Attributes:
        source: What reports call the list.
        issuers: Each issuer by its DID, compared as exact text.
        by_skeleton: The same by what a reader takes for their names.
        endorser: The name of the hub that signed the list; none for a list that nobody signed.
    """

    source: str
    issuers: Mapping[str, ListedIssuer]
    by_skeleton: Mapping[str, tuple[ListedIssuer, ...]]
    endorser: str | None = None

    @classmethod
    def of(
        cls, issuers: Mapping[str, ListedIssuer], *, source: str, endorser: str | None = None
    ) -> Self:
        """Make a list of issuers."""
        return cls(
            source=source,
            issuers=issuers,
            by_skeleton=_by_skeleton(issuers.values()),
            endorser=endorser,
        )

    @classmethod
    def parse(cls, data: bytes, *, source: str) -> Self:
        """Read a list; one entry that cannot be read refuses all of it.

        Raises:
            TrustListError: It is not a list of issuers.
        """
        if len(data) > MAX_BYTES:
            raise TrustListError(source, f"it is longer than {MAX_BYTES} bytes")
        try:
            registry = parse_object(data).get("registry")
        except MalformedJsonError as error:
            raise TrustListError(source, f"it is not strict JSON. {error}") from error
        if not isinstance(registry, dict):
            raise TrustListError(source, "it has no member registry that is an object")
        return cls.of_registry(registry, source=source)

    @classmethod
    def of_registry(cls, registry: JsonObject, *, source: str) -> Self:
        """Read the issuers of a list.

        Raises:
            TrustListError: They are too many, or one cannot be read.
        """
        if len(registry) > MAX_ISSUERS:
            raise TrustListError(source, f"it names more than {MAX_ISSUERS} issuers")
        issuers = {did: _issuer(did, entry, source) for did, entry in registry.items()}
        return cls.of(issuers, source=source)


def _by_skeleton(issuers: Iterable[ListedIssuer]) -> dict[str, tuple[ListedIssuer, ...]]:
    found: dict[str, tuple[ListedIssuer, ...]] = {}
    for issuer in issuers:
        reduced = skeleton(issuer.name)
        found[reduced] = (*found.get(reduced, ()), issuer)
    return found


def _issuer(did: str, entry: JsonValue, source: str) -> ListedIssuer:
    # The identifier is shown only once it is known to be one.
    if not members.is_url(did):
        raise TrustListError(source, "one of its issuers has an identifier that is no DID or URL")
    if not isinstance(entry, dict):
        raise TrustListError(source, f"what it says of {did} is no object")
    try:
        return ListedIssuer(
            did=did,
            name=_name(entry),
            url=_page(entry),
            valid_from=_moment(entry, "validFrom"),
            valid_until=_moment(entry, "validUntil"),
        )
    except (InvalidClaimError, MalformedInstantError) as error:
        raise TrustListError(source, f"what it says of {did}: {error}") from error


def _name(entry: JsonObject) -> str:
    name = entry.get("name")
    text = name.strip() if isinstance(name, str) else ""
    check_name("name", text)
    check_legible(text)
    return text


def _page(entry: JsonObject) -> str | None:
    url = entry.get("url")
    if url is None or url == "":
        return None
    check_url("url", url if isinstance(url, str) else "")
    return str(url)


def _moment(entry: JsonObject, member: str) -> datetime | None:
    value = entry.get(member)
    if value is None:
        return None
    return instants.parse(value if isinstance(value, str) else "")
