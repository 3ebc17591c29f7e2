"""Whose a credential is says what the hub signed, and never a row, which nobody signed."""

import pytest
from sqlalchemy import update

from credhub.services import reading, verifying
from credhub.store.tables import hub as table
from credhub.verification.report import Check, Report, Verdict
from tests.running import Service
from tests.services.ordering import issue
from tests.store.rows import as_owner, drop_guards
from tests.web.pages.dom import read
from tests.web.test_vcalm_issuing import composed, path_of, report

OXFORD = "University of Oxford"
HTML = {"accept": "text/html"}


@pytest.fixture
def renamed(fresh_service: Service) -> Service:
    """A hub that somebody gave another name, past the guards, and a service that started since."""
    url = fresh_service.runtime.settings.database
    own = table.c.hub_id == fresh_service.one.hub.number
    drop_guards(url, "hub")
    with as_owner(url) as connection:
        connection.execute(update(table).where(own).values(name=OXFORD))
    fresh_service.resources.keyring.forget(fresh_service.one.hub.number)
    return fresh_service


def code_of(service: Service, credential_id: str) -> str:
    number = service.one.hub.number
    return reading.by_id(service.resources, number, credential_id).credential.code


def said(report: Report) -> str:
    return " ".join(result.detail for result in report.checks)


def test_t81_a_changed_name_of_a_hub_is_in_no_report_and_on_no_page(
    fresh_service: Service, request: pytest.FixtureRequest
) -> None:
    hub = fresh_service.one.hub
    code = code_of(fresh_service, issue(fresh_service.resources, hub.number))
    before = verifying.verify_own(fresh_service.resources, code)
    service: Service = request.getfixturevalue("renamed")

    own = verifying.verify_own(service.resources, code).report
    uploaded = verifying.verify_uploaded(service.resources, before.opened.signed)
    page = service.public().get(f"/c/{code}", headers=HTML).text

    assert before.report.issuer is not None
    assert before.report.issuer.name == hub.name
    assert hub.name in said(before.report)
    for found in (own, uploaded):
        assert found.verdict is Verdict.VALID
        assert found.issuer is not None
        assert (found.issuer.name, found.issuer.trusted) == (None, True)
        assert hub.did in next(one.detail for one in found.checks if one.check is Check.TRUST)
        assert OXFORD not in said(found)
    assert OXFORD not in page
    (shown,) = (
        one for one in read(page).walk() if one.attributes.get("data-signed") == "issuerName"
    )
    assert shown.text == hub.did


def test_the_page_marks_the_name_that_the_browser_compares(service: Service) -> None:
    code = code_of(service, issue(service.resources, service.one.hub.number))

    page = read(service.public().get(f"/c/{code}", headers=HTML).text)

    (shown,) = (one for one in page.walk() if one.attributes.get("data-signed") == "issuerName")
    assert shown.text == service.one.hub.name


def test_t51_a_client_of_a_hub_composes_no_other_name_for_it(service: Service) -> None:
    did = service.one.hub.did
    signed = composed(service, issuer={"id": did, "name": OXFORD})

    page = read(service.public().get(path_of(service, signed), headers=HTML).text)

    assert report(service, signed)["issuer"]["name"] is None  # type: ignore[call-overload,index]  # a report
    assert OXFORD not in page.text
    (shown,) = (one for one in page.walk() if one.attributes.get("data-signed") == "issuerName")
    assert shown.text == did


def test_a_client_of_a_hub_may_say_its_name(service: Service) -> None:
    hub = service.one.hub
    signed = composed(service, issuer={"id": hub.did, "name": hub.name})

    assert report(service, signed)["issuer"]["name"] == hub.name  # type: ignore[call-overload,index]  # a report
