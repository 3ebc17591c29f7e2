"""Certificates: printed from the signed document alone, in a worker."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from credhub.credentials.achievement import Achievement, Alignment
from credhub.credentials.validity import Validity
from credhub.errors import SandboxError
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from credhub.services import achievements, certificates, reading
from credhub.services.reading import OpenedCredential
from tests.running import Service
from tests.services.ordering import definition, issue, once

AWARDED = datetime(2026, 10, 1, tzinfo=UTC)


def opened(service: Service) -> OpenedCredential:
    resources, hub = service.resources, service.one.hub.number
    return reading.by_id(resources, hub, issue(resources, hub))


def test_what_is_printed_is_what_was_signed(service: Service) -> None:
    credential = opened(service)

    content = certificates.content_of(credential)

    assert content.hub_name == "The riverside hub"
    assert content.issuer_did == service.one.hub.did
    assert content.learner_name == "Amélie Dubois"
    assert content.achievement_name == "Solar"
    assert content.criteria == "Mounted one."
    assert content.skills == ()
    assert content.awarded_at == credential.credential.issued_at
    assert content.valid_until is None
    assert content.address == credential.address
    assert content.credential == credential.signed


def test_skills_and_days_are_printed(service: Service) -> None:
    resources, hub = service.resources, service.one.hub.number

    def lasting(address: str, version: int) -> Achievement:
        skill = Alignment(target_name="bicycle mechanics", target_url="https://esco.example/1")
        validity = Validity.parse("P2Y")
        return replace(definition(address, version), alignments=(skill,), validity=validity)

    published = achievements.publish(resources, hub, lasting, once(resources, hub))
    made = issue(resources, hub, published.achievement_id, awarded_at=AWARDED)

    content = certificates.content_of(reading.by_id(resources, hub, made))

    assert content.skills == ("bicycle mechanics",)
    assert content.awarded_at == AWARDED
    assert content.valid_until is not None
    assert content.valid_until.year == 2028


def test_a_certificate_is_a_pdf(service: Service) -> None:
    assert certificates.render(service.resources, opened(service)).startswith(b"%PDF-")


def test_t43_no_worker_no_certificate(service: Service) -> None:
    with Sandbox(
        {certificates.TASK: Task(function="tests.sandbox.tasks:echo")}, workers=1
    ) as stopped:
        pass
    resources = service.with_resources(sandbox=stopped)

    with pytest.raises(SandboxError):
        certificates.render(resources, opened(service))
