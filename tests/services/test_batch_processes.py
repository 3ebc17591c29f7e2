"""Worker processes that a service starts: as many as there is work for, and no longer."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from structlog.testing import capture_logs

from credhub.jobs.batch_processes import BatchProcesses
from credhub.services.bulk import batches
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from tests.services.batching import rows_of, send


def patient(mark: Path) -> tuple[str, ...]:
    """Give a command that leaves a mark, and ends when its input does."""
    program = "import sys, uuid; open(sys.argv[1] + uuid.uuid4().hex, 'x'); sys.stdin.read()"
    return (sys.executable, "-c", program, str(mark))


@contextmanager
def processes(
    resources: Resources, command: tuple[str, ...], number: int
) -> Iterator[BatchProcesses]:
    made = BatchProcesses(resources, command, number=number)
    try:
        yield made
    finally:
        made.close()


def wait_until_all_ended(made: BatchProcesses) -> None:
    while made.running:
        pass


def marks(folder: Path) -> int:
    return len(list(folder.glob("mark*")))


def test_nothing_is_started_without_work(resources: Resources, tmp_path: Path) -> None:
    with processes(resources, patient(tmp_path / "mark"), 2) as made:
        made.look()

        assert made.running == 0
    assert marks(tmp_path) == 0


def test_as_many_as_are_wanted_are_started_and_end_with_the_service(
    resources: Resources, hub: HubNumber, achievement: str, tmp_path: Path
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))

    with processes(resources, patient(tmp_path / "mark"), 2) as made:
        made.look()
        made.look()
        assert made.running == 2

    assert made.running == 0
    batches.cancel(resources, hub, batch.batch_id)


def test_one_that_ended_is_started_again_while_there_is_work(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))

    with processes(resources, (sys.executable, "-c", ""), 1) as made:
        made.look()
        first = made.pids
        wait_until_all_ended(made)
        made.look()
        second = made.pids
        wait_until_all_ended(made)
        batches.cancel(resources, hub, batch.batch_id)
        made.look()
        third = made.pids

    assert len(first) == len(second) == 1
    assert first != second
    assert third == ()


def test_what_cannot_be_started_is_told(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, rows_of(1))

    with processes(resources, ("/nothing/here",), 1) as made, capture_logs() as logged:
        made.look()

    assert [line["event"] for line in logged] == ["no worker started"]


def test_a_nudge_is_enough(
    resources: Resources, hub: HubNumber, achievement: str, tmp_path: Path
) -> None:
    with processes(resources, patient(tmp_path / "mark"), 1) as made:
        made.start()
        send(resources, hub, achievement, rows_of(1))

        made.nudge()

        while not marks(tmp_path):
            pass


def test_none_are_started_where_none_are_wanted(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, rows_of(1))

    with processes(resources, ("/nothing/here",), 0) as made, capture_logs() as logged:
        made.start()

    assert logged == []
