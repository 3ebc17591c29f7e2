"""Tools that tests use where they are there, and must have where ``CREDHUB_REQUIRED`` names them.

A test without its tool skips and says so loudly. ``.ci/run`` names every tool that it found or
could install, so that one that is there and cannot be used fails the tests instead. ``make
interop`` names all that the software of others needs.
"""

import os
import shutil
import subprocess
from enum import StrEnum
from typing import Final, NoReturn

import pytest

VARIABLE: Final = "CREDHUB_REQUIRED"


class Tool(StrEnum):
    """What a machine may lack."""

    CHROMIUM = "chromium"
    GO = "go"  # with the source of golang.org/x/mod, as Debian packages it
    NETWORK = "network"  # of one's own, as root may have it
    NODE = "node"
    NPM = "npm"  # with its registry
    PYPI = "pypi"
    STRACE = "strace"  # and the right to trace


def lacking(tool: Tool, sentence: str) -> NoReturn:
    """Skip what cannot be tried, or fail where it must be."""
    required = {Tool(name) for name in os.environ.get(VARIABLE, "").split()}
    if tool in required:
        pytest.fail(f"{VARIABLE} names {tool}: {sentence}")
    pytest.skip(sentence)


def find_strace() -> str:
    """Find strace, where it may trace."""
    program = shutil.which("strace")
    command = (program or "", "-o", os.devnull, "true")
    if program is None or subprocess.run(command, check=False).returncode:  # noqa: S603 - fixed words
        lacking(Tool.STRACE, "*** NO SYSTEM CALL IS WATCHED: strace is not here, or may not. ***")
    return program
