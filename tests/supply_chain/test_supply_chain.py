"""T97: what is installed is what was locked, and nothing locked has an advisory that we know."""

import base64
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from tests.supply_chain import advisories, locks
from tests.supply_chain.locks import LOCKS, ROOT, Pin

HASH = "a" * 64


@pytest.mark.parametrize("name", LOCKS)
def test_t97_every_package_of_a_lock_is_pinned_by_its_hashes(name: str) -> None:
    pins = locks.read(name)

    assert len(pins) > 30
    assert all(pin.hashes for pin in pins)


def test_t97_there_is_no_other_lock_and_no_registry_is_named() -> None:
    assert {path.name for path in ROOT.glob("requirements*")} == set(LOCKS)
    for name in LOCKS:
        assert not re.search(r"://|^\s*-[a-z-]* ", (ROOT / name).read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    "text",
    [
        "segno==1.6.6",
        f"segno>=1.6.6 --hash=sha256:{HASH}",
        f"segno --hash=sha256:{HASH}",
        "segno==1.6.6 --hash=md5:d41d8cd98f00b204e9800998ecf8427e",
        f"segno==1.6.6 --hash=sha256:{HASH[1:]}",
        f"segno @ https://host.example/segno.whl --hash=sha256:{HASH}",
        "-e .",
        "--extra-index-url https://host.example/",
    ],
)
def test_t97_a_package_that_is_not_pinned_by_its_hash_is_noticed(text: str) -> None:
    assert locks.parse(f"segno==1.6.6 \\\n    --hash=sha256:{HASH}\n    # via credhub\n") == [
        Pin("segno", "1.6.6", (HASH,))
    ]

    with pytest.raises(ValueError, match="not a package that is pinned"):
        locks.parse(text)


@pytest.mark.parametrize("file", ["Makefile", "Dockerfile"])
def test_t97_nothing_is_installed_without_its_hashes(file: str) -> None:
    text = (ROOT / file).read_text().replace("\\\n", " ")
    installs = [line for line in text.splitlines() if "pip install" in line]

    assert installs
    for line in installs:
        # Ourselves, from this folder and with no dependency, or what a lock pins.
        assert "--require-hashes" in line or "--no-deps" in line, line


def wheel(folder: Path) -> Path:
    """Write a package of our own."""
    files = {
        "canarypkg/__init__.py": b"",
        "canarypkg-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: canarypkg\n"
        b"Version: 1.0\n",
        "canarypkg-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
        b"Tag: py3-none-any\n",
    }
    record = "canarypkg-1.0.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files.items()]
    path = folder / "canarypkg-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr(record, "\n".join([*lines, f"{record},,"]))
    return path


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()


