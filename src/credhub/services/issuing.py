"""Issue a credential: prepared, signed and checked while nothing is held, then recorded once.

(1) the same request with the same key gives what it gave before;
(2) one read transaction finds the achievement, the learner and a free status index;
(3) the document is made, follows our schema, is signed, and verifies by the public path;
(4) one unit: the ledger entry, the sealed form, the status index, the learner, the key;
(5) the sequencer records it, or says that another took the key, the index or the learner:
    then all of it is prepared again.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from credhub import jsontypes
from credhub.credentials import document as credential_document
from credhub.credentials.document import SALT_BYTES
from credhub.credentials.draft import CredentialDraft, Evidence, Recipient, Result
from credhub.credentials.schema import PUBLISHED_PATH
from credhub.errors import AchievementNotFoundError, ConflictError, ContendedError
from credhub.jsontypes import JsonObject
from credhub.keys.sealing import seal
from credhub.ledger.commitment import ENTRY_ID_LENGTH, InnerKind
from credhub.ledger.events import Issued
from credhub.proofs import data_integrity, eddsa_rdfc_2022
from credhub.proofs.signer import key_of
from credhub.services import achievements, learners, reading, receipts, status_lists
from credhub.services.hubs import issuer_of
from credhub.services.idempotency import Once
from credhub.services.keyring import HubKeys
from credhub.services.learners import LearnerKey
from credhub.services.private_entries import private_entry
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.services.sealed import form_context
from credhub.status.document import Purpose, StatusEntry
from credhub.store import credentials as credential_store
from credhub.store import status_writing
from credhub.store.achievements import StoredAchievement
from credhub.store.credentials import StoredCredential, StoredForm
from credhub.store.hubs import Hub, HubNumber
from credhub.store.status import StatusIndex, StatusList
from credhub.store.store import Transaction
from credhub.store.unit import Placement, Unit

FORM: Final = eddsa_rdfc_2022.NAME
ATTEMPTS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a hub asks for.

    Attributes:
        achievement_id: The newest version of this achievement is issued.
    """

    achievement_id: str
    recipient: Recipient
    awarded_at: datetime | None = None
    valid_until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What one read transaction found for an order."""

    achievement: StoredAchievement
    learner: LearnerKey | None
    status_list: StatusList
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A signed credential that is not recorded yet."""

    credential: StoredCredential
    signed: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    learner_key: bytes = field(repr=False)
    entry_id: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    unit: Unit = field(repr=False)

    def opened(self, hub: Hub, placement: Placement) -> OpenedCredential:
        """Describe it after it was recorded, without reading it again."""
        form = StoredForm(
            hub=hub.number,
            credential_id=self.credential.credential_id,
            form=FORM,
            sealed=self.sealed,
            log=placement.log,
            seq=placement.seqs[0],
        )
        return OpenedCredential(
            hub=hub,
            credential=self.credential,
            form=form,
            signed=self.signed,
            learner_key=self.learner_key,
            receipt=receipts.of_new(
                placement,
                learner_key=self.learner_key,
                entry_id=self.entry_id,
                payload=self.payload,
            ),
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
    keys = resources.keyring.of(number)
    for _ in range(ATTEMPTS):
        with resources.store.read() as tx:
            made = once.made(tx)  # (1)
            ground = None if made else _survey(resources, tx, keys, order)  # (2)
        if made is not None:
            return reading.by_id(resources, number, made)
        if ground is None:
            status_lists.open_next(resources, keys.hub, Purpose.REVOCATION)
            continue
        prepared = _prepare(resources, keys, order, ground, once)
        try:
            placement = resources.sequencer.submit(prepared.unit)  # (5)
        except ConflictError:
            continue
        return prepared.opened(keys.hub, placement)
    raise ContendedError


def address_of(hub: Hub, code: str) -> str:
    """Give the permanent address of a credential."""
    return f"{hub.base_url}/c/{code}"


def _survey(resources: Resources, tx: Transaction, keys: HubKeys, order: Order) -> _Ground | None:
    number = keys.hub.number
    achievement = tx.achievements.latest(number, order.achievement_id)
    if achievement is None:
        raise AchievementNotFoundError
    place = _free_place(resources, tx, number)
    if place is None:
        return None
    return _Ground(
        achievement=achievement,
        learner=learners.find(tx, keys, order.recipient),
        status_list=place[0],
        index=place[1],
    )


def _free_place(
    resources: Resources, tx: Transaction, number: HubNumber
) -> tuple[StatusList, int] | None:
    status_list = tx.status.open_list(number, Purpose.REVOCATION)
    if status_list is None:
        return None
    drawn = status_lists.draw(resources.random, status_list.length)
    taken = tx.status.taken(number, status_list.list, drawn)
    free = [index for index in drawn if index not in taken]
    return (status_list, free[0]) if free else None


def _prepare(
    resources: Resources, keys: HubKeys, order: Order, ground: _Ground, once: Once
) -> _Prepared:
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
        supersedes=None,
        issued_at=now,
    )
    document = _sign(resources, keys, _document(resources, hub, order, ground, credential), now)
    signed = jsontypes.canonical(document)
    context = form_context(hub.number, credential.credential_id, FORM)
    sealed = seal(learner.key, signed, context=context)
    place = StatusIndex(
        hub=hub.number,
        list=ground.status_list.list,
        index=ground.index,
        credential_id=credential.credential_id,
        purpose=ground.status_list.purpose,
    )
    digest = sha256(signed).digest()
    payload = Issued(credential_id=credential.credential_id, form=FORM, digest=digest).payload()
    entry_id = resources.random(ENTRY_ID_LENGTH)
    entry = private_entry(
        hub.number,
        InnerKind.ISSUE,
        payload,
        subject_key=learner.key,
        learner_id=learner.learner_id,
        entry_id=entry_id,
    )
    unit = Unit(  # (4)
        hub=hub.number,
        entries=(entry,),
        inserts=(
            once.insert_of(resources, credential.credential_id),
            *learner.inserts,
            credential_store.insert_of(credential),
            credential_store.insert_form_of(
                hub.number,
                credential_id=credential.credential_id,
                form=FORM,
                sealed=sealed,
                entry=0,
            ),
            status_writing.insert_entry_of(place),
        ),
    )
    return _Prepared(
        credential=credential,
        signed=signed,
        sealed=sealed,
        learner_key=learner.key,
        entry_id=entry_id,
        payload=payload,
        unit=unit,
    )


