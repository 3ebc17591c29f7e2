"""Batches of a hub whose log takes no entries: nothing is tried in vain, and nothing is lost."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from credhub.errors import RollbackDetectedError
from credhub.jobs.batch_working import work_once
from credhub.services import hubs
from credhub.services.hubs import NewHub
from credhub.store.batch_results import Outcome
from credhub.store.hubs import HubNumber
from tests.engines import Databases
from tests.running import unique
from tests.services.batching import counts, row_of, rows_of, send, work_off
from tests.services.ordering import publish
from tests.services.test_rollbacks import Restored, restored_on


@pytest.fixture
def restored(databases: Databases, tmp_path: Path) -> Iterator[Restored]:
    with restored_on(databases, tmp_path / "data") as service:
        yield service


def test_r15_a_batch_of_a_refused_hub_is_not_tried_and_goes_on_when_that_is_over(
    restored: Restored,
) -> None:
    resources, hub = restored.resources, restored.hub.number
    batch = send(resources, hub, restored.achievement, rows_of(4), rows_at_once=2)
    drawn: list[int] = []

    def random(length: int) -> bytes:
        drawn.append(length)
        return resources.random(length)

    for _ in range(3):
        assert work_once(replace(resources, random=random)) is None
    assert drawn == [], "no credential was prepared"
    assert counts(resources, batch) == {}

    restored.accept()

    # At once: no part has to wait for the end of a pause.
    assert work_off(resources) == 2
    assert counts(resources, batch) == {Outcome.ISSUED: 4}


def make_hub(restored: Restored) -> HubNumber:
    new = NewHub(slug=unique("batch"), name="Another hub", base_url=restored.hub.base_url)
    return hubs.create(restored.resources, new).number


def test_r15_a_refused_hub_keeps_no_other_waiting(restored: Restored) -> None:
    resources = restored.resources
    other = make_hub(restored)
    send(resources, restored.hub.number, restored.achievement, rows_of(2))
    batch = send(resources, other, publish(resources, other).achievement_id, [row_of(1)])

    assert work_off(resources) == 1

    assert counts(resources, batch) == {Outcome.ISSUED: 1}


def test_r15_whoever_works_for_one_batch_is_told_why_it_waits(restored: Restored) -> None:
    resources, hub = restored.resources, restored.hub.number
    batch = send(resources, hub, restored.achievement, rows_of(1))

    with pytest.raises(RollbackDetectedError):
        work_once(resources, batch=(hub, batch.batch_id))
