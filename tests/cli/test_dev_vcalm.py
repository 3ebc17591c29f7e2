"""``credhub dev vcalm``: one line that says where everything is, then a service that answers."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from credhub.jsontypes import JsonObject
from tests.cli.command_line import CommandLine

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


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_port_that_cannot_be_is_refused(tmp_path: Path, port: str) -> None:
    command = CommandLine(data=tmp_path / "data")

    assert command("dev", "vcalm", "--port", port).exit_code == 2
