"""Batches that correct: what differs is replaced, and nothing else is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from credhub import jsontypes
from credhub.credentials.draft import Evidence, Recipient, Result, ResultStatus
from credhub.documents.change_rows import AS_IT_IS, ChangeRow, CorrectedClaims
from credhub.errors import MalformedBatchError, RowFault, RowsError
from credhub.jobs.batch_working import work_once
from credhub.jsontypes import JsonObject
from credhub.services import achievements, reading, revoking, suspending, verifying
from credhub.services.bulk import batches, change_receiving
from credhub.services.bulk.change_receiving import ArrivingChanges
from credhub.services.correcting import Corrections
from credhub.services.resources import Resources
from credhub.services.vcalm import vcalm_recording
from credhub.store.batch_results import Outcome
from credhub.store.batches import BatchKind, Ending, StoredBatch
from credhub.store.hubs import HubNumber
from credhub.store.tables import credential, learner, status_change
from credhub.verification.report import Verdict
from tests.running import unique
from tests.services.batching import audit, count, counts, read, told, work_off
from tests.services.changing_many import REASON, issue_many, standing
from tests.services.erasing import erase_learner
from tests.services.meddling import was_killed
from tests.services.ordering import definition, issue, once, publish_suspendable
from tests.services.test_correcting import correct
from tests.services.test_vcalm_recording import PLAIN

RIGHT = CorrectedClaims(name="Amélie Martin")
DAY = datetime(2026, 9, 1, tzinfo=UTC)


def rows(ids: Sequence[str], claims: CorrectedClaims = RIGHT) -> list[ChangeRow]:
    return [
        ChangeRow(row=row, credential=which, reason=REASON, claims=claims)
        for row, which in enumerate(ids, start=1)
    ]


def send(
    resources: Resources, hub: HubNumber, wanted: Sequence[ChangeRow], *, rows_at_once: int = 500
) -> StoredBatch:
    arriving = ArrivingChanges(
        kind=BatchKind.CORRECTION, rows=wanted, actor="api-key:test", rows_at_once=rows_at_once
    )
    request = once(resources, hub, key=unique("right"), route="file")
    return change_receiving.receive(resources, hub, arriving, request)


def corrected(
    resources: Resources, hub: HubNumber, ids: Sequence[str], claims: CorrectedClaims = RIGHT
) -> list[str]:
    """Correct all of these, and give the ids of what replaces them."""
    batch = send(resources, hub, rows(ids, claims))
    work_off(resources)
    assert read(resources, batch).ending is Ending.FINISHED
    assert counts(resources, batch) == {Outcome.ISSUED: len(ids)}
    return [str(it.credential_id) for it in told(resources, batch)]


def refused(resources: Resources, hub: HubNumber, wanted: Sequence[ChangeRow]) -> list[str]:
    with pytest.raises(MalformedBatchError) as raised:
        send(resources, hub, wanted)
    return [f"{it.row} {it.column} {it.code}" for it in raised.value.faults]


def document(resources: Resources, hub: HubNumber, made: str) -> JsonObject:
    return jsontypes.parse_object(reading.by_id(resources, hub, made).signed)


def subject(resources: Resources, hub: HubNumber, made: str) -> JsonObject:
    found = document(resources, hub, made)["credentialSubject"]
    assert isinstance(found, dict)
    return found


def next_version(resources: Resources, hub: HubNumber, achievement: str) -> None:
    achievements.publish_version(resources, hub, achievement, definition, once(resources, hub))


def test_each_is_replaced_by_one_that_says_what_it_should_have_said(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 3)

    new = corrected(resources, hub, ids[:2])

    for before, after in zip(ids[:2], new, strict=True):
        old, made = reading.by_id(resources, hub, before), reading.by_id(resources, hub, after)
        was, now = subject(resources, hub, before), subject(resources, hub, after)
        assert now == was | {"name": "Amélie Martin"} != was
        assert made.credential.supersedes == before
        assert made.credential.learner_id == old.credential.learner_id
        assert made.credential.issued_by == "api-key:test"
        shown = verifying.verify_own(resources, old.credential.code).report
        assert (shown.verdict, shown.superseded_by) == (Verdict.REVOKED, made.address)
        shown = verifying.verify_own(resources, made.credential.code).report
        assert shown.verdict is Verdict.VALID
    assert standing(resources, hub, ids) == ["revoked", "revoked", "active"]
    assert count(resources, learner, hub) == 3
    audit(resources, hub)


def test_whatever_a_table_can_say_is_corrected(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement, awarded_at=DAY)
    claims = CorrectedClaims(
        awarded_at=DAY - timedelta(days=1),
        valid_until=datetime(2099, 1, 1, tzinfo=UTC),
        evidence_url="https://school.example/a",
        result="87",
    )

    (new,) = corrected(resources, hub, [made], claims)

    said = document(resources, hub, new)
    assert said["awardedDate"] == "2026-08-31T00:00:00Z"
    assert said["validUntil"] == "2099-01-01T00:00:00Z"
    assert said["evidence"] == [{"type": ["Evidence"], "id": "https://school.example/a"}]
    assert subject(resources, hub, new)["result"] == [{"type": ["Result"], "value": "87"}]
    assert subject(resources, hub, new)["name"] == subject(resources, hub, made)["name"]


def test_what_is_said_beside_a_value_stays_beside_it(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(
        resources,
        hub,
        achievement,
        evidence=(Evidence(id="https://school.example/a", name="A bicycle"),),
        results=(Result(value="78", status=ResultStatus.COMPLETED),),
    )
    claims = CorrectedClaims(evidence_url="https://school.example/b", result="87")

    (new,) = corrected(resources, hub, [made], claims)

    assert document(resources, hub, new)["evidence"] == [
        {"type": ["Evidence"], "id": "https://school.example/b", "name": "A bicycle"}
    ]
    assert subject(resources, hub, new)["result"] == [
        {"type": ["Result"], "value": "87", "status": "Completed"}
    ]


def test_one_of_several_is_a_fault(resources: Resources, hub: HubNumber, achievement: str) -> None:
    made = issue(
        resources,
        hub,
        achievement,
        evidence=(Evidence(id="https://school.example/a"), Evidence(narrative="A bicycle.")),
        results=(Result(value="78"), Result(value="passed")),
    )

    for claims, column in (
        (CorrectedClaims(evidence_url="https://school.example/b"), "evidenceUrl"),
        (CorrectedClaims(result="87"), "result"),
    ):
        assert refused(resources, hub, rows([made], claims)) == [f"1 {column} invalid-claim"]
    assert corrected(resources, hub, [made]) != [made]  # The name is one.


@pytest.mark.parametrize("member", ["awardedDate", "validUntil"])
def test_each_moment_of_a_day_is_right_where_only_the_day_is_said(
    resources: Resources, hub: HubNumber, achievement: str, member: str
) -> None:
    """The day is that of UTC, and what is said beside it is corrected as it stands."""
    signed = datetime(2026, 9, 1, 22, 30, tzinfo=UTC)
    until = signed.replace(year=2099)
    made = issue(resources, hub, achievement, awarded_at=signed, valid_until=until)

    def said(days: frozenset[str], day: int) -> CorrectedClaims:
        at, end = DAY.replace(day=day), DAY.replace(year=2099, day=day)
        if member == "awardedDate":
            return CorrectedClaims(name="Amélie Martin", awarded_at=at, days=days)
        return CorrectedClaims(name="Amélie Martin", valid_until=end, days=days)

    def wrong(claims: CorrectedClaims) -> tuple[str, ...]:
        found = change_receiving.try_out(resources, hub, BatchKind.CORRECTION, rows([made], claims))
        return found.first[0].wrong

    assert wrong(said(frozenset({member}), 1)) == ("name",)
    assert wrong(said(frozenset({member}), 2)) == ("name", member)
    assert wrong(said(frozenset(), 1)) == ("name", member)
    (new,) = corrected(resources, hub, [made], said(frozenset({member}), 1))
    assert document(resources, hub, new)["awardedDate"] == "2026-09-01T22:30:00Z"
    assert document(resources, hub, new)["validUntil"] == "2099-09-01T22:30:00Z"


def test_the_day_of_issue_is_right_where_no_award_was_dated(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement)
    at = resources.clock().replace(hour=0, minute=0, second=0, microsecond=0)
    claims = CorrectedClaims(awarded_at=at, days=frozenset({"awardedDate"}))

    found = change_receiving.try_out(resources, hub, BatchKind.CORRECTION, rows([made], claims))

    assert (found.changed, found.skipped) == (0, 1)


def test_what_stands_around_a_text_that_was_signed_is_no_difference(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(
        resources,
        hub,
        achievement,
        recipient=Recipient(name="Ada\u00a0"),
        results=(Result(value="87 "),),
    )
    same = rows([made], CorrectedClaims(name="Ada", result="87"))
    other = rows([made], CorrectedClaims(name="Ada", result="88"))

    tried = [
        change_receiving.try_out(resources, hub, BatchKind.CORRECTION, it) for it in (same, other)
    ]

    assert [it.first[0].wrong for it in tried] == [(), ("result",)]
    (new,) = corrected(resources, hub, [made], other[0].claims)
    assert subject(resources, hub, new)["name"] == "Ada\u00a0"


def test_what_says_it_already_is_left_as_it_is_though_a_newer_version_is_there(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = [issue(resources, hub, achievement, recipient=Recipient(name=it)) for it in "AB"]
    revoking.revoke(resources, hub, ids[1], actor="key", reason="fraud")
    next_version(resources, hub, achievement)
    wanted = [*rows(ids[:1], CorrectedClaims(name="A")), *rows(ids, CorrectedClaims(name="B"))[1:]]
    found = change_receiving.try_out(resources, hub, BatchKind.CORRECTION, wanted)

    batch = send(resources, hub, wanted)
    work_off(resources)

    assert [it.is_needed for it in found.first] == [False, False]
    assert counts(resources, batch) == {Outcome.SKIPPED: 2}
    assert count(resources, credential, hub) == 2


def test_t69_the_same_table_again_corrects_nothing(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 2)
    corrected(resources, hub, ids)

    again = send(resources, hub, rows(ids))
    work_off(resources)

    assert counts(resources, again) == {Outcome.SKIPPED: 2}
    assert count(resources, credential, hub) == 4
    other = rows(ids, CorrectedClaims(name="Somebody Else"))
    assert refused(resources, hub, other) == [
        "1 credential replaced-otherwise",
        "2 credential replaced-otherwise",
    ]


def test_what_must_not_be_replaced_is_a_fault(resources: Resources, hub: HubNumber) -> None:
    achievement = publish_suspendable(resources, hub)
    ids = issue_many(resources, hub, achievement, 2)
    vcalm_recording.record(resources, hub, PLAIN)
    composed = reading.page(resources, hub, before=None, limit=1)[0].credential.credential_id
    revoking.revoke(resources, hub, ids[0], actor="key", reason="fraud")
    suspending.suspend(resources, hub, ids[1], actor="key", reason="fees")

    assert refused(resources, hub, rows([*ids, composed, "nothing"])) == [
        "1 credential already-revoked",
        "2 credential credential-suspended",
        "3 credential not-correctable",
        "4 credential credential-not-found",
    ]


def test_an_erased_learner_keeps_nobody_from_being_corrected(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """Where nothing is said of them, as in the table of a batch, there is nothing to be done."""
    ids = issue_many(resources, hub, achievement, 3)
    for gone in ids[1:]:
        erase_learner(resources, hub, gone)
    wanted = [*rows(ids[:2]), *rows(ids, AS_IT_IS)[2:]]
    found = change_receiving.try_out(resources, hub, BatchKind.CORRECTION, wanted)

    batch = send(resources, hub, wanted)
    work_off(resources)

    assert (found.rows, found.changed, found.erased, found.skipped) == (3, 1, 1, 1)
    assert [(it.outcome, it.code) for it in told(resources, batch)] == [
        (Outcome.ISSUED, None),
        (Outcome.FAILED, "credential-erased"),
        (Outcome.SKIPPED, None),
    ]
    assert [it.credential_id for it in told(resources, batch)][1:] == ids[1:]


def test_a_table_is_compared_with_the_end_of_a_chain_of_corrections(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """What stands in between is replaced itself: a table that says so is out of date."""
    chain = issue_many(resources, hub, achievement, 1)
    for name in ("B", "C", "D"):
        chain += corrected(resources, hub, chain[-1:], CorrectedClaims(name=name))
    newest = reading.by_id(resources, hub, chain[-1]).address

    for said, expected in (("B", "fault"), ("C", "fault"), ("D", "skipped")):
        wanted = rows(chain[:3], CorrectedClaims(name=said))
        found = change_receiving.try_out(resources, hub, BatchKind.CORRECTION, wanted)
        if expected == "skipped":
            assert (found.faults, found.skipped) == ([], 3)
        else:
            assert [it.code for it in found.faults] == ["replaced-otherwise"] * 3, said
            assert newest in found.faults[0].detail


@pytest.mark.parametrize(
    ("claims", "column"),
    [
        (CorrectedClaims(awarded_at=datetime(2099, 1, 1, tzinfo=UTC)), "awardedDate"),
        (CorrectedClaims(valid_until=datetime(2001, 1, 1, tzinfo=UTC)), "validUntil"),
    ],
    ids=["future", "past"],
)
def test_what_no_credential_can_say_is_a_fault(
    resources: Resources, hub: HubNumber, achievement: str, claims: CorrectedClaims, column: str
) -> None:
    made = issue(resources, hub, achievement)

    assert refused(resources, hub, rows([made], claims)) == [f"1 {column} invalid-claim"]


def test_a_dry_run_counts_what_differs(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 3)
    wanted = [
        *rows(ids[:1], CorrectedClaims(name="Ana Li", result="87")),
        *rows(ids[:2])[1:],
        *rows(ids, CorrectedClaims())[2:],
    ]

    found = change_receiving.try_out(resources, hub, BatchKind.CORRECTION, wanted)

    assert [it.wrong for it in found.first] == [("name", "result"), ("name",), ()]
    assert found.wrong == {"name": 2, "result": 1}
    assert (found.changed, found.skipped, found.faults) == (2, 1, [])
    assert count(resources, credential, hub) == 3


def test_what_changes_while_it_waits_fails_alone(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 4)
    batch = send(resources, hub, rows(ids))
    revoking.revoke(resources, hub, ids[0], actor="key", reason="fraud")
    correct(resources, hub, ids[1], Corrections(name="Somebody Else"))
    correct(resources, hub, ids[2], Corrections(name="Amélie Martin"))

    work_off(resources)

    assert [(it.outcome, it.code) for it in told(resources, batch)] == [
        (Outcome.FAILED, "already-revoked"),
        (Outcome.FAILED, "replaced-otherwise"),
        (Outcome.SKIPPED, None),
        (Outcome.ISSUED, None),
    ]
    assert [it.credential_id for it in told(resources, batch)][:3] == ids[:3]
    audit(resources, hub)


def test_t69_a_worker_that_corrects_may_be_killed_at_every_step(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    step, was_cut = 0, True
    while was_cut:
        ids = issue_many(resources, hub, achievement, 2, first=10 * step + 1)
        batch = send(resources, hub, rows(ids))

        was_cut = was_killed(resources, after=step)

        work_off(resources)
        assert counts(resources, batch) == {Outcome.ISSUED: 2}, step
        step += 1

    assert step > 8
    assert count(resources, credential, hub) == 4 * step
    assert count(resources, status_change, hub) == 2 * step
    audit(resources, hub)


def test_a_cancelled_batch_corrects_nothing_more(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 4)
    batch = send(resources, hub, rows(ids), rows_at_once=2)
    work_once(resources)

    cancelled = batches.cancel(resources, hub, batch.batch_id)

    assert (cancelled.state, cancelled.issued) == ("cancelled", 2)
    assert work_off(resources) == 0
    assert standing(resources, hub, ids) == ["revoked"] * 2 + ["active"] * 2


def test_faults_of_reading_and_of_credentials_are_told_in_the_order_of_the_rows(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement)
    unreadable = RowFault(row=2, column="Wer", code="name-missing", detail="The name is missing.")

    def coming() -> Iterator[ChangeRow | RowFault]:
        nothing = rows(["nothing"])[0]
        yield nothing
        yield unreadable
        yield replace(nothing, row=3, credential=made)
        yield replace(nothing, row=4, reason=" ")
        raise RowsError((RowFault(row=5, code="quote-unclosed", detail="It is open."),))

    arriving = ArrivingChanges(
        kind=BatchKind.CORRECTION,
        rows=coming(),
        actor="key",
        column_of={"credential": "Adresse", "reason": "Grund"}.__getitem__,
    )
    with pytest.raises(MalformedBatchError) as raised:
        change_receiving.receive(resources, hub, arriving, once(resources, hub, route="file"))

    assert [(it.row, it.column, it.code) for it in raised.value.faults] == [
        (1, "Adresse", "credential-not-found"),
        (2, "Wer", "name-missing"),
        (4, "Grund", "invalid-claim"),
        (5, None, "quote-unclosed"),
    ]
    assert raised.value.faults[0].value == "nothing"
    assert standing(resources, hub, [made]) == ["active"]


def test_a_request_has_the_key_of_what_goes_on_and_else_a_new_one(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 1)
    request = once(resources, hub, key=unique("again"), route="file")

    def sent() -> str:
        arriving = ArrivingChanges(kind=BatchKind.CORRECTION, rows=rows(ids), actor="key")
        turn = batches.in_turn(resources, request)
        return change_receiving.receive(resources, hub, arriving, turn).batch_id

    first, same = sent(), sent()
    work_off(resources)
    second, same_again = sent(), sent()
    batches.cancel(resources, hub, second)
    third = sent()
    work_off(resources)

    assert first == same
    assert second == same_again
    assert len({first, second, third}) == 3
