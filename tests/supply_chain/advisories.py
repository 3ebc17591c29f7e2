"""``make audit``: known advisories of every package that a lock file pins.

pip-audit looks them up where it can reach its data. Whether it can is found out first, with a
package of which an advisory is known: data in which that one is missing is no data. The floors of
``floors.toml`` are compared in any case.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

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


def main() -> int:
    """Audit every lock file and give the exit code."""
    problems = [f"{name}: {said}" for name in LOCKS for said in below(locks.read(name))]
    for problem in problems:
        print(problem)  # noqa: T201
    if not _sees_the_canary():
        print(  # noqa: T201
            "\n*** NO DATA OF ADVISORIES CAN BE REACHED FROM HERE: pip-audit was NOT run.\n"
            f"*** Only the {len(floors())} floors of tests/supply_chain/floors.toml were compared.",
            file=sys.stderr,
        )
        return 1 if problems else 0
    clean = [_pip_audit("--strict", "--requirement", str(ROOT / name)) for name in LOCKS]
    print("pip-audit was run, and the floors were compared.")  # noqa: T201
    return 0 if all(clean) and not problems else 1


def _pip_audit(*arguments: str) -> bool:
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", *arguments]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - our own tool


def _sees_the_canary() -> bool:
    with TemporaryDirectory() as folder:
        canary = Path(folder) / "canary.txt"
        canary.write_text(f"{CANARY}\n")
        command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps"]
        done = subprocess.run(  # noqa: S603 - our own tool
            [*command, "--format", "json", "--requirement", str(canary)],
            capture_output=True,
            check=False,
            text=True,
        )
    if "No module named" in done.stderr:
        raise SystemExit(done.stderr)
    try:
        found = json.loads(done.stdout or "{}").get("dependencies", [])
    except json.JSONDecodeError:
        return False
    return any(one.get("vulns") for one in found)


if __name__ == "__main__":
    sys.exit(main())
