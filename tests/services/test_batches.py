"""Batches: every row by itself, none twice, and nothing of them stays that should not."""

import pytest

from credhub.services import auditing, ledgers, reading
from credhub.store.batches import Ending, Outcome
from credhub.store.hubs import HubNumber
from tests.running import Service, make_member, unique
from tests.services.batching import counts, read, results, rows_of, send, work_off
from tests.services.ordering import publish


@pytest.fixture
def hub(service_on_each: Service) -> HubNumber:
    """A new hub, so that keys are free."""
    return make_member(service_on_each.runtime, unique("batch")).hub.number


@pytest.fixture
def achievement(service_on_each: Service, hub: HubNumber) -> str:
    return publish(service_on_each.resources, hub).achievement_id


def test_every_row_becomes_a_credential(
    service_on_each: Service, hub: HubNumber, achievement: str
) -> None:
    resources = service_on_each.resources
    batch = send(resources, hub, achievement, rows_of(1200))

    assert read(resources, batch).is_open
    assert work_off(resources) == 3

    ended = read(resources, batch)
    assert ended.ending is Ending.FINISHED
    assert counts(resources, batch) == {Outcome.ISSUED: 1200}
    told = results(resources, batch)
    assert [it.result.row for it in told] == list(range(1, 1201))
    opened = reading.by_id(resources, hub, str(told[16].result.credential_id))
    assert b"Learner 17" in opened.signed
    for _, log in ledgers.logs(resources.store):
        if log.hub == hub:
            auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)
