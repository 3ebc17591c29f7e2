"""``credhub credential``: on hold, standing again, withdrawn."""

import pytest

from credhub.errors import ClaimLinkRefusedError
from credhub.runtime import open_runtime
from credhub.services import claiming, reading
from credhub.store.hubs import HubNumber
from tests.cli.command_line import CommandLine
from tests.running import settings_for
from tests.services.ordering import issue, publish_suspendable

RIVERSIDE = HubNumber(1)
REASON = ("--reason", "The photograph is of somebody else.")


@pytest.fixture
def address(riverside: CommandLine) -> str:
    """The address of a credential that can be suspended."""
    return issued(riverside, suspendable=True)


def issued(command: CommandLine, *, suspendable: bool) -> str:
    with open_runtime(settings_for("", command.data)) as runtime:
        resources = runtime.resources
        achievement = publish_suspendable(resources, RIVERSIDE) if suspendable else None
        made = issue(resources, RIVERSIDE, achievement)
        return reading.by_id(resources, RIVERSIDE, made).address


def standing(command: CommandLine, address: str) -> str:
    with open_runtime(settings_for("", command.data)) as runtime:
        return str(reading.by_code(runtime.resources, address.rpartition("/")[2]).standing)


def test_a_credential_is_suspended_and_stands_again(riverside: CommandLine, address: str) -> None:
    suspended = riverside("credential", "suspend", address, *REASON)
    between = standing(riverside, address)
    lifted = riverside("credential", "lift", address, *REASON)

    assert suspended.exit_code == lifted.exit_code == 0, suspended.output
    assert suspended.stdout.startswith(f"{address} is suspended: entry ")
    assert "/ledger/riverside/" in suspended.stdout
    assert lifted.stdout.startswith(f"{address} stands again: entry ")
    assert (between, standing(riverside, address)) == ("suspended", "active")


def test_asking_again_records_nothing(riverside: CommandLine, address: str) -> None:
    said = [
        riverside("credential", what, address, *REASON).stdout
        for what in ("suspend", "suspend", "lift", "lift")
    ]

    entries = [line.rpartition(": ")[2] for line in said]
    assert entries[0] == entries[1] != entries[2] == entries[3]
    assert " was suspended already: " in said[1]
    assert " stood already: " in said[3]


@pytest.mark.parametrize("form", ["code", "upper"])
def test_the_code_alone_will_do_and_the_address_of_a_qr_code(
    riverside: CommandLine, address: str, form: str
) -> None:
    which = address.rpartition("/")[2] if form == "code" else address.upper()

    assert riverside("credential", "suspend", which, *REASON).exit_code == 0
    assert standing(riverside, address) == "suspended"


def test_a_revocation_is_final_and_has_to_be_meant(riverside: CommandLine, address: str) -> None:
    unsure = riverside("credential", "revoke", address, *REASON)
    before = standing(riverside, address)
    revoked = riverside("credential", "revoke", address, *REASON, "--yes")
    again = riverside("credential", "revoke", address, *REASON, "--yes")
    lifted = riverside("credential", "lift", address, *REASON)

    assert (unsure.exit_code, before) == (2, "active")
    assert "--yes" in unsure.stderr
    assert revoked.exit_code == 0, revoked.output
    assert revoked.stdout.startswith(f"{address} is revoked: entry ")
    assert standing(riverside, address) == "revoked"
    assert again.exit_code == lifted.exit_code == 3
    assert "already revoked" in again.stderr


def test_what_cannot_be_suspended_is_not(riverside: CommandLine) -> None:
    plain = issued(riverside, suspendable=False)

    refused = riverside("credential", "suspend", plain, *REASON)
    never = riverside("credential", "lift", plain, *REASON)

    assert refused.exit_code == never.exit_code == 3
    assert "not marked as suspendable" in refused.stderr
    assert "is not suspended" in never.stderr
    assert standing(riverside, plain) == "active"


@pytest.mark.parametrize(
    "which",
    [
        "https://elsewhere.example/c/{code}",
        "http://127.0.0.1:8000/c/{code}/receipt",
        "http://127.0.0.1:8000/C2/{code}",
        "nothing",
        "",
    ],
)
def test_what_is_no_credential_of_ours_is_not_found(
    riverside: CommandLine, address: str, which: str
) -> None:
    named = which.format(code=address.rpartition("/")[2])

    refused = riverside("credential", "suspend", named, *REASON)

    assert refused.exit_code == 3
    assert standing(riverside, address) == "active"


@pytest.mark.parametrize("what", ["suspend", "lift", "revoke"])
def test_a_reason_is_asked_for(riverside: CommandLine, address: str, what: str) -> None:
    unsaid = riverside("credential", what, address)

    assert unsaid.exit_code == 2
    assert "--reason" in unsaid.stderr


def test_a_link_for_the_learner_is_made_and_ends_the_one_before(
    riverside: CommandLine, address: str
) -> None:
    first = riverside("credential", "claim-link", address)
    second = riverside("credential", "claim-link", address, "--days", "365")

    assert first.exit_code == second.exit_code == 0, first.output
    links = [it.stdout.strip().rpartition("#") for it in (first, second)]
    assert {host for host, _, _ in links} == {address.partition("/c/")[0] + "/claim"}
    with open_runtime(settings_for("", riverside.data)) as runtime:
        with pytest.raises(ClaimLinkRefusedError):
            claiming.open_link(runtime.resources, links[0][2])
        session = claiming.open_link(runtime.resources, links[1][2])
        assert claiming.visit(runtime.resources, session).opened.address == address


@pytest.mark.parametrize("days", ["0", "366", "x"])
def test_a_link_has_so_many_days(riverside: CommandLine, address: str, days: str) -> None:
    refused = riverside("credential", "claim-link", address, "--days", days)

    assert refused.exit_code == 2
    assert refused.stdout == ""
