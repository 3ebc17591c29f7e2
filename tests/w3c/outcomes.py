"""What a test suite said: how many of its tests passed, and which did not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """The outcomes of one suite.

    Attributes:
        passed: How many tests passed.
        skipped: How many the suite itself leaves out, or are about what we say we do not do.
        failed: Those that did not pass, each with what was said.
    """

    passed: int
    skipped: int
    failed: tuple[str, ...]

    def lines(self, name: str) -> list[str]:
        """Write them for people."""
        total = self.passed + self.skipped + len(self.failed)
        first = f"{name}: {self.passed} of {total} passed, {self.skipped} skipped"
        return [first, *(f"  FAILED {one}" for one in self.failed)]
