from pathlib import Path

import pytest

from tests.crash.deployment import Deployment


@pytest.fixture
def deployment(database_url: str, tmp_path: Path) -> Deployment:
    """A service with one hub, on each engine in turn; nothing of it runs yet."""
    return Deployment.make(tmp_path, database_url)
