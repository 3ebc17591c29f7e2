"""``make audit``: known advisories of every package that a lock file pins.

pip-audit looks them up where it can reach its data. Whether it can is found out first, with a
package of which an advisory is known: data in which that one is missing is no data. The floors of
``floors.toml`` are compared in any case.

Whoever asks for an audit and gets none is told so by the exit code, unless ``AUDIT=floors`` says
that the floors are all that is wanted.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from packaging.version import Version

from tests.supply_chain import locks
from tests.supply_chain.locks import LOCKS, ROOT, Pin

CANARY: Final = "jinja2==3.1.5"
"""CVE-2025-27516."""

_FLOORS: Final = Path(__file__).parent / "floors.toml"


def floors() -> dict[str, tuple[Version, str]]:
    """Read the floors: the first version without an advisory, and the advisory."""
    read = tomllib.loads(_FLOORS.read_text())["floors"]
    return {name: (Version(one["floor"]), one["advisory"]) for name, one in read.items()}


def below(pins: Iterable[Pin]) -> list[str]:
    """Say which packages are older than the first version without an advisory."""
    known = floors()
    return [
        f"{pin.name} {pin.version} has {known[pin.name][1]}; {known[pin.name][0]} has not"
        for pin in pins
        if pin.name in known and Version(pin.version) < known[pin.name][0]
    ]


def faults_of(report: str) -> list[str]:
    """Say what is wrong by a report of pip-audit: advisories, and whatever it did not look up."""
    try:
        found = json.loads(report)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return ["pip-audit gave no report"]
    if not found:
        return ["pip-audit looked nothing up"]
    return [fault for one in found for fault in _faults(one)]


def _faults(package: Mapping[str, Any]) -> list[str]:
    if "skip_reason" in package or "vulns" not in package:
        reason = package.get("skip_reason", "nobody says why")
        return [f"{package['name']} was skipped: {reason}"]
    return [f"{package['name']} {package['version']} has {one['id']}" for one in package["vulns"]]


def main() -> int:
    """Audit every lock file and give the exit code."""
    problems = [f"{name}: {said}" for name in LOCKS for said in below(locks.read(name))]
    if _sees_the_canary():
        problems += [f"{name}: {said}" for name in LOCKS for said in _pip_audit(name)]
        print("pip-audit was run, and the floors were compared.")  # noqa: T201
    else:
        print(  # noqa: T201
            "\n*** NO DATA OF ADVISORIES CAN BE REACHED FROM HERE: pip-audit was NOT run.\n"
            f"*** Only the {len(floors())} floors of tests/supply_chain/floors.toml were compared.",
            file=sys.stderr,
        )
        if os.environ.get("AUDIT") != "floors":
            problems.append("there is no audit without data; AUDIT=floors does without it")
    for problem in problems:
        print(problem)  # noqa: T201
    return 1 if problems else 0


def _pip_audit(lock: str) -> list[str]:
    return faults_of(_report("--strict", "--requirement", str(ROOT / lock)))


def _sees_the_canary() -> bool:
    with TemporaryDirectory() as folder:
        canary = Path(folder) / "canary.txt"
        canary.write_text(f"{CANARY}\n")
        report = _report("--no-deps", "--requirement", str(canary))
    name, _, version = CANARY.partition("==")
    return any(said.startswith(f"{name} {version} has ") for said in faults_of(report))


def _report(*arguments: str) -> str:
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--format", "json", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - our own tool
    if "No module named" in done.stderr:
        raise SystemExit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
