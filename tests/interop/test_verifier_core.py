"""The verifier that learners' wallets are built on believes what we issue, and nothing else."""

from typing import Final

import pytest

from credhub.jsontypes import JsonObject
from tests.interop.packages import Installed, from_npm
from tests.unit import factories
from tests.unit.factories import MemorySigner

pytestmark = pytest.mark.interop

# It would fetch lists and schemas, which are tried with other packages.
FETCHED: Final = {"credentialStatus", "credentialSchema"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return from_npm("verifier_core", tmp_path_factory.mktemp("verifier_core"))


def verified(project: Installed, *credentials: JsonObject) -> list[dict[str, object]]:
    answers: list[dict[str, object]] = project.ask(credentials)
    return answers


def credential(changes: JsonObject | None = None) -> JsonObject:
    document = factories.credential(did=MemorySigner().did)
    document["validFrom"] = "2020-01-01T00:00:00Z"  # It goes by the clock of the machine.
    kept = {name: value for name, value in document.items() if name not in FETCHED}
    return factories.signed(kept | (changes or {}))


def test_a_credential_of_ours_is_believed(project: Installed) -> None:
    [answer] = verified(project, credential())

    log = answer["log"]
    assert isinstance(log, list)
    assert answer["errors"] == []
    assert {"id": "valid_signature", "valid": True} in log
    assert {"id": "expiration", "valid": True} in log


def test_a_credential_that_was_changed_is_not(project: Installed) -> None:
    [answer] = verified(project, credential() | {"name": "Master of Science"})

    assert answer == {"log": [], "errors": ["invalid_signature"]}


def test_a_credential_that_ended_is_seen_to_have_ended(project: Installed) -> None:
    [answer] = verified(project, credential({"validUntil": "2021-01-01T00:00:00Z"}))

    log = answer["log"]
    assert isinstance(log, list)
    assert {"id": "expiration", "valid": False} in log
