"""Issue a credential: prepared, signed and checked while nothing is held, then recorded once.

(1) the same request with the same key gives what it gave before;
(2) one read transaction finds the achievement, the learner and a free status index;
(3) the document is made, follows our schema, is signed in every form that the hub chose and
    whose key is old enough, and each verifies by the public path;
(4) one unit: for each form a ledger entry and a sealed row; the places in status lists, the
    learner, the key;
(5) the sequencer records it, or says that another took the key, the index or the learner:
    then all of it is prepared again.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from credhub.credentials import document as credential_document
from credhub.credentials.document import SALT_BYTES
from credhub.credentials.draft import CredentialDraft
from credhub.credentials.schema import PUBLISHED_PATH
from credhub.errors import ConflictError, ContendedError, CredhubError, StoreError
from credhub.jsontypes import JsonObject
from credhub.ledger.commitment import ENTRY_ID_LENGTH, InnerKind
from credhub.ledger.events import Corrected
from credhub.services import achievements, forms, learners, new_forms, reading, status_lists
from credhub.services.forms import SignedForm
from credhub.services.hubs import issuer_of
from credhub.services.idempotency import Once
from credhub.services.issuing_survey import Ground, ListMissing, Made, Order, Wanted, survey
from credhub.services.keyring import HubKeys
from credhub.services.learners import LearnerKey
from credhub.services.new_forms import NewForm
from credhub.services.private_entries import private_entry
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.store import credentials as credential_store
from credhub.store import status_writing
from credhub.store.credentials import StoredCredential
from credhub.store.hubs import Hub, HubNumber
from credhub.store.unit import Insert, PendingEntry, Placement, Unit

ATTEMPTS: Final = 20


Answer = OpenedCredential | CredhubError

_T = TypeVar("_T")


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


def issue(resources: Resources, number: HubNumber, order: Order, once: Once) -> OpenedCredential:
    """Issue one credential.

    Returns:
        The credential, from memory when it is new and as it stands now when it was made before.

    Raises:
        CredentialErasedError: It was made before, and its learner was erased since.
        AchievementNotFoundError: The hub has no such achievement.
        InvalidClaimError: A claim cannot be in a credential.
        IdempotencyKeyReusedError: The key was used with another body.
        ContendedError: Others kept taking what this order needed.
    """
    (answer,) = issue_all(resources, number, [Wanted(order=order, once=once)])
    if isinstance(answer, CredhubError):
        raise answer
    return answer


def issue_all(
    resources: Resources, number: HubNumber, wanted: Sequence[Wanted]
) -> tuple[Answer, ...]:
    """Issue what several callers of one hub ask for at once, each credential by itself.

    Returns:
        For each in the same order what ``issue`` returns, or the error that it raises.

    Raises:
        CredhubError: None of them could be looked at, as when there is no database.
    """
    keys = resources.keyring.of(number)
    answers: dict[int, Answer] = {}
    for _ in range(ATTEMPTS):
        left = {at: one for at, one in enumerate(wanted) if at not in answers}
        if not left:
            break
        answers |= _round(resources, keys, left)
    return tuple(answers.get(at) or ContendedError() for at in range(len(wanted)))


def _round(resources: Resources, keys: HubKeys, wanted: Mapping[int, Wanted]) -> dict[int, Answer]:
    """Do all steps once; give the answers of those that need not be tried again."""
    with resources.store.read() as tx:
        found = survey(resources, tx, keys, tuple(wanted.values()))  # (1), (2)
    if isinstance(found, ListMissing):
        status_lists.open_next(resources, keys.hub, found.purpose)
        return {}
    answers: dict[int, Answer] = {}
    prepared: dict[int, Prepared] = {}
    for (at, one), it in zip(wanted.items(), found, strict=True):
        match it:
            case Ground():
                made = _tried(partial(_prepared, resources, keys, one, it))
                if isinstance(made, Prepared):
                    prepared[at] = made
                else:
                    answers[at] = made
            case Made():
                answers[at] = _tried(
                    partial(reading.by_id, resources, keys.hub.number, it.credential_id)
                )
            case error:
                answers[at] = error
    return answers | _recorded(resources, keys, wanted, prepared)


def _prepared(resources: Resources, keys: HubKeys, one: Wanted, ground: Ground) -> Prepared:
    return prepare(
        resources, keys, one.order, ground, lambda made: (one.once.insert_of(resources, made),)
    )


def _recorded(
    resources: Resources,
    keys: HubKeys,
    wanted: Mapping[int, Wanted],
    prepared: Mapping[int, Prepared],
) -> dict[int, Answer]:
    # (5), without those of whom another took something.
    placements = resources.sequencer.submit_all([it.unit for it in prepared.values()])
    lost = [
        wanted[at].order.recipient
        for at, placement in zip(prepared, placements, strict=True)
        if isinstance(placement, ConflictError)
    ]
    # What was recorded stays so, whatever becomes of this.
    with suppress(StoreError):
        learners.release_erased(resources, keys, lost)
    return {
        at: placement if isinstance(placement, CredhubError) else it.opened(keys.hub, placement)
        for (at, it), placement in zip(prepared.items(), placements, strict=True)
        if not isinstance(placement, ConflictError)
    }


def _tried(make: Callable[[], _T]) -> _T | CredhubError:
    try:
        return make()
    except CredhubError as error:
        return error


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
    unit = Unit(  # (4)
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
    # (3) Sign, and check as everybody will.
    status = next((place.claim(hub) for place in ground.places if place.is_for_tokens), None)
    made = tuple(
        forms.maker_of(resources, form, token_status=status).make(
            document, resources.keyring.issuing_key(hub.number, form.key_type, now), now
        )
        for form in ground.forms
    )
    resources.schemas.validate(hub.base_url + PUBLISHED_PATH, made[0].document)
    return made
