"""Bundles are believed by a policy, and by nothing that is in them."""

from credhub.verification.report import Outcome, Verdict
from tests.unit.factories import NOON
from tests.unit.verification.stapling import StapledHub, codes, judge


def test_a_bundle_is_valid_under_a_policy_that_names_its_hub_and_ledger() -> None:
    hub = StapledHub()
    bundle = hub.bundle()

    report = judge(bundle, hub.policy())

    assert report.verdict is Verdict.VALID, codes(report)
    assert {result.outcome for result in report.checks} == {Outcome.PASSED}
    assert report.status_at == NOON
    assert report.ledger is not None
    assert report.ledger.log == "hub.example/ledger/riverside/2026"
