"""The process that sends the load."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from benchmarks import load
from benchmarks.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the service did under a load, and what share of a core the client took."""

    figures: Figures
    client_share: float


def measure(plan: load.Load) -> Measured:
    """Load a service from another process.

    Raises:
        RuntimeError: An answer was not the expected one.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        outcome = pool.submit(load.run, plan).result()
    if outcome.refused:
        raise RuntimeError(f"{outcome.refused} answers were not {plan.expected}")
    return Measured(
        figures=Figures.of(outcome.latencies, seconds=outcome.seconds),
        client_share=outcome.client_seconds / outcome.seconds,
    )
