"""Prepare a credential: made, signed and checked while nothing is held, and not recorded yet.

(1) the document is made from what is claimed and from what was found for it;
(2) it follows our schema, is signed in every form that the hub chose and whose key is old enough,
    and each verifies by the public path;
(3) one unit: for each form a ledger entry and a sealed row; the places in status lists, the
    learner, and whatever else is recorded with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from credhub.credentials import document as credential_document
from credhub.credentials.document import SALT_BYTES
from credhub.credentials.draft import CredentialDraft
from credhub.credentials.schema import PUBLISHED_PATH
from credhub.jsontypes import JsonObject
from credhub.ledger.commitment import ENTRY_ID_LENGTH, InnerKind
from credhub.ledger.events import Corrected
from credhub.services import achievements, forms, learners, new_forms
from credhub.services.forms import SignedForm
from credhub.services.hubs import issuer_of
from credhub.services.issuing_survey import Ground, Order
from credhub.services.keyring import HubKeys
from credhub.services.learners import LearnerKey
from credhub.services.new_forms import NewForm
from credhub.services.private_entries import private_entry
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.store import credentials as credential_store
from credhub.store import status_writing
from credhub.store.credentials import StoredCredential
from credhub.store.hubs import Hub
from credhub.store.unit import Insert, PendingEntry, Placement, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A signed credential that is not recorded yet, the default form first."""

    credential: StoredCredential
    forms: tuple[NewForm, ...]
    unit: Unit = field(repr=False)

    def opened(self, hub: Hub, placement: Placement) -> OpenedCredential:
        """Describe it after it was recorded, without reading it again."""
        first = self.forms[0]
        return OpenedCredential(
            hub=hub,
            credential=self.credential,
            form=first.stored(placement),
            forms=tuple(form.form for form in self.forms),
            signed=first.signed,
            learner_key=first.learner_key,
            receipt=first.receipt(placement),
        )


def address_of(hub: Hub, code: str) -> str:
    """Give the permanent address of a credential."""
    return f"{hub.base_url}/c/{code}"


def prepare(
    resources: Resources,
    keys: HubKeys,
    order: Order,
    ground: Ground,
    records: Callable[[str], tuple[Insert, ...]],
) -> Prepared:
    """Make, sign and check one credential, from nothing but what was found for it.

    Args:
        resources: What services work with.
        keys: Those of the hub.
        order: What it asks for.
        ground: What was found for it.
        records: More rows that are recorded with the credential of this id.

    Raises:
        InvalidClaimError: A claim cannot be in a credential.
    """
    hub = keys.hub
    now = resources.clock().replace(microsecond=0)
    learner = ground.learner or learners.prepare(resources, keys, order.recipient)
    credential = StoredCredential(
        hub=hub.number,
        credential_id=resources.new_id(),
        code=resources.new_code(hub.number),
        achievement_id=ground.achievement.achievement_id,
        achievement_version=ground.achievement.version,
        learner_id=learner.learner_id,
        supersedes=order.supersedes,
        issued_at=now,
        issued_by=order.actor,
    )
    document = document_of(resources, hub, order, ground, credential)
    made = _sign(resources, hub, document, ground, now)
    corrects = _correction(resources, credential, learner)
    signed = tuple(
        new_forms.prepare(resources, credential, learner, form, position=position)
        for position, form in enumerate(made, start=len(corrects))
    )
    unit = Unit(  # (3)
        hub=hub.number,
        entries=(*corrects, *(form.entry for form in signed)),
        inserts=(
            *records(credential.credential_id),
            *learner.inserts,
            credential_store.insert_of(credential),
            *(form.insert() for form in signed),
            *(
                status_writing.insert_entry_of(place.given_to(credential.credential_id))
                for place in ground.places
            ),
        ),
    )
    return Prepared(credential=credential, forms=signed, unit=unit)


def _correction(
    resources: Resources, credential: StoredCredential, learner: LearnerKey
) -> tuple[PendingEntry, ...]:
    """Have the ledger say which credential this one replaces, right before it says the forms."""
    if credential.supersedes is None:
        return ()
    corrected = Corrected(credential_id=credential.credential_id, supersedes=credential.supersedes)
    entry = private_entry(
        credential.hub,
        InnerKind.CORRECTION,
        corrected.payload(),
        subject_key=learner.key,
        learner_id=learner.learner_id,
        entry_id=resources.random(ENTRY_ID_LENGTH),
    )
    return (entry,)


def document_of(
    resources: Resources, hub: Hub, order: Order, ground: Ground, credential: StoredCredential
) -> JsonObject:
    """Write a credential as it is before it is signed.

    Raises:
        InvalidClaimError: A claim cannot be in a credential.
    """
    draft = CredentialDraft(
        id=address_of(hub, credential.code),
        recipient=order.recipient,
        valid_from=credential.issued_at,
        valid_until=order.valid_until,
        awarded_at=order.awarded_at,
        evidence=order.evidence,
        results=order.results,
        identifiers=order.identifiers,
    )
    return credential_document.to_document(
        draft,
        issuer=issuer_of(hub),
        achievement=achievements.definition_of(ground.achievement),
        status_entries=tuple(
            place.entry(hub).to_document() for place in ground.places if not place.is_for_tokens
        ),
        schema_id=hub.base_url + PUBLISHED_PATH,
        salt=resources.random(SALT_BYTES),
    )


def _sign(
    resources: Resources, hub: Hub, document: JsonObject, ground: Ground, now: datetime
) -> tuple[SignedForm, ...]:
    # (2) Sign, and check as everybody will.
    status = next((place.claim(hub) for place in ground.places if place.is_for_tokens), None)
    made = tuple(
        forms.maker_of(resources, form, token_status=status).make(
            document, resources.keyring.issuing_key(hub.number, form.key_type, now), now
        )
        for form in ground.forms
    )
    resources.schemas.validate(hub.base_url + PUBLISHED_PATH, made[0].document)
    return made
