"""``credhub endorsement``, and what else at the command line is about endorsing partners."""

import json

from credhub.jsontypes import JsonObject
from credhub.proofs import vc_jwt
from tests.cli.command_line import CommandLine
from tests.services.sinks import endorsement
from tests.unit import factories
from tests.unit.factories import MemorySigner

WELDERS = MemorySigner(71)


def said(line: CommandLine) -> JsonObject:
    """Endorse the hub, by the identifier that its page names."""
    line("partner", "add", WELDERS.did, "--name", "Welders Ltd")
    subject: JsonObject = {"id": hub_of(line), "type": ["EndorsementSubject"]}
    return endorsement(WELDERS.did, credentialSubject=subject)


def hub_of(line: CommandLine) -> str:
    listed = line("partner", "list").stdout
    assert WELDERS.did in listed
    return "http://127.0.0.1:8000/hubs/riverside"


def test_an_endorsement_is_added_listed_and_withdrawn(riverside: CommandLine) -> None:
    document = factories.signed(said(riverside), signer=WELDERS)
    file = str(riverside.file("e.json", json.dumps(document)))

    added = riverside("endorsement", "add", file)
    again = riverside("endorsement", "add", file)
    listed = riverside("endorsement", "list")
    of_partner = riverside("partner", "endorsements", WELDERS.did)
    of_other = riverside("partner", "endorsements", "did:web:other.example")

    assert added.exit_code == 0, added.output
    address, state = added.stdout.rstrip("\n").split("\t")
    assert (state, again.stdout) == ("valid", added.stdout)
    endorsement_id, listed_state, how, who, _ = listed.stdout.rstrip("\n").split("\t")
    assert (listed_state, how, who) == ("valid", "signed", f"{WELDERS.did} Welders Ltd")
    assert address.endswith(endorsement_id)
    assert (of_partner.stdout, of_other.stdout) == (listed.stdout, "")

    done = riverside("endorsement", "withdraw", endorsement_id, "--reason", "Asked for.")
    twice = riverside("endorsement", "withdraw", endorsement_id, "--reason", "Asked for.")
    audited = riverside("audit", "--full")

    assert done.stdout == f"The endorsement {endorsement_id} is withdrawn.\n"
    assert (twice.exit_code, "withdrawn" in twice.stderr) == (3, True)
    assert "\twithdrawn\t" in riverside("endorsement", "list").stdout
    assert audited.exit_code == 0, audited.output


def test_a_token_is_taken_and_what_is_neither_is_not(riverside: CommandLine) -> None:
    token = vc_jwt.sign(said(riverside), signer=WELDERS, verification_method=WELDERS.method)

    added = riverside("endorsement", "add", str(riverside.file("e.jwt", token + "\n")))
    other = riverside("endorsement", "add", str(riverside.file("e.txt", "Schweißer")))
    broken = riverside("endorsement", "add", str(riverside.file("e.json", "{")))

    assert added.exit_code == 0, added.output
    assert (other.exit_code, broken.exit_code) == (3, 3)


def test_who_is_no_partner_any_more_is_listed_without_a_name(riverside: CommandLine) -> None:
    document = factories.signed(said(riverside), signer=WELDERS)
    riverside("endorsement", "add", str(riverside.file("e.json", json.dumps(document))))

    riverside("partner", "end", WELDERS.did)

    listed = riverside("endorsement", "list").stdout
    assert f"\tnotAPartner\tsigned\t{WELDERS.did}\t" in listed


def test_an_account_is_made_for_a_partner_alone(riverside: CommandLine) -> None:
    create = ("key", "create", "--label", "Welders", "--partner", WELDERS.did)

    early = riverside(*create)
    said(riverside)
    made = riverside(*create)
    more = riverside(*create, "--scope", "read")

    assert (early.exit_code, "does not vouch" in early.stderr) == (3, True)
    assert made.stdout.startswith("chk_")
    assert "endorse\tWelders" in riverside("key", "list").stdout
    assert more.exit_code == 3
