"""``credhub verify --offline``: a file, a policy, and nothing else on the machine."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from credhub import instants
from credhub.jsontypes import JsonObject, canonical, parse_object
from credhub.ledger.cosignature import WitnessKey
from credhub.ledger.policy import Policy
from credhub.runtime import open_runtime
from credhub.services import bundles, reading, revoking, status_lists
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.uploads.found import MAX_CREDENTIAL
from credhub.verification.bundle import Bundle
from tests.cli.command_line import CommandLine
from tests.hostile import pdfs, photos, pngs
from tests.required import find_strace
from tests.running import settings_for
from tests.services.ordering import issue
from tests.unit import factories
from tests.unit.ledger.builder import KeyOf

RIVERSIDE = HubNumber(1)
OLDER = b'{"@context":"https://w3id.org/openbadges/v2","type":"Assertion"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """Somebody with a bundle and a policy; the hub is far away."""

    folder: Path
    bundle: Path
    policy: Path
    run: CommandLine

    def __call__(
        self, *more: str | Path, bundle: Path | None = None, policy: Path | None = None
    ) -> Result:
        return self.run(
            "verify", bundle or self.bundle, "--offline", "--policy", policy or self.policy, *more
        )

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


def bundle_of(resources: Resources, credential_id: str) -> Bundle:
    return bundles.make(resources, reading.by_id(resources, RIVERSIDE, credential_id))


@pytest.fixture
def employer(riverside: CommandLine, tmp_path: Path) -> Employer:
    """What an employer keeps, and a hub whose every file is gone."""
    with open_runtime(settings_for("", riverside.data)) as runtime:
        resources = runtime.resources
        bundle = bundle_of(resources, issue(resources, RIVERSIDE)).encode()
    printed = riverside("ledger", "policy")
    assert printed.exit_code == 0, printed.output
    folder = tmp_path / "employer"
    folder.mkdir()
    (folder / "bundle.json").write_bytes(bundle)
    (folder / "policy").write_text(printed.stdout)
    shutil.rmtree(riverside.data)
    return Employer(
        folder=folder,
        bundle=folder / "bundle.json",
        policy=folder / "policy",
        run=CommandLine(data=tmp_path / "nothing"),
    )


def verdict(result: Result) -> str:
    return str(json.loads(result.stdout)["verdict"])


def test_a_bundle_is_valid_when_its_hub_is_gone(employer: Employer) -> None:
    plain, as_json = employer(), employer("--json")

    assert plain.exit_code == as_json.exit_code == 0, plain.output
    assert plain.stdout.startswith("valid\n")
    # The terminal breaks long lines, so that pipes get one line for each check.
    assert sum(line.startswith(" ✓ ") for line in plain.stdout.splitlines()) == 9
    assert len(plain.stdout.splitlines()) == 11
    assert re.search(r"^Status as of 20\d\d-", plain.stdout, re.MULTILINE)
    assert verdict(as_json) == "valid"
    assert not employer.run.data.exists()


def test_the_policy_is_one_that_any_tool_can_read(employer: Employer) -> None:
    policy = Policy.parse(employer.policy.read_bytes())

    assert [log.key.name for log in policy.logs] == ["127.0.0.1:8000/ledger/riverside/2026"]
    assert [issuer.did for issuer in policy.issuers] == ["did:web:127.0.0.1%3A8000:hubs:riverside"]
    assert policy.quorum == "none"


def test_the_policy_asks_for_the_witnesses_that_are_set_up(riverside: CommandLine) -> None:
    key = WitnessKey(name="north.example/witness", public_key=KeyOf("north").public_key)
    asked = riverside.file(
        "asked", f"witness north {key.text()} https://w.example/\nquorum north\n"
    )

    printed = riverside("ledger", "policy", CREDHUB_WITNESS_POLICY=str(asked))

    policy = Policy.parse(printed.stdout.encode())
    assert [witness.key for witness in policy.witnesses] == [key]
    assert (policy.quorum, len(policy.logs)) == ("north", 1)


def test_a_link_in_a_file_is_not_opened_offline(employer: Employer) -> None:
    link = employer.file("link.txt", "https://hub.example/c/abcdefghijklmnopqrstuvwxyz234567\n")

    found = employer("--json", bundle=link)

    assert found.exit_code == 3
    assert parse_object(found.stdout.encode())["checks"][0]["code"] == "link-offline"  # type: ignore[index,call-overload]  # a report


@pytest.mark.parametrize("line", ["#hub", "log"])
def test_without_its_line_in_the_policy_an_issuer_is_unknown(employer: Employer, line: str) -> None:
    kept = [one for one in employer.policy.read_text().splitlines() if not one.startswith(line)]
    policy = employer.file("less", "\n".join(kept) + "\n")

    unknown = employer(policy=policy)

    assert unknown.exit_code == 3
    assert unknown.stdout.startswith("unknownIssuer\n")
    assert verdict(employer("--json", policy=policy)) == "unknownIssuer"


def test_what_was_changed_is_refused(employer: Employer) -> None:
    changed = employer.bundle.read_text().replace("Dubois", "Dupont")

    refused = employer(bundle=employer.file("changed.json", changed))

    assert refused.exit_code == 1
    assert refused.stdout.startswith("invalid\n")


@pytest.mark.parametrize("content", [b"{}", b'{"type":"CredhubBundle"}'])
def test_what_is_no_bundle_is_refused(employer: Employer, content: bytes) -> None:
    refused = employer(bundle=employer.file("other", content))

    assert refused.exit_code == 1
    assert refused.stdout.startswith("invalid\n")


@pytest.mark.parametrize("content", [b"", b"{", b"%PDF-1.7", b"\xff", b"\x89PNG"])
def test_what_cannot_be_read_is_refused(employer: Employer, content: bytes) -> None:
    refused = employer(bundle=employer.file("other", content))

    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "/other: " in refused.stderr


def test_a_folder_of_bundles_is_checked_at_once(employer: Employer) -> None:
    applications = employer.folder / "applications"
    applications.mkdir()
    bundle = parse_object(employer.bundle.read_bytes())
    signed = str(bundle["credential"])
    foreign = canonical(by_key())
    for name, content in {
        "1-bundle.json": employer.bundle.read_bytes(),
        "2-changed.json": employer.bundle.read_bytes().replace(b"Dubois", b"Dupont"),
        "3-credential.json": signed.encode(),
        "4-inside.pdf": pdfs.with_files(b"notes", signed.encode()),
        "5-bundle.pdf": pdfs.with_files(employer.bundle.read_bytes()),
        "6-link.png": pngs.of_rows(photos.rows_of("https://hub.example/c/abc")),
        "7-foreign.json": foreign,
        "8-foreign.png": pngs.image(pngs.international(foreign)),
        "9-forged.json": foreign.replace(b"Dubois", b"Dupont"),
        "a-letter.pdf": pdfs.with_files(b"notes"),
        "b-older.json": OLDER,
        "c-older.png": pngs.image(pngs.international(OLDER, keyword=b"openbadges")),
    }.items():
        (applications / name).write_bytes(content)

    found = employer("--json", bundle=applications)
    table = employer(bundle=applications)

    verdicts = {}
    for line in found.stdout.splitlines():
        one = json.loads(line)
        said = one["report"]["verdict"] if "report" in one else one["problem"]["code"]
        verdicts[Path(one["file"]).name.partition(".")[0]] = said
    assert verdicts == {
        "1-bundle": "valid",
        "2-changed": "invalid",
        "3-credential": "indeterminate",
        "4-inside": "indeterminate",
        "5-bundle": "valid",
        "6-link": "indeterminate",
        "7-foreign": "unknownIssuer",
        "8-foreign": "unknownIssuer",
        "9-forged": "invalid",
        "a-letter": "no-credential-in-file",
        "b-older": "indeterminate",
        "c-older": "indeterminate",
    }
    assert found.exit_code == table.exit_code == 1
    assert table.stdout.endswith(
        "12 files: 2 valid, 2 unknownIssuer, 5 indeterminate, 2 invalid, 1 not read.\n"
    )
    assert "Open the link" in table.stdout
    assert not employer.run.data.exists()


def test_a_presentation_is_looked_at_offline_too(employer: Employer) -> None:
    presentation: JsonObject = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [by_key()],
    }

    shown = employer(bundle=employer.file("vp.json", canonical(presentation)))

    assert shown.exit_code == 3
    assert shown.stdout.startswith("unknownIssuer, a presentation\n")


def test_t11_what_is_larger_than_a_credential_is_told(employer: Employer) -> None:
    large = canonical(by_key()) + b" " * MAX_CREDENTIAL

    refused = employer(bundle=employer.file("large.json", large))

    assert refused.exit_code == 1
    assert "larger than any that would be honest" in refused.stderr


def by_key() -> JsonObject:
    """Give a credential whose issuer is a key."""
    document = factories.credential(did=factories.MemorySigner().did)
    without = {"credentialStatus", "credentialSchema"}
    return factories.signed({name: document[name] for name in document if name not in without})


def test_a_moment_can_be_judged_at_which_the_list_still_held(employer: Employer) -> None:
    now = datetime.now(UTC)

    today = employer("--as-of", instants.text_of(now))
    later = employer("--as-of", instants.text_of(now + timedelta(days=30)))
    before = employer("--as-of", "2020-01-01T00:00:00+02:00")

    assert today.exit_code == 0
    assert "on the day that you ask about" in today.stdout
    assert later.exit_code == 3
    assert later.stdout.startswith("indeterminate\n")
    assert "too old" in later.stdout
    assert before.exit_code == 1
    assert before.stdout.startswith("notYetValid\n")


def test_what_was_revoked_is_refused(riverside: CommandLine, tmp_path: Path) -> None:
    with open_runtime(settings_for("", riverside.data)) as runtime:
        resources = runtime.resources
        which = issue(resources, RIVERSIDE)
        revoking.revoke(resources, RIVERSIDE, which, actor="me", reason="A test.")
        status_lists.publish(resources, resources.keyring.of(RIVERSIDE).hub, 1)
        path = riverside.file("bundle.json", bundle_of(resources, which).encode())
    policy = riverside.file("policy", riverside("ledger", "policy").stdout)

    revoked = CommandLine(data=tmp_path / "none")("verify", path, "--offline", "--policy", policy)

    assert revoked.exit_code == 1
    assert revoked.stdout.startswith("revoked\n")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--offline",), "needs --policy or --trust"),
        (("--offline", "--policy", "{policy}", "--receipt", "{policy}"), "takes no --receipt"),
        (("--policy", "{policy}"), "are for --offline"),
        (("--as-of", "2026-11-22T00:00:00Z"), "are for --offline"),
        (("--offline", "--policy", "{policy}", "--as-of", "yesterday"), "must be a time"),
        (("--offline", "--policy", "{bundle}"), "is not a policy"),
        (("--offline", "--policy", "/nowhere"), "cannot be read"),
    ],
)
def test_wrong_usage_is_told(employer: Employer, more: tuple[str, ...], sentence: str) -> None:
    words = [word.format(policy=employer.policy, bundle=employer.bundle) for word in more]

    wrong = employer.run("verify", employer.bundle, *words)

    assert wrong.exit_code == 2
    assert sentence in " ".join(wrong.stderr.replace("│", " ").split())


def test_an_own_list_vouches_for_who_signs_by_its_identifier(employer: Employer) -> None:
    signer = factories.MemorySigner(9)
    document = factories.credential(did=signer.did)
    for member in ("credentialStatus", "credentialSchema"):
        del document[member]
    file = employer.file("a.json", canonical(factories.signed(document, signer=signer)))
    trust = employer.file("trust", json.dumps({"registry": {signer.did: {"name": "A school"}}}))

    listed = employer.run("verify", file, "--offline", "--trust", trust, "--json")
    unlisted = employer("--json", bundle=file)

    assert (verdict(listed), listed.exit_code) == ("valid", 0)
    assert (verdict(unlisted), unlisted.exit_code) == ("unknownIssuer", 3)


def test_no_list_says_whose_keys_are_in_a_bundle(employer: Employer) -> None:
    credential = json.loads(employer.bundle.read_bytes())["credential"]
    did = json.loads(credential)["issuer"]["id"]
    trust = employer.file("trust", json.dumps({"registry": {did: {"name": "Riverside"}}}))

    by_list = employer.run("verify", employer.bundle, "--offline", "--trust", trust, "--json")

    assert (verdict(by_list), by_list.exit_code) == ("unknownIssuer", 3)
    assert verdict(employer("--trust", trust, "--json")) == "valid"


def test_settings_that_are_wrong_do_not_matter(employer: Employer) -> None:
    fine = replace(
        employer.run, variables={"CREDHUB_PORT": "no number", "CREDHUB_DATABASE_URL": "x"}
    )

    assert replace(employer, run=fine)().exit_code == 0


def test_a_bundle_can_be_checked_where_the_hub_is(riverside: CommandLine) -> None:
    with open_runtime(settings_for("", riverside.data)) as runtime:
        resources = runtime.resources
        bundle = bundle_of(resources, issue(resources, RIVERSIDE))
    path = riverside.file("bundle.json", bundle.encode())
    damaged = riverside.file("damaged.json", b'{"type":"CredhubBundle"}')

    assert riverside("verify", path).stdout.startswith("valid\n")
    assert riverside("verify", damaged).exit_code == 1


# The whole process


def alone(employer: Employer, *before: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own, in an empty folder, with an empty environment."""
    home = employer.folder / "home"
    home.mkdir()
    command = [*before, sys.executable, "-m", "credhub.cli.main", "verify", str(employer.bundle)]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",  # else it writes beside our source, not in its home
    }
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, "--offline", "--policy", str(employer.policy)],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert list(home.iterdir()) == []
    return done


