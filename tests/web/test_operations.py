"""``/readyz`` and ``/metrics``: what whoever runs the service should know."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from credhub.services import witnessing
from tests.cosigned import WITNESS, cosign_newest
from tests.engines import Databases, SqliteDatabases
from tests.running import Service, issue, running


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
