"""The labels of a hub's logs: the year, then the year with a number: ``2026``, ``2026-2``."""

from collections.abc import Collection, Iterator
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
    return next(label for label in _labels(latest, 1) if label not in used)


def labels_of(year: int, *, after: str) -> Iterator[str]:
    """Give the labels of a year that can follow a label, without end."""
    last_year, _, number = after.partition("-")
    return _labels(year, int(number or 1) + 1 if last_year == str(year) else 1)


def _labels(year: int, first: int) -> Iterator[str]:
    return (str(year) if n == 1 else f"{year}-{n}" for n in count(first))
