"""``/metrics``, when the operator wants it: the ledgers, and what batches wait.

No personal data, no secret; but whoever reads it learns how much a hub issues, so it is off by
default.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, HTTPException
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.responses import Response

from credhub.jobs.witnessing import WitnessStanding
from credhub.runtime import Runtime
from credhub.services import quorums
from credhub.services.resources import Resources
from credhub.web.dependencies import RuntimeDep
from credhub.web.public.batch_metrics import of_batches

_LOG: Final = ("log",)
_WITNESS: Final = ("witness",)

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
def read_metrics(runtime: RuntimeDep) -> Response:
    """Measure now."""
    if not runtime.settings.metrics:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(RuntimeCollector(runtime))
    return Response(
        generate_latest(registry),
        headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"},
    )


class RuntimeCollector(Collector):
    """Everything that is measured, from one runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        """Measure: each number as it is now."""
        resources = self._runtime.resources
        now = resources.clock()
        yield _gauge(
            "units_waiting", "Units that wait to be recorded.", resources.sequencer.waiting
        )
        refused = len(resources.sequencer.refused)
        yield _gauge("logs_refused", "Logs that take no entries.", refused)
        yield from _logs(resources, now)
        yield from _witnesses(self._runtime.witness_asker.standing())
        yield from _published(self._runtime, now)
        yield from of_batches(resources, now)


def _logs(resources: Resources, now: datetime) -> Iterator[Metric]:
    size = _per_log("checkpoint_size", "Entries under the newest checkpoint.")
    age = _per_log("checkpoint_age_seconds", "Age of the newest checkpoint.")
    seen = _per_log("quorum_size", "Entries that a quorum of witnesses saw.")
    quorum_age = _per_log("quorum_age_seconds", "Age of the newest quorum.")
    pending = _per_log("quorum_pending_seconds", "How long growth has waited for a quorum.")
    with resources.store.read() as tx:
        for log in tx.ledger.all_logs():
            row = tx.ledger.latest_checkpoint(log.hub, log.log)
            if row is None:
                continue
            label = [log.origin]
            size.add_metric(label, row.size)
            age.add_metric(label, max(0.0, now.timestamp() - row.signed_ms / 1000))
            if resources.witness_policy.witnesses:
                quorum = quorums.of_log(
                    tx, resources.witness_policy, log, unmet=resources.unmet_quorums
                )
                seen.add_metric(label, quorum.size)
                if quorum.met_at is not None:
                    quorum_age.add_metric(label, _seconds(now, quorum.met_at))
                pending.add_metric(label, _seconds(now, quorum.pending_since))
    yield from (size, age, seen, quorum_age, pending)


def _witnesses(standings: Iterable[WitnessStanding]) -> Iterator[Metric]:
    failures = CounterMetricFamily(
        "credhub_witness_failures", "How often a witness failed.", labels=_WITNESS
    )
    ahead = GaugeMetricFamily(
        "credhub_witness_ahead", "Logs of which a witness saw more than we have.", labels=_WITNESS
    )
    for standing in standings:
        failures.add_metric([standing.name], standing.failures)
        ahead.add_metric([standing.name], len(standing.ahead))
    yield from (failures, ahead)


def _published(runtime: Runtime, now: datetime) -> Iterator[Metric]:
    published = _per_log("published_size", "Entries in the published files.")
    age = _per_log("published_age_seconds", "How long ago the published files were complete.")
    trouble = _per_log("publication_trouble", "1 while a log cannot be published, else 0.")
    if runtime.ledger_publisher is not None:
        for standing in runtime.ledger_publisher.standing():
            label = [standing.origin]
            published.add_metric(label, standing.size)
            trouble.add_metric(label, standing.trouble is not None)
            if standing.at is not None:
                age.add_metric(label, _seconds(now, standing.at))
    yield from (published, age, trouble)


def _seconds(now: datetime, since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"credhub_{name}", text, value=value)


def _per_log(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"credhub_{name}", text, labels=_LOG)
