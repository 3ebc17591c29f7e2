"""What a holder shows of a credential, derived by the service, and believed by it."""

from collections.abc import Iterator

import pytest

from credhub.errors import MalformedProofError, NotJsonLdError, PointerError, TooComplexError
from credhub.jsontypes import JsonObject, canonical, parse_object
from credhub.proofs.forms import Form
from credhub.services import bundles, choosing_forms, deriving, reading, revoking, verifying
from credhub.verification.report import Check, Outcome, Report, Verdict
from tests.engines import SqliteDatabases
from tests.running import Service, running
from tests.services.ordering import issue
from tests.unit import factories
from tests.unit.factories import NOON


@pytest.fixture(scope="module")
def service(sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with sqlite.migrated() as url, running(url, tmp_path_factory.mktemp("parts")) as made:
        choosing_forms.choose(made.resources, made.one.hub, (Form.ECDSA_SD_2023,))
        yield made


@pytest.fixture
def made(service: Service) -> str:
    return issue(service.resources, service.one.hub.number, awarded_at=NOON)


def base(service: Service, made: str) -> JsonObject:
    number = service.one.hub.number
    return parse_object(reading.by_id(service.resources, number, made, Form.ECDSA_SD_2023).signed)


def derive(service: Service, document: JsonObject, *pointers: str) -> JsonObject:
    return deriving.derive(document, pointers, deriving.selective_suite(service.resources))


def outcome(report: Report, check: Check) -> tuple[Outcome, str]:
    [found] = [one for one in report.checks if one.check is check]
    return found.outcome, found.code


def test_parts_are_believed_and_found_in_the_ledger(service: Service, made: str) -> None:
    document = base(service, made)

    for pointers in ((), ("/awardedDate",)):
        part = derive(service, document, *pointers)
        report = verifying.verify_uploaded(service.resources, canonical(part))

        assert report.verdict is Verdict.VALID, report.to_document()
        assert report.ledger is not None
        assert ("awardedDate" in part) == bool(pointers)


def test_a_forged_part_is_not_in_the_ledger(service: Service, made: str) -> None:
    part = derive(service, base(service, made))

    report = verifying.verify_uploaded(service.resources, canonical(part | {"name": "Another"}))

    assert outcome(report, Check.PROOF) == (Outcome.FAILED, "bad-signature")


def test_the_base_proof_is_not_for_verifiers(service: Service, made: str) -> None:
    report = verifying.verify_uploaded(service.resources, canonical(base(service, made)))

    assert report.verdict is Verdict.INVALID
    assert outcome(report, Check.PROOF) == (Outcome.FAILED, "base-proof")
    assert report.credential is None


def test_a_revoked_credential_cannot_hide_it(service: Service, made: str) -> None:
    part = derive(service, base(service, made))
    revoking.revoke(
        service.resources, service.one.hub.number, made, actor="a test", reason="withdrawn"
    )

    report = verifying.verify_uploaded(service.resources, canonical(part))

    assert outcome(report, Check.STATUS) == (Outcome.FAILED, "revoked")


def test_what_cannot_be_derived_is_refused(service: Service, made: str) -> None:
    document = base(service, made)

    with pytest.raises(PointerError):
        derive(service, document, "/credentialSubject/nothing")
    with pytest.raises(MalformedProofError):
        derive(service, factories.signed())
    with pytest.raises(NotJsonLdError):
        derive(service, document | {"evidence": [{"id": "urn:x-unnamed:1", "type": ["Evidence"]}]})
    with pytest.raises(TooComplexError):
        derive(service, document | {"evidence": [{"type": ["Evidence"]}] * 201})


def test_a_bundle_shows_everything_to_whoever_has_it(service: Service, made: str) -> None:
    opened = reading.by_id(service.resources, service.one.hub.number, made, Form.ECDSA_SD_2023)
    bundle = bundles.make(service.resources, opened)

    report = verifying.verify_uploaded(service.resources, bundle.to_document())

    assert report.verdict is Verdict.VALID, report.to_document()
    assert report.credential is not None
    assert report.credential | {"proof": None} == parse_object(opened.signed) | {"proof": None}
