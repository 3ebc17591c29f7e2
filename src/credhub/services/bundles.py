"""Bundles: a credential with everything that proves it offline, made when it is asked for."""

from credhub.proofs.forms import DEFAULT, Form
from credhub.services import deriving, did_documents, key_events, receipts, status_lists
from credhub.services.list_documents import TOKENS
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.services.signed_forms import method_of
from credhub.status.document import Purpose
from credhub.store.hubs import Hub
from credhub.store.status import StatusIndex
from credhub.verification.bundle import Bundle, StapledKey, StapledList


def make(resources: Resources, opened: OpenedCredential) -> Bundle:
    """Staple to a credential what there is now: the newest status list, the DID document.

    Raises:
        CredentialErasedError: The learner was erased.
        ReceiptNotReadyError: An entry is not under a signed checkpoint yet.
    """
    key_id = _key_id_of(Form(opened.form.form), opened.signed)
    lists = _lists(resources, opened, key_id)
    return Bundle(
        credential=deriving.presented(resources, opened).decode(),
        receipt=receipts.of(resources, opened).text(),
        key=_key(resources, opened.hub, key_id),
        did_document=did_documents.of(resources, opened.hub).to_document(),
        status_list=lists.get(TOKENS, lists.get(Purpose.REVOCATION)),
        suspension_list=lists.get(Purpose.SUSPENSION),
    )


def _key(resources: Resources, hub: Hub, key_id: str) -> StapledKey:
    added, *changes = (
        receipts.of_public(resources, hub.number, one.log, one.seq).text()
        for one in key_events.of_key(resources, hub, key_id)
    )
    return StapledKey(receipt=added, changes=tuple(changes))


def _lists(resources: Resources, opened: OpenedCredential, key_id: str) -> dict[str, StapledList]:
    number = opened.hub.number
    with resources.store.read() as tx:
        places = tx.status.entries_of(number, opened.credential.credential_id)
    # A token says its status in a list of tokens alone, all other forms in the others alone.
    of_tokens = opened.form.form == Form.DC_SD_JWT
    return {
        place.purpose: _list(resources, opened.hub, place, key_id)
        for place in places
        if (place.purpose == TOKENS) is of_tokens
    }


def _list(resources: Resources, hub: Hub, place: StatusIndex, key_id: str) -> StapledList:
    newest = status_lists.newest(resources, hub, place.list)
    signed_by = _key_id_of(Form.VC_JWT if place.purpose == TOKENS else DEFAULT, newest.document)
    return StapledList(
        credential=newest.document.decode(),
        receipt=receipts.of_public(resources, hub.number, newest.log, newest.seq).text(),
        key=None if signed_by == key_id else _key(resources, hub, signed_by),
    )


def _key_id_of(form: Form, signed: bytes) -> str:
    return method_of(form, signed).rpartition("#")[2]
