"""``credhub hub`` and ``credhub key``."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from credhub import instants
from credhub.services.api_keys import PREFIX
from credhub.store.milliseconds import to_ms
from credhub.store.tables import api_key
from tests.cli.command_line import CommandLine
from tests.running import START
from tests.store.rows import raw


def test_a_newcomer_makes_a_hub(newcomer: CommandLine) -> None:
    made = newcomer(
        "hub", "create", "hilltop", "--name", "Hilltop [hub]", "--url", "https://h.example"
    )
    listed = newcomer("hub", "list")

    assert made.exit_code == 0, made.output
    assert "did:web:127.0.0.1%3A8000:hubs:hilltop" in made.stdout
    assert "http://127.0.0.1:8000/hubs/hilltop" in made.stdout
    assert PREFIX in made.stdout
    assert listed.stdout == "hilltop\tHilltop [hub]\tdid:web:127.0.0.1%3A8000:hubs:hilltop\n"
    assert stat.S_IMODE(newcomer.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((newcomer.data / "master.key").stat().st_mode) == 0o600


def test_the_public_address_is_that_of_the_settings(newcomer: CommandLine) -> None:
    address = {"CREDHUB_BASE_URL": "https://hub.example"}

    made = newcomer("hub", "create", "hilltop", "--name", "Hilltop", **address)

    assert "did:web:hub.example:hubs:hilltop" in made.stdout


@pytest.mark.parametrize(
    ("slug", "more", "said"),
    [
        ("riverside", (), "riverside"),
        ("No Slug", (), "3 to 40"),
        ("uplands", ("--url", "javascript:alert(1)"), "url: must be an http or https address"),
        ("uplands", ("--email", "nobody"), "email: must be an e-mail address"),
    ],
)
def test_a_hub_that_cannot_be_is_refused_in_a_sentence(
    riverside: CommandLine, slug: str, more: tuple[str, ...], said: str
) -> None:
    refused = riverside("hub", "create", slug, "--name", "A hub", *more)

    assert refused.exit_code == 3
    assert refused.stderr.startswith("credhub: ")
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert riverside("hub", "list").stdout.count("\n") == 1


def test_t51_a_name_like_that_of_another_hub_needs_a_second_word(riverside: CommandLine) -> None:
    told = ("hub", "create", "uplands", "--name", "The R\u0456verside Hub")

    refused = riverside(*told)
    assert refused.exit_code == 3
    assert "could take this name for The riverside hub, which is a hub here" in refused.stderr
    assert riverside("hub", "list").stdout.count("\n") == 1

    made = riverside(*told, "--even-if-alike")
    assert made.exit_code == 0
    assert riverside("hub", "list").stdout.count("\n") == 2


def test_a_key_is_made_listed_and_ended(riverside: CommandLine) -> None:
    made = riverside("key", "create", "--label", "scripts")
    strong = riverside("key", "create", "--label", "staff", "--scope", "revoke", "--scope", "keys")
    listed = riverside("key", "list").stdout

    assert made.exit_code == strong.exit_code == 0
    assert made.stdout.startswith(PREFIX)
    assert made.stdout.strip() not in listed
    rows = {line.split("\t")[3]: line.split("\t") for line in listed.splitlines()}
    assert rows["scripts"][1:3] == ["active, never used", "issue,read"]
    assert rows["staff"][1:3] == ["active, never used", "keys,revoke"]

    ended = riverside("key", "revoke", rows["scripts"][0])

    assert ended.stdout == f"The key {rows['scripts'][0]} is revoked.\n"
    assert f"{rows['scripts'][0]}\trevoked\t" in riverside("key", "list").stdout


def test_a_key_that_has_expired_or_was_used_says_so(riverside: CommandLine) -> None:
    used_on = to_ms(START)
    with raw(riverside.database_url) as connection:
        connection.execute(update(api_key).values(last_used_ms=used_on))
    assert "active, used 2026-11-22" in riverside("key", "list").stdout

    with raw(riverside.database_url) as connection:
        ended = to_ms(START - timedelta(days=2000))
        connection.execute(update(api_key).values(expires_ms=ended))
    assert "\texpired\t" in riverside("key", "list").stdout


def test_a_key_that_is_not_there_cannot_be_ended(riverside: CommandLine) -> None:
    refused = riverside("key", "revoke", "nothing")

    assert refused.exit_code == 3
    assert refused.stderr.startswith("credhub: ")


def test_an_unknown_scope_is_wrong_usage(riverside: CommandLine) -> None:
    refused = riverside("key", "create", "--label", "x", "--scope", "everything")

    assert refused.exit_code == 2
    assert "'issue', 'read', 'revoke', 'keys'" in refused.stderr


def test_with_several_hubs_one_is_chosen(riverside: CommandLine) -> None:
    riverside("hub", "create", "hilltop", "--name", "Hilltop")

    unsaid = riverside("key", "list")
    said = riverside("key", "list", "--hub", "hilltop")
    unknown = riverside("key", "list", "--hub", "nowhere")

    assert unsaid.exit_code == 2
    assert "--hub (riverside, hilltop)" in unsaid.stderr
    assert said.stdout.endswith("first key\n")
    assert unknown.exit_code == 3


def test_without_a_hub_the_next_step_is_named(newcomer: CommandLine) -> None:
    refused = newcomer("key", "list")

    assert refused.exit_code == 2
    assert "credhub hub create" in refused.stderr


def test_a_hub_chooses_its_forms(riverside: CommandLine) -> None:
    forms = ("ecdsa-jcs-2019", "eddsa-jcs-2022")
    chosen = riverside("hub", "forms", "riverside", *forms, CREDHUB_NEW_KEY_WAIT="0")
    shown = riverside("hub", "forms", "riverside")

    assert chosen.exit_code == 0, chosen.output
    assert chosen.stdout.split() == ["eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-jcs-2019"]
    assert shown.stdout == chosen.stdout


def test_t87_a_form_that_waits_for_its_key_says_until_when(riverside: CommandLine) -> None:
    before = datetime.now(UTC)

    chosen = riverside("hub", "forms", "riverside", "ecdsa-jcs-2019", "eddsa-jcs-2022")

    default, jcs, waiting = chosen.stdout.splitlines()
    assert (default, jcs) == ("eddsa-rdfc-2022", "eddsa-jcs-2022")
    form, _, rest = waiting.partition("\tfrom ")
    begins = instants.parse(rest.removesuffix(" on"))
    assert form == "ecdsa-jcs-2019"
    assert before + timedelta(seconds=3599) <= begins <= datetime.now(UTC) + timedelta(hours=1)
    assert riverside("hub", "forms", "riverside").stdout == chosen.stdout


def test_a_hub_is_made_with_forms(newcomer: CommandLine) -> None:
    newcomer("hub", "create", "hilltop", "--name", "Hilltop", "--form", "ecdsa-rdfc-2019")

    assert newcomer("hub", "forms", "hilltop").stdout.split() == [
        "eddsa-rdfc-2022",
        "ecdsa-rdfc-2019",
    ]


def test_a_form_that_is_none_is_refused(riverside: CommandLine) -> None:
    refused = riverside("hub", "forms", "riverside", "rot13")

    assert refused.exit_code == 2
    assert "rot13" in refused.stderr


def test_forms_of_a_hub_that_is_not_there_are_refused(riverside: CommandLine) -> None:
    assert riverside("hub", "forms", "nowhere").exit_code == 3
