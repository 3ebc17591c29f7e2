"""``credhub dev vcalm``: one line that says where everything is, then a service that answers."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from threading import Thread
from urllib.error import URLError

import pytest

from credhub.jsontypes import JsonObject
from tests.cli.command_line import CommandLine
from tests.cli.test_serve import _logging, free_port

__all__ = ["_logging"]

PLAIN: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"id": "did:example:subject"},
}


def posted(address: str, body: JsonObject) -> JsonObject:
    request = urllib.request.Request(  # noqa: S310 - an address of our own
        address, data=json.dumps(body).encode(), headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
        document: JsonObject = json.load(answer)
    return document


def test_it_says_where_it_is_and_answers_there() -> None:
    command = [sys.executable, "-m", "credhub.cli.main", "dev", "vcalm"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            described = json.loads(process.stdout.readline())
            issuer = described["issuers"]["eddsa-rdfc-2022"]
            made = posted(issuer["endpoint"], {"credential": PLAIN})
            body: JsonObject = {"verifiableCredential": made["verifiableCredential"]}
            judged = posted(described["verify"], body)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.stdout.read() == ""

    assert described["verify"].startswith("http://127.0.0.1:")
    assert judged == {"verified": True, "problemDetails": []}


def got(address: str) -> JsonObject:
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - as above
        document: JsonObject = json.load(answer)
    return document


class Visitor(Thread):
    """Waits until the service answers, asks for a credential and its list, and interrupts."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._address = f"http://127.0.0.1:{port}"
        self.made: JsonObject = {}
        self.published: JsonObject = {}

    def run(self) -> None:
        try:
            self._wait()
            issuing = f"{self._address}/with-status/credentials/issue"
            self.made = posted(issuing, {"credential": PLAIN})
            self.published = got(f"{self._address}/status-lists/revocation")
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    def _wait(self) -> None:
        while True:
            try:
                got(f"{self._address}/status-lists/revocation")
            except URLError:
                time.sleep(0.05)
            else:
                return


@pytest.mark.usefixtures("_logging")
@pytest.mark.parametrize("behind", [None, "https://proxy.example/"])
def test_the_status_list_that_it_names_is_served_there(tmp_path: Path, behind: str | None) -> None:
    command, port = CommandLine(data=tmp_path / "data"), free_port()
    visitor = Visitor(port)
    visitor.start()

    options = [] if behind is None else ["--base-url", behind]
    served = command("dev", "vcalm", "--port", str(port), *options)

    visitor.join()
    described = json.loads(served.stdout.splitlines()[0])
    origin = f"http://127.0.0.1:{port}" if behind is None else "https://proxy.example"
    assert described["statusList"] == f"{origin}/status-lists/revocation"
    credential = visitor.made["verifiableCredential"]
    assert isinstance(credential, dict)
    entry = credential["credentialStatus"]
    assert isinstance(entry, dict)
    assert entry["statusListCredential"] == described["statusList"]
    assert visitor.published["id"] == described["statusList"]
    assert visitor.published["issuer"] == described["issuerWithStatus"]["id"]


@pytest.mark.parametrize("address", ["", "proxy.example", "ftp://proxy.example"])
def test_a_proxy_has_an_address(tmp_path: Path, address: str) -> None:
    command = CommandLine(data=tmp_path / "data")

    assert command("dev", "vcalm", "--base-url", address).exit_code == 2


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_port_that_cannot_be_is_refused(tmp_path: Path, port: str) -> None:
    command = CommandLine(data=tmp_path / "data")

    assert command("dev", "vcalm", "--port", port).exit_code == 2
