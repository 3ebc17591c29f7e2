"""Verifying: own credentials by the rows, foreign ones by what they prove."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from credhub import jsontypes
from credhub.errors import (
    CredentialErasedError,
    CredentialNotFoundError,
    ReceiptNotReadyError,
    RecordOutcomeUnknownError,
)
from credhub.jsontypes import JsonObject
from credhub.ledger.entry import Kind
from credhub.proofs import data_integrity
from credhub.proofs.signer import Signer
from credhub.services import issuing, preparing, reading, receipts, verifying
from credhub.store import credentials as credential_store
from credhub.store.credentials import StoredCredential
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.sequencer import Sequencer
from credhub.store.tables import signing_key
from credhub.store.unit import PendingEntry, Unit
from credhub.verification.report import Check, CheckResult, Outcome, Report, Verdict
from tests.running import Service, unique
from tests.services.erasing import erase_learner_of
from tests.services.ordering import issue, once, order, publish
from tests.unit import factories


def check(report: Report, which: Check) -> CheckResult:
    return next(result for result in report.checks if result.check is which)


def signed_by_us(service: Service, credential_id: str) -> JsonObject:
    opened = reading.by_id(service.resources, service.one.hub.number, credential_id)
    return jsontypes.parse_object(opened.signed)


def sign_as_hub(service: Service, document: JsonObject) -> JsonObject:
    """Sign with the hub's own key, past the ledger: what a thief of the key can do."""
    (issuing_key,) = service.resources.keyring.of(service.one.hub.number).issuing_keys
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return data_integrity.sign(
        unsigned,
        suite=service.resources.suite,
        signer=issuing_key.signer,
        verification_method=issuing_key.verification_method,
        created=service.clock().replace(microsecond=0),
    )


def test_an_own_credential_passes_every_check(service_on_each: Service) -> None:
    made = issue(service_on_each.resources, service_on_each.one.hub.number)
    opened = reading.by_id(service_on_each.resources, service_on_each.one.hub.number, made)

    verified = verifying.verify_own(service_on_each.resources, opened.credential.code)

    assert verified.report.verdict is Verdict.VALID
    assert {result.outcome for result in verified.report.checks} == {Outcome.PASSED}
    assert verified.report.ledger is not None
    assert verified.report.ledger.seq == opened.form.seq


def test_what_is_sent_in_is_verified_like_what_is_ours(service_on_each: Service) -> None:
    made = issue(service_on_each.resources, service_on_each.one.hub.number)
    document = signed_by_us(service_on_each, made)

    report = verifying.verify_uploaded(service_on_each.resources, document)

    assert report.verdict is Verdict.VALID
    assert report.credential == document


def test_t84_a_signature_with_the_stolen_key_is_not_in_the_ledger(service: Service) -> None:
    document = signed_by_us(service, issue(service.resources, service.one.hub.number))
    forged = sign_as_hub(service, document | {"name": "Master of everything"})

    report = verifying.verify_uploaded(service.resources, forged)

    assert report.verdict is Verdict.INVALID
    assert check(report, Check.PROOF).outcome is Outcome.PASSED
    assert check(report, Check.LEDGER).code == "not-in-ledger"


@pytest.mark.parametrize(
    "address", ["https://hub.example/c/1", "{origin}/c/", "{origin}/c/nothing"]
)
def test_t84_a_stolen_key_with_an_address_that_is_not_ours(service: Service, address: str) -> None:
    document = signed_by_us(service, issue(service.resources, service.one.hub.number))
    forged = sign_as_hub(service, document | {"id": address.format(origin=service.origin)})

    report = verifying.verify_uploaded(service.resources, forged)

    assert report.verdict is Verdict.INVALID
    assert check(report, Check.LEDGER).code == "not-in-ledger"
    assert check(report, Check.STATUS).code == "status-not-reached"


def test_t84_a_stolen_key_with_the_address_of_another_hubs_credential(service: Service) -> None:
    theirs = issue(service.resources, service.other.hub.number)
    code = reading.by_id(service.resources, service.other.hub.number, theirs).credential.code
    document = signed_by_us(service, issue(service.resources, service.one.hub.number))
    forged = sign_as_hub(service, document | {"id": f"{service.origin}/c/{code}"})

    report = verifying.verify_uploaded(service.resources, forged)

    assert report.verdict is Verdict.INVALID
    assert check(report, Check.LEDGER).code == "not-in-ledger"


def end(service: Service, column: str) -> None:
    own = (signing_key.c.hub_id == service.one.hub.number) & (signing_key.c.key_id == "key-1")
    with service.resources.store.connect_to_write() as connection:
        ended = update(signing_key).where(own).values({column: to_ms(service.clock())})
        assert connection.execute(ended).rowcount == 1


def compromise(service: Service) -> None:
    end(service, "compromised_ms")


def test_t84_a_genuine_credential_from_before_the_theft_stays_valid(
    fresh_service: Service,
) -> None:
    document = signed_by_us(fresh_service, issue(fresh_service.resources, HubNumber(1)))
    fresh_service.clock.move(hours=1)
    compromise(fresh_service)

    assert verifying.verify_uploaded(fresh_service.resources, document).verdict is Verdict.VALID


