"""How pages show what partners of a hub say of it and of what it awards.

It stands apart from what the hub says, names who says it, and never changes a verdict. Of what
does not count, no comment and no name is shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credhub.verification.report import PartnerEndorsement

VALID: Final = "valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenView:
    """One endorsement by a partner.

    Attributes:
        told: The sentence of the catalogue that says what it is.
        did: Who says it, by identifier.
        name: What the hub calls them; the identifier again where it does not vouch for them.
        version: Which version of an achievement, where the page is of several.
        path: Where what was signed or confirmed is, on this service.
    """

    told: str
    did: str
    name: str
    comment: str | None
    received_at: datetime
    path: str
    version: int | None = None


def given_view(one: PartnerEndorsement, *, base_url: str, version: int | None = None) -> GivenView:
    """Arrange one endorsement for a page."""
    counts = one.state == VALID and one.name is not None
    told = f"given.{one.how}.{one.endorsed.value}" if counts else f"given.state.{one.state}"
    return GivenView(
        told=told,
        did=one.endorser,
        name=one.name if counts and one.name else one.endorser,
        comment=one.comment if counts else None,
        received_at=one.received_at,
        path=one.url.removeprefix(base_url.rstrip("/")),
        version=version,
    )


def given_views(items: Iterable[PartnerEndorsement], *, base_url: str) -> tuple[GivenView, ...]:
    """Arrange several endorsements for a page."""
    return tuple(given_view(one, base_url=base_url) for one in items)
