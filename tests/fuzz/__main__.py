"""``make fuzz``: every parser for FUZZ_SECONDS each, or one input again.

``python -m tests.fuzz [NAME …]`` fuzzes; ``python -m tests.fuzz NAME FILE`` gives one file to one
parser. An input that fails is kept in ``tests/fuzz/found/NAME``, where the tests run it for ever.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.fuzz import seeds
from tests.fuzz.targets import TARGETS, run

FOUND: Final = Path(__file__).parent / "found"
_LONGEST: Final = 65_536
_SLOW_SECONDS: Final = 10
_MEGABYTES: Final = 1024
_LAST_LINES: Final = 30


def main(arguments: list[str]) -> int:
    """Fuzz, or replay, and give the exit code."""
    if len(arguments) == 2 and arguments[1] not in TARGETS:
        name, file = arguments
        run(name, Path(file).read_bytes())
        print(f"{name} reads or refuses {file}.")  # noqa: T201
        return 0
    names = arguments or list(TARGETS)
    seconds = int(os.environ.get("FUZZ_SECONDS", "60"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        clean = list(pool.map(partial(_fuzz, seconds=seconds), names))
    return 0 if all(clean) else 1


def _fuzz(name: str, *, seconds: int) -> bool:
    with TemporaryDirectory(prefix="credhub-fuzz-") as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate((*seeds.of(name), *_found(name))):
            (corpus / f"seed-{number}").write_bytes(seed)
        done = subprocess.run(  # noqa: S603 - our own module
            _command(name, corpus, seconds), capture_output=True, check=False, text=True
        )
        failing = [path for path in Path(folder).iterdir() if path.is_file()]
        for path in failing:
            _keep(name, path)
    said = done.stderr.strip().splitlines()
    clean = done.returncode == 0 and not failing
    tried = [line for line in said if "executed_units" in line]
    lines = tried if clean else said[-_LAST_LINES:]
    print(f"{name}: {'clean' if clean else 'FAILED'}", *lines, sep="\n  ", flush=True)  # noqa: T201
    return clean


def _command(name: str, corpus: Path, seconds: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "tests.fuzz.one",
        name,
        str(corpus),
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST}",
        f"-timeout={_SLOW_SECONDS}",
        f"-rss_limit_mb={_MEGABYTES}",
        f"-artifact_prefix={corpus.parent}/",
        "-verbosity=0",
        "-print_final_stats=1",
    ]


def _found(name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((FOUND / name).glob("*"))]


def _keep(name: str, path: Path) -> None:
    kept = FOUND / name / sha256(path.read_bytes()).hexdigest()[:16]
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, kept)
    print(f"{name}: kept in {kept}; python -m tests.fuzz {name} {kept}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
