"""The rules of programs, judged from what is known and nothing else."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.credentials.draft import Evidence, Recipient, Result, ResultStatus
from credhub.errors import InvalidClaimError, ProgramCycleError
from credhub.services.programs.attendance import Attendance, Mark
from credhub.services.programs.cohort import Cohort, State
from credhub.services.programs.earning import Judged, Reason, Verdict, judge
from credhub.services.programs.known import (
    MAX_BYTES,
    Enrolment,
    Known,
    OwnEvidence,
    OwnResult,
)
from credhub.services.programs.program import (
    MOST_ACHIEVEMENTS,
    MOST_REQUIRED,
    Program,
    Rule,
    Step,
)

ADA = Recipient(name="Ada", external_id="1")
PASSED = OwnResult(result=Result(status=ResultStatus.COMPLETED))
FAILED = OwnResult(result=Result(status=ResultStatus.FAILED))


def steps_of(*steps: Step) -> tuple[Step, ...]:
    return Program(name="Energy", steps=steps).in_order()


def judged(
    *steps: Step,
    known: Known | Reason | None = None,
    held: frozenset[str] = frozenset(),
    issued: dict[str, str] | None = None,
    sessions: int | None = None,
) -> dict[str, Judged]:
    several = judge(
        steps_of(*steps),
        known or Known(recipient=ADA, status=Enrolment.COMPLETED),
        sessions=sessions,
        held=held,
        issued=issued or {},
    )
    return {it.achievement_id: it for it in several}


def test_completion_earns_and_being_enrolled_does_not() -> None:
    step = Step(achievement_id="a")

    assert judged(step)["a"].verdict is Verdict.EARNED
    enrolled = judged(step, known=Known(recipient=ADA))["a"]
    assert (enrolled.verdict, enrolled.reasons) == (Verdict.NOT_EARNED, (Reason.NOT_COMPLETED,))


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ((), Reason.RESULT_MISSING),
        ((FAILED,), Reason.RESULT_NOT_PASSED),
        ((FAILED, PASSED), None),
        ((OwnResult(result=PASSED.result, achievement_id="a"),), None),
        ((OwnResult(result=PASSED.result, achievement_id="b"),), Reason.RESULT_MISSING),
    ],
    ids=["none", "failed", "second-try", "own", "of-another"],
)
def test_a_result_counts_for_its_achievement(
    results: tuple[OwnResult, ...], reason: Reason | None
) -> None:
    one = judged(
        Step(achievement_id="a", rule=Rule.RESULT), known=Known(recipient=ADA, results=results)
    )["a"]

    assert one.reasons == (() if reason is None else (reason,))


@pytest.mark.parametrize(
    ("attendance", "sessions", "reason"),
    [
        (None, 10, Reason.ATTENDANCE_MISSING),
        (Attendance(present=8, absent=2), 10, None),
        (Attendance(present=8), 10, None),
        (Attendance(present=8), 11, Reason.ATTENDANCE_TOO_LOW),
        (Attendance(present=7, absent=3), None, Reason.ATTENDANCE_TOO_LOW),
        (Attendance(present=7, absent=1, excused=2), 10, None),
        (Attendance(excused=10), 10, Reason.ATTENDANCE_TOO_LOW),
        (Attendance.of_marks((Mark.PRESENT,) * 4 + (Mark.ABSENT,)), 5, None),
    ],
    ids=["unknown", "just", "unmarked", "one-more", "low", "excused", "all-excused", "marks"],
)
def test_attendance_counts_what_nobody_was_excused_from(
    attendance: Attendance | None, sessions: int | None, reason: Reason | None
) -> None:
    known = Known(recipient=ADA, attendance=attendance)
    step = Step(achievement_id="a", rule=Rule.ATTENDANCE, percent=80)

    one = judged(step, known=known, sessions=sessions)["a"]

    assert one.reasons == (() if reason is None else (reason,))


def test_what_is_required_is_earned_now_or_held() -> None:
    first, second = Step(achievement_id="a"), Step(achievement_id="b", requires=("a", "x"))

    neither = judged(first, second)["b"]
    both = judged(second, first, held=frozenset({"x"}))["b"]

    assert (neither.reasons, neither.missing) == ((Reason.PREREQUISITE_MISSING,), ("x",))
    assert both.verdict is Verdict.EARNED


def test_what_was_issued_and_revoked_since_is_no_prerequisite() -> None:
    first, second = Step(achievement_id="a"), Step(achievement_id="b", requires=("a",))

    revoked = judged(first, second, issued={"a": "credential"})
    stands = judged(first, second, issued={"a": "credential"}, held=frozenset({"a"}))

    assert revoked["a"].verdict is Verdict.ISSUED
    assert revoked["a"].credential_id == "credential"
    assert revoked["b"].missing == ("a",)
    assert stands["b"].verdict is Verdict.EARNED


def test_the_end_of_a_pathway_is_reached_once() -> None:
    path = Step(achievement_id="p", requires=("a",), rule=Rule.PREREQUISITES)

    new = judged(path, held=frozenset({"a"}))["p"]
    before = judged(path, held=frozenset({"a", "p"}))["p"]

    assert (new.verdict, before.verdict) == (Verdict.EARNED, Verdict.HELD)


def test_what_is_not_the_end_of_a_pathway_can_be_earned_again() -> None:
    assert judged(Step(achievement_id="a"), held=frozenset({"a"}))["a"].verdict is Verdict.EARNED


@pytest.mark.parametrize("reason", [Reason.ERASED, Reason.DAMAGED])
def test_of_whom_nothing_is_known_nothing_is_earned_and_what_was_issued_stays(
    reason: Reason,
) -> None:
    found = judged(
        Step(achievement_id="a"), Step(achievement_id="b"), known=reason, issued={"b": "credential"}
    )

    assert found["a"].reasons == (reason,)
    assert found["b"].verdict is Verdict.ISSUED


def test_whoever_left_gets_nothing_however_much_is_known() -> None:
    known = Known(
        recipient=ADA,
        status=Enrolment.WITHDRAWN,
        attendance=Attendance(present=10),
        results=(PASSED,),
    )
    rules = (Rule.COMPLETION, Rule.RESULT)

    for rule in rules:
        one = judged(Step(achievement_id="a", rule=rule), known=known)["a"]
        assert one.reasons == (Reason.WITHDRAWN,)


def test_achievements_that_require_one_another_are_refused_by_name() -> None:
    steps = (
        Step(achievement_id="a", requires=("b",)),
        Step(achievement_id="b", requires=("c",)),
        Step(achievement_id="c", requires=("a",)),
        Step(achievement_id="d", requires=("a",)),
    )

    with pytest.raises(ProgramCycleError) as refusal:
        Program(name="Energy", steps=steps)

    assert set(refusal.value.members) == {f"achievements/{place}" for place in range(3)}


def test_an_achievement_that_requires_itself_is_refused() -> None:
    with pytest.raises(ProgramCycleError) as refusal:
        Program(name="Energy", steps=(Step(achievement_id="a", requires=("a",)),))

    assert refusal.value.members == ("achievements/0",)


@pytest.mark.parametrize(
    ("steps", "member"),
    [
        ((), "achievements"),
        ((Step(achievement_id="a"),) * 2, "achievements/1/achievement"),
        ((Step(achievement_id="a", requires=("b", "b")),), "achievements/0/requires"),
        ((Step(achievement_id="a", rule=Rule.PREREQUISITES),), "achievements/0/requires"),
        ((Step(achievement_id="a", rule=Rule.ATTENDANCE),), "achievements/0/rule"),
        ((Step(achievement_id="a", percent=80),), "achievements/0/rule"),
        ((Step(achievement_id="a", rule=Rule.ATTENDANCE, percent=101),), "achievements/0/rule"),
        (
            (Step(achievement_id="a", requires=tuple(map(str, range(MOST_REQUIRED + 1)))),),
            "achievements/0/requires",
        ),
        (
            tuple(Step(achievement_id=str(it)) for it in range(MOST_ACHIEVEMENTS + 1)),
            "achievements",
        ),
        (
            tuple(
                Step(achievement_id=f"a{it}", requires=tuple(map(str, range(MOST_REQUIRED))))
                for it in range(21)
            ),
            "achievements",
        ),
    ],
    ids=["none", "twice", "same", "no-end", "no-percent", "percent", "101", "51", "201", "1050"],
)
def test_a_program_that_cannot_be_is_refused(steps: tuple[Step, ...], member: str) -> None:
    with pytest.raises(InvalidClaimError) as refusal:
        Program(name="Energy", steps=steps)

    assert refusal.value.member == member


def test_a_large_program_is_read_back_in_an_order_that_works() -> None:
    steps = tuple(
        Step(achievement_id=str(it), requires=(str(it + 1),) if it < MOST_ACHIEVEMENTS - 1 else ())
        for it in range(MOST_ACHIEVEMENTS)
    )
    program = Program(name="Energy", description="All.", steps=steps)

    assert Program.of(program.document()) == program
    assert [step.achievement_id for step in program.in_order()] == [
        str(it) for it in reversed(range(MOST_ACHIEVEMENTS))
    ]


def a_cohort(**changes: object) -> Cohort:
    values: dict[str, object] = {
        "name": "Autumn",
        "starts_on": date(2026, 10, 1),
        "ends_on": date(2026, 11, 20),
    }
    return Cohort(**(values | changes))  # type: ignore[arg-type]  # a test may name any member


def test_a_cohort_is_read_back() -> None:
    cohort = a_cohort(place="Riverside", partners=("did:web:a.example", "Acme"), sessions=3)

    assert Cohort.of(cohort.document()) == cohort


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"ends_on": date(2026, 9, 30)}, "endsOn"),
        ({"sessions": 0}, "sessions"),
        ({"sessions": 1_001}, "sessions"),
        ({"partners": ("did:web:a b",)}, "partners/0"),
        ({"partners": ("x",) * 21}, "partners"),
        ({"name": "\u202eno"}, "name"),
        ({"place": "a\nb"}, "place"),
    ],
    ids=lambda it: None if isinstance(it, dict) else it,
)
def test_a_cohort_that_cannot_be_is_refused(changes: dict[str, object], member: str) -> None:
    with pytest.raises(InvalidClaimError) as refusal:
        a_cohort(**changes)

    assert refusal.value.member == member


def test_days_say_how_far_a_cohort_is() -> None:
    cohort = a_cohort()
    before, first = datetime(2026, 9, 30, 23, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    last = datetime(2026, 11, 20, tzinfo=UTC)

    assert cohort.state(before, None) is State.PLANNED
    assert cohort.state(first, None) is State.RUNNING
    assert cohort.state(last, last) is State.FINISHED
    assert [cohort.is_over(it) for it in (first, last)] == [False, True]


texts = st.text(min_size=1, max_size=20).filter(lambda it: it.isprintable() and bool(it.strip()))
achievements = st.none() | st.sampled_from(["a", "b"])


@given(
    status=st.sampled_from(Enrolment),
    marks=st.lists(st.sampled_from(Mark), max_size=20),
    values=st.lists(st.tuples(texts, achievements), max_size=10),
    name=texts,
)
def test_what_is_known_is_read_back(
    status: Enrolment, marks: list[Mark], values: list[tuple[str, str | None]], name: str
) -> None:
    known = Known(
        recipient=Recipient(name=name, email="ada@mail.example"),
        status=status,
        attendance=Attendance.of_marks(tuple(marks)) if marks else None,
        results=tuple(
            OwnResult(result=Result(value=value, status=ResultStatus.FAILED), achievement_id=of)
            for value, of in values
        ),
        evidence=tuple(
            OwnEvidence.of_file(name=value, sha256="0" * 64, achievement_id=of)
            for value, of in values
        ),
        awarded_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
        valid_until=None,
    )

    assert Known.of(known.document()) == known


def test_more_than_can_be_kept_of_one_learner_is_refused() -> None:
    evidence = (OwnEvidence(evidence=Evidence(narrative="x" * 10_000)),)
    fits = Known(recipient=ADA, evidence=evidence * 3)
    too_much = Known(recipient=ADA, evidence=evidence * 4)

    assert len(fits.document()) <= MAX_BYTES
    with pytest.raises(InvalidClaimError):
        too_much.document()


def test_more_than_a_credential_can_hold_is_refused() -> None:
    with pytest.raises(InvalidClaimError) as refusal:
        Known(
            recipient=ADA,
            results=(PASSED,) * 20 + (OwnResult(result=PASSED.result, achievement_id="a"),),
        )

    assert refusal.value.member == "results"
    of_each = (PASSED,) * 10 + (OwnResult(result=PASSED.result, achievement_id="a"),) * 10
    assert len(Known(recipient=ADA, results=of_each).results_for("a")) == 20
