"""Issuing single credentials over HTTP: durable, in the ledger, with a receipt in the answer."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from benchmarks import engines
from benchmarks.client import measure
from benchmarks.deployed import Deployed, deployed
from benchmarks.effort import Effort
from benchmarks.figures import Figures, Row, Table, ratio
from benchmarks.load import Load

CONNECTIONS: Final = (1, 32)

_MOST_PER_SECOND: Final = 1500


def issuing(effort: Effort) -> Iterator[Table]:
    """Measure on both engines, with the lightest route of the same service beside it."""
    rows: list[Row] = []
    for engine in engines.NAMES:
        with engines.migrated(engine) as url, deployed(url) as service:
            for connections in CONNECTIONS:
                rows += _rows(engine, service, connections, effort)
    yield Table(
        title="Issue one credential over HTTP",
        columns=("what", "connections", "per second", "p50 ms", "p99 ms", "of /healthz", "client"),
        rows=tuple(rows),
        note="`client` is the share of one core that the client took.",
    )


def _rows(engine: str, service: Deployed, connections: int, effort: Effort) -> tuple[Row, Row]:
    bare = measure(
        Load(
            port=service.port,
            requests=[service.request("GET /healthz")],
            connections=connections,
            warm_up=effort.warm_up,
            seconds=effort.short,
        )
    )
    most = int((effort.warm_up + effort.seconds) * _MOST_PER_SECOND)
    issued = measure(
        Load(
            port=service.port,
            requests=[service.issue_request() for _ in range(most)],
            connections=connections,
            warm_up=effort.warm_up,
            seconds=effort.seconds,
            repeat=False,
            expected=HTTPStatus.CREATED,
        )
    )

    def row(what: str, figures: Figures, share: float) -> Row:
        of_bare = ratio(figures.per_second, bare.figures.per_second)
        return (what, str(connections), *figures.cells(), of_bare, f"{share:.0%}")

    return (
        row(f"issue, {engine}", issued.figures, issued.client_share),
        row(f"/healthz, {engine}", bare.figures, bare.client_share),
    )
