"""``credhub partner`` and ``credhub trust add-signed``."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine
from tests.unit import factories
from tests.unit.factories import MemorySigner
from tests.unit.verification.partners import HUB, Vouching, endorsement, issuer, policy_of, signed

NORDIC = "did:web:nordic.example"
PARTNER = MemorySigner(77)


def test_a_partner_is_added_listed_and_ended(riverside: CommandLine) -> None:
    added = riverside("partner", "add", NORDIC, "--name", "Nordic Coders", "--comment", "Good.")
    listed = riverside("partner", "list")
    again = riverside("partner", "add", NORDIC, "--name", "Nordic Coders")
    audited = riverside("audit", "--full")
    ended = riverside("partner", "end", NORDIC)
    gone = riverside("partner", "end", NORDIC)
    left = riverside("partner", "list", "--hub", "riverside")

    assert added.exit_code == 0, added.output
    assert "/hubs/riverside/partners/" in added.stdout
    did, state, name = listed.stdout.rstrip("\n").split("\t")
    assert (did, state[:6], name) == (NORDIC, "until ", "Nordic Coders")
    assert (again.exit_code, "already" in again.stderr) == (3, True)
    assert audited.exit_code == 0, audited.output
    assert ended.stdout == "The hub does not vouch for Nordic Coders any more.\n"
    assert (gone.exit_code, "does not vouch" in gone.stderr) == (3, True)
    assert (left.exit_code, left.stdout) == (0, "")


def test_a_time_can_be_given_and_must_be_one(riverside: CommandLine) -> None:
    until = "2099-01-01T00:00:00Z"
    add = ("partner", "add", NORDIC, "--name", "Nordic", "--until")

    assert until in riverside(*add, until).stdout
    assert riverside(*add, "tomorrow").exit_code == 2
    assert riverside(*add, "2001-01-01T00:00:00Z").exit_code == 3


def vouching_until(year: int) -> Vouching:
    made = Vouching()
    whom = endorsement(PARTNER.did, name="Nordic Coders")
    until = whom.valid_until.replace(year=year)
    made.add(signed(replace(whom, valid_until=until).to_document(issuer())))
    return made


@pytest.fixture
def badge(riverside: CommandLine) -> Path:
    document = factories.credential(did=PARTNER.did)
    for member in ("credentialStatus", "credentialSchema"):
        del document[member]
    return riverside.file("badge.json", json.dumps(factories.signed(document, signer=PARTNER)))


def test_a_signed_list_is_copied_listed_and_believed(
    riverside: CommandLine, badge: Path, tmp_path: Path
) -> None:
    trust = {"CREDHUB_TRUST": str(tmp_path / "trust")}
    source = riverside.file("partners.json", vouching_until(2199).published().encode())
    policy = riverside.file("policy", policy_of().text())
    add = ("trust", "add-signed", source, "--hub", HUB.did, "--name", "riverside")

    before = riverside("verify", badge, "--json")
    done = riverside(*add, "--policy", policy, **trust)
    listed = riverside("trust", "list", **trust)
    believed = riverside("verify", badge, "--json", **trust)

    assert json.loads(before.stdout)["verdict"] == "unknownIssuer"
    assert done.exit_code == 0, done.output
    assert f"Riverside Learning Hub vouches for Nordic Coders, {PARTNER.did}, until 2199" in (
        done.stdout
    )
    assert done.stderr == ""
    assert listed.stdout == f"{HUB.did}: 1\n  {PARTNER.did}  Nordic Coders\n"
    assert json.loads(believed.stdout)["verdict"] == "valid"
    assert "Riverside Learning Hub vouches for Nordic Coders." in believed.stdout


def test_without_a_policy_the_operator_is_told(riverside: CommandLine, tmp_path: Path) -> None:
    trust = {"CREDHUB_TRUST": str(tmp_path / "trust")}
    source = riverside.file("partners.json", vouching_until(2199).published().encode())

    done = riverside("trust", "add-signed", source, "--hub", HUB.did, "--name", "r", **trust)

    assert done.exit_code == 0, done.output
    assert done.stderr == "Without --policy nobody says that this list is whole, or new.\n"


def test_a_forged_list_an_old_list_and_that_of_another_are_refused(
    riverside: CommandLine, tmp_path: Path
) -> None:
    trust = {"CREDHUB_TRUST": str(tmp_path / "trust")}
    vouching = vouching_until(2199)
    before = vouching.published().encode()
    vouching.add(signed())
    now = vouching.published().encode()
    named = ("--hub", HUB.did, "--name", "riverside")

    def add(data: bytes, *options: str) -> tuple[int, str]:
        source = riverside.file("partners.json", data)
        done = riverside("trust", "add-signed", source, *(options or named), **trust)
        return done.exit_code, done.stderr

    assert add(now)[0] == 0
    for data, options, words in (
        (now.replace(b"Nordic Coders", b"Nordic Codexx"), (), "is refused"),
        (before, (), "of before"),
        (now, ("--hub", PARTNER.did, "--name", "x"), "is refused"),
        (b"{}", (), "is not a list of issuers"),
    ):
        code, said = add(data, *options)
        assert (code, words in said) == (3, True), said
    assert add(now, "--hub", HUB.did, "--name", "../up")[0] == 2


def test_an_address_that_does_not_answer_is_not_known(
    riverside: CommandLine, tmp_path: Path
) -> None:
    trust = {"CREDHUB_TRUST": str(tmp_path / "trust")}
    words = ("trust", "add-signed", "http://127.0.0.1:9/hubs/x/partners", "--name", "x", "--hub")

    assert riverside(*words, "did:web:hub.example:hubs:x", **trust).exit_code == 3
    assert riverside(*words, "did:web:hub.example:hubs:x").exit_code == 2
