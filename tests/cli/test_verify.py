"""``credhub verify``: what a file is worth, by exit code."""

import json
import shutil
from pathlib import Path

import pytest

from credhub.jsontypes import JsonObject
from credhub.proofs import data_integrity
from credhub.runtime import open_runtime
from credhub.services import reading, receipts, revoking
from credhub.store.hubs import HubNumber
from tests.cli.command_line import CommandLine
from tests.running import settings_for
from tests.services.ordering import issue
from tests.unit import factories

RIVERSIDE = HubNumber(1)


@pytest.fixture
def credential(riverside: CommandLine) -> Path:
    """A credential of the hub; its receipt is beside it."""
    with open_runtime(settings_for("", riverside.data)) as runtime:
        resources = runtime.resources
        opened = reading.by_id(resources, RIVERSIDE, issue(resources, RIVERSIDE))
        riverside.file("receipt", receipts.of(resources, opened).text())
    return riverside.file("credential.json", opened.signed)


def changed(command: CommandLine, credential: Path, **members: str) -> Path:
    document = json.loads(credential.read_bytes()) | members
    return command.file("changed.json", json.dumps(document))


def outcomes(report: str) -> dict[str, str]:
    return {check["check"]: check["outcome"] for check in json.loads(report)["checks"]}


def test_a_credential_of_ours_is_valid(riverside: CommandLine, credential: Path) -> None:
    plain = riverside("verify", credential)
    as_json = riverside("verify", credential, "--json")

    assert plain.exit_code == as_json.exit_code == 0, plain.output
    assert plain.stdout.startswith("valid\n")
    assert plain.stdout.count("✓") == 9
    assert set(outcomes(as_json.stdout).values()) == {"passed"}


def test_what_was_changed_is_refused(riverside: CommandLine, credential: Path) -> None:
    forged = riverside("verify", changed(riverside, credential, name="Master of all"), "--json")

    assert forged.exit_code == 1
    assert json.loads(forged.stdout)["verdict"] == "invalid"
    assert outcomes(forged.stdout)["proof"] == "failed"


def test_what_was_revoked_is_refused(riverside: CommandLine, credential: Path) -> None:
    with open_runtime(settings_for("", riverside.data)) as runtime:
        (listed,) = reading.page(runtime.resources, RIVERSIDE, before=None, limit=1)
        which = listed.credential.credential_id
        revoking.revoke(runtime.resources, RIVERSIDE, which, actor="me", reason="A test.")

    revoked = riverside("verify", credential)

    assert revoked.exit_code == 1
    assert revoked.stdout.startswith("revoked\n")


def test_an_unknown_issuer_is_neither_accepted_nor_refused(riverside: CommandLine) -> None:
    document = factories.credential(did=factories.MemorySigner().did)
    without = {"credentialStatus", "credentialSchema"}
    foreign = {name: document[name] for name in document if name not in without}

    unknown = riverside("verify", riverside.file("f.json", text(factories.signed(foreign))))

    assert unknown.exit_code == 3
    assert unknown.stdout.startswith("unknownIssuer\n")
    assert "?" in unknown.stdout


def test_what_could_not_be_found_out_is_neither(riverside: CommandLine) -> None:
    unknown = riverside("verify", riverside.file("f.json", text(factories.signed())))

    assert unknown.exit_code == 3
    assert unknown.stdout.startswith("indeterminate\n")


def test_a_receipt_that_belongs_to_it(riverside: CommandLine, credential: Path) -> None:
    receipt = credential.with_name("receipt")

    assert riverside("verify", credential, "--receipt", receipt).exit_code == 0


def test_t83_a_receipt_of_another_credential(riverside: CommandLine, credential: Path) -> None:
    mine = credential.read_bytes()
    with open_runtime(settings_for("", riverside.data)) as runtime:
        resources = runtime.resources
        other = reading.by_id(resources, RIVERSIDE, issue(resources, RIVERSIDE))
        receipt = riverside.file("other", receipts.of(resources, other).text())

    refused = riverside("verify", credential, "--receipt", receipt, "--json")

    assert credential.read_bytes() == mine
    assert refused.exit_code == 1
    assert outcomes(refused.stdout)["ledger"] == "failed"


@pytest.mark.parametrize("content", [b"", b"nothing", b"\xff\xfe"])
def test_a_file_that_is_no_receipt(
    riverside: CommandLine, credential: Path, content: bytes
) -> None:
    refused = riverside("verify", credential, "--receipt", riverside.file("none", content))

    assert refused.exit_code == 1
    assert refused.stdout.startswith("invalid\n")


def test_a_link_is_looked_up_or_foreign(riverside: CommandLine, credential: Path) -> None:
    address = json.loads(credential.read_bytes())["id"]

    own = riverside("verify", riverside.file("own.txt", address))
    foreign = riverside("verify", riverside.file("f.txt", "https://www.credly.com/x"), "--json")

    assert own.exit_code == 0
    assert own.stdout.startswith("valid\n")
    assert foreign.exit_code == 3
    assert json.loads(foreign.stdout)["checks"][0]["code"] == "foreign-link"


