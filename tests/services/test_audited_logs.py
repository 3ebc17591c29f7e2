"""The audit across the logs of a hub: each goes on from the one before, and says how it ended."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, update

from credhub.errors import LedgerFaultError
from credhub.services import ledgers, revoking, rollover, status_lists
from credhub.services.audit import auditing
from credhub.store.tables import ledger_log
from tests.engines import ENGINES, Databases
from tests.running import Service, running
from tests.services.ordering import issue
from tests.store.rows import as_owner, drop_guards


@pytest.fixture(scope="module", params=ENGINES)
def rolled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A hub with two ended logs and an open one, in a database without guards."""
    databases: Databases = request.getfixturevalue(request.param)
    with databases.migrated() as url, running(url, tmp_path_factory.mktemp("data")) as service:
        number = service.one.hub.number
        made = issue(service.resources, number)
        rollover.roll(service.resources, service.one.hub)
        issue(service.resources, number)
        revoking.revoke(service.resources, number, made, actor="me", reason="A test.")
        status_lists.publish(service.resources, service.one.hub, 1)
        rollover.roll(service.resources, service.one.hub)
        issue(service.resources, number)
        drop_guards(url)
        yield service


def faults(service: Service) -> list[tuple[str, str, str | None]]:
    """Audit every log of the first hub, and give log, table and column of what is found."""
    found = []
    for hub, log in ledgers.logs(service.resources.store):
        if hub.number == service.one.hub.number:
            try:
                auditing.audit(
                    service.resources.store,
                    service.resources.keyring,
                    log,
                    advance=lambda _: None,
                )
            except LedgerFaultError as fault:
                found.append((log.log, fault.table, fault.column))
    return found


def labels(service: Service) -> list[str]:
    with service.resources.store.read() as tx:
        return [log.log for log in tx.ledger.logs(service.one.hub.number)]


def change(service: Service, label: str, **to: object) -> None:
    place = (ledger_log.c.hub_id == service.one.hub.number) & (ledger_log.c.log == label)
    with as_owner(service.runtime.settings.database) as connection:
        connection.execute(update(ledger_log).where(place).values(to))


def frozen_ms(service: Service, label: str) -> int:
    with service.resources.store.read() as tx:
        log = tx.ledger.log(service.one.hub.number, label)
    assert log is not None
    assert log.frozen_at is not None
    return int(log.frozen_at.timestamp() * 1000)


def test_a_hub_with_three_logs_is_sound(rolled: Service) -> None:
    assert labels(rolled) == ["2026", "2026-2", "2026-3"]
    assert faults(rolled) == []


def test_t81_a_log_that_ended_at_another_time_is_named(rolled: Service) -> None:
    before = frozen_ms(rolled, "2026")
    change(rolled, "2026", frozen_ms=before + 5000)
    try:
        assert faults(rolled) == [("2026", "ledger_log", "frozen_ms")]
    finally:
        change(rolled, "2026", frozen_ms=before)


def test_t81_an_open_log_that_is_said_to_have_ended_is_named(rolled: Service) -> None:
    change(rolled, "2026-3", frozen_ms=frozen_ms(rolled, "2026"))
    try:
        assert faults(rolled) == [("2026-3", "ledger_log", "frozen_ms")]
    finally:
        change(rolled, "2026-3", frozen_ms=None)


def test_t81_a_log_that_is_gone_is_missed_by_the_next_one(rolled: Service) -> None:
    place = (ledger_log.c.hub_id == rolled.one.hub.number) & (ledger_log.c.log == "2026")
    with as_owner(rolled.runtime.settings.database) as connection:
        row = connection.execute(ledger_log.select().where(place)).mappings().one()
        connection.execute(delete(ledger_log).where(place))
    try:
        assert ("2026-2", "ledger_entry", "entry") in faults(rolled)
    finally:
        with as_owner(rolled.runtime.settings.database) as connection:
            connection.execute(ledger_log.insert(), dict(row))