def test_t84_a_credential_from_after_the_theft_is_not_valid(fresh_service: Service) -> None:
    compromise(fresh_service)  # The keyring still has the key, as another process would.
    fresh_service.clock.move(hours=1)
    document = signed_by_us(fresh_service, issue(fresh_service.resources, HubNumber(1)))

    report = verifying.verify_uploaded(fresh_service.resources, document)

    assert report.verdict is Verdict.INVALID
    assert check(report, Check.ISSUER_BINDING).code == "key-revoked"


def test_t87_a_retired_key_keeps_what_it_signed_and_is_published_without_an_end(
    fresh_service: Service,
) -> None:
    document = signed_by_us(fresh_service, issue(fresh_service.resources, HubNumber(1)))
    before = published_key(fresh_service)
    fresh_service.clock.move(hours=1)
    end(fresh_service, "retired_ms")

    assert verifying.verify_uploaded(fresh_service.resources, document).verdict is Verdict.VALID
    assert published_key(fresh_service) == before


def test_t87_a_compromised_key_is_published_with_its_end(fresh_service: Service) -> None:
    before = published_key(fresh_service)
    compromise(fresh_service)

    assert published_key(fresh_service) == before | {"revoked": "2026-11-22T15:00:00Z"}


def test_t86_what_a_retired_key_signs_is_not_valid(fresh_service: Service) -> None:
    end(fresh_service, "retired_ms")  # The keyring still has the key, as another process would.
    fresh_service.clock.move(hours=1)
    document = signed_by_us(fresh_service, issue(fresh_service.resources, HubNumber(1)))

    report = verifying.verify_uploaded(fresh_service.resources, document)

    assert report.verdict is Verdict.INVALID
    assert check(report, Check.ISSUER_BINDING).code == "key-retired"


def published_key(service: Service) -> JsonObject:
    document = service.public().get("/hubs/riverside/did.json").json()
    (method,) = document["verificationMethod"]
    assert document["assertionMethod"] == [method["id"]]
    return dict(method)


def test_what_a_partner_added_is_not_called_a_stolen_key(service: Service) -> None:
    document = signed_by_us(service, issue(service.resources, service.one.hub.number))
    forged = sign_as_hub(service, document | {"name": "Master of everything"})

    told = {
        name: check(verifying.verify_uploaded(service.resources, by_partner(one)), Check.LEDGER)
        for name, one in {"genuine": document, "forged": forged}.items()
    }

    assert {name: one.code for name, one in told.items()} == {
        "genuine": "not-as-recorded",
        "forged": "not-in-ledger",
    }
    assert "signature of their own" in told["genuine"].detail
    assert {one.outcome for one in told.values()} == {Outcome.FAILED}


def by_partner(document: JsonObject) -> JsonObject:
    partner = factories.MemorySigner(2)
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=partner,
        verification_method=partner.method,
        created=factories.NOON,
    )


def test_a_credential_by_did_key_is_of_an_unknown_issuer(service: Service) -> None:
    report = verifying.verify_uploaded(service.resources, factories.signed())

    outcomes = {result.check: result.code for result in report.checks}
    assert check(report, Check.PROOF).outcome is Outcome.PASSED
    assert outcomes[Check.LEDGER] == "foreign-credential"
    assert outcomes[Check.STATUS] == "status-not-reached"
    assert report.verdict is Verdict.INDETERMINATE


def test_a_credential_by_did_key_without_status_is_of_an_unknown_issuer(service: Service) -> None:
    unsigned = factories.credential(did=factories.MemorySigner().did)
    plain = {name: unsigned[name] for name in unsigned if name != "credentialStatus"}
    foreign = {name: plain[name] for name in plain if name != "credentialSchema"}

    report = verifying.verify_uploaded(service.resources, factories.signed(foreign))

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert report.issuer is not None
    assert not report.issuer.trusted


def test_a_did_that_nobody_resolves_is_unknown_and_not_forged(service: Service) -> None:
    signer = factories.MemorySigner()
    document = data_integrity.sign(
        factories.credential(did="did:web:school.example"),
        suite=factories.suite(),
        signer=signer,
        verification_method="did:web:school.example#key-1",
        created=factories.NOON,
    )

    report = verifying.verify_uploaded(service.resources, document)

    assert report.verdict is Verdict.INDETERMINATE
    assert check(report, Check.PROOF).code == "did-not-resolved"
    assert report.credential is None


