"""The lock files: what is pinned, and by which hashes."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
LOCKS: Final = ("requirements.lock", "requirements-dev.lock", "requirements-tools.lock")

_PIN: Final = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[a-z0-9,_-]+\])?==(?P<version>[0-9][A-Za-z0-9.!+]*)"
    r"(?: ; [^\\]+)?(?P<hashes>(?:\s+--hash=sha256:[0-9a-f]{64})+)"
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One package at one version."""

    name: str
    version: str
    hashes: tuple[str, ...]


def read(name: str) -> list[Pin]:
    """Read a lock file of this repository."""
    return parse((ROOT / name).read_text())


def parse(text: str) -> list[Pin]:
    """Read a lock file; whatever is not a pinned package with a hash is refused."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [_pin(entry) for entry in lines.replace("\\\n", " ").splitlines() if entry.strip()]


def _pin(entry: str) -> Pin:
    match = _PIN.fullmatch(entry.strip())
    if match is None:
        raise ValueError(f"not a package that is pinned by SHA-256: {entry:.80}")
    hashes = tuple(word.rpartition(":")[2] for word in match["hashes"].split())
    return Pin(match["name"].lower().replace("_", "-"), match["version"], hashes)
