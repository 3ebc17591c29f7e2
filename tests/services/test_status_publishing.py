"""The loop that publishes status lists."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import update
from structlog.testing import capture_logs

from credhub.jobs.status_publishing import StatusPublisher
from credhub.services import revoking, status_lists
from credhub.services.resources import Resources
from credhub.store.tables import signing_key
from tests.engines import SqliteDatabases
from tests.running import Service, running
from tests.services.ordering import issue


def test_what_an_earlier_process_left_is_published_at_the_start(fresh_service: Service) -> None:
    hub, resources = fresh_service.one.hub, fresh_service.resources
    made = issue(resources, hub.number)
    revoking.revoke(resources, hub.number, made, actor="key", reason="annulled")
    before = status_lists.newest(resources, hub, 1).version

    publisher = StatusPublisher(resources)
    publisher.start()
    wait_until_published(resources, fresh_service, before)
    publisher.close()


def test_a_nudge_publishes_a_revocation(fresh_service: Service) -> None:
    hub, resources = fresh_service.one.hub, fresh_service.resources
    publisher = fresh_service.runtime.status_publisher
    publisher.start()
    before = status_lists.newest(resources, hub, 1).version
    made = issue(resources, hub.number)
    revoking.revoke(resources, hub.number, made, actor="key", reason="annulled")

    publisher.nudge()

    wait_until_published(resources, fresh_service, before)
    publisher.close()


def test_what_never_began_ends_at_once(service: Service) -> None:
    StatusPublisher(service.resources).close()


def test_a_list_that_cannot_be_published_keeps_no_other_waiting(fresh_service: Service) -> None:
    resources, blocked = fresh_service.resources, fresh_service.other.hub
    before = status_lists.newest(resources, blocked, 1).version
    for member in (fresh_service.one, fresh_service.other):
        made = issue(resources, member.hub.number)
        revoking.revoke(resources, member.hub.number, made, actor="key", reason="annulled")
    own = (signing_key.c.hub_id == fresh_service.one.hub.number) & (signing_key.c.key_id == "key-1")
    with resources.store.connect_to_write() as connection:
        connection.execute(update(signing_key).where(own).values(retired_ms=0))
    resources.keyring.forget(fresh_service.one.hub.number)
    publisher = StatusPublisher(resources)

    with capture_logs() as logged:
        publisher.start()
        while status_lists.newest(resources, blocked, 1).version == before:
            pass
        publisher.close()

    assert logged[0]["event"] == "status list not published"
    assert (logged[0]["hub"], logged[0]["error"]) == ("riverside", "KeyStoreError")


def test_whatever_is_raised_the_next_round_is_tried(fresh_service: Service) -> None:
    hub, resources = fresh_service.one.hub, fresh_service.resources
    made = issue(resources, hub.number)
    revoking.revoke(resources, hub.number, made, actor="key", reason="annulled")
    errors = [OSError("no clock"), ValueError("no time")]

    def clock() -> datetime:
        if errors:
            raise errors.pop()
        return fresh_service.clock()

    before = status_lists.newest(resources, hub, 1).version
    publisher = StatusPublisher(fresh_service.with_resources(clock=clock))
    with capture_logs() as logged:
        publisher.start()
        while status_lists.newest(resources, hub, 1).version == before:
            publisher.nudge()
        publisher.close()

    assert {entry["error"] for entry in logged} == {"OSError", "ValueError"}


def test_a_database_that_is_away_ends_nothing(sqlite: SqliteDatabases, tmp_path: Path) -> None:
    with sqlite.migrated() as url, running(url, tmp_path / "data") as service:
        publisher = StatusPublisher(service.resources)
        database = Path(url.removeprefix("sqlite:///"))
        service.resources.store.close()
        away = database.with_name("away.db")
        database.rename(away)

        with capture_logs() as logged:
            publisher.start()
            while len(logged) < 2:
                publisher.nudge()
            publisher.close()
        database.unlink()
        away.rename(database)

    assert {entry["event"] for entry in logged} == {"status lists not found"}


def wait_until_published(resources: Resources, service: Service, before: int) -> None:
    while status_lists.newest(resources, service.one.hub, 1).version == before:
        pass
