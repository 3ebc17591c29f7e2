"""A credential of ours that is open answers for itself alone; the rest is asked of the others."""

from dataclasses import replace

import pytest

from credhub.errors import NotInLedgerError
from credhub.jsontypes import parse_object
from credhub.proofs.forms import DEFAULT
from credhub.services import reading, verifying
from credhub.services.own_credential import OwnCredential
from credhub.services.signed_forms import digest_of
from credhub.verification.report import Verdict
from tests.running import Service
from tests.services.ordering import issue
from tests.unit.factories import MemorySigner


@pytest.fixture
def own(service: Service) -> OwnCredential:
    resources, hub = service.resources, service.one.hub.number
    code = reading.by_id(resources, hub, issue(resources, hub)).credential.code
    others = verifying.context_for_strangers(resources)
    return OwnCredential.read(resources, code, DEFAULT, others)


def test_the_keys_of_others_are_their_own(service: Service, own: OwnCredential) -> None:
    for did in (MemorySigner().did, service.other.hub.did):
        assert own.resolve(did).id == did


def test_the_standing_of_others_is_their_own(service: Service, own: OwnCredential) -> None:
    hub = service.one.hub
    other = reading.by_id(service.resources, hub.number, issue(service.resources, hub.number))

    assert own.state_of(parse_object(other.signed), hub.did) is other.standing


def test_other_bytes_are_not_in_the_ledger(own: OwnCredential) -> None:
    with pytest.raises(NotInLedgerError):
        own.find(parse_object(own.opened.signed), bytes(32))


def test_another_credential_is_looked_for_in_the_ledger(
    service: Service, own: OwnCredential
) -> None:
    hub = service.one.hub.number
    other = reading.by_id(service.resources, hub, issue(service.resources, hub))
    digest = digest_of(DEFAULT, other.signed)

    position = own.find(parse_object(other.signed), digest)

    assert position is not None
    assert position.seq == other.form.seq != own.opened.form.seq


def test_a_credential_of_nobody_here_is_in_no_ledger_of_ours(own: OwnCredential) -> None:
    document = parse_object(own.opened.signed) | {"issuer": MemorySigner().did}

    assert own.find(document, bytes(32)) is None


def test_others_are_trusted_as_others(service: Service, own: OwnCredential) -> None:
    assert own.trusted(service.other.hub.did).name == service.other.hub.name
    assert not own.trusted(MemorySigner().did).trusted


def test_the_report_is_the_one_that_others_would_give(service: Service, own: OwnCredential) -> None:
    mine = verifying.verify_own(service.resources, own.opened.credential.code).report
    others = verifying.verify_uploaded(service.resources, own.opened.signed)

    assert mine.verdict is Verdict.VALID
    assert mine == replace(others, checked_at=mine.checked_at)