def _document(
    resources: Resources, hub: Hub, order: Order, ground: _Ground, credential: StoredCredential
) -> JsonObject:
    draft = CredentialDraft(
        id=address_of(hub, credential.code),
        recipient=order.recipient,
        valid_from=credential.issued_at,
        valid_until=order.valid_until,
        awarded_at=order.awarded_at,
        evidence=order.evidence,
        results=order.results,
    )
    entry = StatusEntry.at(
        status_lists.address_of(hub, ground.status_list.list),
        ground.index,
        Purpose(ground.status_list.purpose),
    )
    return credential_document.to_document(
        draft,
        issuer=issuer_of(hub),
        achievement=achievements.definition_of(ground.achievement),
        status_entries=(entry.to_document(),),
        schema_id=hub.base_url + PUBLISHED_PATH,
        salt=resources.random(SALT_BYTES),
    )


def _sign(resources: Resources, keys: HubKeys, document: JsonObject, now: datetime) -> JsonObject:
    # (3) Sign, and check as everybody will.
    signed = data_integrity.sign(
        document,
        suite=resources.suite,
        signer=keys.issuing.signer,
        verification_method=keys.issuing.verification_method,
        created=now,
    )
    chosen = data_integrity.issuer_proof(signed, {resources.suite.name: resources.suite})
    data_integrity.verify(
        signed,
        chosen.proof,
        suite=resources.suite,
        public_key=key_of(keys.issuing.signer),
    )
    resources.schemas.validate(keys.hub.base_url + PUBLISHED_PATH, signed)
    return signed
