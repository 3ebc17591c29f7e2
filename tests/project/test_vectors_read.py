"""Every file of the published vectors is read by a test, or it is said here why not."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from tests import opened, vectors
from tests.vectors import REPOSITORY

FOR_PEOPLE: Final = "for people: where the folder is from, and its licence"
NOT_SHIPPED: Final = "a context that credhub does not ship and that no vector uses"
SAME_LIST: Final = "the same list as manifest.jsonld, in another format"

UNREAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "README.md": FOR_PEOPLE,
        "*/README.md": FOR_PEOPLE,
        "*/UPSTREAM-README.md": FOR_PEOPLE,
        "*/LICEN[CS]E*": FOR_PEOPLE,
        "contexts/citizenship-v[123].json": NOT_SHIPPED,
        "contexts/credentials-examples-v1.json": NOT_SHIPPED,
        "contexts/vdl-v1.json": NOT_SHIPPED,
        "contexts/x25519-2020-v1.json": NOT_SHIPPED,
        "openbadges-v3/schemas/clr_*": "of comprehensive learner records, which are not read here",
        "rdf-canon/manifest.csv": SAME_LIST,
        "rdf-canon/manifest.ttl": SAME_LIST,
        "sd-jwt/examples/settings.yml": "how upstream's program makes the examples look random",
        "vc-di-eddsa/contexts/lds-ed25519-2020-v1.json": "a draft of contexts/ed25519-2020-v1.json",
    }
)
"""By the pattern of their names: why no test reads these files."""

IN_PART: Final = ("didwebvh", "openbadges-specification", "openbadges-validator")
"""Folders of others as a whole, of which the tests name what they read."""


def modules() -> list[str]:
    """Find the tests that read vectors, themselves or by a module beside them."""
    sources = {path: path.read_text("utf-8") for path in (REPOSITORY / "tests/unit").rglob("*.py")}
    reading = [path for path, text in sources.items() if "from tests import vectors" in text]
    names = "|".join(path.stem for path in reading if not path.stem.startswith("test_"))
    through = re.compile(rf"^from tests\.unit\.proofs\b.*\b({names})\b", re.MULTILINE)
    return sorted(
        str(path)
        for path, text in sources.items()
        if path.stem.startswith("test_") and (path in reading or through.search(text))
    )


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Run those tests, and see which files they open."""
    root, log = vectors.folder().resolve(), tmp_path_factory.mktemp("opened") / "log"
    done = subprocess.run(  # noqa: S603 - our own tests
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-m", "not hypothesis"),
            *("-p", "no:cacheprovider", "-p", opened.__name__, *modules()),
        ],
        cwd=REPOSITORY,
        env={
            **os.environ,
            vectors.VARIABLE: str(root),
            opened.LOG: str(log),
            opened.ROOT: str(root),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    return set(log.read_text("utf-8").splitlines())


def reason(name: str) -> str | None:
    return next((why for pattern, why in UNREAD.items() if fnmatchcase(name, pattern)), None)


@pytest.mark.slow
def test_every_published_file_is_read_or_it_is_said_why_not(read: set[str]) -> None:
    root = vectors.folder().resolve()
    files = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    ours = {name for name in files if Path(name).parts[0] not in IN_PART}

    assert {name for name in ours - read if reason(name) is None} == set()
    assert {name for name in ours & read if reason(name) is not None} == set()
    assert all(any(fnmatchcase(name, pattern) for name in ours) for pattern in UNREAD)
