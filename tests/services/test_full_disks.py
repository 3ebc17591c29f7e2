"""A disk without room, under each place that is written to: 503, nothing half-done, and on after.

The disks are real ones, of a few megabytes in memory, and are filled to the last byte.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from credhub.egress.folder import INCOMING, Folder
from credhub.egress.reading import open_reader
from credhub.jobs.publishing import LedgerPublisher
from credhub.services import ledgers
from credhub.services.audit import auditing, auditing_files
from tests.engines import SqliteDatabases
from tests.growing import grow
from tests.running import Service, code_of, issue, issue_body, publish, running, unique

MEGABYTES = 4
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class SmallDisk:
    folder: Path

    @contextmanager
    def full(self) -> Iterator[None]:
        """Leave not a byte free."""
        ballast = self.folder / "ballast"
        with ballast.open("wb", buffering=0) as file:
            for size in (CHUNK, 1):
                with suppress(OSError):
                    while file.write(b"x" * size):
                        pass
        try:
            yield
        finally:
            ballast.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Be as a system makes it that found a fault in it."""
        self._remount("ro")
        try:
            yield
        finally:
            self._remount("rw")

    def _remount(self, how: str) -> None:
        mount = shutil.which("mount") or ""
        subprocess.run([mount, "-o", f"remount,{how}", str(self.folder)], check=True)  # noqa: S603 - our own command line


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder, mount = tmp_path / "disk", shutil.which("mount")
    folder.mkdir()
    command = [mount or "", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:  # noqa: S603 - our own command line
        pytest.skip("*** NO DISK IS FILLED: mounting one takes the rights of root. ***")
    try:
        yield SmallDisk(folder)
    finally:
        unmount = shutil.which("umount") or ""
        subprocess.run([unmount, "--lazy", str(folder)], check=True)  # noqa: S603 - our own command line


@pytest.fixture(params=["database", "second store"])
def service(
    request: pytest.FixtureRequest, sqlite: SqliteDatabases, disk: SmallDisk, tmp_path: Path
) -> Iterator[Service]:
    """A service of which one file is on the small disk."""
    places = {"database": tmp_path / "credhub.db", "second store": tmp_path / "second.db"}
    places[request.param] = disk.folder / "small.db"
    with sqlite.migrated() as url:
        shutil.copyfile(url.removeprefix("sqlite:///"), places["database"])
    second = f"sqlite:///{places['second store']}"
    with running(
        f"sqlite:///{places['database']}", tmp_path / "data", second_store=second
    ) as service:
        yield service


def audit(service: Service) -> None:
    resources = service.resources
    for _, log in ledgers.logs(resources.store):
        auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)


def size_of(service: Service) -> int:
    with service.resources.store.read() as tx:
        return tx.ledger.head(service.one.hub.number, "2026").size


def signed_size_of(service: Service) -> int:
    with service.resources.store.read() as tx:
        latest = tx.ledger.latest_checkpoint(service.one.hub.number, "2026")
    assert latest is not None
    return latest.size


def attempt(client: TestClient, achievement: str) -> int:
    headers = {"idempotency-key": unique("key")}
    return client.post("/v1/credentials", json=issue_body(achievement), headers=headers).status_code


def test_a_full_disk_is_503_loses_nothing_and_is_gone_on_after(
    service: Service, disk: SmallDisk
) -> None:
    client = service.client()
    achievement = publish(client)
    acknowledged = [code_of(issue(client, achievement))]

    with disk.full():
        # What is on the disk already is written over for a while.
        statuses = [attempt(client, achievement) for _ in range(100)]
        refused = [status for status in statuses if status != HTTPStatus.CREATED]
        shown = service.public().get(f"/c/{acknowledged[0]}").status_code
        audit(service)

    assert set(refused) == {statuses[-1]} == {HTTPStatus.SERVICE_UNAVAILABLE}
    assert shown == HTTPStatus.OK
    acknowledged.append(code_of(issue(client, achievement)))
    assert signed_size_of(service) == size_of(service)
    assert service.public().get("/readyz").text == "ready\n"
    for code in acknowledged:
        assert service.public().get(f"/c/{code}").status_code == HTTPStatus.OK
    audit(service)


@pytest.mark.parametrize("state", ["full", "read_only"])
def test_a_disk_that_takes_nothing_is_published_to_later(
    sqlite: SqliteDatabases, disk: SmallDisk, tmp_path: Path, state: str
) -> None:
    with sqlite.migrated() as url, running(url, tmp_path / "data") as service:
        folder = disk.folder / "published"
        publisher = LedgerPublisher(
            service.resources.store, lambda: Folder.open(folder), clock=service.clock
        )
        publisher.publish_due()
        address = folder / "ledger" / "riverside" / "2026"
        before = (address / "checkpoint").read_bytes()
        grow(service.resources, service.one.hub.number, 600)

        with {"full": disk.full, "read_only": disk.read_only}[state]():
            publisher.publish_due()
            issue(service.client())
            during = (address / "checkpoint").read_bytes()
        troubles = {log.trouble for log in publisher.standing()}
        publisher.publish_due()

        assert during == before
        assert "publishing-place-unavailable" in troubles
        assert {log.trouble for log in publisher.standing()} == {None}
        assert list((folder / INCOMING).iterdir()) == []
        (log,) = (
            log for hub, log in ledgers.logs(service.resources.store) if hub.slug == "riverside"
        )
        published = auditing_files.audit_published(
            open_reader(str(address)), auditing_files.believing_key(log.vkey), lambda _: None
        )
        auditing_files.compare(service.resources.store, published)
        assert (address / "checkpoint").read_text().split("\n")[1] == str(size_of(service))
