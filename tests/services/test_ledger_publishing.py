"""The loop that publishes: what grew, soon; what fails, later; issuing never notices."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest

from credhub.egress.folder import Folder
from credhub.egress.objects import Objects, Served
from credhub.errors import ObjectsUnavailableError
from credhub.jobs import publishing
from credhub.jobs.publishing import ROUNDS_BETWEEN_LOOKS, LedgerPublisher
from tests.engines import SqliteDatabases
from tests.growing import grow
from tests.running import START, Service, issue, running

CHECKPOINT = "ledger/riverside/2026/checkpoint"
SERVED = Served(content_type="text/plain", cache_control="no-store")
PATIENCE = 30


@pytest.fixture
def service(sqlite: SqliteDatabases, tmp_path: Path) -> Iterator[Service]:
    """A new service for one test."""
    with sqlite.migrated() as url, running(url, tmp_path / "data") as service:
        yield service


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "published"


def publisher_of(service: Service, root: Path) -> LedgerPublisher:
    return LedgerPublisher(service.resources.store, lambda: Folder.open(root), clock=service.clock)


def size_in(root: Path, path: str = CHECKPOINT) -> int:
    return int((root / path).read_text().split("\n")[1])


class Counting:
    """A folder that counts what is asked of it, and can be out of reach."""

    def __init__(self, root: Path) -> None:
        self._folder = Folder.open(root)
        self.reads = 0
        self.away = False

    def read(self, path: str) -> bytes | None:
        self.reads += 1
        if self.away:
            raise ObjectsUnavailableError("the disk is gone")
        return self._folder.read(path)

    def add(self, files: Mapping[str, bytes], served: Served) -> None:
        self._folder.add(files, served)

    def swap(self, path: str, *, old: bytes | None, new: bytes, served: Served) -> None:
        self._folder.swap(path, old=old, new=new, served=served)


def test_every_log_is_published_and_only_what_grew_is_looked_at(
    service: Service, root: Path
) -> None:
    target = Counting(root)
    publisher = LedgerPublisher(service.resources.store, lambda: target, clock=service.clock)

    publisher.publish_due()
    assert target.reads == 2
    publisher.publish_due()
    assert target.reads == 2
    grow(service.resources, service.one.hub.number, 3)
    publisher.publish_due()

    assert target.reads == 3
    riverside, hilltop = publisher.standing()
    assert riverside.origin.endswith("/ledger/riverside/2026")
    assert riverside.size == size_in(root) == hilltop.size + 3
    assert riverside.trouble is hilltop.trouble is None
    assert riverside.at is not None
    assert riverside.at > START


def test_every_log_is_looked_at_now_and_then(service: Service, root: Path) -> None:
    target = Counting(root)
    publisher = LedgerPublisher(service.resources.store, lambda: target, clock=service.clock)

    for _ in range(ROUNDS_BETWEEN_LOOKS + 1):
        publisher.publish_due()

    assert target.reads == 4


def test_a_place_that_is_away_stops_nothing_and_is_published_to_later(
    service: Service, root: Path
) -> None:
    target = Counting(root)
    publisher = LedgerPublisher(service.resources.store, lambda: target, clock=service.clock)
    target.away = True

    publisher.publish_due()
    issued = issue(service.client())
    publisher.publish_due()

    assert "receipt" in issued
    (riverside,) = publisher.standing()
    assert (riverside.size, riverside.at) == (0, None)
    assert riverside.trouble == "publishing-place-unavailable"
    target.away = False
    publisher.publish_due()
    assert [log.trouble for log in publisher.standing()] == [None, None]
    assert size_in(root) > 2


def test_a_place_that_cannot_be_opened_is_opened_later(service: Service, root: Path) -> None:
    root.write_text("a file in the way")
    publisher = publisher_of(service, root)

    publisher.publish_due()
    assert [log.trouble for log in publisher.standing()] == ["publishing-place-unavailable"]
    root.unlink()
    publisher.publish_due()

    assert [log.trouble for log in publisher.standing()] == [None, None]


def test_a_folder_that_was_taken_away_is_filled_again(service: Service, root: Path) -> None:
    publisher = publisher_of(service, root)
    publisher.publish_due()
    shutil.rmtree(root)
    grow(service.resources, service.one.hub.number, 1)

    for _ in range(2):
        publisher.publish_due()

    assert [log.trouble for log in publisher.standing()] == [None, None]
    assert size_in(root) == publisher.standing()[0].size
    assert size_in(root, "ledger/hilltop/2026/checkpoint") == publisher.standing()[1].size


def test_the_trouble_of_one_log_does_not_keep_others_waiting(
    service: Service, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Folder.open(root).add({CHECKPOINT: b"another history\n"}, SERVED)
    publisher = publisher_of(service, root)

    for _ in range(ROUNDS_BETWEEN_LOOKS + 1):
        publisher.publish_due()

    riverside, hilltop = publisher.standing()
    assert (riverside.trouble, riverside.size) == ("publication-refused", 0)
    assert hilltop.trouble is None
    assert hilltop.size > 0
    assert (root / CHECKPOINT).read_text() == "another history\n"
    assert capsys.readouterr().out.count("ledger not published") == 1
    (root / CHECKPOINT).unlink()
    for _ in range(ROUNDS_BETWEEN_LOOKS):
        publisher.publish_due()
    assert publisher.standing()[0].trouble is None


def test_a_fault_of_ours_does_not_end_the_loop(service: Service, root: Path) -> None:
    calls = []

    def open_target() -> Objects:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("a fault")
        return Folder.open(root)

    publisher = LedgerPublisher(service.resources.store, open_target, clock=service.clock)

    publisher.publish_due()
    publisher.publish_due()

    assert size_in(root) > 0


def test_the_loop_publishes_by_itself_and_ends_when_it_is_told_to(
    service: Service, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "SECONDS_BETWEEN_ROUNDS", 0.01)
    published = Event()

    def clock() -> datetime:
        if root.exists() and (root / "ledger/hilltop/2026/checkpoint").exists():
            published.set()
        return service.clock()

    publisher = LedgerPublisher(service.resources.store, lambda: Folder.open(root), clock=clock)
    publisher.close()  # Harmless before the start.
    publisher = LedgerPublisher(service.resources.store, lambda: Folder.open(root), clock=clock)
    publisher.start()
    assert published.wait(PATIENCE)
    publisher.close()

    grow(service.resources, service.one.hub.number, 1)
    publisher.publish_due()
    assert publisher.standing()[0].size == size_in(root)


def test_a_publisher_that_is_told_to_end_does_not_finish_a_long_log(
    service: Service, root: Path
) -> None:
    publisher: LedgerPublisher

    class Ending(Counting):
        def add(self, files: Mapping[str, bytes], served: Served) -> None:
            super().add(files, served)
            publisher.close()

    publisher = LedgerPublisher(service.resources.store, lambda: Ending(root), clock=service.clock)
    publisher.publish_due()

    assert not (root / CHECKPOINT).exists()
    assert publisher.standing() == ()
    publisher_of(service, root).publish_due()
    assert size_in(root) > 0


def test_a_service_publishes_only_where_it_is_told_to(
    service: Service, sqlite: SqliteDatabases, tmp_path: Path, root: Path
) -> None:
    assert service.runtime.ledger_publisher is None
    with (
        sqlite.migrated() as url,
        running(url, tmp_path / "other", publish_to=str(root)) as publishing_service,
    ):
        publisher = publishing_service.runtime.ledger_publisher
        assert publisher is not None
        publisher.publish_due()

        assert (
            publishing_service.public().get(f"/{CHECKPOINT}").text
            == (root / CHECKPOINT).read_text()
        )
