"""Says whether enough of the code was run: all of the core, nearly all of the rest."""

import subprocess
import sys
from pathlib import Path

GATES = (
    (
        "the core",
        100,
        ("credentials", "dids", "ledger", "proofs", "status", "verification"),
    ),
    ("everything", 95, ("",)),
)
ROOT = Path(__file__).parent.parent


def main() -> int:
    """Combine what the test processes measured and check each gate."""
    combined = _coverage("combine", "--quiet")
    if combined and not (ROOT / ".coverage").exists():
        return combined
    results = [_gate(name, percent, packages) for name, percent, packages in GATES]
    return max(results)


def _gate(name: str, percent: int, packages: tuple[str, ...]) -> int:
    sys.stdout.write(f"Coverage of {name}, at least {percent} % with branches:\n")
    sys.stdout.flush()
    include = ",".join(f"src/credhub/{package}/*".replace("//", "/") for package in packages)
    return _coverage("report", f"--include={include}", f"--fail-under={percent}")


def _coverage(*arguments: str) -> int:
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - our own words


if __name__ == "__main__":
    sys.exit(main())
