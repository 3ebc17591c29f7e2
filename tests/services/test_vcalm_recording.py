"""Credentials that clients composed, as the ledger and the auditor see them."""

import pytest
from sqlalchemy import text

from credhub.errors import ContendedError, LedgerFaultError, NotJsonLdError
from credhub.jsontypes import JsonObject, parse_object
from credhub.proofs.forms import Form
from credhub.services import choosing_forms, forms, ledgers
from credhub.services.audit import auditing
from credhub.services.resources import Resources
from credhub.services.vcalm import vcalm_recording
from credhub.services.vcalm.vcalm_forms import Wish
from credhub.store.hubs import HubNumber
from credhub.store.status import StatusIndex
from tests.running import Interruption, Service, unique
from tests.services.ordering import hub_alone, once
from tests.services.test_auditing import drop_guards, unguarded
from tests.services.test_issuing import drawing

PLAIN: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"id": "did:example:subject"},
    "validFrom": "2020-01-01T00:00:00Z",
}


def audit(service: Service) -> None:
    store = service.resources.store
    auditing.audit(
        store,
        service.resources.keyring,
        ledgers.newest_log(store, service.one.hub),
        advance=lambda _: None,
    )


def test_promise_1_an_audit_finds_every_composed_credential_in_the_ledger(
    fresh_service: Service,
) -> None:
    number = fresh_service.one.hub.number
    made = [vcalm_recording.record(fresh_service.resources, number, PLAIN) for _ in range(2)]

    audit(fresh_service)

    with fresh_service.resources.store.read() as tx:
        assert tx.credentials.count(number) == len(made)
        definition = tx.achievements.latest(number, vcalm_recording.definition_id(number))
    assert definition is not None
    assert definition.version == 1


@pytest.mark.parametrize("chosen", [(), forms.OFFERED])
@pytest.mark.parametrize("column", ["achievement_id", "code", "issued_ms", "learner_id"])
def test_t81_a_changed_row_of_a_composed_credential_is_found(
    fresh_service: Service, column: str, chosen: tuple[Form, ...]
) -> None:
    number = fresh_service.one.hub.number
    choosing_forms.choose(fresh_service.resources, fresh_service.one.hub, chosen)
    vcalm_recording.record(fresh_service.resources, number, PLAIN)
    audit(fresh_service)
    value = "issued_ms + 1000" if column == "issued_ms" else f"{column} || 'x'"
    with unguarded(fresh_service) as connection:
        drop_guards(connection)
        connection.execute(text(f"UPDATE credential SET {column} = {value}"))  # noqa: S608 - ours

    with pytest.raises(LedgerFaultError):
        audit(fresh_service)


def place_of(resources: Resources, hub: HubNumber, signed: bytes) -> StatusIndex:
    code = str(parse_object(signed)["id"]).rpartition("/")[2]
    with resources.store.read() as tx:
        stored = tx.credentials.by_code(hub, code)
        assert stored is not None
        (place,) = tx.status.entries_of(hub, stored.credential_id)
    return place


def test_the_next_status_list_is_opened_when_no_place_is_found(service_on_each: Service) -> None:
    hub, resources = service_on_each.other.hub.number, service_on_each.resources
    same = service_on_each.with_resources(random=drawing(11))

    first, second = (vcalm_recording.record(same, hub, PLAIN) for _ in range(2))

    before, after = (place_of(resources, hub, signed) for signed in (first, second))
    assert (before.index, after.index) == (11, 11)
    assert after.list == before.list + 1


def test_a_rival_who_took_the_place_is_given_way(service: Service) -> None:
    hub, resources = hub_alone(service), service.resources
    rivals: list[bytes] = []
    rival = service.with_resources(random=drawing(3001))
    meanwhile = Interruption(lambda: rivals.append(vcalm_recording.record(rival, hub, PLAIN)))
    mine = service.with_resources(random=drawing(3001, 3002, before_code=meanwhile))

    signed = vcalm_recording.record(mine, hub, PLAIN)

    assert place_of(resources, hub, rivals[0]).index == 3001
    assert place_of(resources, hub, signed).index != 3001


def test_after_twenty_lost_races_the_caller_is_told_to_come_back(service: Service) -> None:
    hub = hub_alone(service)
    attempts = vcalm_recording.ATTEMPTS
    indexes = [index for index in range(4000, 4000 + attempts) for _ in ("list", "key")]
    rival = service.with_resources(random=drawing(*indexes))
    meanwhile = Interruption(lambda: vcalm_recording.record(rival, hub, PLAIN), times=attempts)
    mine = service.with_resources(random=drawing(*indexes, before_code=meanwhile))

    with pytest.raises(ContendedError):
        vcalm_recording.record(mine, hub, PLAIN)


def test_a_document_that_is_no_json_ld_is_not_signed(service: Service) -> None:
    composed = PLAIN | {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "credentialSubject": {"id": "did:example:subject", "alumniOf": {"id": 5}},
    }

    with pytest.raises(NotJsonLdError):
        vcalm_recording.record(service.resources, service.one.hub.number, composed)


def test_the_same_key_makes_one_credential_in_every_form(service_on_each: Service) -> None:
    hub, resources = service_on_each.other.hub, service_on_each.resources
    choosing_forms.choose(resources, hub, forms.OFFERED)
    key = unique("key")

    for form in (Form.EDDSA_RDFC_2022, Form.VC_JWT, Form.ECDSA_SD_2023):
        wish = Wish(form=form)
        first, second = (
            vcalm_recording.record(
                resources,
                hub.number,
                PLAIN,
                wish=wish,
                once=once(resources, hub.number, key=f"{key}-{form}", route="vcalm-test"),
            )
            for _ in range(2)
        )
        assert first == second

    choosing_forms.choose(resources, hub, [])
