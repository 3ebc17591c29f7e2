"""Assertions of Open Badges 2.0. They name no learner: an extension or a file of names does.

Source:
    Open Badges 2.0, "Assertion", "BadgeClass", "Profile", "IdentityObject", "RevocationList".
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from credhub.credentials.claims import check_name
from credhub.credentials.draft import Evidence, Recipient
from credhub.documents.imports import provenance
from credhub.documents.imports.faults import ImportCode, credential_refused
from credhub.documents.imports.known_names import KnownNames
from credhub.documents.imports.objects import OldObject, of_text, to_text, types_of
from credhub.documents.imports.old_days import OldDays
from credhub.documents.imports.outcome import OldAchievement, OldCredential, PassedOver, Why
from credhub.documents.rows import claims, names
from credhub.documents.rows.days import Days
from credhub.documents.rows.outcome import ReadRow
from credhub.jsontypes import JsonObject, JsonValue

TITLE: Final = "Open Badges 2.0"
_PROFILE: Final = "extensions:recipientProfile"
_KEPT: Final = frozenset({"BadgeClass", "Issuer", "Profile", "RevocationList"})


class Related:
    """What assertions refer to: badges, issuers and lists of revocations, by their ids."""

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}
        self._last: dict[str, tuple[str, JsonObject]] = {}
        self._revoked: set[str] = set()
        self._pictures: dict[str, str] = {}

    def add(self, value: JsonValue) -> bool:
        """Keep something if assertions can refer to it."""
        if not isinstance(value, dict) or not types_of(value) & _KEPT:
            return False
        self._keep(value)
        issuer = value.get("issuer")
        if isinstance(issuer, dict) and types_of(issuer) & _KEPT:
            self._keep(issuer)
        return True

    def _keep(self, value: JsonObject) -> None:
        own = value.get("id")
        if isinstance(own, str) and own not in self._texts:
            self._texts[own] = to_text(value)
        if "RevocationList" in types_of(value):
            self._revoked |= set(_revoked_in(value))

    def is_revoked(self, *own: str | None) -> bool:
        """Say whether a list has an assertion as revoked, by any of its ids."""
        return not self._revoked.isdisjoint(own)

    def of(self, parent: OldObject, name: str) -> OldObject | None:
        """Find what a member holds, or refers to."""
        inside = parent.object(name)
        own = None if inside is not None else parent.text(name)
        found = None if own is None else self._find(name, own)
        return inside if found is None else OldObject(found, parent.at(name))

    def _find(self, name: str, own: str) -> JsonObject | None:
        """Read a text again, if it is not the one that the last credential referred to."""
        text = self._texts.get(own)
        if text is None:
            return None
        if name not in self._last or self._last[name][0] != own:
            self._last[name] = own, of_text(text)
        return self._last[name][1]

    def picture_of(self, badge: OldObject) -> str | None:
        """Give the image that is in a badge; many who hold a copy of it share one."""
        found = badge.picture("image")
        return None if found is None else self._pictures.setdefault(found, found)


Reader = Callable[
    [int, JsonObject, Related, KnownNames, datetime],
    OldCredential | PassedOver,
]


def read(
    row: int, value: JsonObject, related: Related, known: KnownNames, now: datetime
) -> OldCredential | PassedOver:
    """Read one assertion.

    Raises:
        RowRefusedError: With what is wrong.
        InvalidClaimError: A claim cannot be in a credential.
    """
    assertion = OldObject(value)
    own, uid = assertion.text("id"), assertion.text("uid")
    if assertion.flag("revoked") or related.is_revoked(own, uid):
        return PassedOver(row=row, why=Why.REVOKED)
    days = OldDays(Days(), now)
    ends = assertion.read("expires", lambda text: days.ends(text, row))
    if ends is not None and ends <= now:
        return PassedOver(row=row, why=Why.EXPIRED)
    achievement = _achievement(assertion, related)
    awarded = assertion.read("issuedOn", lambda text: days.awarded(text, row))
    claimed = ReadRow(
        row=row,
        key=None,
        recipient=_recipient(assertion, known),
        awarded_at=awarded.at if awarded else None,
        valid_until=ends,
        evidence=tuple(_evidence(assertion)),
    )
    day = awarded.day if awarded else None
    return provenance.taken_over(TITLE, claimed, own or uid, achievement, day)


def evidence_in(parent: OldObject) -> Iterator[Evidence]:
    """Read evidence, which both editions write alike."""
    for item in parent.objects("evidence"):
        page = item.text("id")
        texts = {name: item.text(name) for name in ("name", "description", "narrative", "genre")}
        address = page if page is not None and provenance.is_address(page) else None
        if address is not None or texts["narrative"] is not None:
            yield Evidence(id=address, **texts)


def _evidence(assertion: OldObject) -> Iterator[Evidence]:
    narrative = assertion.text("narrative")
    if narrative is not None:
        yield Evidence(narrative=narrative)
    yield from evidence_in(assertion)


def _achievement(assertion: OldObject, related: Related) -> OldAchievement:
    badge = related.of(assertion, "badge")
    if badge is None:
        raise credential_refused(ImportCode.BADGE_ABSENT, value=assertion.text("badge"))
    name = badge.read("name", a_name)
    if name is None:
        raise credential_refused(ImportCode.ACHIEVEMENT_MISSING)
    criteria = next(badge.objects("criteria"), OldObject({}))
    page = criteria.text("id")
    return OldAchievement(
        name=name,
        id=badge.text("id"),
        issuer=issuer_of(badge, related),
        description=badge.text("description"),
        criteria=criteria.text("narrative"),
        criteria_url=page if page is not None and provenance.is_address(page) else None,
        picture=related.picture_of(badge),
    )


def issuer_of(parent: OldObject, related: Related) -> str | None:
    """Name who issued something: by name, else by address."""
    issuer = related.of(parent, "issuer")
    if issuer is None:
        return parent.text("issuer")
    return issuer.read("name", a_name) or issuer.text("id")


def a_name(text: str) -> str:
    """Give a text that follows the rules of names.

    Raises:
        RowRefusedError: It does not.
    """
    claims.claim(check_name, "name", text)
    return text


def _recipient(assertion: OldObject, known: KnownNames) -> Recipient:
    identity = assertion.object("recipient") or OldObject({})
    address = email_in(identity, "identity", known)
    extensions = assertion.object("extensions") or OldObject({})
    profile = assertion.object(_PROFILE) or extensions.object(_PROFILE) or OldObject({})
    name = (address and known.name_of(address)) or profile.text("name")
    return recipient_of(name, address)


def email_in(identity: OldObject, member: str, known: KnownNames) -> str | None:
    """Find the address in an identity: as it is, else behind its hash; none if nobody knows it."""
    plain = identity.text("plaintextIdentity")
    text = plain or identity.text(member)
    if text is None or identity.text("type") not in {None, "email", "IdentityObject"}:
        return None
    if plain is None and identity.flag("hashed"):
        return known.address_of(text, identity.text("salt") or "")
    claims.check_email_address(text)
    return text


def recipient_of(name: str | None, address: str | None, did: str | None = None) -> Recipient:
    """Make a recipient; nobody is made up.

    Raises:
        RowRefusedError: There is no name, or what stands there is none.
    """
    if name is None:
        raise credential_refused(ImportCode.NAME_UNSAID)
    names.check(name)
    return Recipient(name=name, email=address, did=did)


def _revoked_in(value: JsonObject) -> Iterator[str]:
    for item in OldObject(value).objects("revokedAssertions"):
        yield from filter(None, (item.text("id"), item.text("uid")))
