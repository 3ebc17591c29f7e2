"""Packages of others, each installed in a folder of its own and run there.

A folder beside this module holds what names the packages, with hashes, and the program that uses
them: ``package.json``, ``package-lock.json`` and ``work.mjs`` for npm, ``requirements.txt`` and
``work.py`` for PyPI. ``main.go`` is built with the source that Debian packages; nothing is fetched.

Where a program is missing or a registry cannot be reached, the test skips and says so loudly, or
fails where ``CREDHUB_REQUIRED`` names what is missing.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

from tests.required import Tool, lacking

NPM_CI: Final = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
PIP_INSTALL: Final = (
    *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
    *("--no-deps", "--require-hashes"),
)
GO_BUILD: Final = ("go", "build", "-o")
GO_SOURCE: Final = Path("/usr/share/gocode")  # Where Debian puts it.
# The tools of Go would else ask a registry for modules, and want a compiler for C.
GO_OFFLINE: Final = {
    "CGO_ENABLED": "0",
    "GO111MODULE": "off",
    "GOFLAGS": "",
    "GOPATH": str(GO_SOURCE),
    "GOPROXY": "off",
    "GOTOOLCHAIN": "local",
}
UNREACHABLE: Final = (
    *("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH"),
    "(from versions: none)",  # All that pip says when it is told to be quiet.
)
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Installed:
    """Packages in a folder, and the program that uses them."""

    folder: Path
    program: tuple[str | Path, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    def ask(self, question: object) -> Any:  # noqa: ANN401 - any JSON
        """Give the program some JSON, and read what it answers."""
        return json.loads(self.run(*self.program, given=json.dumps(question)))

    def run(self, *command: str | Path, given: str = "") -> str:
        """Run something where the packages are; what it does wrong is a failure of the test."""
        done = _done(command, self.folder, given, self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout


def from_npm(name: str, folder: Path) -> Installed:
    """Install what a folder beside this module names, from the npm registry."""
    for file in (_HERE / name).glob("[!.]*.[jm]*"):
        shutil.copy(file, folder)
    _install(Tool.NPM, NPM_CI, folder)
    return Installed(folder, ("node", "work.mjs"))


def from_pypi(name: str, folder: Path) -> Installed:
    """Install what a folder beside this module names, from PyPI, in no environment of ours."""
    requirements = _HERE / name / "requirements.txt"
    _install(
        Tool.PYPI, (sys.executable, *PIP_INSTALL, "--target", folder, "-r", requirements), folder
    )
    program = (sys.executable, _HERE / name / "work.py")
    return Installed(folder, program, {"PYTHONPATH": str(folder)})


def from_go(name: str, folder: Path) -> Installed:
    """Build the program in a folder beside this module."""
    if not (GO_SOURCE / "src/golang.org/x/mod/sumdb").is_dir():
        _missing(Tool.GO, "golang-golang-x-mod-dev is not installed")
    program = folder / "program"
    environment = GO_OFFLINE | {"GOCACHE": str(folder / "cache")}
    done = _done((*GO_BUILD, program, _HERE / name / "main.go"), folder, environment=environment)
    assert done.returncode == 0, done.stderr
    return Installed(folder, (program,))


def _missing(tool: Tool, what: str) -> NoReturn:
    lacking(tool, f"{what}: THE PACKAGES OF OTHERS WERE NOT TRIED")


def _install(registry: Tool, command: Sequence[str | Path], folder: Path) -> None:
    done = _done(command, folder)
    if done.returncode and any(sign in done.stdout + done.stderr for sign in UNREACHABLE):
        _missing(registry, "a package registry cannot be reached")
    assert done.returncode == 0, done.stderr


def _done(
    command: Sequence[str | Path],
    folder: Path,
    given: str = "",
    environment: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    program = shutil.which(command[0])
    if program is None:
        _missing(Tool(str(command[0])), f"{command[0]} is not installed")
    return subprocess.run(  # noqa: S603 - our own command line
        [program, *map(str, command[1:])],
        cwd=folder,
        env=os.environ | (environment or {}),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
