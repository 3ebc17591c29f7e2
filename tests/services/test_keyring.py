"""The keyring: keys open with the right master key, in their own place, and not otherwise."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from credhub.errors import KeyStoreError, UnsealError
from credhub.keys.ed25519 import Ed25519Signer
from credhub.keys.master import MasterKey
from credhub.ledger.events import KeyChange
from credhub.ledger.note import VerifierKey
from credhub.proofs.forms import Form
from credhub.public_key import KeyType
from credhub.services import (
    choosing_forms,
    did_documents,
    forms_in_use,
    hub_keys,
    reading,
    signed_forms,
    status_lists,
    verifying,
)
from credhub.services.keyring import HubKeys, Keyring
from credhub.services.sealed import private_key_context
from credhub.store import signing_keys
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.signing_keys import KeyPurpose
from credhub.store.tables import signing_key
from credhub.store.unit import Unit
from credhub.verification.report import Verdict
from tests.running import START, Service
from tests.services.ordering import issue

OTHER_MASTER = "b1946ac92492d2347c6235b4d2611184-other"


def set_key(service: Service, key_id: str, **values: object) -> None:
    own = (signing_key.c.hub_id == service.one.hub.number) & (signing_key.c.key_id == key_id)
    with service.resources.store.connect_to_write() as connection:
        assert connection.execute(update(signing_key).where(own).values(**values)).rowcount == 1
    service.resources.keyring.forget(service.one.hub.number)


def public_keys(keys: HubKeys) -> list[bytes]:
    return [key.signer.public_key for key in keys.issuing_keys]


def log_of(service: Service) -> LedgerLog:
    with service.resources.store.read() as tx:
        log = tx.ledger.open_log(service.one.hub.number)
    assert log is not None
    return log


def test_the_master_key_of_another_service_opens_nothing(service_on_each: Service) -> None:
    keyring = Keyring(service_on_each.resources.store, MasterKey.from_text(OTHER_MASTER))

    with pytest.raises(UnsealError):
        keyring.of(service_on_each.one.hub.number)


def test_keys_are_opened_once_until_they_are_forgotten(service: Service) -> None:
    keyring, hub = service.resources.keyring, service.one.hub.number
    opened = keyring.of(hub)
    assert keyring.of(hub) is opened

    keyring.forget(hub)

    again = keyring.of(hub)
    assert again is not opened
    assert public_keys(again) == public_keys(opened)


@pytest.mark.parametrize("ended", ["retired_ms", "compromised_ms"])
def test_an_issuing_key_that_ended_signs_nothing(fresh_service: Service, ended: str) -> None:
    set_key(fresh_service, "key-1", **{ended: to_ms(fresh_service.clock())})

    with pytest.raises(KeyStoreError, match="in use"):
        fresh_service.resources.keyring.of(fresh_service.one.hub.number)


@pytest.mark.parametrize("ended", ["retired_ms", "compromised_ms"])
def test_a_ledger_key_that_ended_signs_nothing(fresh_service: Service, ended: str) -> None:
    set_key(fresh_service, "ledger-1", **{ended: to_ms(fresh_service.clock())})

    with pytest.raises(KeyStoreError, match="in use"):
        fresh_service.resources.keyring.ledger_signer(log_of(fresh_service))


def test_the_key_of_a_log_is_opened_once_until_it_is_forgotten(fresh_service: Service) -> None:
    keyring, log = fresh_service.resources.keyring, log_of(fresh_service)
    opened = keyring.ledger_signer(log)
    assert VerifierKey.parse(log.vkey).public_key == opened.public_key
    assert keyring.ledger_signer(log) is opened

    keyring.forget(log.hub)

    assert keyring.ledger_signer(log) is not opened


def test_t86_the_key_of_another_hub_signs_no_log(service: Service) -> None:
    log = log_of(service)
    mixed = replace(log, hub=service.other.hub.number)

    with pytest.raises(KeyStoreError, match="none of its hub"):
        service.resources.keyring.ledger_signer(mixed)


def test_t86_an_issuing_key_signs_no_log(service: Service) -> None:
    (issuing,) = public_keys(service.resources.keyring.of(service.one.hub.number))
    log = log_of(service)
    vkey = VerifierKey(name=log.origin, public_key=issuing).text()

    with pytest.raises(KeyStoreError, match="no ledger key in use"):
        service.resources.keyring.ledger_signer(replace(log, vkey=vkey))


def test_a_key_that_is_kept_elsewhere_is_not_opened(fresh_service: Service) -> None:
    set_key(fresh_service, "key-1", sealed_private=None)

    with pytest.raises(KeyStoreError, match="not kept here"):
        fresh_service.resources.keyring.of(fresh_service.one.hub.number)


def test_t86_a_private_key_that_is_not_of_its_public_key_signs_nothing(
    fresh_service: Service,
) -> None:
    hub = fresh_service.one.hub.number
    wrapping = fresh_service.resources.keyring.of(hub).wrapping
    stranger = Ed25519Signer.generate()
    sealed = stranger.seal(wrapping, context=private_key_context(hub, "key-1"))
    set_key(fresh_service, "key-1", sealed_private=sealed)

    with pytest.raises(KeyStoreError, match="does not belong"):
        fresh_service.resources.keyring.of(hub)


def test_t86_a_sealed_key_in_the_place_of_another_does_not_open(fresh_service: Service) -> None:
    hub = fresh_service.one.hub.number
    with fresh_service.resources.store.read() as tx:
        keys = {key.key_id: key for key in tx.signing_keys.of_hub(hub)}
    set_key(fresh_service, "key-1", sealed_private=keys["ledger-1"].sealed_private)

    with pytest.raises(UnsealError):
        fresh_service.resources.keyring.of(hub)


def test_t85_nothing_prints_a_key(service: Service) -> None:
    keys = service.resources.keyring.of(service.one.hub.number)

    shown = repr(keys) + repr(service.resources) + str(vars(service.resources.keyring))

    assert keys.secret.hex() not in shown
    assert repr(keys.secret) not in shown


def publish_key(service: Service, key_type: KeyType, begins: datetime) -> str:
    """Add an issuing key to those of a hub, as a rotation would."""
    hub, resources = service.one.hub, service.resources
    with resources.store.read() as tx:
        name = f"key-{len(tx.signing_keys.methods_of(hub.number)) + 1}"
    wrapping = resources.keyring.of(hub.number).wrapping
    key = hub_keys.new_key(
        hub.number, name, KeyPurpose.ISSUING, wrapping, begins, key_type=key_type
    )
    unit = Unit(
        hub=hub.number,
        entries=(hub_keys.entry_of(hub, key, KeyChange.ADDED, begins),),
        inserts=(signing_keys.insert_of(key),),
    )
    resources.sequencer.submit(unit)
    resources.keyring.forget(hub.number)
    return f"{hub.did}#{name}"


def methods_of(service: Service, credential: str, form: Form = Form.EDDSA_RDFC_2022) -> str | None:
    opened = reading.by_id(service.resources, service.one.hub.number, credential, form)
    return signed_forms.method_of(form, opened.signed)


def test_t87_a_key_that_was_published_in_advance_signs_from_when_it_begins(
    fresh_service: Service,
) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    second = publish_key(fresh_service, KeyType.ED25519, fresh_service.clock() + timedelta(hours=1))
    published = did_documents.of(resources, hub)

    early = issue(resources, hub.number)
    early_list = status_lists.newest(resources, hub, 1).document
    fresh_service.clock.move(hours=1)
    later = issue(resources, hub.number)
    fresh_service.clock.move(days=1)
    status_lists.publish(resources, hub, 1)

    assert second in published.assertion
    assert methods_of(fresh_service, early) == f"{hub.did}#key-1"
    assert f"{hub.did}#key-1".encode() in early_list
    assert methods_of(fresh_service, later) == second
    assert second.encode() in status_lists.newest(resources, hub, 1).document
    for one in (early, later):
        signed = reading.by_id(resources, hub.number, one).signed
        assert verifying.verify_uploaded(resources, signed).verdict is Verdict.VALID


def test_t87_a_next_key_that_waits_does_not_interrupt_a_form(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    choosing_forms.choose(resources, hub, [Form.VC_JWT])
    publish_key(fresh_service, KeyType.P256, fresh_service.clock() + timedelta(hours=1))

    made = issue(resources, hub.number)

    assert forms_in_use.waiting(resources, hub) == {}
    assert methods_of(fresh_service, made, Form.VC_JWT) == f"{hub.did}#key-2"


def test_t87_a_key_that_has_not_begun_signs_nothing_even_when_it_is_the_only_one(
    fresh_service: Service,
) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    publish_key(fresh_service, KeyType.ED25519, fresh_service.clock() + timedelta(hours=1))
    set_key(fresh_service, "key-1", retired_ms=to_ms(fresh_service.clock()))

    with pytest.raises(KeyStoreError, match="Ed25519 in use"):
        resources.keyring.issuing_key(hub.number, KeyType.ED25519, fresh_service.clock())

    begun = fresh_service.clock() + timedelta(hours=1)
    key = resources.keyring.issuing_key(hub.number, KeyType.ED25519, begun)
    assert key.verification_method == f"{hub.did}#key-3"


def test_t87_the_first_key_of_a_hub_signs_when_the_clock_went_back(service: Service) -> None:
    hub, earlier = service.one.hub, START - timedelta(days=1)

    key = service.resources.keyring.issuing_key(hub.number, KeyType.ED25519, earlier)

    assert key.verification_method == f"{hub.did}#key-1"
