"""The forms that hubs choose: signed, recorded and proved, each by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from credhub.errors import (
    ContendedError,
    FormNotIssuedError,
    FormNotOfferedError,
    KeyStoreError,
)
from credhub.jsontypes import canonical, parse_object
from credhub.ledger.note import VerifierKey
from credhub.ledger.receipt import verify_receipt
from credhub.operator_files import master_key
from credhub.proofs.forms import DEFAULT, Form
from credhub.public_key import KeyType
from credhub.services import (
    choosing_forms,
    deriving,
    did_documents,
    forms,
    forms_in_use,
    hubs,
    issuing,
    key_events,
    reading,
    receipts,
    signed_forms,
    verifying,
)
from credhub.services.audit import auditing
from credhub.services.hubs import NewHub
from credhub.services.keyring import Keyring
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.milliseconds import to_ms
from credhub.store.tables import hub as hub_table
from credhub.store.tables import signing_key
from credhub.verification.report import Verdict
from tests.running import START, Interruption, Service, make_member, running, unique
from tests.services.erasing import erase_learner_of
from tests.services.ordering import issue, once, order, publish


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def every_form(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service whose first hub signs in every form."""
    with (
        request.getfixturevalue(request.param).migrated() as url,
        running(url, tmp_path_factory.mktemp("forms")) as service,
    ):
        choosing_forms.choose(service.resources, service.one.hub, forms.OFFERED)
        yield service


@pytest.fixture
def made(every_form: Service) -> str:
    return issue(every_form.resources, every_form.one.hub.number)


def opened(service: Service, made: str, form: Form) -> OpenedCredential:
    return reading.by_id(service.resources, service.one.hub.number, made, form)


def shown(service: Service, one: OpenedCredential) -> bytes:
    """Give what a holder shows of a form."""
    if one.form.form != Form.ECDSA_SD_2023:
        return one.signed
    suite = deriving.selective_suite(service.resources)
    return canonical(deriving.derive(parse_object(one.signed), (), suite))


def test_a_credential_is_signed_in_every_form_that_its_hub_chose(
    every_form: Service, made: str
) -> None:
    assert opened(every_form, made, DEFAULT).forms == forms.OFFERED


@pytest.mark.parametrize("form", forms.OFFERED)
def test_each_form_verifies_and_is_in_the_ledger(
    every_form: Service, made: str, form: Form
) -> None:
    one = opened(every_form, made, form)

    report = verifying.verify_uploaded(every_form.resources, shown(every_form, one))

    assert report.verdict is Verdict.VALID, report.to_document()
    assert report.ledger is not None
    assert report.ledger.seq == one.form.seq


@pytest.mark.parametrize("form", forms.OFFERED)
def test_each_form_has_a_receipt_of_its_own(every_form: Service, made: str, form: Form) -> None:
    resources, hub = every_form.resources, every_form.one.hub.number
    one = opened(every_form, made, form)
    with resources.store.read() as tx:
        keys = [VerifierKey.parse(log.vkey) for log in tx.ledger.logs(hub)]

    receipt = receipts.of(resources, one)

    verify_receipt(receipt, digest=signed_forms.digest_of(form, one.signed), keys=keys)
    assert receipt.index == one.form.seq


def test_the_forms_share_the_places_in_status_lists(every_form: Service, made: str) -> None:
    documents = {
        form: signed_forms.document_of(form, opened(every_form, made, form).signed)
        for form in forms.OFFERED
    }

    assert len({str(document["id"]) for document in documents.values()}) == 1
    # A token with claims of its own has a place in a list of tokens.
    of_token = documents.pop(Form.DC_SD_JWT)["credentialStatus"]
    assert len({str(document["credentialStatus"]) for document in documents.values()}) == 1
    assert "TokenStatusListEntry" in str(of_token)


def test_the_same_request_gives_the_same_forms(every_form: Service) -> None:
    resources, hub = every_form.resources, every_form.one.hub.number
    what, key = order(publish(resources, hub).achievement_id), unique("key")

    first, second = (
        issuing.issue(resources, hub, what, once(resources, hub, key=key)) for _ in range(2)
    )

    assert first == second
    assert first.forms == forms.OFFERED


def test_the_audit_reads_every_form(every_form: Service, made: str) -> None:
    resources = every_form.resources

    assert made
    audit(resources, every_form.one.hub)


def audit(resources: Resources, hub: Hub) -> None:
    with resources.store.read() as tx:
        logs = tx.ledger.logs(hub.number)
    for log in logs:
        auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)


