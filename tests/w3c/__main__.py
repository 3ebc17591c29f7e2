"""Run the W3C's public test suites: ``python -m tests.w3c FOLDER [SUITE ...]``.

FOLDER holds the suites, each checked out under its own name from https://github.com/w3c. What
they need is installed with npm, some of it from git repositories. The end is 1 when a test fails
that is about what we do, when a suite is not there that was named, and when none is there.
"""

import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.w3c import jose_cose, vcalm
from tests.w3c.outcomes import Outcomes

ALL: Final = (*vcalm.SUITES, jose_cose.SUITE)


def main(words: list[str]) -> int:
    """Run the suites that are named, or all, and say what they said."""
    if not words or not set(words[1:]) <= set(ALL):
        print(f"python -m tests.w3c FOLDER [{' '.join(ALL)}]", file=sys.stderr)  # noqa: T201 - for people
        return 2
    folder, names = Path(words[0]).resolve(), words[1:] or ALL
    there = [name for name in names if (folder / name).is_dir()]
    for name in (name for name in names if name not in there):
        print(f"{name}: NOT TRIED, there is no {folder / name}")  # noqa: T201 - for people
    with tempfile.TemporaryDirectory() as kept:
        outcomes = {name: _run(folder / name, Path(kept)) for name in there}
    for name, outcome in outcomes.items():
        print("\n".join(outcome.lines(name)))  # noqa: T201 - for people
    complete = len(there) == len(names) if words[1:] else bool(there)
    return int(not complete or any(outcome.failed for outcome in outcomes.values()))


def _run(suite: Path, kept: Path) -> Outcomes:
    if suite.name == jose_cose.SUITE:
        return jose_cose.run(suite, kept)
    with vcalm.served(kept) as described:
        return vcalm.run(suite, described, kept / f"{suite.name}.json")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
