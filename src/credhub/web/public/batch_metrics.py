"""What ``/metrics`` says of batches: all hubs together, so that it names nobody."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from credhub.services.resources import Resources
from credhub.store.batch_load import BatchLoad


def of_batches(resources: Resources, now: datetime) -> Iterator[Metric]:
    """Measure what is left to do."""
    with resources.store.read() as tx:
        load = tx.batch_loads.now(now)
    yield _by_state(
        "batches", "Batches that are not done.", queued=load.queued, running=load.running
    )
    yield _by_state(
        "batch_parts", "Parts of these batches.", waiting=load.parts, running=load.parts_taken
    )
    yield _gauge("batch_rows_waiting", "Rows of these parts.", load.rows)
    yield _gauge("batch_oldest_seconds", "Age of the oldest of these batches.", _age(load, now))
    failed = CounterMetricFamily("credhub_batches_failed", "Batches that ended in faults of ours.")
    failed.add_metric([], load.failed)
    yield failed


def _age(load: BatchLoad, now: datetime) -> float:
    return 0.0 if load.oldest_at is None else max(0.0, (now - load.oldest_at).total_seconds())


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"credhub_{name}", text, value=value)


def _by_state(name: str, text: str, **values: int) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(f"credhub_{name}", text, labels=("state",))
    for state, value in values.items():
        gauge.add_metric([state], value)
    return gauge
