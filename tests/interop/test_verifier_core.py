"""The verifier that learners' wallets are built on believes what we issue, and nothing else."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from credhub.jsontypes import JsonObject
from tests.unit import factories
from tests.unit.factories import MemorySigner

pytestmark = pytest.mark.interop

HERE: Final = Path(__file__).parent / "verifier_core"
OFFLINE: Final = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH")
# It would fetch lists and schemas, which are tried with other packages.
FETCHED: Final = {"credentialStatus", "credentialSchema"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verifier-core")
    for file in HERE.iterdir():
        shutil.copy(file, folder)
    _run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
    return folder


def _run(command: list[str], folder: Path, text: str = "") -> str:
    program = shutil.which(command[0])
    if program is None:
        pytest.skip(f"{command[0]} is not installed: the packages of others were NOT tried")
    done = subprocess.run(  # noqa: S603 - our own command line
        [program, *command[1:]], cwd=folder, input=text, capture_output=True, text=True, check=False
    )
    if done.returncode and any(code in done.stderr for code in OFFLINE):
        pytest.skip("the npm registry cannot be reached: the packages of others were NOT tried")
    assert done.returncode == 0, done.stderr
    return done.stdout


def verified(project: Path, *credentials: JsonObject) -> list[dict[str, object]]:
    written = _run(["node", "work.mjs"], project, json.dumps(credentials))
    answers: list[dict[str, object]] = json.loads(written.splitlines()[-1])
    return answers


def credential(changes: JsonObject | None = None) -> JsonObject:
    document = factories.credential(did=MemorySigner().did)
    document["validFrom"] = "2020-01-01T00:00:00Z"  # It goes by the clock of the machine.
    kept = {name: value for name, value in document.items() if name not in FETCHED}
    return factories.signed(kept | (changes or {}))


def test_a_credential_of_ours_is_believed(project: Path) -> None:
    [answer] = verified(project, credential())

    log = answer["log"]
    assert isinstance(log, list)
    assert answer["errors"] == []
    assert {"id": "valid_signature", "valid": True} in log
    assert {"id": "expiration", "valid": True} in log


def test_a_credential_that_was_changed_is_not(project: Path) -> None:
    [answer] = verified(project, credential() | {"name": "Master of Science"})

    assert answer == {"log": [], "errors": ["invalid_signature"]}


def test_a_credential_that_ended_is_seen_to_have_ended(project: Path) -> None:
    [answer] = verified(project, credential({"validUntil": "2021-01-01T00:00:00Z"}))

    log = answer["log"]
    assert isinstance(log, list)
    assert {"id": "expiration", "valid": False} in log
