"""How long to measure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Seconds and counts for one figure.

    Attributes:
        batches: How many rows are issued in batches, in one measurement after the other.
    """

    warm_up: float
    seconds: float
    short: float
    repetitions: int
    batches: tuple[int, ...]


FULL = Effort(warm_up=2.0, seconds=10.0, short=4.0, repetitions=300, batches=(100_000,))
QUICK = Effort(warm_up=0.4, seconds=1.0, short=0.5, repetitions=40, batches=(2_000,))

GROWTH: tuple[int, ...] = (10_000, 100_000, 1_000_000)
