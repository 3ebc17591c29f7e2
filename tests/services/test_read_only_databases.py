"""Databases that are read and take no writes: a PostgreSQL that stands by, a disk turned read-only.

A disk that turns so under a running SQLite is a fault of it (``tests/crash``). Who starts on it
after that verifies, and issues nothing.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from logging import INFO
from pathlib import Path

import pytest
from httpx2 import Response
from sqlalchemy.engine import make_url
from starlette.testclient import TestClient

from credhub.config import Settings
from credhub.errors import SecondStoreUnavailableError, SequencerClosedError, StoreUnavailableError
from credhub.operator_files import audit_mark
from credhub.runtime import Runtime, open_runtime
from credhub.services import api_keys, hubs, ledgers, rollbacks, rollover
from credhub.services.api_keys import Scope
from credhub.services.audit import auditing
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.migrating import downgrade, upgrade
from credhub.store.standing import Trouble
from credhub.web.app import create_app
from tests.engines import PostgresqlDatabases, SqliteDatabases
from tests.running import (
    Service,
    code_of,
    issue,
    issue_body,
    make_member,
    publish,
    running,
    settings_for,
    unique,
)
from tests.services.stopping import Stopping
from tests.services.test_full_disks import SmallDisk, disk
from tests.store.rows import drop_guards, run

__all__ = ["disk"]

ATTEMPTS = 20


def attempt(service: Service, achievement: str) -> int:
    headers = {"idempotency-key": unique("key")}
    body = issue_body(achievement)
    return service.client().post("/v1/credentials", json=body, headers=headers).status_code


def turn(url: str, read_only: str) -> None:
    """Have every connection from now on be as one to a standby is."""
    address = make_url(url)
    run(
        address.set(database="postgres").render_as_string(hide_password=False),
        f"ALTER DATABASE {address.database} SET default_transaction_read_only = {read_only}",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"  # noqa: S608 - our own name
        f" WHERE datname = '{address.database}'",
    )


def test_a_postgresql_that_takes_no_writes_is_503_and_is_gone_on_after(
    postgresql: PostgresqlDatabases, tmp_path: Path
) -> None:
    second = f"sqlite:///{tmp_path / 'second.db'}"
    with (
        postgresql.migrated() as url,
        running(url, tmp_path / "data", second_store=second) as service,
    ):
        achievement = publish(service.client())
        code = code_of(issue(service.client(), achievement))

        turn(url, "on")
        refused = {attempt(service, achievement) for _ in range(ATTEMPTS)}
        shown = [service.public().get(f"/c/{code}").status_code for _ in range(ATTEMPTS)]
        turn(url, "off")
        after = [attempt(service, achievement) for _ in range(ATTEMPTS)]

        assert refused == {HTTPStatus.SERVICE_UNAVAILABLE}
        assert shown[-1] == HTTPStatus.OK
        assert after[-1] == HTTPStatus.CREATED
        audit(service.resources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A service that issued, ended, and has one of its databases on a disk of its own."""

    settings: Settings
    moved: Path
    token: str
    achievement: str
    code: str
    refusal: str


@pytest.fixture(params=["database", "second store"])
def moved(request: pytest.FixtureRequest) -> str:
    """Which of the two is on that disk."""
    return str(request.param)


@pytest.fixture(params=["cleanly", "killed"])
def ended(request: pytest.FixtureRequest) -> str:
    """How the process ended that wrote it."""
    return str(request.param)


@pytest.fixture
def before(
    sqlite: SqliteDatabases, disk: SmallDisk, tmp_path: Path, moved: str, ended: str
) -> Before:
    # Names that an address would have another meaning for.
    places = {"database": tmp_path / "cred #hub.db", "second store": tmp_path / "second #.db"}
    with sqlite.migrated() as url:
        shutil.copyfile(url.removeprefix("sqlite:///"), places["database"])
    with open_runtime(settings(places, tmp_path)) as runtime:
        member = make_member(runtime, "riverside")
        client = client_of(runtime, member.token)
        achievement = publish(client)
        code = code_of(issue(client, achievement))
        if ended == "killed":
            copy(places[moved], disk.folder)
    if ended == "cleanly":
        copy(places[moved], disk.folder)
    places[moved] = disk.folder / places[moved].name
    assert has_log(places[moved]) == (ended == "killed")
    return Before(
        settings=settings(places, tmp_path),
        moved=places[moved],
        token=member.token,
        achievement=achievement,
        code=code,
        refusal={"database": "store-unavailable", "second store": "second-store-unavailable"}[
            moved
        ],
    )


def settings(places: dict[str, Path], tmp_path: Path) -> Settings:
    return settings_for(
        f"sqlite:///{places['database']}",
        tmp_path / "data",
        second_store=f"sqlite:///{places['second store']}",
    )


