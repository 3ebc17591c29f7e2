"""The certificates of a batch in one file: what stands, in the order of its rows."""

from dataclasses import replace
from io import BytesIO

import pypdf
import pytest
from sqlalchemy import update

from credhub import worker_tasks
from credhub.documents.print_order import Layout, Paper
from credhub.errors import BatchNotEndedError, BatchNotFoundError, SandboxTimeoutError
from credhub.services import certificates, reading, revoking, suspending
from credhub.services.bulk import batch_printing, batches
from credhub.services.bulk.batch_credentials import LeftOut
from credhub.services.bulk.batch_printing import Printed, Wish
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.store.tables import credential_form
from tests.running import Service, unique
from tests.services.batching import row_of, rows_of, send, told, work_off
from tests.services.erasing import erase_learner
from tests.services.ordering import publish, publish_suspendable
from tests.services.test_verifying import insert_credential
from tests.store.rows import as_owner, drop_guards
from tests.unit.documents.test_certificate import compact

CARDS = Wish(layout=Layout.CARDS, paper=Paper.A4, marks=True)
PAGES = Wish(layout=Layout.CERTIFICATE, paper=Paper.A4, marks=True)


def texts(printed: Printed) -> list[str]:
    """Give the text of every page."""
    assert printed.pdf is not None
    reader = pypdf.PdfReader(BytesIO(printed.pdf))
    return [compact(page.extract_text()) for page in reader.pages]


def named(number: int) -> str:
    return compact(f"Learner {number}")


def test_every_row_has_its_page_in_their_order(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(3)[::-1])
    work_off(resources)

    printed = batch_printing.render(resources, hub, batch.batch_id, PAGES)

    assert (printed.certificates, printed.left_out, printed.next_cursor) == (3, {}, None)
    for number, text in zip((3, 2, 1), texts(printed), strict=True):
        assert named(number) in text


def test_rows_that_were_issued_before_are_printed_too(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, rows_of(2))
    work_off(resources)
    changed = row_of(1, recipient={"name": "Somebody else"})
    batch = send(resources, hub, achievement, [changed, row_of(2)])
    work_off(resources)

    printed = batch_printing.render(resources, hub, batch.batch_id, CARDS)

    (text,) = texts(printed)
    assert printed.certificates == 1
    assert named(2) in text
    assert "Somebody" not in text


def test_what_does_not_stand_is_left_out_and_counted(
    service_on_each: Service, resources: Resources, hub: HubNumber
) -> None:
    achievement = publish_suspendable(resources, hub)
    batch = send(resources, hub, achievement, rows_of(7))
    work_off(resources)
    ids = [str(it.credential_id) for it in told(resources, batch)]
    revoking.revoke(resources, hub, ids[0], actor="test", reason="x")
    suspending.suspend(resources, hub, ids[1], actor="test", reason="x")
    supersede(service_on_each, hub, ids[2])
    erase_learner(resources, hub, ids[3])
    suspending.suspend(resources, hub, ids[5], actor="test", reason="x")
    suspending.lift(resources, hub, ids[5], actor="test", reason="x")

    printed = batch_printing.render(resources, hub, batch.batch_id, CARDS)

    assert printed.left_out == {
        LeftOut.REVOKED: 1,
        LeftOut.SUSPENDED: 1,
        LeftOut.SUPERSEDED: 1,
        LeftOut.ERASED: 1,
    }
    (text,) = texts(printed)
    assert [number for number in range(1, 8) if named(number) in text] == [5, 6, 7]
    assert printed.certificates == 3


def supersede(service: Service, hub: HubNumber, credential_id: str) -> None:
    """Let another credential say that it corrects this one."""
    resources = service.resources
    row = reading.by_id(resources, hub, credential_id).credential
    insert_credential(
        service,
        replace(
            row,
            credential_id=resources.new_id(),
            code=resources.new_code(hub),
            supersedes=credential_id,
        ),
    )


