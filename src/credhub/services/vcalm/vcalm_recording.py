"""Sign a credential that a client composed, for a hub: ledgered and sealed like every other.

What such a credential says is the client's; where it stands is ours: its address, its issuer and
its place in the status list. It is recorded under one definition that the hub publishes for all
of them, and sealed with a key of its own, so that it can be erased.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from credhub.credentials.achievement import Achievement, Criteria
from credhub.credentials.code import RANDOM_BYTES, PublicCode
from credhub.credentials.draft import Recipient
from credhub.errors import (
    CanonicalizationError,
    ConflictError,
    ContendedError,
    FormNotOfferedError,
)
from credhub.jsontypes import JsonObject
from credhub.proofs.forms import Form
from credhub.services import (
    achievements,
    forms_in_use,
    learners,
    new_forms,
    reading,
    status_lists,
    status_places,
)
from credhub.services.forms import SignedForm
from credhub.services.idempotency import Once
from credhub.services.keyring import HubKeys
from credhub.services.resources import Resources
from credhub.services.status_places import FreePlace
from credhub.services.vcalm import vcalm_composing, vcalm_forms
from credhub.services.vcalm.vcalm_forms import DEFAULT_WISH, Wish
from credhub.status.document import Purpose
from credhub.store import credentials as credential_store
from credhub.store import status_writing
from credhub.store.credentials import StoredCredential
from credhub.store.hubs import Hub, HubNumber
from credhub.store.unit import Unit

ATTEMPTS: Final = 20
ROUTE: Final = "vcalm"

_VERSION: Final = 1
_HOLDER: Final = Recipient(name="Holder")
_LABEL: Final = b"credhub/v1/composed-credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What is to be signed, and what one read transaction found for it."""

    composed: JsonObject
    wish: Wish
    chosen: tuple[Form, ...]
    place: FreePlace
    once: Once | None
    actor: str | None


def definition_id(number: HubNumber) -> str:
    """Give the id of the definition under which a hub records what clients composed."""
    return PublicCode.make(number, sha256(_LABEL).digest()[:RANDOM_BYTES]).text


def record(  # noqa: PLR0913 - what is signed, for whom, and who asks
    resources: Resources,
    number: HubNumber,
    credential: JsonObject,
    *,
    wish: Wish = DEFAULT_WISH,
    once: Once | None = None,
    actor: str | None = None,
) -> bytes:
    """Sign a credential for a hub in its forms, and record it.

    Args:
        resources: What services work with.
        number: The hub.
        credential: What the client composed, without address, status and proof.
        wish: What the client asks for.
        once: The key of the request, when it has one: then it makes one credential, for ever.
        actor: Who asks, such as the id of an API key.

    Returns:
        The signed bytes in the form that the client asks for.

    Raises:
        ForeignIssuerError: It names another issuer, or has what the hub gives.
        VerificationError: It is not as the data model wants it, or holds something without a
            meaning, which no signature can cover.
        FormNotOfferedError: The hub does not sign it in this form.
        IdempotencyKeyReusedError: The key was used with another body.
        CredentialErasedError: It was made before, and erased since.
        ContendedError: Others kept taking what it needed.
    """
    keys = resources.keyring.of(number)
    vcalm_composing.check(keys.hub, credential)
    _publish_definition(resources, number)
    for _ in range(ATTEMPTS):
        with resources.store.read() as tx:
            made = None if once is None else once.made(tx)
            chosen = forms_in_use.of(tx, number, resources.clock())
            place = status_places.find(resources, tx, number, Purpose.REVOCATION)
        if made is not None:
            return reading.by_id(resources, number, made, wish.form).signed
        if place is None:
            status_lists.open_next(resources, keys.hub, Purpose.REVOCATION)
            continue
        order = _Order(
            composed=credential, wish=wish, chosen=chosen, place=place, once=once, actor=actor
        )
        signed, unit = _prepare(resources, keys, order)
        try:
            resources.sequencer.submit(unit)
        except ConflictError:
            continue
        return signed
    raise ContendedError


def _publish_definition(resources: Resources, number: HubNumber) -> None:
    with resources.store.read() as tx:
        if tx.achievements.latest(number, definition_id(number)) is not None:
            return
    once = Once(resources, number, route=ROUTE, key="definition", body={})
    achievements.publish_as(resources, number, _definition, once, definition_id(number))


def _definition(address: str, version: int) -> Achievement:
    return Achievement(
        id=address,
        version=version,
        name="Other credentials",
        description="Credentials that other software of this organisation composed.",
        criteria=Criteria(narrative="Each of these credentials says itself what it is about."),
        achievement_type="ext:composed",
    )


def _prepare(resources: Resources, keys: HubKeys, order: _Order) -> tuple[bytes, Unit]:
    hub, now = keys.hub, resources.clock().replace(microsecond=0)
    learner = learners.prepare(resources, keys, _HOLDER)
    credential = StoredCredential(
        hub=hub.number,
        credential_id=resources.new_id(),
        code=resources.new_code(hub.number),
        achievement_id=definition_id(hub.number),
        achievement_version=_VERSION,
        learner_id=learner.learner_id,
        supersedes=None,
        issued_at=now,
        issued_by=order.actor,
    )
    document = vcalm_composing.finished(
        resources, hub, order.composed, code=credential.code, place=order.place
    )
    made = _sign(resources, hub, document, order, now)
    signed = tuple(
        new_forms.prepare(resources, credential, learner, form, position=position)
        for position, form in enumerate(made)
    )
    remembered = (
        () if order.once is None else (order.once.insert_of(resources, credential.credential_id),)
    )
    unit = Unit(
        hub=hub.number,
        entries=tuple(form.entry for form in signed),
        inserts=(
            *remembered,
            *learner.inserts,
            credential_store.insert_of(credential),
            *(form.insert() for form in signed),
            status_writing.insert_entry_of(order.place.given_to(credential.credential_id)),
        ),
    )
    (answer,) = (form.signed for form in made if form.form is order.wish.form)
    return answer, unit


def _sign(
    resources: Resources, hub: Hub, document: JsonObject, order: _Order, now: datetime
) -> tuple[SignedForm, ...]:
    made = []
    for form in vcalm_forms.of(document, order.chosen, order.wish):
        key = resources.keyring.issuing_key(hub.number, form.key_type, now)
        maker = vcalm_forms.maker_of(resources, form, order.wish)
        try:
            made.append(maker.make(document, key, now))
        except CanonicalizationError as error:
            # It is JSON-LD, but no parts of it can be shown: so is an ordered list.
            if form is order.wish.form:
                raise FormNotOfferedError(f"This document cannot be signed as {form}.") from error
    return tuple(made)
