"""What strangers send takes no memory that is not given back."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ALONE: Final = Path(__file__).parents[1] / "hostile" / "memory_after.py"

NOT_HANDED_ON: Final = ("PYTEST_", "COV_CORE_", "COVERAGE_")
"""Of the run that this is a part of: it is no worker of that one, and its lines are not counted."""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what a process holds")
def test_corpus_memory_is_back_to_normal_after_the_run() -> None:
    inherited = {name: it for name, it in os.environ.items() if not name.startswith(NOT_HANDED_ON)}
    ran = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(ALONE)],
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout, ran.stdout
