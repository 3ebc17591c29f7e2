"""The keyring: keys open with the right master key, in their own place, and not otherwise."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from credhub.errors import KeyStoreError, UnsealError
from credhub.keys.ed25519 import Ed25519Signer
from credhub.keys.master import MasterKey
from credhub.ledger.note import VerifierKey
from credhub.services.keyring import Keyring
from credhub.services.sealed import private_key_context
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.tables import signing_key
from tests.running import Service

OTHER_MASTER = "b1946ac92492d2347c6235b4d2611184-other"


def set_key(service: Service, key_id: str, **values: object) -> None:
    own = (signing_key.c.hub_id == service.one.hub.number) & (signing_key.c.key_id == key_id)
    with service.resources.store.connect_to_write() as connection:
        assert connection.execute(update(signing_key).where(own).values(**values)).rowcount == 1
    service.resources.keyring.forget(service.one.hub.number)


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
    assert again.issuing.signer.public_key == opened.issuing.signer.public_key


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
    issuing = service.resources.keyring.of(service.one.hub.number).issuing.signer
    log = log_of(service)
    vkey = VerifierKey(name=log.origin, public_key=issuing.public_key).text()

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
