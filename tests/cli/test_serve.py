"""``credhub serve``: a service that starts, answers, and ends in order."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from threading import Thread
from urllib.error import URLError

import pytest
import structlog

from credhub.cli import logs
from tests.cli.command_line import CommandLine
from tests.wired import until_closed


@pytest.fixture
def _logging() -> Iterator[None]:
    """Put logging back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as response:
            ready: bool = response.status == 200
    except (URLError, TimeoutError):
        return False
    return ready


def started(command: CommandLine, port: int, **variables: str) -> "subprocess.Popen[bytes]":
    """Start a service and wait until it answers."""
    environment = {name: text for name, text in os.environ.items() if "CREDHUB" not in name}
    environment |= {
        "CREDHUB_DATA": str(command.data),
        "CREDHUB_SECOND_STORE": f"sqlite:///{command.data / 'second.db'}",
        "CREDHUB_PORT": str(port),
        **variables,
    }
    with (command.data.parent / "output").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "credhub.cli.main", "serve"],
            env=environment,
            stdout=output,
            stderr=output,
        )
    while not answers(port):
        if process.poll() is not None:
            pytest.fail((command.data.parent / "output").read_text())
        time.sleep(0.05)
    return process


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_service_in_order(riverside: CommandLine, how: signal.Signals) -> None:
    port = free_port()
    process = started(riverside, port)
    working = riverside.data / "credhub.db-wal"
    assert working.exists()

    process.send_signal(how)

    assert process.wait() == 0
    assert not working.exists()
    assert riverside("audit").exit_code == 0
    first, *_ = (riverside.data.parent / "output").read_text().splitlines()
    assert json.loads(first)["event"] == "serving"


def test_a_killed_service_starts_again(riverside: CommandLine) -> None:
    port = free_port()
    process = started(riverside, port)
    process.kill()
    process.wait()

    again = started(riverside, port)
    again.terminate()

    assert again.wait() == 0
    assert riverside("audit").exit_code == 0


@pytest.mark.usefixtures("_logging")
def test_the_service_answers_until_a_signal_comes(riverside: CommandLine) -> None:
    port = free_port()

    def end_when_ready() -> None:
        while not answers(port):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    before = [signal.getsignal(which) for which in (signal.SIGTERM, signal.SIGINT)]
    ender = Thread(target=end_when_ready, daemon=True)
    ender.start()
    served = riverside("serve", CREDHUB_PORT=str(port))
    for which, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
        signal.signal(which, handler)

    assert served.exit_code == 0, served.output
    assert json.loads(served.stderr.splitlines()[0])["address"] == f"http://127.0.0.1:{port}"
    ender.join()


@pytest.mark.usefixtures("_logging")
def test_a_port_that_is_taken_is_not_served(riverside: CommandLine) -> None:
    before = [signal.getsignal(which) for which in (signal.SIGTERM, signal.SIGINT)]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        refused = riverside("serve", CREDHUB_PORT=str(listener.getsockname()[1]))
    for which, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
        signal.signal(which, handler)

    assert refused.exit_code == 3
    said = [json.loads(line) for line in refused.stderr.splitlines()]
    assert any("address already in use" in line["event"] for line in said)


@pytest.mark.usefixtures("_logging")
def test_t70_every_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")

    structlog.get_logger("test").debug("not this")
    structlog.get_logger("test").info("ours", hub="a\r\nb")
    try:
        int("a\nb")
    except ValueError:
        logging.getLogger("library").exception("theirs: %s", "c\nd")
    logging.getLogger("library").info("not this")

    captured = capsys.readouterr()
    ours, theirs = (json.loads(line) for line in captured.err.splitlines())
    assert captured.out == ""
    assert (ours["event"], ours["hub"], ours["level"]) == ("ours", "a\r\nb", "info")
    assert (theirs["event"], theirs["level"]) == ("theirs: %s", "error")
    assert (theirs["error"], theirs["logger"]) == ("ValueError", "library")
    assert "test_serve.py" in theirs["frames"][-1]
    assert {"timestamp"} <= ours.keys() & theirs.keys()


@pytest.mark.usefixtures("_logging")
def test_t95_nothing_but_known_members_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    learner = "Quetzalcoatl"

    structlog.get_logger("test").info("ours", hub="riverside", learner=learner, token=learner)
    logging.getLogger("library").warning("theirs: %s", learner)
    logging.getLogger("library").warning("more", extra={"learner": learner})
    try:
        int(learner)
    except ValueError:
        structlog.get_logger("test").error("failed", exc_info=True)
        logging.getLogger("library").exception("failed")
    logging.getLogger("py.warnings").warning("%s", learner)

    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    assert len(lines) == 6
    assert learner not in written
    assert lines[0]["hub"] == "riverside"
    for line in lines:
        assert line.keys() <= logs.MEMBERS


def uploaded(port: int, client: str) -> int:
    """Upload something through a proxy that names the client, and give the status."""
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        headers = {"content-type": "application/json", "x-forwarded-for": client}
        connection.request("POST", "/v1/verify", b'{"credential": {"a": "b"}}', headers)
        return connection.getresponse().status


@pytest.mark.parametrize(
    ("trusted", "second"), [("127.0.0.1", 200), ("192.0.2.77", 429)], ids=["ours", "another"]
)
def test_only_a_proxy_that_was_named_says_who_asks(
    riverside: CommandLine, trusted: str, second: int
) -> None:
    port = free_port()
    process = started(
        riverside,
        port,
        CREDHUB_TRUSTED_PROXIES=trusted,
        CREDHUB_VERIFICATIONS_PER_MINUTE="1",
    )
    try:
        assert uploaded(port, "198.51.100.1") == 200
        assert uploaded(port, "198.51.100.1") == 429
        assert uploaded(port, "198.51.100.2") == second
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def test_t46_idle_connections_are_closed_and_keep_nobody_out(riverside: CommandLine) -> None:
    port = free_port()
    process = started(
        riverside,
        port,
        CREDHUB_CONNECTIONS="20",
        CREDHUB_CONNECTIONS_PER_CLIENT="10",
        CREDHUB_HEAD_SECONDS="1",
    )
    try:
        with ExitStack() as stack:
            idle = [
                stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
                for _ in range(100)
            ]
            assert answers(port)
            for client in idle:
                assert until_closed(client) == b""
            assert answers(port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
