"""Credentials of Open Badges 3.0, as they stand; whether they are genuine is asked elsewhere.

Source:
    Open Badges 3.0, sections B.1.1 (Achievement), B.1.2 (AchievementCredential), B.2.6
    (IdentityObject).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from credhub.credentials.draft import MAX_ITEMS, Recipient, Result
from credhub.documents.imports import provenance
from credhub.documents.imports.faults import ImportCode, credential_refused
from credhub.documents.imports.known_names import KnownNames
from credhub.documents.imports.objects import OldObject
from credhub.documents.imports.old_days import OldDays
from credhub.documents.imports.open_badges_2 import (
    Related,
    a_name,
    email_in,
    evidence_in,
    issuer_of,
    recipient_of,
)
from credhub.documents.imports.outcome import OldAchievement, OldCredential, PassedOver, Why
from credhub.documents.rows.days import Days
from credhub.documents.rows.outcome import ReadRow
from credhub.jsontypes import JsonObject

_Read = TypeVar("_Read")

TITLE: Final = "Open Badges 3.0"


def read(
    row: int, value: JsonObject, related: Related, known: KnownNames, now: datetime
) -> OldCredential | PassedOver:
    """Read one credential.

    Raises:
        RowRefusedError: With what is wrong.
        InvalidClaimError: A claim cannot be in a credential.
    """
    credential = OldObject(value)
    days = OldDays(Days(), now)
    ends = _first(credential, ("validUntil", "expirationDate"), lambda text: days.ends(text, row))
    if ends is not None and ends <= now:
        return PassedOver(row=row, why=Why.EXPIRED)
    dates = ("awardedDate", "validFrom", "issuanceDate")
    awarded = _first(credential, dates, lambda text: days.awarded(text, row))
    subject = credential.object("credentialSubject") or OldObject({})
    achievement = _achievement(credential, subject, related)
    claimed = ReadRow(
        row=row,
        key=None,
        recipient=_recipient(subject, known),
        awarded_at=awarded.at if awarded else None,
        valid_until=ends,
        evidence=tuple(evidence_in(credential)),
        results=tuple(_results(subject))[:MAX_ITEMS],
    )
    made = provenance.taken_over(
        TITLE, claimed, credential.text("id"), achievement, awarded.day if awarded else None
    )
    return replace(made, has_status=value.get("credentialStatus") is not None)


def _first(
    credential: OldObject,
    members: tuple[str, ...],
    rule: Callable[[str], _Read | None],
) -> _Read | None:
    for member in members:
        found = credential.read(member, rule)
        if found is not None:
            return found
    return None


def _achievement(credential: OldObject, subject: OldObject, related: Related) -> OldAchievement:
    achievement = subject.object("achievement") or OldObject({})
    name = achievement.read("name", a_name)
    if name is None:
        raise credential_refused(ImportCode.ACHIEVEMENT_MISSING)
    criteria = achievement.object("criteria") or OldObject({})
    page = criteria.text("id")
    return OldAchievement(
        name=name,
        id=achievement.text("id"),
        issuer=issuer_of(credential, related),
        description=achievement.text("description"),
        criteria=criteria.text("narrative"),
        criteria_url=page if page is not None and provenance.is_address(page) else None,
        picture=related.picture_of(achievement),
    )


def _recipient(subject: OldObject, known: KnownNames) -> Recipient:
    address, named = None, None
    for identity in subject.objects("identifier"):
        kind = identity.text("identityType")
        if kind == "emailAddress":
            address = address or email_in(identity, "identityHash", known)
        elif kind == "name" and not identity.flag("hashed"):
            named = named or identity.text("identityHash")
    name = (address and known.name_of(address)) or subject.text("name") or named
    own = subject.text("id")
    did = own if own is not None and own.startswith("did:") else None
    return recipient_of(name, address, did)


def _results(subject: OldObject) -> Iterator[Result]:
    # What a result is on the scale of is defined by the old achievement, which is not this one.
    for result in subject.objects("result"):
        value = result.read("value", a_name)
        if value is not None:
            yield Result(value=value)