def test_what_cannot_be_opened_is_left_out_and_the_others_are_printed(
    fresh_service: Service,
) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub.number
    batch = send(resources, hub, publish(resources, hub).achievement_id, rows_of(2))
    work_off(resources)
    first, _ = told(resources, batch)
    url = fresh_service.runtime.settings.database
    drop_guards(url, credential_form.name)
    with as_owner(url) as connection:
        own = credential_form.c.credential_id == first.credential_id
        connection.execute(update(credential_form).where(own).values(sealed=b"x" * 64))

    printed = batch_printing.render(resources, hub, batch.batch_id, CARDS)

    assert printed.left_out == {LeftOut.DAMAGED: 1}
    (text,) = texts(printed)
    assert named(2) in text


def test_a_long_batch_comes_in_parts(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(5))
    work_off(resources)
    found, cursor = [], 0

    while True:
        printed = batch_printing.render(
            resources, hub, batch.batch_id, PAGES, after=cursor, limit=2
        )
        found.append(texts(printed))
        if printed.next_cursor is None:
            break
        cursor = printed.next_cursor

    assert [len(part) for part in found] == [2, 2, 1]
    for number, text in enumerate([text for part in found for text in part], start=1):
        assert named(number) in text


@pytest.mark.parametrize(("limit", "cursor"), [(4, 4), (5, None), (500, None)])
def test_the_last_part_names_no_next_one(
    resources: Resources, hub: HubNumber, achievement: str, limit: int, cursor: int | None
) -> None:
    batch = send(resources, hub, achievement, rows_of(5))
    work_off(resources)

    printed = batch_printing.render(resources, hub, batch.batch_id, CARDS, limit=limit)

    assert printed.next_cursor == cursor


def test_one_file_has_no_more_than_a_worker_can_make(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(Layout.CERTIFICATE.most + 1))
    work_off(resources)

    printed = batch_printing.render(resources, hub, batch.batch_id, PAGES, limit=1_000)

    assert printed.certificates == printed.next_cursor == Layout.CERTIFICATE.most
    assert len(texts(printed)) == Layout.CERTIFICATE.most


def test_where_nothing_stands_there_is_no_file(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(2))
    work_off(resources)
    for it in told(resources, batch):
        revoking.revoke(resources, hub, str(it.credential_id), actor="test", reason="x")

    printed = batch_printing.render(resources, hub, batch.batch_id, CARDS)

    assert (printed.pdf, printed.certificates) == (None, 0)
    assert printed.left_out == {LeftOut.REVOKED: 2}


def test_a_batch_that_goes_on_is_not_printed(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))

    with pytest.raises(BatchNotEndedError):
        batch_printing.render(resources, hub, batch.batch_id, CARDS)

    batches.cancel(resources, hub, batch.batch_id)
    assert batch_printing.render(resources, hub, batch.batch_id, CARDS).pdf is None


def test_t55_the_batch_of_another_hub_is_not_printed(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))
    work_off(resources)

    with pytest.raises(BatchNotFoundError):
        batch_printing.render(resources, service_on_each.one.hub.number, batch.batch_id, CARDS)


def test_t43_whoever_prints_takes_no_worker_from_anybody_else() -> None:
    tasks = worker_tasks.of_a_service()
    many = [tasks.pop(name) for name in (batch_printing.TASK, certificates.OF_MANY)]

    assert all(task.last for task in many)
    assert not {task.kind for task in many} & {task.kind for task in tasks.values()}


def test_t43_what_takes_too_long_is_stopped_and_the_next_is_printed(
    resources: Resources, hub: HubNumber, achievement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = send(resources, hub, achievement, [row_of(1, key=unique("key"))])
    work_off(resources)
    monkeypatch.setattr(batch_printing, "SECONDS", 0.0)

    with pytest.raises(SandboxTimeoutError):
        batch_printing.render(resources, hub, batch.batch_id, CARDS)
    monkeypatch.undo()

    assert batch_printing.render(resources, hub, batch.batch_id, CARDS).certificates == 1
