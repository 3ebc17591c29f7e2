"""Databases that are read and take no writes: a PostgreSQL that stands by, a disk turned read-only.

A disk that turns so under a running SQLite is a fault of it (``tests/crash``).
"""

import shutil
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from credhub.config import Settings
from credhub.errors import SecondStoreUnavailableError, StoreUnavailableError
from credhub.runtime import open_runtime
from credhub.services import auditing, ledgers
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
from tests.services.ordering import issue as issue_in
from tests.services.test_full_disks import SmallDisk, disk
from tests.store.rows import run

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
        for _, log in ledgers.logs(service.resources.store):
            auditing.audit(
                service.resources.store,
                service.resources.keyring,
                log,
                advance=lambda _: None,
            )


@pytest.fixture
def places(sqlite: SqliteDatabases, tmp_path: Path) -> dict[str, Path]:
    """Where the database and the second store are."""
    with sqlite.migrated() as url:
        shutil.copyfile(url.removeprefix("sqlite:///"), tmp_path / "credhub.db")
    return {"database": tmp_path / "credhub.db", "second store": tmp_path / "second.db"}


@pytest.mark.parametrize(
    ("moved", "refusal"),
    [("database", StoreUnavailableError), ("second store", SecondStoreUnavailableError)],
)
def test_nothing_starts_on_a_read_only_disk_and_all_is_there_after(
    disk: SmallDisk,
    places: dict[str, Path],
    tmp_path: Path,
    moved: str,
    refusal: type[Exception],
) -> None:
    faults: list[BaseException] = []
    first = settings(places, tmp_path)
    with open_runtime(first) as runtime:
        hub = make_member(runtime, "riverside").hub.number
        issue_in(runtime.resources, hub)
    places[moved] = Path(shutil.move(places[moved], disk.folder))
    there = settings(places, tmp_path)

    with (
        disk.read_only(),
        pytest.raises(refusal),
        open_runtime(there, on_disk_fault=faults.append),
    ):
        pass

    assert faults == []
    with open_runtime(there) as runtime:
        assert runtime.resources.sequencer.refused == ()
        issue_in(runtime.resources, hub)


def settings(places: dict[str, Path], tmp_path: Path) -> Settings:
    return settings_for(
        f"sqlite:///{places['database']}",
        tmp_path / "data",
        second_store=f"sqlite:///{places['second store']}",
    )
