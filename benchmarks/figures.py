"""Figures from many measured times, and the tables that show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How often something was done per second, and how long it took."""

    per_second: float
    p50: float
    p99: float

    @classmethod
    def of(cls, times: Sequence[float], *, seconds: float) -> Self:
        """Sum up.

        Args:
            times: How long each took, in seconds.
            seconds: How long all took together.
        """
        if not times:
            raise ValueError("nothing was measured")
        return cls(
            per_second=len(times) / seconds, p50=quantile(times, 0.5), p99=quantile(times, 0.99)
        )

    def cells(self) -> Row:
        """Write per second, p50 and p99."""
        return (f"{self.per_second:,.0f}", milliseconds(self.p50), milliseconds(self.p99))


def quantile(times: Sequence[float], share: float) -> float:
    """Give the time that this share of all did not exceed."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def milliseconds(seconds: float) -> str:
    """Write a time with three digits that mean something."""
    value = seconds * 1000
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"  # noqa: PLR2004 - see above


def ratio(part: float, whole: float) -> str:
    """Write one figure as a multiple of another one of the same run."""
    return f"{part / whole:.2f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table, as Markdown."""

    title: str
    columns: Row
    rows: tuple[Row, ...]
    note: str = ""

    def text(self) -> str:
        """Write it; columns after the first are numbers."""
        cells = (self.columns, *self.rows)
        widths = [max(len(row[column]) for row in cells) for column in range(len(self.columns))]
        rule = [":" + "-" * (widths[0] - 1), *("-" * (width - 1) + ":" for width in widths[1:])]
        lines = [_line(row, widths) for row in (self.columns, tuple(rule), *self.rows)]
        return "\n".join((f"## {self.title}", "", *lines, *(("", self.note) if self.note else ())))


def _line(row: Row, widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return "| " + " | ".join(cells) + " |"
