"""T06: the verdict follows from the checks, and nothing but all of them makes it valid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.ledger.events import Standing
from credhub.verification.report import (
    Check,
    CheckResult,
    Endorsed,
    IssuerSummary,
    Outcome,
    PartnerEndorsement,
    Report,
    Verdict,
    verdict_of,
)
from tests.unit.factories import NOON
from tests.unit.verification.world import POSITION

ALL_PASSED = tuple(
    CheckResult(check=check, outcome=Outcome.PASSED, code="passed", detail="") for check in Check
)
MAY_BE_SKIPPED = {Check.SCHEMA, Check.STATUS, Check.LEDGER}
OWN_VERDICTS = [
    (Check.STATUS, "revoked", Verdict.REVOKED),
    (Check.STATUS, "suspended", Verdict.SUSPENDED),
    (Check.VALIDITY, "expired", Verdict.EXPIRED),
    (Check.VALIDITY, "not-yet-valid", Verdict.NOT_YET_VALID),
    (Check.LEDGER, "recorded-later", Verdict.NOT_YET_VALID),
]
RESULTS = st.lists(
    st.builds(
        CheckResult,
        check=st.sampled_from(Check),
        outcome=st.sampled_from(Outcome),
        code=st.sampled_from(["passed", "revoked", "suspended", "expired", "not-yet-valid"]),
        detail=st.just(""),
    )
)


def with_one(check: Check, outcome: Outcome, code: str = "code") -> tuple[CheckResult, ...]:
    changed = CheckResult(check=check, outcome=outcome, code=code, detail="")
    return tuple(changed if one.check is check else one for one in ALL_PASSED)


def test_t06_all_checks_passed_is_valid() -> None:
    assert verdict_of(ALL_PASSED) is Verdict.VALID


@pytest.mark.parametrize("check", Check)
def test_t06_one_failed_check_is_never_valid(check: Check) -> None:
    verdict = verdict_of(with_one(check, Outcome.FAILED))

    assert verdict is (Verdict.UNKNOWN_ISSUER if check is Check.TRUST else Verdict.INVALID)


@pytest.mark.parametrize("check", Check)
def test_t06_one_unknown_check_is_neither_valid_nor_forged(check: Check) -> None:
    verdict = verdict_of(with_one(check, Outcome.UNKNOWN))

    assert verdict is (Verdict.UNKNOWN_ISSUER if check is Check.TRUST else Verdict.INDETERMINATE)


@pytest.mark.parametrize("check", Check)
def test_t06_one_missing_check_is_never_valid(check: Check) -> None:
    verdict = verdict_of(one for one in ALL_PASSED if one.check is not check)

    assert verdict is (Verdict.UNKNOWN_ISSUER if check is Check.TRUST else Verdict.INDETERMINATE)


@pytest.mark.parametrize("check", Check)
def test_t06_a_check_may_be_skipped_only_where_that_is_allowed(check: Check) -> None:
    valid = verdict_of(with_one(check, Outcome.SKIPPED)) is Verdict.VALID

    assert valid is (check in MAY_BE_SKIPPED)


def test_t06_no_checks_at_all_are_not_valid() -> None:
    assert verdict_of(()) is Verdict.INDETERMINATE


@given(RESULTS)
def test_t06_valid_means_that_every_check_was_made_and_none_was_refused(
    results: list[CheckResult],
) -> None:
    settled = {
        one.check
        for one in results
        if one.outcome is Outcome.PASSED
        or (one.outcome is Outcome.SKIPPED and one.check in MAY_BE_SKIPPED)
    }
    open_ = [one for one in results if one.outcome in {Outcome.FAILED, Outcome.UNKNOWN}] + [
        one for one in results if one.outcome is Outcome.SKIPPED and one.check not in settled
    ]

    assert (verdict_of(results) is Verdict.VALID) == (settled == set(Check) and not open_)


@given(RESULTS, RESULTS)
def test_a_further_result_never_makes_a_verdict_better(
    some: list[CheckResult], more: list[CheckResult]
) -> None:
    order = list(Verdict)
    complete = [*ALL_PASSED, *some]

    before, after = verdict_of(complete), verdict_of([*complete, *more])

    assert order.index(after) <= order.index(before)


@pytest.mark.parametrize(("check", "code", "verdict"), OWN_VERDICTS)
def test_some_failures_have_a_verdict_of_their_own(
    check: Check, code: str, verdict: Verdict
) -> None:
    results = with_one(check, Outcome.FAILED, code)

    assert verdict_of(results) is verdict
    for other in Check:
        if (other, code) != (check, code) and other is not Check.TRUST:
            assert verdict_of(with_one(other, Outcome.FAILED, code)) is Verdict.INVALID


def test_the_worst_verdict_comes_first() -> None:
    failures = [
        CheckResult(check=check, outcome=Outcome.FAILED, code=code, detail="")
        for check, code, _ in OWN_VERDICTS
    ]
    forged = CheckResult(check=Check.PROOF, outcome=Outcome.FAILED, code="x", detail="")

    assert verdict_of([forged, *failures]) is Verdict.INVALID
    for start, (_, _, verdict) in enumerate(OWN_VERDICTS):
        assert verdict_of(failures[start:]) is verdict


def test_the_words_of_a_report_never_change() -> None:
    assert list(Check) == [
        "parse",
        "structure",
        "proof",
        "issuerBinding",
        "schema",
        "validity",
        "status",
        "ledger",
        "trust",
    ]
    assert list(Verdict) == [
        "invalid",
        "revoked",
        "suspended",
        "expired",
        "notYetValid",
        "indeterminate",
        "unknownIssuer",
        "valid",
    ]
    assert list(Outcome) == ["passed", "failed", "unknown", "skipped"]


def test_a_report_has_the_members_that_callers_know() -> None:
    report = Report(
        verdict=Verdict.VALID,
        checks=ALL_PASSED[:1],
        credential={"id": "https://hub.example/c/1"},
        issuer=IssuerSummary(id="did:key:z", name="Hub", trusted=True, url="https://hub.example"),
        status=Standing.ACTIVE,
        ledger=POSITION,
        superseded_by="https://hub.example/c/2",
        checked_at=NOON,
    )

    assert report.to_document() == {
        "verdict": "valid",
        "checks": [{"check": "parse", "outcome": "passed", "code": "passed", "detail": ""}],
        "credential": {"id": "https://hub.example/c/1"},
        "issuer": {
            "id": "did:key:z",
            "name": "Hub",
            "trusted": True,
            "url": "https://hub.example",
        },
        "status": "active",
        "ledger": {
            "log": "2026",
            "seq": 7,
            "checkpoint": "checkpoint",
            "cosignatures": ["witness"],
        },
        "supersededBy": "https://hub.example/c/2",
        "checkedAt": "2026-11-22T12:00:00Z",
    }


def test_what_a_partner_says_stands_in_a_member_of_its_own() -> None:
    said = PartnerEndorsement(
        endorsed=Endorsed.ACHIEVEMENT,
        url="https://hub.example/endorsements/1",
        how="signed",
        state="valid",
        endorser="did:web:partner.example",
        name="Partner",
        comment="We know this course.",
        received_at=NOON,
    )
    report = Report(
        verdict=Verdict.VALID,
        checks=ALL_PASSED,
        credential=None,
        issuer=None,
        status=None,
        ledger=None,
        superseded_by=None,
        checked_at=NOON,
        partner_endorsements=(said,),
    )

    assert report.to_document()["partnerEndorsements"] == [
        {
            "endorsed": "achievement",
            "url": "https://hub.example/endorsements/1",
            "how": "signed",
            "state": "valid",
            "partner": {"id": "did:web:partner.example", "name": "Partner"},
            "comment": "We know this course.",
            "receivedAt": "2026-11-22T12:00:00Z",
        }
    ]


def test_a_report_of_nothing_says_so() -> None:
    report = Report(
        verdict=Verdict.INVALID,
        checks=(),
        credential=None,
        issuer=None,
        status=None,
        ledger=None,
        superseded_by=None,
        checked_at=NOON,
    )

    assert report.to_document() == {
        "verdict": "invalid",
        "checks": [],
        "credential": None,
        "issuer": None,
        "status": None,
        "ledger": None,
        "checkedAt": "2026-11-22T12:00:00Z",
    }