def test_a_key_that_a_form_needs_is_in_the_did_document(every_form: Service) -> None:
    document = did_documents.of(every_form.resources, every_form.one.hub)

    assert [method.public_key.type for method in document.methods] == [
        KeyType.ED25519,
        KeyType.P256,
    ]


def test_a_hub_signs_in_the_default_form_alone(service: Service) -> None:
    hub = service.other.hub.number
    made = issue(service.resources, hub)

    with pytest.raises(FormNotIssuedError) as refusal:
        reading.by_id(service.resources, hub, made, Form.ECDSA_JCS_2019)

    assert refusal.value.issued == (DEFAULT,)


def test_forms_are_chosen_again_and_keys_are_not(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    first = choosing_forms.choose(resources, hub, [Form.ECDSA_JCS_2019])
    second = choosing_forms.choose(resources, hub, [Form.ECDSA_RDFC_2019])

    made = issue(resources, hub.number)

    assert first == (DEFAULT, Form.ECDSA_JCS_2019)
    assert second == (DEFAULT, Form.ECDSA_RDFC_2019)
    assert reading.by_id(resources, hub.number, made).forms == second
    assert len(did_documents.of(resources, hub).methods) == 2


def careful(service: Service) -> Resources:
    """Give the resources of a service that publishes a key for an hour before it signs."""
    return service.with_resources(new_key_wait=timedelta(hours=1))


def test_t87_a_new_key_is_published_before_it_signs(fresh_service: Service) -> None:
    resources, hub = careful(fresh_service), fresh_service.one.hub
    choosing_forms.choose(resources, hub, [Form.VC_JWT, Form.DC_SD_JWT, Form.EDDSA_JCS_2022])
    (begins,) = set(forms_in_use.waiting(resources, hub).values())
    early = issue(resources, hub.number)
    published = did_documents.of(resources, hub)
    fresh_service.clock.move(hours=1)
    later = issue(resources, hub.number)

    assert begins - START > timedelta(hours=1)
    assert f"{hub.did}#key-2" in published.assertion
    assert reading.by_id(resources, hub.number, early).forms == (DEFAULT, Form.EDDSA_JCS_2022)
    assert reading.by_id(resources, hub.number, later).forms == (
        DEFAULT,
        Form.EDDSA_JCS_2022,
        Form.VC_JWT,
        Form.DC_SD_JWT,
    )
    assert forms_in_use.waiting(resources, hub) == {}
    signed = reading.by_id(resources, hub.number, later, Form.VC_JWT).signed
    assert verifying.verify_uploaded(resources, signed).verdict is Verdict.VALID


def test_t87_a_form_that_waits_takes_no_place_in_a_list(fresh_service: Service) -> None:
    resources, hub = careful(fresh_service), fresh_service.one.hub
    choosing_forms.choose(resources, hub, [Form.DC_SD_JWT])

    made = issue(resources, hub.number)

    with resources.store.read() as tx:
        places = tx.status.entries_of(hub.number, made)
    assert [place.purpose for place in places] == ["revocation"]


def test_t87_choosing_again_does_not_begin_anew(fresh_service: Service) -> None:
    resources, hub = careful(fresh_service), fresh_service.one.hub
    choosing_forms.choose(resources, hub, [Form.VC_JWT])
    first = forms_in_use.waiting(resources, hub)
    fresh_service.clock.move(minutes=30)

    choosing_forms.choose(resources, hub, [Form.VC_JWT])

    assert forms_in_use.waiting(resources, hub) == first


def test_t87_the_key_that_waits_is_in_the_ledger_as_it_is_in_the_table(
    fresh_service: Service,
) -> None:
    resources, hub = careful(fresh_service), fresh_service.one.hub
    choosing_forms.choose(resources, hub, [Form.VC_JWT])
    (begins,) = forms_in_use.waiting(resources, hub).values()

    (added,) = key_events.of_key(resources, hub, "key-2")

    assert added.event.at == begins.replace(microsecond=0)
    audit(resources, hub)


def test_t87_the_first_keys_of_a_hub_need_not_wait(fresh_service: Service) -> None:
    resources = careful(fresh_service)
    new = NewHub(
        slug="uplands", name="Uplands", base_url=fresh_service.origin, forms=(Form.ECDSA_JCS_2019,)
    )
    hub = hubs.create(resources, new)

    made = issue(resources, hub.number)

    assert reading.by_id(resources, hub.number, made).forms == (DEFAULT, Form.ECDSA_JCS_2019)


def test_t87_a_clock_that_went_back_does_not_end_the_default_form(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    choosing_forms.choose(resources, hub, [Form.EDDSA_JCS_2022])

    with resources.store.read() as tx:
        assert forms_in_use.of(tx, hub.number, START - timedelta(days=1)) == (DEFAULT,)


def test_a_hub_is_made_with_the_keys_of_its_forms(fresh_service: Service) -> None:
    member = make_member(fresh_service.runtime, "uplands", forms=("ecdsa-rdfc-2019",))

    made = issue(fresh_service.resources, member.hub.number)

    assert reading.by_id(fresh_service.resources, member.hub.number, made).forms == (
        DEFAULT,
        Form.ECDSA_RDFC_2019,
    )


def test_a_form_that_is_not_offered_is_refused(service: Service) -> None:
    with pytest.raises(FormNotOfferedError, match="rot13"):
        choosing_forms.choose(service.resources, service.one.hub, ["rot13"])


def test_an_erased_credential_is_gone_in_every_form(every_form: Service) -> None:
    made = issue(every_form.resources, every_form.one.hub.number)
    erase_learner_of(every_form, made)

    for form in forms.OFFERED:
        with pytest.raises(Exception, match="erased"):
            opened(every_form, made, form)


def retire_p256(service: Service) -> None:
    """End the key for P-256, as a rotation would."""
    ended = (
        update(signing_key)
        .where(
            signing_key.c.hub_id == service.one.hub.number,
            signing_key.c.algorithm == KeyType.P256.value,
            signing_key.c.retired_ms.is_(None),
        )
        .values(retired_ms=to_ms(service.clock()))
    )
    with service.resources.store.connect_to_write() as connection:
        connection.execute(ended)


def test_a_key_that_another_process_made_is_found(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    keyring = Keyring(resources.store, master_key(fresh_service.runtime.settings))
    here = fresh_service.with_resources(keyring=keyring)
    issue(here, hub.number)

    choosing_forms.choose(resources, hub, [Form.VC_JWT])
    made = issue(here, hub.number)

    assert reading.by_id(here, hub.number, made, Form.VC_JWT).signed.startswith(b"ey")


def test_a_form_whose_key_ended_is_not_signed(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    choosing_forms.choose(resources, hub, [Form.VC_JWT])
    retire_p256(fresh_service)
    resources.keyring.forget(hub.number)

    with pytest.raises(KeyStoreError, match="P-256"):
        issue(resources, hub.number)


def test_a_key_that_ended_is_followed_by_another(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    choosing_forms.choose(resources, hub, [Form.VC_JWT])
    retire_p256(fresh_service)
    resources.keyring.forget(hub.number)

    choosing_forms.choose(resources, hub, [Form.VC_JWT])

    made = reading.by_id(resources, hub.number, issue(resources, hub.number), Form.VC_JWT)
    assert signed_forms.method_of(Form.VC_JWT, made.signed) == f"{hub.did}#key-3"


def test_two_who_choose_at_once_make_one_key(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    meanwhile = Interruption(lambda: choosing_forms.choose(resources, hub, [Form.VC_JWT]))

    def clock() -> datetime:
        meanwhile()
        return fresh_service.clock()

    choosing_forms.choose(fresh_service.with_resources(clock=clock), hub, [Form.DC_SD_JWT])

    assert len(did_documents.of(resources, hub).methods) == 2
    assert hubs.find(resources, hub.slug).forms == (DEFAULT, Form.DC_SD_JWT)


def test_who_never_gets_through_is_told_to_come_back(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub

    def rival() -> None:
        choosing_forms.choose(resources, hub, [Form.VC_JWT])
        retire_p256(fresh_service)

    meanwhile = Interruption(rival, times=choosing_forms.ATTEMPTS)

    def clock() -> datetime:
        meanwhile()
        return fresh_service.clock()

    with pytest.raises(ContendedError):
        choosing_forms.choose(fresh_service.with_resources(clock=clock), hub, [Form.VC_JWT])


def test_a_form_that_we_do_not_know_is_not_signed(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub
    with resources.store.connect_to_write() as connection:
        connection.execute(update(hub_table).values(forms="rot13 vc+jwt"))

    assert hubs.find(resources, hub.slug).forms == (DEFAULT, Form.VC_JWT)