def works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603 - fixed words


@pytest.fixture
def without_network() -> Iterator[list[str]]:
    """Words before a command that take every network interface away from it."""
    for words in (["unshare", "-n"], ["unshare", "-r", "-n"]):
        if works(*words, "true"):
            yield words
            return
    pytest.skip("no network namespaces here: needs unshare and the right to use it")


def test_it_needs_no_network_and_leaves_nothing(
    employer: Employer, without_network: list[str]
) -> None:
    done = alone(employer, *without_network)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("valid\n")


def test_it_asks_nobody_and_opens_no_store(employer: Employer) -> None:
    trace = employer.folder / "trace"
    calls = "trace=%network,openat,creat,mkdir"

    done = alone(employer, find_strace(), "-f", "-q", "-e", calls, "-o", str(trace))

    assert done.returncode == 0, done.stderr
    lines = trace.read_text(errors="replace").splitlines()
    assert len(lines) > 100
    asked = [line for line in lines if re.search(r"\b(connect|sendto|sendmsg|bind)\(", line)]
    assert [line for line in asked if "/nscd/" not in line] == []  # where libc looks up users
    written = [
        line for line in lines if "O_WRONLY" in line or "O_RDWR" in line or "O_CREAT" in line
    ]
    assert [line for line in written if "/dev/" not in line and "/proc/" not in line] == []
    opened = [line for line in lines if re.search(r"\.db\b|sqlite|master\.key", line)]
    code = re.compile(r"\.so|\.py|/lib/python")
    assert [line for line in opened if not code.search(line)] == []