def test_t83_a_receipt_of_the_credential_itself_is_accepted(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    made = issue(resources, hub)
    receipt = receipts.of(resources, reading.by_id(resources, hub, made))

    report = verifying.verify_uploaded(
        resources, signed_by_us(service_on_each, made), receipt=receipt.text()
    )

    assert report.verdict is Verdict.VALID


def test_t83_a_receipt_of_another_credential_is_refused(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    mine, others = issue(resources, hub), issue(resources, hub)
    receipt = receipts.of(resources, reading.by_id(resources, hub, others))

    report = verifying.verify_uploaded(
        resources, signed_by_us(service_on_each, mine), receipt=receipt.text()
    )

    assert report.verdict is Verdict.INVALID
    assert check(report, Check.LEDGER).code == "receipt-mismatch"


def test_t83_a_receipt_for_a_foreign_credential_does_not_make_it_ours(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    receipt = receipts.of(resources, reading.by_id(resources, hub, issue(resources, hub)))

    report = verifying.verify_uploaded(resources, factories.signed(), receipt=receipt.text())

    assert report.verdict is Verdict.INVALID
    assert check(report, Check.LEDGER).code == "receipt-mismatch"


def test_a_receipt_that_is_none_is_refused(service: Service) -> None:
    made = issue(service.resources, service.one.hub.number)

    report = verifying.verify_uploaded(
        service.resources, signed_by_us(service, made), receipt="trust me"
    )

    assert check(report, Check.LEDGER).outcome is Outcome.FAILED
    assert report.verdict is Verdict.INVALID


def test_an_erased_credential_cannot_be_opened_and_its_copy_is_not_called_forged(
    service: Service,
) -> None:
    hub, resources = service.one.hub.number, service.resources
    made = issue(resources, hub)
    opened = reading.by_id(resources, hub, made)
    document = jsontypes.parse_object(opened.signed)
    receipt = receipts.of(resources, opened).text()
    other = reading.by_id(resources, hub, issue(resources, hub))
    erase_learner_of(service, made)

    with pytest.raises(CredentialErasedError):
        reading.by_code(resources, opened.credential.code)
    report = verifying.verify_uploaded(resources, document)

    assert report.verdict is Verdict.INDETERMINATE
    assert check(report, Check.LEDGER).code == "ledger-not-reached"

    # What the holder kept still proves it; what is about another credential does not.
    report = verifying.verify_uploaded(resources, document, receipt=receipt)
    assert report.verdict is Verdict.VALID
    wrong = receipts.of(resources, other).text()
    report = verifying.verify_uploaded(resources, document, receipt=wrong)
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize("code", ["", "nothing", "a" * 32, "7" * 32])
def test_a_code_that_is_none_is_not_found(service: Service, code: str) -> None:
    with pytest.raises(CredentialNotFoundError):
        verifying.verify_own(service.resources, code)


def test_codes_are_read_in_either_case(service: Service) -> None:
    made = issue(service.resources, service.one.hub.number)
    code = reading.by_id(service.resources, service.one.hub.number, made).credential.code

    assert reading.by_code(service.resources, code.upper()).credential.code == code


def test_a_correction_is_named_at_the_old_address(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    old = reading.by_id(resources, hub, issue(resources, hub))
    correction = replace(
        old.credential,
        credential_id=resources.new_id(),
        code=resources.new_code(hub),
        supersedes=old.credential.credential_id,
    )
    insert_credential(service, correction)

    verified = verifying.verify_own(resources, old.credential.code)

    address = preparing.address_of(service.one.hub, correction.code)
    assert verified.opened.superseded_by == correction.code
    assert verified.report.superseded_by == address


def insert_credential(service: Service, credential: StoredCredential) -> None:
    row = credential_store.insert_of(credential)
    note = PendingEntry(kind=Kind.OPERATION, public=b"correction")
    unit = Unit(hub=credential.hub, entries=(note,), inserts=(row,))
    service.resources.sequencer.submit(unit)


class Unplugged:
    """Gives the signers of checkpoints, until it is unplugged."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.unplugged = False

    def __call__(self, log: LedgerLog) -> Signer:
        if self.unplugged:
            raise OSError("no such device")
        return self._service.resources.keyring.ledger_signer(log)


def test_a_credential_whose_outcome_was_unknown_is_there_for_the_same_key(
    fresh_service: Service,
) -> None:
    hub, signer = fresh_service.one.hub.number, Unplugged(fresh_service)
    sequencer = Sequencer(
        fresh_service.resources.store,
        second_store=fresh_service.resources.second_store,
        clock=fresh_service.clock,
        log_signer=signer,
    )
    mine = fresh_service.with_resources(sequencer=sequencer)
    what = order(publish(mine, hub).achievement_id)
    key = unique("key")

    signer.unplugged = True
    with pytest.raises(RecordOutcomeUnknownError):
        issuing.issue(mine, hub, what, once(mine, hub, key=key))
    opened = issuing.issue(mine, hub, what, once(mine, hub, key=key))

    with pytest.raises(ReceiptNotReadyError):
        receipts.of(mine, opened)
    report = verifying.verify_own(mine, opened.credential.code).report
    assert report.verdict is Verdict.INDETERMINATE
    assert check(report, Check.LEDGER).code == "ledger-not-reached"

    signer.unplugged = False
    issue(mine, hub, what.achievement_id)
    assert receipts.of(mine, opened).index == opened.form.seq
    sequencer.close()
