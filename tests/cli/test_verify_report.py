"""What ``credhub verify`` prints of words that strangers wrote."""

from dataclasses import replace

import pytest

from credhub.cli.verify_report import show
from credhub.verification.findings import StatusMessage
from tests.web.pages import samples


def test_the_issuers_own_word_for_a_status_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    word = StatusMessage(purpose="message", value=1, message="[red]\x1b[2Jpending")

    show(replace(samples.report(), status_messages=(word,)))

    printed = capsys.readouterr().out
    assert "The issuer's own word for its status: [red]\ufffd[2Jpending\n" in printed


def test_an_identifier_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    report = samples.report()
    checks = tuple(replace(one, detail="The key of did:key:z6Mk.") for one in report.checks)

    show(replace(report, checks=checks))

    assert capsys.readouterr().out.count("did:key:z6Mk") == len(checks)
