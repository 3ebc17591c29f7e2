"""When what failed is tried again.

Source:
    Standard Webhooks 1.0.0, "Deliverability and reliability": the recommended retries.
"""

from datetime import datetime, timedelta
from typing import Final

from credhub.services.resources import Randomness

AFTER: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The pause after each try of one event; after the last try it is given up."""

BREAKER: Final = 5
"""So many failures in a row, and an endpoint is only asked now and then whether it is well."""

GIVEN_UP: Final = timedelta(days=5)
"""An endpoint that fails for so long is disabled."""

_FIRST_PROBE: Final = timedelta(seconds=10)
_LAST_PROBE: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 12
_JITTER: Final = 0.2
_BYTES: Final = 2


def next_try(attempts: int, now: datetime, random: Randomness) -> datetime | None:
    """Say when an event is tried again that was tried so often; none when it is given up."""
    if attempts > len(AFTER):
        return None
    return now + _varied(AFTER[attempts - 1], random)


def next_probe(failures: int, now: datetime, random: Randomness) -> datetime:
    """Say when an endpoint is asked again that failed so often in a row."""
    if failures < BREAKER:
        return now
    doublings = min(failures - BREAKER, _MOST_DOUBLINGS)
    return now + _varied(min(_FIRST_PROBE * 2**doublings, _LAST_PROBE), random)


def _varied(pause: timedelta, random: Randomness) -> timedelta:
    """Make a pause up to a tenth shorter or longer, so that not all come at once."""
    drawn = int.from_bytes(random(_BYTES), "big") / (1 << 8 * _BYTES)
    return pause * (1 + _JITTER * (drawn - 0.5))
