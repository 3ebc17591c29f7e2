"""What a credential says about the earlier one in whose place it is.

Open Badges has no member for it that means just this; evidence is what every reader shows.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Final

from credhub.credentials.claims import MAX_NAME
from credhub.credentials.draft import MAX_ITEMS, Evidence
from credhub.documents.imports.outcome import OldAchievement, OldCredential
from credhub.documents.rows.outcome import ReadRow

TITLE: Final = "Earlier credential"

_TAKEN_OVER: Final = "This credential was taken over from an earlier one: "


def evidence_of(
    *,
    system: str,
    issuer: str | None = None,
    awarded_on: date | None = None,
    identifier: str | None = None,
    url: str | None = None,
) -> Evidence:
    """Say what was taken over, and that it was not witnessed.

    Args:
        system: Where it was.
        issuer: Who had issued it.
        awarded_on: The day, as that system writes it.
        identifier: Its id there.
        url: Where it was to be seen.
    """
    said = ", ".join(_said(system, issuer, awarded_on, identifier))
    narrative = (
        f"{_TAKEN_OVER}{said}. What is said of the time"
        " before this credential was signed is a claim of its issuer."
    )
    return Evidence(id=url, name=TITLE, narrative=narrative)


def taken_over(
    system: str,
    row: ReadRow,
    own: str | None,
    achievement: OldAchievement,
    awarded_on: date | None,
) -> OldCredential:
    """Give a row the key that its earlier credential has, and say in whose place it is.

    Args:
        system: Where the earlier one was.
        row: What it claims.
        own: Its id there: an address, or not.
        achievement: What it is for.
        awarded_on: The day of the award, as that system writes it.
    """
    leads = own is not None and is_address(own)
    earlier = evidence_of(
        system=system,
        issuer=achievement.issuer,
        awarded_on=awarded_on,
        identifier=None if leads else own,
        url=own if leads else None,
    )
    key = None if own is None else in_full(own)
    made = replace(row, key=key, evidence=(earlier, *row.evidence)[:MAX_ITEMS])
    return OldCredential(achievement=achievement, row=made)


def earlier_address(row: ReadRow) -> str | None:
    """Give the address of the credential in whose place a row is, if it says so and has one."""
    for first in row.evidence[:1]:
        if first.name == TITLE and (first.narrative or "").startswith(_TAKEN_OVER):
            return first.id
    return None


def is_address(text: str) -> bool:
    """Say whether an id leads to a page."""
    return text.startswith(("https://", "http://"))


def in_full(key: str) -> str:
    """Write a key as it is, or as its digest if it is longer than any key may be."""
    return key if len(key) <= MAX_NAME else f"sha256:{sha256(key.encode()).hexdigest()}"


def _said(
    system: str, issuer: str | None, awarded_on: date | None, identifier: str | None
) -> Iterator[str]:
    yield f"from {system}"
    if issuer is not None:
        yield f"issued by {issuer}"
    if awarded_on is not None:
        yield f"dated {awarded_on.isoformat()}"
    if identifier is not None:
        yield f"identifier {identifier}"
