"""The learner's side of a link: it is opened once, and what opened it has an hour.

(1) One statement opens a link, or does not: of two that try at once, one does, and nobody learns
    whether a link is unknown, used, ended or expired.
(2) The browser gets a secret of its own for it, of which its hash is kept. With the link, the hub
    ends the hour as well.
(3) Whatever is done is about the newest credential of a chain of corrections; a link, and what the
    learner shows, belong to the first.
"""

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from credhub.errors import (
    ClaimLinkRefusedError,
    ClaimSessionEndedError,
    ConflictError,
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
    InvalidClaimError,
    RecordDamagedError,
)
from credhub.keys.sealing import hmac_of
from credhub.services import claims, reading
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.store.claim_links import ClaimLink
from credhub.store.learner_choices import Choice, Shown

SESSION: Final = timedelta(hours=1)
LATEST: Final = timedelta(days=366 * 100)
"""Nobody chooses for longer than that."""

_SECRET_BYTES: Final = 32
_FORM: Final = b"claim-form"
ATTEMPTS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A browser that opened a link, and what it sees.

    Attributes:
        link: What it opened.
        until: When it ends.
        opened: The newest credential of the chain.
        proof: What a form of its pages holds, and no page of others.
    """

    link: ClaimLink
    until: datetime
    opened: OpenedCredential = field(repr=False)
    proof: str = field(repr=False)


def open_link(resources: Resources, secret: str) -> str:
    """Open a link.

    Returns:
        The secret of the visit, for the browser alone.

    Raises:
        ClaimLinkRefusedError: It opens nothing.
    """
    number, now = claims.hub_in(secret), resources.clock()
    session = claims.written(number, resources.random(_SECRET_BYTES))
    with resources.store.begin() as tx:
        is_open = tx.claim_links.open(
            number,
            claims.hash_of(secret),
            session_hash=claims.hash_of(session),
            now=now,
            until=now + SESSION,
        )
    if not is_open:
        raise ClaimLinkRefusedError
    return session


def visit(resources: Resources, session: str) -> Visit:
    """Find what a browser opened.

    Raises:
        ClaimSessionEndedError: Its time is over, the link was ended, or it opened none.
        CredentialErasedError: The learner was erased.
        RecordDamagedError: The rows cannot be opened.
    """
    number, now = claims.hub_in(session), resources.clock()
    with resources.store.read() as tx:
        link = tx.claim_links.by_session(number, claims.hash_of(session))
        if link is None or link.ended_at is not None:
            raise ClaimSessionEndedError
        until = link.session_until
        if until is None or until <= now:
            raise ClaimSessionEndedError
        first = reading.by_id_in(tx, resources, number, link.credential_id)
        opened = reading.newest_in(tx, resources, first)
    return Visit(link=link, until=until, opened=opened, proof=_proof(session))


def leave(resources: Resources, visit: Visit) -> None:
    """End a visit."""
    with resources.store.begin() as tx:
        tx.claim_links.end(visit.link.hub, visit.link.credential_id, resources.clock())


def take(resources: Resources, visit: Visit) -> None:
    """Note that the learner took a file; the first one counts."""
    if visit.link.claimed_at is None:
        with resources.store.begin() as tx:
            tx.claim_links.claim(visit.link.hub, visit.link.link_id, resources.clock())


def choose(resources: Resources, visit: Visit, choice: Choice) -> None:
    """Change what the public sees, from now on.

    Raises:
        InvalidClaimError: It ends before it begins, or in more than a hundred years; or nothing is
            shown anyway.
        ContendedError: Others kept choosing for the same credential.
    """
    now = resources.clock()
    if choice.until is not None:
        if choice.shown is Shown.NOTHING:
            raise InvalidClaimError("until", "must be empty where nothing is shown.")
        if not now < choice.until <= now + LATEST:
            raise InvalidClaimError("until", "must be a day to come.")
    for _ in range(ATTEMPTS):
        try:
            with resources.store.begin() as tx:
                tx.learner_choices.choose(visit.link.hub, visit.link.credential_id, choice, now)
        except ConflictError:
            continue
        return
    raise ContendedError


def asker(resources: Resources, secret: str) -> OpenedCredential | None:
    """Find about which credential somebody asks for a new link, who has an old one.

    Nobody is told whether there is one.
    """
    number = claims.hub_in(secret)
    with resources.store.read() as tx:
        link = tx.claim_links.by_secret(number, claims.hash_of(secret))
        if link is None:
            return None
        try:
            return reading.by_id_in(tx, resources, number, link.credential_id)
        except (CredentialNotFoundError, CredentialErasedError, RecordDamagedError):
            return None


def _proof(session: str) -> str:
    """Derive what a form shows: it is of this visit, and does not give its secret away."""
    mac = hmac_of(claims.hash_of(session), _FORM, b"")
    return base64.urlsafe_b64encode(mac).decode("ascii").rstrip("=")
