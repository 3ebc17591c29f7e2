"""What the pages of hubs, of achievement definitions, and the plain pages show."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from credhub.jsontypes import JsonObject
from credhub.web.pages.credential_view import AchievementView, achievement_view, domain_of
from credhub.web.pages.given_view import GivenView
from credhub.web.pages.links import Link, host_of, link_of

_DURATION: Final = re.compile(r"P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?", re.ASCII)
_DIGEST_LENGTH: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardView:
    """One achievement in the list of a hub."""

    name: str
    code: str
    type_code: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """One log of a hub's ledger: what a monitor needs to follow it."""

    label: str
    origin: str
    size: int
    vkey: str
    frozen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerView:
    """Another issuer that a hub vouches for.

    Attributes:
        code: The name of the signed endorsement among those of the hub.
    """

    name: str
    did: str
    until: datetime
    code: str
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HubView:
    """The public page of a hub.

    Attributes:
        more_after: The code after which the awards go on that are not shown.
    """

    slug: str
    name: str
    description: str | None
    website: Link | None
    email: str | None
    did: str
    domain: str | None
    awards: tuple[AwardView, ...]
    partners: tuple[PartnerView, ...]
    logs: tuple[LogView, ...]
    given: tuple[GivenView, ...] = ()
    more_after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One published version of a definition and its place in the ledger."""

    version: int
    published_at: datetime
    digest: bytes
    log: str
    seq: int

    def __post_init__(self) -> None:
        if len(self.digest) != _DIGEST_LENGTH:
            raise ValueError("A digest has 32 bytes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionView:
    """The public page of an achievement definition.

    Attributes:
        validity: Units (``years``, ``months``, ``days``) with their numbers; empty is for ever.
    """

    code: str
    achievement: AchievementView
    hub_name: str
    hub_slug: str
    version: int
    validity: tuple[tuple[str, int], ...]
    versions: tuple[VersionView, ...]
    given: tuple[GivenView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """A page instead of the one that was asked for.

    Attributes:
        kind: ``not-found``, ``erased``, ``rate-limited``, ``too-large`` or ``generic``.
        code: The permanent code of the problem, shown so that it can be reported.
        detail: Our own sentence about it; never text that a stranger sent.
    """

    kind: str
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyView:
    """The form that checks a credential, with what was wrong with the last try.

    Attributes:
        detail: Our own sentence about a file that was refused; never text out of it.
    """

    problem: Literal["not-ours", "no-document", "not-json", "refused"] | None = None
    detail: str | None = None
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The start page."""

    host: str
    hubs: tuple[tuple[str, str], ...]


def hub_view(  # noqa: PLR0913  what a hub's page shows, each by its name
    *,
    slug: str,
    name: str,
    did: str,
    base_url: str,
    description: str | None = None,
    url: str | None = None,
    email: str | None = None,
    awards: Iterable[AwardView] = (),
    partners: Iterable[PartnerView] = (),
    logs: Iterable[LogView] = (),
    more_after: str | None = None,
    given: Iterable[GivenView] = (),
) -> HubView:
    """Build the page of a hub."""
    return HubView(
        slug=slug,
        name=name,
        description=description,
        website=link_of(url, base_url=base_url),
        email=email,
        did=did,
        domain=domain_of(did),
        awards=tuple(awards),
        partners=tuple(partners),
        logs=tuple(logs),
        given=tuple(given),
        more_after=more_after,
    )


def definition_view(  # noqa: PLR0913  what a definition's page shows, each by its name
    achievement: JsonObject,
    *,
    code: str,
    hub_name: str,
    hub_slug: str,
    base_url: str,
    version: int = 1,
    validity: str | None = None,
    versions: Iterable[VersionView] = (),
    given: Iterable[GivenView] = (),
) -> DefinitionView:
    """Build the page of an achievement definition.

    Args:
        achievement: The published Open Badges Achievement.
        code: Its public code.
        hub_name: Who awards it.
        hub_slug: Where the page of who awards it is.
        base_url: The address of this service.
        version: Which version this is.
        validity: ISO 8601 years, months and days such as ``P2Y``; None is for ever.
        versions: Every published version.
        given: What partners of the hub say of it.
    """
    return DefinitionView(
        code=code,
        achievement=achievement_view(achievement, base_url=base_url),
        hub_name=hub_name,
        hub_slug=hub_slug,
        version=version,
        validity=_duration(validity),
        versions=tuple(versions),
        given=tuple(given),
    )


def home_view(*, base_url: str, hubs: Iterable[tuple[str, str]]) -> HomeView:
    """Build the start page from the slugs and names of the hubs here."""
    return HomeView(host=host_of(base_url), hubs=tuple(hubs))


def _duration(text: str | None) -> tuple[tuple[str, int], ...]:
    match = _DURATION.fullmatch(text or "P")
    if match is None:
        return ()
    numbers = zip(("years", "months", "days"), match.groups(), strict=True)
    return tuple((unit, int(number)) for unit, number in numbers if number)
