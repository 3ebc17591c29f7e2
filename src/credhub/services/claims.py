"""Links for learners, as the hub makes, shows and ends them.

A link holds an HMAC of its own id under the hub's secret: whoever has the database alone can make
none of them, and the same request, asked again, gives the same link. What is kept is its SHA-256.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from credhub.errors import (
    ConflictError,
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
    RecordDamagedError,
)
from credhub.keys.sealing import hmac_of
from credhub.services import chains
from credhub.services.idempotency import Once
from credhub.services.keyring import HubKeys
from credhub.services.resources import Resources
from credhub.services.sealed import CLAIM_LINK
from credhub.store.claim_links import ClaimLink
from credhub.store.credentials import StoredCredential
from credhub.store.hubs import HubNumber
from credhub.store.store import Transaction

PAGE: Final = "/claim"
DAYS: Final = 30
MOST_DAYS: Final = 365
ATTEMPTS: Final = 20

_HUB_BYTES: Final = 3
_SECRET_BYTES: Final = 24


class ClaimState(StrEnum):
    """How far a learner has come."""

    NONE = "none"
    OFFERED = "offered"
    OPENED = "opened"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What became of the links to a credential.

    Attributes:
        offered_at: When the newest link was made.
        expires_at: Until when it can be opened.
        ended_at: When the hub or the learner ended it.
        opened_at: When a link was opened first.
        claimed_at: When a file was taken first.
    """

    state: ClaimState
    offered_at: datetime | None = None
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    opened_at: datetime | None = None
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLink:
    """A link with what it holds."""

    link: ClaimLink
    address: str = field(repr=False)


def make(  # noqa: PLR0913 - which credential, for how long, and who asks
    resources: Resources,
    number: HubNumber,
    credential_id: str,
    once: Once | None,
    *,
    days: int,
    actor: str,
) -> ShownLink:
    """Make a link to a credential, and end those before it with all that they opened.

    Args:
        resources: What services work with.
        number: The hub of the caller.
        credential_id: The internal id.
        once: What keeps the request from making two; none where each asks for a new one.
        days: How long somebody may open it.
        actor: Who asks, such as the id of an API key.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
        IdempotencyKeyReusedError: The key was used with another body.
        RecordDamagedError: The link was made under another secret of the hub.
        ContendedError: Others kept making links to the same credential.
    """
    keys = resources.keyring.of(number)
    for _ in range(ATTEMPTS):
        try:
            with resources.store.begin() as tx:
                made = None if once is None else once.made(tx)
                if made is not None:
                    return shown(keys, _found(tx, number, made))
                first = first_of(tx, number, credential_id)
                link = new_link(resources, keys, first.credential_id, days=days, actor=actor)
                tx.claim_links.end(number, first.credential_id, link.created_at)
                tx.claim_links.insert(link)
                if once is not None:
                    tx.idempotency.insert(once.request_for(resources, link.link_id))
        except ConflictError:
            continue
        return shown(keys, link)
    raise ContendedError


def state_of(resources: Resources, number: HubNumber, credential_id: str) -> Claim:
    """Say how far the learner has come.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
    """
    with resources.store.read() as tx:
        first = first_of(tx, number, credential_id)
        links = tx.claim_links.of_credentials(number, [first.credential_id])
    return claim_of(links, resources.clock())


def end(resources: Resources, number: HubNumber, credential_id: str) -> None:
    """End the link to a credential, and what it opened. Doing it again changes nothing.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
    """
    with resources.store.begin() as tx:
        first = first_of(tx, number, credential_id)
        tx.claim_links.end(number, first.credential_id, resources.clock())


def claim_of(links: Sequence[ClaimLink], now: datetime) -> Claim:
    """Sum up the links to a credential, oldest first."""
    if not links:
        return Claim(state=ClaimState.NONE)
    newest = links[-1]
    opened = min((it.opened_at for it in links if it.opened_at is not None), default=None)
    claimed = min((it.claimed_at for it in links if it.claimed_at is not None), default=None)
    if claimed is not None:
        state = ClaimState.CLAIMED
    elif opened is not None:
        state = ClaimState.OPENED
    else:
        state = ClaimState.OFFERED if newest.opens(now) else ClaimState.NONE
    return Claim(
        state=state,
        offered_at=newest.created_at,
        expires_at=newest.expires_at,
        ended_at=newest.ended_at,
        opened_at=opened,
        claimed_at=claimed,
    )


def new_link(
    resources: Resources, keys: HubKeys, credential_id: str, *, days: int, actor: str
) -> ClaimLink:
    """Make a link to the first credential of a chain; nothing is kept yet."""
    link_id, now = resources.new_id(), resources.clock()
    return ClaimLink(
        hub=keys.hub.number,
        link_id=link_id,
        credential_id=credential_id,
        secret_hash=hash_of(_secret(keys, link_id)),
        actor=actor,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )


def shown(keys: HubKeys, link: ClaimLink) -> ShownLink:
    """Write a link with its secret.

    The secret stands where browsers keep it to themselves: behind ``#`` it is sent to no server, so
    no log and no scanner of e-mails has it.

    Raises:
        RecordDamagedError: It was made under another secret of the hub, or was changed.
    """
    secret = _secret(keys, link.link_id)
    if not compare_digest(hash_of(secret), link.secret_hash):
        raise RecordDamagedError
    return ShownLink(link=link, address=f"{keys.hub.base_url}{PAGE}#{secret}")


def first_of(tx: Transaction, number: HubNumber, credential_id: str) -> StoredCredential:
    """Find the first of a chain of corrections, whose learner was not erased.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
    """
    credential = tx.credentials.by_id(number, credential_id)
    if credential is None:
        raise CredentialNotFoundError
    if tx.learners.wrapped_key(number, credential.learner_id) is None:
        raise CredentialErasedError
    return chains.first_of(tx, credential)


def hash_of(secret: str) -> bytes:
    """Compute what is kept of a secret: 32 bytes."""
    return sha256(secret.encode()).digest()


def written(number: HubNumber, secret: bytes) -> str:
    """Write a secret with the number of its hub, by which it is found."""
    raw = number.to_bytes(_HUB_BYTES, "big") + secret
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def hub_in(text: str) -> HubNumber:
    """Read of which hub a secret is. What is none belongs to the first hub, where it opens nothing.

    So it costs the same to be told so.
    """
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    return HubNumber(int.from_bytes(raw[:_HUB_BYTES], "big"))


def _secret(keys: HubKeys, link_id: str) -> str:
    return written(
        keys.hub.number, hmac_of(keys.secret, CLAIM_LINK, link_id.encode())[:_SECRET_BYTES]
    )


def _found(tx: Transaction, number: HubNumber, link_id: str) -> ClaimLink:
    link = tx.claim_links.by_id(number, link_id)
    if link is None:
        raise RecordDamagedError
    return link
