"""Tells what was not tried: each reason for which tests were skipped, and how many of them.

``make check`` ends with it, so that a run that passes does not hide what it could not see.
"""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET


def told(report: str) -> str:
    """Read a JUnit report that pytest wrote, and say what was skipped and why."""
    root = ET.fromstring(report)  # noqa: S314 - our own pytest wrote it
    reasons = Counter(
        " ".join(skipped.get("message", "").split())
        for skipped in root.iter("skipped")
        if skipped.get("type") == "pytest.skip"
    )
    number = sum(1 for _ in root.iter("testcase"))
    lines = [f"{number} tests, {reasons.total()} of them skipped{':' if reasons else '.'}"]
    lines += [f"{count:6}  {reason}" for reason, count in sorted(reasons.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write("\n" + told(Path(sys.argv[1]).read_text("utf-8")))
