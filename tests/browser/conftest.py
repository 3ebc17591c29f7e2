"""A real service process with the demo hub, and a real Chromium that looks at it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.strangers import LISTED
from tests.browser_ready import browser
from tests.required import Tool, lacking

ROOT = Path(__file__).parent.parent.parent
DEMO = ROOT / "examples" / "riverside"
START_SECONDS = 120

# Chromium looks up hosts of its maker unless it is told not to.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoService:
    """Where the service listens, and the key of its hub."""

    origin: str
    data: Path
    token: str


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoService]:
    data = tmp_path_factory.mktemp("demo")
    with started(data, free_port()) as origin:
        token = (data / "demo-api-key").read_text().strip()
        yield DemoService(origin=origin, data=data, token=token)


# By module: while playwright runs, its thread can have no other event loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    executable = browser()
    if executable is None:
        lacking(Tool.CHROMIUM, "NO CHROMIUM: the browser tests did not run; install one")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=executable, args=list(CHROMIUM_ARGUMENTS)
        )
        yield running
        running.close()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def started(data: Path, port: int) -> Iterator[str]:
    """Run ``credhub serve`` with the demo hub until the block ends."""
    origin = f"http://127.0.0.1:{port}"
    trust = Path(f"{data}-trust.json")
    trust.write_text(json.dumps(LISTED))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CREDHUB_")},
        "CREDHUB_DATA": str(data),
        "CREDHUB_SECOND_STORE": f"sqlite:///{data}-second/second.db",
        "CREDHUB_PORT": str(port),
        "CREDHUB_TRUST": str(trust),
        "CREDHUB_UNKNOWN_CODES_PER_MINUTE": "1000",
    }
    command = [sys.executable, "-m", "credhub.cli.main", "serve", "--demo", str(DEMO)]
    with (data / "output.txt").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own words
            command, env=environment, cwd=ROOT, stdout=output, stderr=output
        )
        try:
            _wait_until_ready(process, origin, data)
            yield origin
        finally:
            process.terminate()
            process.wait()


def _wait_until_ready(process: "subprocess.Popen[bytes]", origin: str, data: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{origin}/readyz", timeout=1):  # noqa: S310 - our own http
                return
        except (URLError, TimeoutError):
            time.sleep(0.1)
    pytest.fail("The service did not start:\n" + (data / "output.txt").read_text())
