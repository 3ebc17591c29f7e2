"""The labels of a hub's logs: the year, then the year with a number: ``2026``, ``2026-2``."""

from collections.abc import Collection
from itertools import count


def year_of(label: str) -> int:
    """Give the year that a log is labelled with."""
    return int(label.partition("-")[0])


def next_label(used: Collection[str], year: int) -> str:
    """Find the label of the next log: of this year, but never of an earlier one than the last.

    Args:
        used: The labels of the hub's logs so far.
        year: The year of the clock.
    """
    latest = max((year, *map(year_of, used)))
    labels = (str(latest) if n == 1 else f"{latest}-{n}" for n in count(1))
    return next(label for label in labels if label not in used)