def copy(database: Path, folder: Path) -> None:
    """Copy what a kill would leave now, by a process whose closing of files drops no lock of us."""
    files = sorted(database.parent.glob(f"{database.name}*"))
    subprocess.run([shutil.which("cp") or "", *files, folder], check=True)  # noqa: S603 - our own command line


def has_log(database: Path) -> bool:
    return database.with_name(f"{database.name}-wal").exists()


@contextmanager
def started(before: Before, faults: list[BaseException]) -> Iterator[Runtime]:
    """Start as the command does."""
    upgrade(before.settings.database, on_disk_fault=faults.append)
    with open_runtime(before.settings, on_disk_fault=faults.append) as runtime:
        yield runtime


def client_of(runtime: Runtime, token: str) -> TestClient:
    headers = {"authorization": f"Bearer {token}"}
    return TestClient(create_app(runtime), base_url=runtime.settings.origin, headers=headers)


def ask_to_issue(client: TestClient, before: Before) -> Response:
    headers = {"idempotency-key": unique("key")}
    return client.post("/v1/credentials", json=issue_body(before.achievement), headers=headers)


def audit(resources: Resources) -> None:
    for _, log in ledgers.logs(resources.store):
        auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)


def test_r09_on_a_read_only_disk_it_starts_verifies_and_issues_nothing(
    disk: SmallDisk, before: Before, moved: str, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[BaseException] = []
    sentence = (
        f"Nothing can be issued or changed, because the {moved} is on a read-only disk: when it"
        " can be written, start the service again."
    )

    with disk.read_only(), started(before, faults) as runtime:
        client = client_of(runtime, before.token)
        log = f"/ledger/riverside/{ledgers.logs(runtime.resources.store)[0][1].log}"
        shown = client.get(f"/c/{before.code}", headers={"accept": "application/json"})
        statuses = {
            path: client.get(path).status_code
            for path in (
                f"/c/{before.code}",
                f"/c/{before.code}?format=receipt",
                f"{log}/checkpoint",
                f"{log}/tile/entries/000.p/{size_of(runtime)}",
                "/hubs/riverside/status/1",
            )
        }
        refused = [ask_to_issue(client, before) for _ in range(ATTEMPTS)]
        ready = client.get("/readyz")
        audit(runtime.resources)

    assert shown.json()["verdict"] == "valid"
    assert set(statuses.values()) == {HTTPStatus.OK}, statuses
    assert {answer.status_code for answer in refused} == {HTTPStatus.SERVICE_UNAVAILABLE}
    assert {answer.json()["code"] for answer in refused} == {before.refusal}
    assert (ready.status_code, ready.text) == (HTTPStatus.OK, f"ready\n{sentence}\n")
    assert [record.getMessage() for record in caplog.records if record.levelno > INFO] == [sentence]
    assert faults == []


def test_r09_when_the_disk_can_be_written_a_start_goes_on(disk: SmallDisk, before: Before) -> None:
    faults: list[BaseException] = []
    with disk.read_only(), started(before, faults) as runtime:
        size = size_of(runtime)
        ask_to_issue(client_of(runtime, before.token), before)

    with started(before, faults) as runtime:
        client = client_of(runtime, before.token)
        assert size_of(runtime) == size
        assert client.get("/readyz").text == "ready\n"
        assert ask_to_issue(client, before).status_code == HTTPStatus.CREATED
        assert client.get(f"/c/{before.code}").status_code == HTTPStatus.OK
        audit(runtime.resources)

    assert faults == []


@pytest.mark.parametrize("moved", ["database"], indirect=True)
def test_r09_what_is_not_ledgered_is_refused_alike(disk: SmallDisk, before: Before) -> None:
    faults: list[BaseException] = []
    with disk.read_only(), started(before, faults) as runtime:
        hub = hub_of(runtime)

        with pytest.raises(StoreUnavailableError):
            api_keys.create(runtime.resources, hub.number, label="x", scopes=tuple(Scope))
        with pytest.raises(StoreUnavailableError):
            make_member(runtime, "hilltop")
        with pytest.raises(StoreUnavailableError):
            rollover.roll(runtime.resources, hub)
        with pytest.raises(StoreUnavailableError):
            downgrade(before.settings.database, "0001")

    assert faults == []


@pytest.mark.parametrize("moved", ["database"], indirect=True)
@pytest.mark.parametrize("ended", ["cleanly"], indirect=True)
def test_r09_what_a_crash_left_between_two_logs_waits_too(
    disk: SmallDisk, before: Before, tmp_path: Path
) -> None:
    with started(before, []) as runtime:
        stopping = Stopping(runtime.resources.sequencer)
        with pytest.raises(SequencerClosedError):
            rollover.roll(replace(runtime.resources, sequencer=stopping), hub_of(runtime))  # type: ignore[arg-type]  # a double
    second = (tmp_path / "second #.db").read_bytes()

    with disk.read_only(), started(before, []) as runtime:
        with pytest.raises(StoreUnavailableError):
            rollover.roll(runtime.resources, hub_of(runtime))
        with pytest.raises(StoreUnavailableError):
            rollbacks.accept(runtime.resources, hub_of(runtime), actor="x", reason="y")

    assert (tmp_path / "second #.db").read_bytes() == second
    with started(before, []) as runtime:
        assert ask_to_issue(client_of(runtime, before.token), before).status_code == 201
        audit(runtime.resources)


@pytest.mark.parametrize("ended", ["cleanly"], indirect=True)
def test_r09_a_mark_of_a_fault_stays_as_long_as_the_disk_is_read_only(
    disk: SmallDisk, before: Before, caplog: pytest.LogCaptureFixture
) -> None:
    mark = audit_mark(before.settings)
    mark.leave("disk I/O error")

    with disk.read_only(), started(before, []):
        assert mark.found()
    assert "are sound" not in caplog.text

    with started(before, []):
        assert not mark.found()
    assert "are sound" in caplog.text


@pytest.mark.parametrize("ended", ["cleanly"], indirect=True)
def test_r09_a_read_only_disk_may_have_taken_no_mark_so_the_ledgers_are_audited(
    disk: SmallDisk, before: Before
) -> None:
    database = before.settings.database
    drop_guards(database, "ledger_entry")
    run(database, "UPDATE ledger_entry SET time_ms = time_ms + 1 WHERE seq = 1")

    with disk.read_only(), started(before, []) as runtime:
        (standing,) = runtime.resources.sequencer.refused
        shown = client_of(runtime, before.token).get("/readyz").text

    assert standing.trouble is Trouble.UNSOUND
    assert "takes no entries" in shown


@pytest.mark.parametrize("ended", ["cleanly"], indirect=True)
def test_r09_what_a_crash_left_is_signed_by_the_first_start_that_can(
    disk: SmallDisk, before: Before
) -> None:
    drop_guards(before.settings.database, "ledger_checkpoint")
    run(before.settings.database, "DELETE FROM ledger_checkpoint WHERE size > 1")
    run(before.settings.second_store_url, "DELETE FROM credhub_second_store")

    with disk.read_only(), started(before, []) as runtime:
        size, signed, elsewhere = size_of(runtime), signed_size_of(runtime), published_by(runtime)
    assert signed < size
    assert elsewhere is None

    with started(before, []) as runtime:
        assert signed_size_of(runtime) == size_of(runtime) == size
        assert published_by(runtime) is not None


@pytest.mark.parametrize("ended", ["killed"], indirect=True)
def test_r09_a_log_that_sqlite_cannot_read_is_not_passed_over(
    disk: SmallDisk, before: Before, moved: str
) -> None:
    faults: list[BaseException] = []
    before.moved.with_name(f"{before.moved.name}-shm").unlink()

    with disk.read_only():
        if moved == "database":
            with pytest.raises(StoreUnavailableError), started(before, faults):
                pass
        else:
            with started(before, faults) as runtime:
                assert runtime.resources.sequencer.blocked

    assert faults == []
    with started(before, faults) as runtime:
        assert (
            ask_to_issue(client_of(runtime, before.token), before).status_code == HTTPStatus.CREATED
        )


@pytest.mark.parametrize("ended", ["cleanly"], indirect=True)
def test_r09_nothing_is_made_on_a_read_only_disk(
    disk: SmallDisk, before: Before, moved: str
) -> None:
    before.moved.unlink()
    refusal = {"database": StoreUnavailableError, "second store": SecondStoreUnavailableError}[
        moved
    ]

    with disk.read_only(), pytest.raises(refusal), started(before, []):
        pass


def hub_of(runtime: Runtime) -> Hub:
    return hubs.find(runtime.resources, "riverside")


def size_of(runtime: Runtime) -> int:
    with runtime.resources.store.read() as tx:
        (log,) = tx.ledger.all_logs()
        return tx.ledger.head(log.hub, log.log).size


def signed_size_of(runtime: Runtime) -> int:
    with runtime.resources.store.read() as tx:
        (log,) = tx.ledger.all_logs()
        latest = tx.ledger.latest_checkpoint(log.hub, log.log)
    return 0 if latest is None else latest.size


def published_by(runtime: Runtime) -> str | None:
    ((_, log),) = ledgers.logs(runtime.resources.store)
    return runtime.resources.second_store.read(f"log/{log.vkey}")
