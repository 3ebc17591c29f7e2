"""Commands on a hardened PostgreSQL, as the role that may read what is public anyway."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from credhub.services import partners, revoking, status_lists
from credhub.services.partners import NewPartner
from credhub.store.store import Store
from tests.cli.command_line import CommandLine
from tests.engines import PostgresqlDatabases
from tests.roles import Hardened, hardening
from tests.running import issue, running
from tests.store.rows import run

LOG = "127.0.0.1:8000/ledger/riverside/2026"


@pytest.fixture
def hardened(postgresql: PostgresqlDatabases, tmp_path: Path) -> Iterator[Hardened]:
    """A service in whose ledger everything happened, which was ended."""
    with postgresql.migrated() as url, hardening(url) as made:
        with running(made.app, tmp_path / "data") as service:
            hub, client = service.one.hub, service.client()
            kept, gone = issue(client), issue(client)
            assert kept != gone
            resources = service.resources
            revoking.revoke(resources, hub.number, str(gone["id"]), actor="me", reason="A test.")
            status_lists.publish(resources, hub, 1)
            partners.add(resources, hub, NewPartner(did="did:web:nordic.example", name="Nordic"))
        yield made


def command_as(hardened: Hardened, role: str, folder: Path) -> CommandLine:
    """Give the command line of a role, on a machine without a key."""
    folder.mkdir()
    variables = {"CREDHUB_DATABASE_URL": hardened.as_role(role)}
    return CommandLine(data=folder, variables=variables)


@pytest.fixture
def auditor(hardened: Hardened, tmp_path: Path) -> CommandLine:
    return command_as(hardened, hardened.roles.auditor, tmp_path / "auditor")


def test_an_auditor_of_the_database_finds_it_sound(auditor: CommandLine) -> None:
    audited = auditor("audit", "--public-only", "--jobs", "2")

    assert audited.exit_code == 0, audited.output
    assert f"Sound: {LOG}" in audited.stderr


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE ledger_entry SET time_ms = time_ms + 1 WHERE seq = 2", "ledger_entry"),
        ("UPDATE signing_key SET retired_ms = 1 WHERE key_id = 'key-1'", "signing_key"),
        ("UPDATE hub SET did = did || ':x'", "signing_key"),
        ("UPDATE partner_change SET document = 'x'", "partner_change"),
    ],
)
def test_t81_an_auditor_of_the_database_finds_what_the_owner_changed(
    hardened: Hardened, auditor: CommandLine, statement: str, table: str
) -> None:
    name = statement.split()[1]
    run(
        hardened.url,
        f"ALTER TABLE {name} DISABLE TRIGGER ALL",
        statement,
        f"ALTER TABLE {name} ENABLE TRIGGER ALL",
    )

    audited = auditor("audit", "--public-only")

    assert audited.exit_code == 1, audited.output
    assert f"Not sound: {LOG}" in audited.stderr
    assert table in audited.stderr


def test_an_auditor_writes_the_policy_that_the_service_writes(
    hardened: Hardened, auditor: CommandLine, tmp_path: Path
) -> None:
    service = command_as(hardened, hardened.roles.app, tmp_path / "service")

    written = auditor("ledger", "policy")

    assert written.exit_code == 0, written.output
    assert f"\nlog {LOG}+" in written.stdout
    assert written.stdout == service("ledger", "policy").stdout


@pytest.mark.parametrize("asked", [("ledger", "doctor"), ("audit", "--witness")])
def test_an_auditor_compares_the_database_with_what_was_published(
    auditor: CommandLine, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    second = f"sqlite:///{tmp_path / 'data' / 'second.db'}"

    compared = auditor(*asked, CREDHUB_SECOND_STORE=second)

    assert compared.exit_code == 0, compared.output


def test_an_auditor_opens_no_commitment(auditor: CommandLine) -> None:
    refused = auditor("audit", CREDHUB_MASTER_KEY="a master key of thirty-two letters")

    assert refused.exit_code == 3, refused.output
    assert "--public-only" in refused.stderr


def test_other_questions_that_make_no_sense_are_not_called_denied(hardened: Hardened) -> None:
    store = Store.open(hardened.auditor)

    with pytest.raises(ProgrammingError), store.connect_to_read() as connection:
        connection.exec_driver_sql("SELECT nothing FROM hub")

    store.close()
