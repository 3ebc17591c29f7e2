"""A data folder with one hub, which is copied for every test."""

import os
import shutil
from pathlib import Path

import pytest

from credhub.runtime import open_runtime
from credhub.store.migrating import upgrade
from tests.cli.command_line import CommandLine
from tests.running import make_member, settings_for
from tests.services.ordering import publish


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CREDHUB_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the hub riverside, which has published an achievement."""
    data = tmp_path_factory.mktemp("template") / "data"
    data.mkdir(mode=0o700)
    upgrade(f"sqlite:///{data / 'credhub.db'}")
    with open_runtime(settings_for("", data)) as runtime:
        member = make_member(runtime, "riverside")
        publish(runtime.resources, member.hub.number)
    return data


@pytest.fixture
def riverside(_template: Path, tmp_path: Path) -> CommandLine:
    """A service with one hub."""
    return CommandLine(data=shutil.copytree(_template, tmp_path / "data"))


@pytest.fixture
def newcomer(tmp_path: Path) -> CommandLine:
    """A machine on which credhub was never started."""
    return CommandLine(data=tmp_path / "data")
