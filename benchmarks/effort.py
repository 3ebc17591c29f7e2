"""How long to measure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Seconds and counts for one figure."""

    warm_up: float
    seconds: float
    short: float
    repetitions: int


FULL = Effort(warm_up=2.0, seconds=10.0, short=4.0, repetitions=300)
QUICK = Effort(warm_up=0.4, seconds=1.0, short=0.5, repetitions=40)
