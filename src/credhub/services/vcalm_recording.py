"""Sign a credential that a client composed, for a hub: ledgered and sealed like every other.

What such a credential says is the client's; where it stands is ours: its address, its issuer and
its place in the status list. It is recorded under one definition that the hub publishes for all
of them, and sealed with a key of its own, so that it can be erased.
"""

from hashlib import sha256
from typing import Final

from credhub.credentials.achievement import Achievement, Criteria
from credhub.credentials.code import RANDOM_BYTES, PublicCode
from credhub.credentials.draft import Recipient
from credhub.errors import (
    CanonicalizationError,
    ConflictError,
    ContendedError,
    ForeignIssuerError,
    NotJsonLdError,
)
from credhub.jsontypes import JsonObject
from credhub.proofs.forms import DEFAULT
from credhub.services import (
    achievements,
    forms,
    issuing,
    learners,
    new_forms,
    status_lists,
    status_places,
)
from credhub.services.guarded import GuardedCanonicalizer
from credhub.services.idempotency import Once
from credhub.services.keyring import HubKeys
from credhub.services.resources import Resources
from credhub.services.status_places import FreePlace
from credhub.services.vcalm_issuing import completed
from credhub.status.document import Purpose
from credhub.store import credentials as credential_store
from credhub.store import status_writing
from credhub.store.credentials import StoredCredential
from credhub.store.hubs import Hub, HubNumber
from credhub.store.unit import Unit
from credhub.verification import data_model
from credhub.verification.structure import CredentialView

ATTEMPTS: Final = 20
ROUTE: Final = "vcalm"

_VERSION: Final = 1
_HOLDER: Final = Recipient(name="Holder")
_LABEL: Final = b"credhub/v1/composed-credentials"
_GIVEN: Final = ("id", "credentialStatus", "proof")


def definition_id(number: HubNumber) -> str:
    """Give the id of the definition under which a hub records what clients composed."""
    return PublicCode.make(number, sha256(_LABEL).digest()[:RANDOM_BYTES]).text


def record(resources: Resources, number: HubNumber, credential: JsonObject) -> JsonObject:
    """Sign a credential for a hub in its default form, and record it.

    Args:
        resources: What services work with.
        number: The hub.
        credential: What the client composed, without address, status and proof.

    Returns:
        The signed document.

    Raises:
        ForeignIssuerError: It names another issuer, or has what the hub gives.
        VerificationError: It is not as the data model wants it, or holds something without a
            meaning, which no signature can cover.
        ContendedError: Others kept taking what it needed.
    """
    keys = resources.keyring.of(number)
    _check_composed(keys.hub, credential)
    _publish_definition(resources, number)
    for _ in range(ATTEMPTS):
        with resources.store.read() as tx:
            place = status_places.find(resources, tx, number, Purpose.REVOCATION)
        if place is None:
            status_lists.open_next(resources, keys.hub, Purpose.REVOCATION)
            continue
        signed, unit = _prepare(resources, keys, credential, place)
        try:
            resources.sequencer.submit(unit)
        except ConflictError:
            continue
        return signed
    raise ContendedError


def _check_composed(hub: Hub, credential: JsonObject) -> None:
    given = [name for name in _GIVEN if name in credential]
    if given:
        raise ForeignIssuerError(f"The hub gives a credential its {given[0]} itself.")
    if data_model.version_of(credential) != data_model.V2:
        raise ForeignIssuerError("A hub signs credentials of version 2.0 of the data model.")
    subject = credential.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    address = achievement.get("id") if isinstance(achievement, dict) else None
    if str(address).startswith(achievements.address_of(hub, "")):
        raise ForeignIssuerError("The hub issues its own achievements at /v1/credentials.")


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


def _prepare(
    resources: Resources, keys: HubKeys, composed: JsonObject, place: FreePlace
) -> tuple[JsonObject, Unit]:
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
    )
    document = completed(composed, hub.did) | {
        "id": issuing.address_of(hub, credential.code),
        "credentialStatus": place.entry(hub).to_document(),
    }
    _check(resources, document)
    key = resources.keyring.issuing_key(hub.number, DEFAULT.key_type)
    made = forms.maker_of(resources, DEFAULT).make(document, key, now)
    form = new_forms.prepare(resources, credential, learner, made, position=0)
    unit = Unit(
        hub=hub.number,
        entries=(form.entry,),
        inserts=(
            *learner.inserts,
            credential_store.insert_of(credential),
            form.insert(),
            status_writing.insert_entry_of(place.given_to(credential.credential_id)),
        ),
    )
    return made.document, unit


def _check(resources: Resources, document: JsonObject) -> None:
    """Read a document as verifiers will, where a slow one can be stopped."""
    CredentialView.of(document)
    try:
        GuardedCanonicalizer(resources.sandbox).canonical(document)
    except CanonicalizationError as error:
        raise NotJsonLdError("The document is not JSON-LD.") from error
