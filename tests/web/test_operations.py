"""``/readyz`` and ``/metrics``: what whoever runs the service should know."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from credhub.jobs.batch_working import work_once
from credhub.services import witnessing
from credhub.store.batches import Ending
from tests.cosigned import WITNESS, cosign_newest
from tests.engines import Databases, SqliteDatabases
from tests.running import Service, issue, running
from tests.services.batching import rows_of, send, work_off
from tests.services.ordering import publish


@pytest.fixture
def asking(sqlite: SqliteDatabases, tmp_path: Path) -> Iterator[Service]:
    """A service with metrics that asks a witness who never answers."""
    with sqlite.migrated() as url:
        yield from asking_on(url, tmp_path)


def asking_on(url: str, folder: Path) -> Iterator[Service]:
    policy, published = folder / "policy", folder / "published"
    policy.write_text(f"witness w {WITNESS.text()} http://127.0.0.1:9/witness\nquorum w\n")
    with running(
        url, folder / "data", witness_policy=policy, metrics=True, publish_to=str(published)
    ) as service:
        yield service


def ready(service: Service) -> list[str]:
    answer = service.public().get("/readyz")
    assert answer.status_code == 200
    return answer.text.splitlines()


def test_a_quorum_is_old_when_growth_waits_for_ten_minutes(asking: Service) -> None:
    assert ready(asking) == ["ready"]

    asking.clock.move(minutes=9)
    assert ready(asking) == ["ready"]
    asking.clock.move(minutes=2)
    first, *waiting = ready(asking)
    assert (first, len(waiting)) == ("ready", 2)
    assert waiting[0].endswith("/riverside/2026 has waited 11 minutes for a quorum of witnesses.")

    cosign_newest(asking.resources.store)
    asking.clock.move(days=1)
    assert ready(asking) == ["ready"]
    issue(asking.client())
    assert ready(asking) == ["ready"]
    asking.clock.move(minutes=11)
    assert len(ready(asking)) == 2


def measured(service: Service) -> Mapping[tuple[str, str], float]:
    answer = service.public().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_sizes_and_ages_are_measured(asking: Service) -> None:
    origin = "127.0.0.1:8000/ledger/riverside/2026"
    cosign_newest(asking.resources.store)
    issue(asking.client())
    asking.clock.move(minutes=1)
    asking.runtime.witness_asker.round()
    assert asking.runtime.ledger_publisher is not None
    asking.runtime.ledger_publisher.publish_due()

    found = measured(asking)

    sizes = {
        target.log.origin: target.size for target in witnessing.targets(asking.resources.store)
    }
    assert found["credhub_checkpoint_size", origin] == sizes[origin]
    assert found["credhub_published_size", origin] == sizes[origin]
    assert 0 < found["credhub_quorum_size", origin] < sizes[origin]
    assert 59 < found["credhub_checkpoint_age_seconds", origin] < 70
    assert 59 < found["credhub_quorum_pending_seconds", origin] < 70
    assert 59 < found["credhub_quorum_age_seconds", origin] < 70
    assert found["credhub_units_waiting", ""] == 0
    assert found["credhub_logs_refused", ""] == 0
    assert found["credhub_witness_failures_total", "witness.example"] == 1
    assert found["credhub_witness_ahead", "witness.example"] == 0


def test_a_publication_that_is_refused_is_said_and_measured(
    asking: Service, tmp_path: Path
) -> None:
    origin = "127.0.0.1:8000/ledger/riverside/2026"
    assert asking.runtime.ledger_publisher is not None
    asking.runtime.ledger_publisher.publish_due()
    asking.clock.move(minutes=3)
    assert ready(asking) == ["ready"]
    found = measured(asking)
    assert found["credhub_publication_trouble", origin] == 0
    assert 179 < found["credhub_published_age_seconds", origin] < 190

    (tmp_path / "published/ledger/riverside/2026/checkpoint").write_text("another history\n")
    issue(asking.client())
    asking.runtime.ledger_publisher.publish_due()

    assert ready(asking) == ["ready", f"{origin} is not published: publication-refused."]
    assert measured(asking)["credhub_publication_trouble", origin] == 1


@pytest.fixture
def busy(databases: Databases, tmp_path: Path) -> Iterator[Service]:
    """A service with metrics and without workers."""
    with (
        databases.migrated() as url,
        running(url, tmp_path, metrics=True, batch_workers=0) as service,
    ):
        yield service


def of_batches(service: Service) -> list[float]:
    found = measured(service)
    return [found[name] for name in _OF_BATCHES]


_OF_BATCHES = (
    ("credhub_batches", "queued"),
    ("credhub_batches", "running"),
    ("credhub_batch_parts", "waiting"),
    ("credhub_batch_parts", "running"),
    ("credhub_batch_rows_waiting", ""),
    ("credhub_batches_failed_total", ""),
)


def test_what_batches_have_left_to_do_is_measured(busy: Service) -> None:
    resources, hub = busy.resources, busy.one.hub.number
    achievement = publish(resources, hub).achievement_id
    assert of_batches(busy) == [0, 0, 0, 0, 0, 0]
    assert measured(busy)["credhub_batch_oldest_seconds", ""] == 0

    one = send(resources, hub, achievement, rows_of(5), rows_at_once=2)
    busy.clock.move(minutes=1)
    send(resources, hub, achievement, rows_of(3))
    assert of_batches(busy) == [2, 0, 4, 0, 8, 0]
    assert 59 < measured(busy)["credhub_batch_oldest_seconds", ""] < 70

    with resources.store.begin() as tx:
        now = resources.clock()
        assert tx.batch_queue.take(hub, now=now, until=now + timedelta(seconds=30)) is not None
        tx.batches.start(hub, one.batch_id, now)
    assert of_batches(busy) == [1, 1, 3, 1, 8, 0]
    busy.clock.move(minutes=1)
    assert of_batches(busy) == [1, 1, 4, 0, 8, 0]

    work_off(resources)
    assert of_batches(busy) == [0, 0, 0, 0, 0, 0]
    assert measured(busy)["credhub_batch_oldest_seconds", ""] == 0


def test_batches_that_failed_are_counted_and_cancelled_ones_are_not(busy: Service) -> None:
    resources, hub = busy.resources, busy.one.hub.number
    achievement = publish(resources, hub).achievement_id
    one, other = (send(resources, hub, achievement, rows_of(2)) for _ in range(2))

    with resources.store.begin() as tx:
        tx.batches.end(hub, one.batch_id, Ending.FAILED, resources.clock())
        tx.batches.end(hub, other.batch_id, Ending.CANCELLED, resources.clock())

    assert of_batches(busy) == [0, 0, 0, 0, 0, 1]


def test_batches_that_wait_for_a_worker_are_said_after_ten_minutes(busy: Service) -> None:
    resources, hub, other = busy.resources, busy.one.hub.number, busy.other.hub.number
    send(resources, hub, publish(resources, hub).achievement_id, rows_of(4), rows_at_once=2)
    busy.clock.move(minutes=9)
    assert ready(busy) == ["ready"]
    busy.clock.move(minutes=2)
    assert ready(busy) == ["ready", "Batches have waited 11 minutes for a worker."]

    # One part is issued, so somebody works; a worker that is killed shows by what it leaves.
    assert work_once(resources) is not None
    assert ready(busy) == ["ready"]
    with resources.store.begin() as tx:
        now = resources.clock()
        assert tx.batch_queue.take(hub, now=now, until=now + timedelta(seconds=30)) is not None
    busy.clock.move(minutes=10)
    assert ready(busy) == ["ready"]
    busy.clock.move(minutes=1)
    assert ready(busy) == ["ready", "Batches have waited 10 minutes for a worker."]

    work_off(resources)
    send(resources, other, publish(resources, other).achievement_id, rows_of(1))
    assert ready(busy) == ["ready"]


def test_nobody_is_in_the_metrics(asking: Service) -> None:
    issue(asking.client(), recipient={"name": "Amélie Dubois", "email": "amelie@mail.example"})

    text = asking.public().get("/metrics").text

    assert "melie" not in text.lower()
    assert asking.one.hub.name not in text


def test_metrics_are_off_unless_they_are_asked_for(service: Service) -> None:
    assert service.public().get("/metrics").status_code == 404


def test_without_witnesses_there_is_no_quorum_to_measure(
    databases: Databases, tmp_path: Path
) -> None:
    with databases.migrated() as url, running(url, tmp_path, metrics=True) as service:
        issue(service.client())
        service.clock.move(days=1)

        assert ready(service) == ["ready"]
        assert not [name for name, _ in measured(service) if "quorum" in name]