def installed(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Install from a lock as the Makefile does, but from this folder alone."""
    lock = folder / "requirements.lock"
    lock.write_text(f"{line}\n")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    where = ["--no-index", "--find-links", str(folder), "--target", str(folder / "site")]
    return subprocess.run(  # noqa: S603 - our own package, no network
        [*command, *where, "--isolated", "--require-hashes", "-r", str(lock)],
        capture_output=True,
        check=False,
        text=True,
    )


def test_t97_a_package_with_its_hash_is_installed(tmp_path: Path) -> None:
    digest = sha256(wheel(tmp_path).read_bytes()).hexdigest()

    done = installed(tmp_path, f"canarypkg==1.0 --hash=sha256:{digest}")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "canarypkg").is_dir()


def test_t97_a_package_that_was_changed_is_not_installed(tmp_path: Path) -> None:
    package = wheel(tmp_path)
    digest = sha256(package.read_bytes()).hexdigest()
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("canarypkg/more.py", b"print('evil')")

    done = installed(tmp_path, f"canarypkg==1.0 --hash=sha256:{digest}")

    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "site").exists()


def test_t97_a_package_without_a_hash_is_not_installed(tmp_path: Path) -> None:
    wheel(tmp_path)

    done = installed(tmp_path, "canarypkg==1.0")

    assert done.returncode != 0
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("name", LOCKS)
def test_t97_nothing_locked_is_below_its_floor(name: str) -> None:
    assert advisories.below(locks.read(name)) == []


def test_t97_a_version_with_an_advisory_is_below_its_floor() -> None:
    name, version = advisories.CANARY.split("==")

    (said,) = advisories.below([Pin(name, version, (HASH,)), Pin(name, "3.1.6", (HASH,))])

    assert "CVE-2025-27516" in said


CLEAN = {"name": "segno", "version": "1.6.6", "vulns": []}
GUILTY = {"name": "jinja2", "version": "3.1.5", "vulns": [{"id": "CVE-2025-27516"}]}
SKIPPED = {"name": "segno", "skip_reason": "it is not on the index"}


def reported(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_t97_a_report_in_which_every_package_was_looked_up_is_clean() -> None:
    assert advisories.faults_of(reported(CLEAN, CLEAN)) == []


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (reported(CLEAN, SKIPPED), "segno was skipped: it is not on the index"),
        (reported(CLEAN, {"name": "segno"}), "segno was skipped: nobody says why"),
        (reported(CLEAN, GUILTY), "jinja2 3.1.5 has CVE-2025-27516"),
        (reported(), "pip-audit looked nothing up"),
        ("", "pip-audit gave no report"),
        ("{}", "pip-audit gave no report"),
    ],
    ids=["skipped", "no word", "an advisory", "nothing", "no report", "no packages"],
)
def test_t97_a_report_with_an_advisory_or_without_an_answer_is_a_fault(
    report: str, said: str
) -> None:
    assert advisories.faults_of(report) == [said]


PIP_AUDIT = """
import json, sys
from pathlib import Path
(requirements,) = (Path(sys.argv[sys.argv.index("--requirement") + 1]),)
known = json.loads((Path(__file__).parent / "reports.json").read_text())
print(known.get(requirements.name, known["*"]))
"""


def audited(folder: Path, reports: Mapping[str, str], **variables: str) -> int:
    """Run ``make audit`` with something in the place of pip-audit that reports what it is told."""
    (folder / "pip_audit.py").write_text(PIP_AUDIT)
    (folder / "reports.json").write_text(json.dumps(reports))
    done = subprocess.run(
        [sys.executable, "-m", "tests.supply_chain.advisories"],
        cwd=ROOT,
        env={"PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))), **variables},
        check=False,
        capture_output=True,
    )
    return done.returncode


def test_t97_an_audit_fails_where_a_package_was_skipped(tmp_path: Path) -> None:
    seeing = {"canary.txt": reported(GUILTY), "*": reported(CLEAN)}

    assert audited(tmp_path, seeing) == 0
    for name in LOCKS:
        assert audited(tmp_path, seeing | {name: reported(CLEAN, SKIPPED)}) == 1
        assert audited(tmp_path, seeing | {name: reported(CLEAN, GUILTY)}) == 1


@pytest.mark.parametrize("canary", [reported(), reported(CLEAN), reported(SKIPPED), ""])
def test_t97_an_audit_without_data_fails_unless_floors_are_enough(
    tmp_path: Path, canary: str
) -> None:
    blind = {"canary.txt": canary, "*": reported(CLEAN)}

    assert audited(tmp_path, blind) == 1
    assert audited(tmp_path, blind, AUDIT="floors") == 0


def test_every_floor_is_of_something_that_is_locked() -> None:
    locked = {pin.name for name in LOCKS for pin in locks.read(name)}

    assert advisories.floors().keys() <= locked


@pytest.mark.parametrize(("name", "below"), [LOCKS[:2], LOCKS[1:]])
def test_t97_what_is_tested_and_audited_is_what_is_run(name: str, below: str) -> None:
    # Each lock is installed on top of the one before.
    first = {pin.name: pin.version for pin in locks.read(name)}
    second = {pin.name: {pin.version} for pin in locks.read(below)}

    for package in first.keys() & second.keys():
        assert first[package] in second[package]
