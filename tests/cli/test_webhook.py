"""``credhub webhook``."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine
from tests.egress.certificates import self_signed
from tests.receivers import Receiver, receiving

LOCALHOST = "localhost"


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    certificate = self_signed(tmp_path / "certificate.pem", LOCALHOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(certificate, host=LOCALHOST) as one:
        monkeypatch.setenv("CREDHUB_WEBHOOK_ORIGINS", one.origin)
        yield one


def test_a_webhook_is_added_tried_out_listed_rotated_and_removed(
    riverside: CommandLine, receiver: Receiver
) -> None:
    added = riverside("webhook", "add", receiver.url, "--type", "credential.issued")
    webhook_id, secret = added.stdout.strip().split("\t")
    tried = riverside("webhook", "test", webhook_id)
    receiver.answer = lambda _: 500
    refused = riverside("webhook", "test", webhook_id)
    listed = riverside("webhook", "list", "--hub", "riverside")
    rotated = riverside("webhook", "rotate", webhook_id, "--overlap", "60")
    removed = riverside("webhook", "remove", webhook_id)
    again = riverside("webhook", "remove", webhook_id)
    left = riverside("webhook", "list")

    assert added.exit_code == 0, added.output
    assert secret.startswith("whsec_")
    assert (tried.exit_code, tried.stdout.startswith("delivered (204) in ")) == (0, True)
    assert (refused.exit_code, refused.stdout.startswith("refused (500) in ")) == (1, True)
    assert [message.type for message in receiver.messages] == ["webhook.test"] * 2
    assert webhook_id in listed.stdout
    assert receiver.url in listed.stdout
    assert secret not in listed.stdout
    assert rotated.stdout.startswith("whsec_")
    assert rotated.stdout.strip() != secret
    assert removed.exit_code == 0
    assert (again.exit_code, "no such webhook" in again.stderr) == (3, True)
    assert (left.exit_code, left.stdout) == (0, "")


def test_something_is_told_again(riverside: CommandLine, receiver: Receiver) -> None:
    added = riverside("webhook", "add", receiver.url)
    webhook_id = added.stdout.split("\t")[0]

    dead = riverside("webhook", "replay", webhook_id, "--dead")
    unknown = riverside("webhook", "replay", webhook_id, "--from", "1999:0")

    assert (dead.exit_code, dead.stdout) == (0, "Of what was given up, 0 are tried anew.\n")
    assert (unknown.exit_code, "Name an entry" in unknown.stderr) == (3, True)
    for words in ((), ("--from", "x"), ("--to", "2026:1"), ("--dead", "--from", "2026:1")):
        assert riverside("webhook", "replay", webhook_id, *words).exit_code == 2, words


def test_an_address_inside_is_refused(riverside: CommandLine) -> None:
    added = riverside("webhook", "add", "https://127.0.0.1/hook")

    assert (added.exit_code, "begins with https://" in added.stderr) == (3, True)
