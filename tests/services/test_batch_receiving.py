"""Taking batches in: all of one or nothing of it, and each once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from credhub.credentials.draft import Recipient
from credhub.documents.rows.choices import Form
from credhub.documents.rows.file import RowFile
from credhub.documents.rows.outcome import ReadRow
from credhub.documents.rows.reader import RowReader
from credhub.errors import (
    AchievementNotFoundError,
    BatchNotFoundError,
    ConflictError,
    IdempotencyKeyReusedError,
    MalformedBatchError,
    RowFault,
    TooManyBatchesError,
)
from credhub.jsontypes import JsonObject
from credhub.services import achievements
from credhub.services.bulk import batch_receiving, batches
from credhub.services.bulk.batch_receiving import MOST_OPEN, Arriving
from credhub.services.resources import Resources
from credhub.store.batches import SealedRow, StoredBatch
from credhub.store.hubs import HubNumber
from credhub.store.tables import batch as batch_table
from credhub.store.tables import batch_chunk, batch_row, idempotency
from tests.running import Service, make_member, unique
from tests.services.batching import count, ndjson, row_of, rows_of, send, work_off
from tests.services.ordering import once, publish


def test_a_batch_with_faults_is_refused_as_a_whole(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    rows: list[object] = [
        row_of(1),
        row_of(2, recipient={"name": " "}),
        "no object",
        row_of(4, recipient={"name": "Ana", "email": "nobody"}),
        row_of(5, validUntil="2001-01-01T00:00:00Z"),
        row_of(6, awardedDate="2062-11-20"),
        row_of(1),
    ]

    with pytest.raises(MalformedBatchError) as refusal:
        send(resources, hub, achievement, rows)

    assert [(it.row, it.column, it.code) for it in refusal.value.faults] == [
        (2, "recipient.name", "name-placeholder"),
        (3, None, "not-an-object"),
        (4, "recipient.email", "email-malformed"),
        (5, "validUntil", "invalid-claim"),
        (6, "awardedDate", "invalid-claim"),
        (7, "key", "duplicate-key"),
    ]
    assert refusal.value.faults[5].detail.startswith("Row 1 has this key already.")
    assert count(resources, batch_table, hub) == 0
    assert count(resources, batch_row, hub) == 0


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"recipient": {"name": "Zygmunt", "did": "did:Zygmunt:1"}}, "credentialSubject/id"),
        ({"evidence": [{"id": "https://zygmunt.example/[1]", "name": "x"}] * 21}, "evidence"),
    ],
)
def test_what_the_schema_refuses_is_refused_before_anything_is_issued(
    resources: Resources, hub: HubNumber, achievement: str, change: JsonObject, column: str
) -> None:
    with pytest.raises(MalformedBatchError) as refusal:
        send(resources, hub, achievement, [row_of(1), row_of(2, **change)])

    (fault,) = refusal.value.faults
    assert (fault.row, fault.column) == (2, column)
    assert "ygmunt" not in fault.detail
    full = row_of(3, recipient={"name": "Zygmunt", "did": "did:example:1"})
    assert send(resources, hub, achievement, [full]).rows == 1


def test_a_late_fault_takes_back_what_was_written(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    with pytest.raises(MalformedBatchError):
        send(resources, hub, achievement, [*rows_of(1100), "no object"])

    assert count(resources, batch_table, hub) == 0
    assert count(resources, batch_row, hub) == 0
    assert count(resources, batch_chunk, hub) == 0


def test_the_first_hundred_faults_are_told(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    with pytest.raises(MalformedBatchError) as refusal:
        send(resources, hub, achievement, ["no object"] * 300)

    assert [it.row for it in refusal.value.faults] == list(range(1, 101))


def test_no_rows_and_too_many_rows_are_faults(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    with pytest.raises(MalformedBatchError) as none:
        send(resources, hub, achievement, [])
    with pytest.raises(MalformedBatchError) as many:
        send(resources, hub, achievement, rows_of(600), most_rows=599)

    assert [it.code for it in none.value.faults] == ["file-empty"]
    assert [it.code for it in many.value.faults] == ["too-many-rows"]
    assert count(resources, batch_table, hub) == 0
    assert send(resources, hub, achievement, rows_of(600), most_rows=600).rows == 600


def test_an_unknown_achievement_takes_no_batch(
    service_on_each: Service, resources: Resources, hub: HubNumber
) -> None:
    theirs = publish(resources, service_on_each.one.hub.number).achievement_id

    with pytest.raises(AchievementNotFoundError):
        send(resources, hub, theirs, rows_of(1))


def test_t61_the_same_request_gives_the_same_batch(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = send(resources, hub, achievement, rows_of(3), key="one")

    assert send(resources, hub, achievement, rows_of(3), key="one") == first
    work_off(resources)
    assert send(resources, hub, achievement, rows_of(3), key="one").batch_id == first.batch_id
    assert count(resources, batch_table, hub) == 1


def test_t61_the_same_key_with_other_rows_is_refused(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, rows_of(3), key="one")

    with pytest.raises(IdempotencyKeyReusedError):
        send(resources, hub, achievement, rows_of(4), key="one")

    another = make_member(service_on_each.runtime, unique("batch")).hub.number
    theirs = send(
        resources, another, publish(resources, another).achievement_id, rows_of(4), key="one"
    )
    assert theirs.rows == 4


def test_t61_one_request_sent_by_many_at_once_makes_one_batch(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made: list[str] = []
    together = Barrier(6)

    def send_one() -> None:
        together.wait()
        made.append(send(resources, hub, achievement, rows_of(40), key="one").batch_id)

    threads = [Thread(target=send_one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 6
    assert len(set(made)) == 1
    assert count(resources, batch_table, hub) == 1
    assert count(resources, batch_row, hub) == 40


def test_a_hub_has_so_many_batches_under_way(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    for n in range(1, MOST_OPEN + 1):
        send(resources, hub, achievement, [row_of(n)])

    with pytest.raises(TooManyBatchesError):
        send(resources, hub, achievement, [row_of(0)])

    another = make_member(service_on_each.runtime, unique("batch")).hub.number
    send(resources, another, publish(resources, another).achievement_id, rows_of(1))
    work_off(resources)
    send(resources, hub, achievement, [row_of(0)])


def test_rows_that_no_file_holds_are_compared_too(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    def receive(*rows: ReadRow) -> None:
        arriving = Arriving(achievement_id=achievement, rows=rows, actor="test")
        batch_receiving.receive(resources, hub, arriving, once(resources, hub))

    row = ReadRow(row=1, key=None, recipient=Recipient(name="Ana"))
    with pytest.raises(MalformedBatchError) as twice:
        receive(row, replace(row, row=2))
    with pytest.raises(MalformedBatchError) as none:
        receive()

    (fault,) = twice.value.faults
    assert (fault.row, fault.code, fault.detail) == (2, "row-repeated", "It repeats row 1.")
    assert [it.code for it in none.value.faults] == ["no-rows"]
    assert count(resources, batch_table, hub) == 0


def test_a_row_that_names_another_achievement_is_a_fault(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    with resources.store.read() as tx:
        stored = tx.achievements.latest(hub, achievement)
    assert stored is not None
    name = achievements.definition_of(stored).name

    def receive(table: str) -> StoredBatch:
        file = RowFile(lambda: (table.encode(),), Form.CSV)
        arriving = Arriving(achievement_id=achievement, rows=file, actor="test")
        return batch_receiving.receive(resources, hub, arriving, once(resources, hub))

    with pytest.raises(MalformedBatchError) as refusal:
        receive(f"name,achievement\nAna,{name}\nBea,Beekeeping\n")

    (fault,) = refusal.value.faults
    assert (fault.row, fault.column, fault.code) == (3, "achievement", "achievement-differs")
    named = (name, name.upper(), achievement, "")
    table = "".join(f"Ana {'abcd'[n]},{text}\n" for n, text in enumerate(named))
    assert receive(f"name,achievement\n{table}").rows == 4


def test_of_a_file_that_cannot_be_read_to_its_end_nothing_is_kept(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    good = "".join(f"k{n},Learner {n}\n" for n in range(1, 700))
    file = RowFile(lambda: (f'key,name\n{good}k,"Ana'.encode(),), Form.CSV)
    arriving = Arriving(achievement_id=achievement, rows=file, actor="test")

    with pytest.raises(MalformedBatchError) as refusal:
        batch_receiving.receive(resources, hub, arriving, once(resources, hub))

    assert [(it.row, it.code) for it in refusal.value.faults] == [(701, "quote-unclosed")]
    assert count(resources, batch_table, hub) == count(resources, batch_row, hub) == 0


class Cut(BaseException):
    """The process ends here."""


def half_arrived(resources: Resources, hub: HubNumber, achievement: str) -> StoredBatch:
    """Leave it as a kill does: some rows are written, and nobody says that all are in."""
    half = StoredBatch(
        hub=hub,
        batch_id=resources.new_id(),
        achievement_id=achievement,
        achievement_version=1,
        actor="test",
        created_at=resources.clock(),
    )
    with resources.store.begin() as tx:
        tx.batches.begin(half)
        sealed = [SealedRow(row=1, sealed=b"sealed")]
        tx.batches.add_rows(hub, half.batch_id, sealed)
    return half


def test_what_never_arrived_keeps_no_batch_away(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    for _ in range(MOST_OPEN):
        half_arrived(resources, hub, achievement)

    assert send(resources, hub, achievement, rows_of(1)).rows == 1


def test_t69_what_arrived_when_the_process_ended_is_never_issued(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    half = half_arrived(resources, hub, achievement)

    assert work_off(resources) == 0
    with pytest.raises(BatchNotFoundError):
        batches.find(resources, hub, half.batch_id)
    assert batches.page(resources, hub, before=None, limit=9) == ()

    service_on_each.clock.move(hours=2)
    send(resources, hub, achievement, rows_of(1))
    assert count(resources, batch_table, hub) == 1
    assert count(resources, batch_row, hub) == 1


def test_a_reader_that_breaks_off_leaves_nothing(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    def broken() -> Iterator[ReadRow]:
        for n in range(1, 700):
            yield ReadRow(row=n, key=f"k{n}", recipient=Recipient(name="Ana"))
        raise Cut

    arriving = Arriving(achievement_id=achievement, rows=broken(), actor="test")
    with pytest.raises(Cut):
        batch_receiving.receive(resources, hub, arriving, once(resources, hub))

    assert count(resources, batch_table, hub) == 0
    assert count(resources, batch_row, hub) == 0


@pytest.mark.parametrize("when", ["between two parts", "after the last"])
def test_of_a_batch_that_was_removed_while_it_arrived_nothing_is_recorded(
    resources: Resources, hub: HubNumber, achievement: str, when: str
) -> None:
    """By another process, whose clock is ahead of ours. The same request can be sent again."""
    ahead = replace(resources, clock=lambda: resources.clock() + timedelta(hours=2))

    def rows(*, cut: bool) -> Iterator[ReadRow | RowFault]:
        for number, row in enumerate(RowReader([ndjson(rows_of(3))], Form.JSON_LINES)):
            if cut and number == 2 and when == "between two parts":
                batch_receiving.remove_left_over(ahead)
            yield row

    def reading(*, cut: bool) -> JsonObject:
        if cut and when == "after the last":
            batch_receiving.remove_left_over(ahead)
        return {}

    def receive(*, cut: bool) -> StoredBatch:
        arriving = Arriving(
            achievement_id=achievement,
            rows=rows(cut=cut),
            actor="test",
            reading=lambda: reading(cut=cut),
            rows_at_once=1,
        )
        request = once(resources, hub, key="cut", body={}, route="POST /v1/batches")
        return batch_receiving.receive(resources, hub, arriving, request)

    with pytest.raises(ConflictError):
        receive(cut=True)
    assert count(resources, idempotency, hub) == 1, "that of the achievement"

    assert receive(cut=False).rows == 3
