"""``credhub trust`` and ``credhub verify --trust``: whom to vouch for."""

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.cli.command_line import CommandLine
from tests.unit import factories
from tests.unit.factories import MemorySigner
from tests.unit.verification.partners import HUB, vouching

STRANGER = MemorySigner(77)
REGISTRY = {"registry": {STRANGER.did: {"name": "The\u2003School"}}}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def published(tmp_path: Path) -> Iterator[str]:
    """The address of a list, and of an index beside it."""
    folder = tmp_path / "published"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    url = f"http://127.0.0.1:{server.server_address[1]}"
    (folder / "registry.json").write_text(json.dumps(REGISTRY))
    index = [
        {"name": "Members", "type": "oidf"},
        {"name": "Schools", "type": "dcc-legacy", "url": f"{url}/registry.json"},
    ]
    (folder / "index.json").write_text(json.dumps(index))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def badge(riverside: CommandLine) -> Path:
    document = factories.credential(did=STRANGER.did)
    for member in ("credentialStatus", "credentialSchema"):
        del document[member]
    return riverside.file("badge.json", json.dumps(factories.signed(document, signer=STRANGER)))


def test_a_list_is_copied_listed_and_believed(
    riverside: CommandLine, published: str, badge: Path, tmp_path: Path
) -> None:
    trust = {"CREDHUB_TRUST": str(tmp_path / "trust")}

    done = riverside("trust", "update", f"{published}/index.json", "--name", "dcc", **trust)
    listed = riverside("trust", "list", **trust)
    believed = riverside("verify", badge, "--json", **trust)

    assert done.exit_code == 0, done.output
    assert "1 issuers, SHA-256 " in done.stdout
    assert done.stderr == "Not read, because it is not a file: Members\n"
    assert listed.stdout == (
        f"{published}/registry.json: 1\n  {STRANGER.did}  The\ufffdSchool\n"  # may steer a terminal
    )
    assert believed.exit_code == 0
    assert json.loads(believed.stdout)["issuer"]["source"] == f"{published}/registry.json"


def test_without_a_list_that_is_said(riverside: CommandLine) -> None:
    said = riverside("trust", "list")

    assert (said.exit_code, said.stdout.startswith("No list: ")) == (0, True)


def test_an_employer_s_own_list_is_believed_before_the_operator_s(
    riverside: CommandLine, badge: Path, tmp_path: Path
) -> None:
    own = riverside.file("mine.json", json.dumps(REGISTRY))
    operator = tmp_path / "operator.json"
    operator.write_text(json.dumps({"registry": {STRANGER.did: {"name": "Another"}}}))

    unknown = riverside("verify", badge, "--json")
    believed = riverside("verify", badge, "--trust", own, "--json", CREDHUB_TRUST=str(operator))

    assert (unknown.exit_code, json.loads(unknown.stdout)["verdict"]) == (3, "unknownIssuer")
    assert believed.exit_code == 0
    assert json.loads(believed.stdout)["issuer"]["name"] == "The\u2003School"


def test_a_signed_list_is_copied_from_its_address(
    riverside: CommandLine, published: str, tmp_path: Path
) -> None:
    trust = {"CREDHUB_TRUST": str(tmp_path / "trust")}
    (tmp_path / "published" / "partners.json").write_bytes(vouching().published().encode())
    url = f"{published}/partners.json"

    done = riverside("trust", "add-signed", url, "--hub", HUB.did, "--name", "hub", **trust)

    assert done.exit_code == 0, done.output
    assert f"from {url}\n" in done.stdout
    assert f"{HUB.did}: 1\n" in riverside("trust", "list", **trust).stdout


def test_a_list_that_is_none_is_refused(riverside: CommandLine, badge: Path) -> None:
    refused = riverside("verify", badge, "--trust", riverside.file("mine.json", "{}"))

    assert refused.exit_code == 3
    assert "mine is not a list of issuers" in refused.stderr


@pytest.mark.parametrize("name", ["../up", "A", ""])
def test_a_file_has_a_plain_name(riverside: CommandLine, name: str, tmp_path: Path) -> None:
    trust = {"CREDHUB_TRUST": str(tmp_path / "trust")}

    refused = riverside("trust", "update", "http://127.0.0.1:9/", "--name", name, **trust)

    assert refused.exit_code == 2
    assert "--name has" in refused.stderr


def test_a_copy_needs_a_folder(riverside: CommandLine) -> None:
    file = riverside.file("mine.json", json.dumps(REGISTRY))

    for trust in ({}, {"CREDHUB_TRUST": str(file)}):
        refused = riverside("trust", "update", "http://127.0.0.1:9/", "--name", "dcc", **trust)
        assert refused.exit_code == 2
        assert "must name a folder" in refused.stderr


def test_what_does_not_answer_is_not_known(riverside: CommandLine, tmp_path: Path) -> None:
    trust = {"CREDHUB_TRUST": str(tmp_path / "trust")}

    failed = riverside("trust", "update", "http://127.0.0.1:9/", "--name", "dcc", **trust)

    assert failed.exit_code == 3