@pytest.mark.parametrize(
    "content", [b"[]", b"Certificate.pdf", b"n@example.org", b"{", b'{"a":1,"a":2}']
)
def test_a_file_that_is_no_json(riverside: CommandLine, content: bytes) -> None:
    refused = riverside("verify", riverside.file("f.json", content))

    assert refused.exit_code == 1
    assert "f.json: It is neither a token nor JSON: " in refused.stderr


def test_json_that_is_no_credential_is_invalid(riverside: CommandLine) -> None:
    assert riverside("verify", riverside.file("f.json", b"{}")).stdout.startswith("invalid\n")


@pytest.mark.parametrize("text_of_stranger", ["[/red] [bold", "\x1b[2J\x1b]0;owned\x07", "\u202e"])
def test_t70_what_strangers_wrote_steers_no_terminal(
    riverside: CommandLine, text_of_stranger: str
) -> None:
    document = factories.signed()
    document["credentialSchema"] = [{"id": f"https://x.example/{text_of_stranger}", "type": "x"}]
    document["issuer"] = f"did:web:{text_of_stranger}"
    document["proof"] = [{"type": text_of_stranger, "cryptosuite": text_of_stranger}]

    shown = riverside("verify", riverside.file("f.json", text(document)))

    assert shown.exit_code in {1, 3}, shown.output
    assert not set("\x1b\x07\u202e") & set(shown.output)


def test_a_service_that_cannot_start_refuses_nothing(
    riverside: CommandLine, credential: Path
) -> None:
    (riverside.data / "master.key").chmod(0o644)

    assert riverside("verify", credential).exit_code == 3


def text(document: JsonObject) -> str:
    return json.dumps(document)


def test_on_another_machine_nothing_is_left_behind(
    newcomer: CommandLine, riverside: CommandLine, credential: Path
) -> None:
    shutil.move(riverside.data, riverside.data.with_name("far away"))

    report = newcomer("verify", credential, "--json")

    # The hub of a trial has an address for a name, which is nobody's DID elsewhere.
    assert report.exit_code == 1
    assert outcomes(report.stdout)["proof"] == "failed"
    assert not newcomer.data.exists()


HOLDER = factories.MemorySigner(5)


def presentation(*credentials: JsonObject) -> JsonObject:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": list(credentials),
    }


def by_holder(document: JsonObject) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=HOLDER,
        verification_method=HOLDER.method,
        created=factories.NOON,
        purpose=data_integrity.AUTHENTICATION,
    )


def test_a_presentation_that_nobody_signed_says_so(
    riverside: CommandLine, credential: Path
) -> None:
    document = presentation(json.loads(credential.read_bytes()))

    shown = riverside("verify", riverside.file("vp.json", text(document)))

    assert shown.exit_code == 0
    assert shown.stdout.startswith("valid, a presentation\n")
    assert "\nNobody signed this presentation.\n\nCredential 1 of 1:\nvalid\n" in shown.stdout
    assert "the one who signed" not in shown.stdout


def test_a_signed_presentation_names_its_holder(riverside: CommandLine, credential: Path) -> None:
    document = by_holder(presentation(json.loads(credential.read_bytes())))
    file = riverside.file("vp.json", text(document))

    shown = riverside("verify", file)
    as_json = json.loads(riverside("verify", file, "--json").stdout)

    assert shown.exit_code == 0
    assert f"Signed by {HOLDER.did}." in shown.stdout
    assert "It is not tied by a key to the one who signed the presentation." in shown.stdout
    assert "Nobody signed" not in shown.stdout
    assert as_json["holder"] == HOLDER.did
    assert [one["presentedBy"] for one in as_json["credentials"]] == ["unknown"]


def test_one_bad_credential_is_the_exit_code_of_a_presentation(
    riverside: CommandLine, credential: Path
) -> None:
    good = json.loads(credential.read_bytes())
    document = presentation(good, good | {"name": "Master of all"})

    shown = riverside("verify", riverside.file("vp.json", text(document)))

    assert shown.exit_code == 1
    assert shown.stdout.startswith("invalid, a presentation\n")
    assert "Credential 1 of 2:\nvalid\n" in shown.stdout
    assert "Credential 2 of 2:\ninvalid\n" in shown.stdout


def test_a_presentation_with_nothing_in_it_accepts_nothing(riverside: CommandLine) -> None:
    shown = riverside("verify", riverside.file("vp.json", text(by_holder(presentation()))))

    assert shown.exit_code == 3
    assert shown.stdout.startswith("indeterminate, a presentation\n")
    assert "There is no credential in it." in shown.stdout


def test_a_presentation_that_was_changed_is_refused(riverside: CommandLine) -> None:
    forged = by_holder(presentation()) | {"holder": "did:example:another"}

    shown = riverside("verify", riverside.file("vp.json", text(forged)))

    assert shown.exit_code == 1
    assert "Signed by" not in shown.stdout
    assert "There is no credential" not in shown.stdout
