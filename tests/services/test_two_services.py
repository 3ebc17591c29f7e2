"""Two services that know nothing of one another: what one issues, the other verifies."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from credhub import jsontypes
from credhub.proofs.forms import Form
from credhub.services import (
    choosing_forms,
    deriving,
    foreign_lists,
    forms,
    reading,
    revoking,
    status_lists,
    verifying,
)
from credhub.verification.report import Check, Outcome, Report, Verdict
from tests.engines import SqliteDatabases
from tests.running import Service, running
from tests.services.ordering import issue
from tests.sites import Site, certificate, leading_to, site

__all__ = ["certificate", "site"]


@dataclass(frozen=True)
class Two:
    """A service behind a site, and one that may ask that site."""

    issuing: Service
    verifying: Service
    site: Site

    def issue(self) -> tuple[str, bytes]:
        resources, hub = self.issuing.resources, self.issuing.one.hub.number
        made = issue(resources, hub)
        return made, reading.by_id(resources, hub, made).signed

    def verify(self, signed: bytes) -> Report:
        return verifying.verify_uploaded(self.verifying.resources, signed)


@pytest.fixture
def two(sqlite: SqliteDatabases, tmp_path: Path, site: Site) -> Iterator[Two]:
    with (
        sqlite.migrated() as there,
        sqlite.migrated() as here,
        running(there, tmp_path / "there", base_url=site.origin) as theirs,
        running(here, tmp_path / "here", strangers=leading_to(site)) as ours,
    ):
        client = theirs.public()

        def behind(path: str, accept: str) -> tuple[int, str, bytes]:
            answer = client.get(path, headers={"accept": accept})
            return answer.status_code, answer.headers["content-type"], answer.content

        site.behind = behind
        yield Two(issuing=theirs, verifying=ours, site=site)


def test_what_another_service_issues_is_genuine_and_its_issuer_unknown(two: Two) -> None:
    _, signed = two.issue()

    report = two.verify(signed)

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    outcomes = {result.check: result.outcome for result in report.checks}
    assert outcomes.pop(Check.LEDGER) is Outcome.SKIPPED
    assert outcomes.pop(Check.TRUST) is Outcome.UNKNOWN
    assert set(outcomes.values()) == {Outcome.PASSED}
    assert report.credential == jsontypes.parse_object(signed)
    assert report.issuer is not None
    assert (report.issuer.id, report.issuer.trusted) == (two.issuing.one.hub.did, False)


def test_what_another_service_revokes_is_revoked(two: Two) -> None:
    made, signed = two.issue()
    assert two.verify(signed).verdict is Verdict.UNKNOWN_ISSUER
    resources, hub = two.issuing.resources, two.issuing.one.hub.number

    revoking.revoke(resources, hub, made, reason="A mistake.", actor="test")
    status_lists.publish(resources, two.issuing.one.hub, 1)
    two.verifying.clock.move(seconds=foreign_lists.FRESH_AT_MOST.total_seconds())

    assert two.verify(signed).verdict is Verdict.REVOKED


def test_what_the_other_service_never_signed_is_forged(two: Two) -> None:
    _, signed = two.issue()

    assert two.verify(signed.replace(b"Solar", b"Lunar")).verdict is Verdict.INVALID


def test_every_form_passes_from_one_service_to_the_other(two: Two) -> None:
    resources, hub = two.issuing.resources, two.issuing.one.hub
    choosing_forms.choose(resources, hub, forms.OFFERED)
    made = issue(resources, hub.number)

    verdicts = {form: judged(two, made, form) for form in forms.OFFERED}

    assert verdicts == dict.fromkeys(forms.OFFERED, (Verdict.UNKNOWN_ISSUER, {"issuer-namesake"}))


def judged(two: Two, made: str, form: Form) -> tuple[Verdict, set[str]]:
    """Verify one form elsewhere: the verdict, and the codes of what was not found out."""
    resources, hub = two.issuing.resources, two.issuing.one.hub.number
    opened = reading.by_id(resources, hub, made, form)
    report = two.verify(deriving.presented(resources, opened))
    return report.verdict, {
        result.code for result in report.checks if result.outcome is Outcome.UNKNOWN
    }
