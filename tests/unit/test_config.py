"""Settings: what an operator decides, and what is refused."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from credhub.config import LOOPBACK_HOSTS, Settings

PASSWORD = "correct-horse"  # noqa: S105 - what must not be shown
DATABASE = f"postgresql://hub:{PASSWORD}@db.example/credhub"

GIVEN = {
    "data": ("/srv/credhub", Path("/srv/credhub")),
    "host": ("0.0.0.0", "0.0.0.0"),  # noqa: S104 - a container listens so
    "port": ("9000", 9000),
    "base_url": ("https://hub.example", "https://hub.example"),
    "database_url": (DATABASE, DATABASE),
    "second_store": ("s3://bucket/ledger", "s3://bucket/ledger"),
    "publish_to": ("s3://bucket/mirror", "s3://bucket/mirror"),
    "master_key": ("a-secret", SecretStr("a-secret")),
    "allowed_hosts": ("old.example", "old.example"),
    "trusted_proxies": ("10.0.0.1", "10.0.0.1"),
    "allow_http": ("true", True),
    "workers": ("4", 4),
    "batch_workers": ("0", 0),
    "batch_results_days": ("7", 7),
    "webhook_origins": ("http://lms.internal:8080", "http://lms.internal:8080"),
    "threads": ("8", 8),
    "connections": ("9", 9),
    "connections_per_client": ("3", 3),
    "head_seconds": ("0.5", 0.5),
    "one_processor": ("false", False),
    "unknown_codes_per_minute": ("5", 5),
    "verifications_per_minute": ("6", 6),
    "claims_per_minute": ("7", 7),
    "drawing_seconds_per_minute": ("7", 7),
    "tokens_per_minute": ("7", 7),
    "refused_keys_per_minute": ("7", 7),
    "batch_verifications_per_minute": ("7", 7),
    "witness_policy": ("/etc/witnesses", Path("/etc/witnesses")),
    "witness_logs": ("/etc/logs", Path("/etc/logs")),
    "trust": ("/etc/trust", Path("/etc/trust")),
    "new_key_wait": ("0", 0),
    "metrics": ("true", True),
    "log_level": ("DEBUG", "DEBUG"),
}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CREDHUB_"):
            monkeypatch.delenv(name)


def test_every_field_is_tried() -> None:
    assert GIVEN.keys() == Settings.model_fields.keys()


@pytest.mark.parametrize("name", GIVEN)
def test_a_field_is_the_variable_of_its_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, value = GIVEN[name]
    assert getattr(Settings(), name) != value

    monkeypatch.setenv(f"CREDHUB_{name.upper()}", text)

    assert getattr(Settings(), name) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "65536"),
        ("port", "http"),
        ("workers", "0"),
        ("workers", "17"),
        ("threads", "3"),
        ("threads", "41"),
        ("connections", "0"),
        ("connections_per_client", "0"),
        ("head_seconds", "0"),
        ("head_seconds", "601"),
        ("unknown_codes_per_minute", "0"),
        ("verifications_per_minute", "0"),
        ("batch_verifications_per_minute", "0"),
        ("drawing_seconds_per_minute", "1"),
        ("new_key_wait", "-1"),
        ("new_key_wait", "2592001"),
        ("log_level", "TRACE"),
        ("log_level", "debug"),
        ("allow_http", "perhaps"),
        ("database_url", "mysql://hub@db.example/credhub"),
        ("database_url", "postgres://hub@db.example/credhub"),
        ("database_url", "sqlite://"),
        ("database_url", "credhub.db"),
        ("publish_to", "ftp://mirror.example/ledgers"),
        ("publish_to", "https://mirror.example/"),
        ("publish_to", "file://host/folder"),
        ("publish_to", "s3://"),
        ("second_store", "second.db"),
        ("second_store", "file:///srv/second"),
        ("second_store", "memory:///"),
        ("second_store", "https://bucket.example"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CREDHUB_{name.upper()}", value)

    with pytest.raises(ValidationError) as refusal:
        Settings()

    assert [error["loc"] for error in refusal.value.errors()] == [(name,)]


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]  # that it cannot is the test


def test_t85_no_secret_is_in_the_text_of_the_settings() -> None:
    settings = Settings(
        master_key=SecretStr(PASSWORD), database_url=DATABASE, second_store=f"{DATABASE}-2"
    )

    assert PASSWORD not in repr(settings)
    assert PASSWORD not in str(settings)
    assert settings.database == DATABASE


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://Hub.Example/", "https://hub.example"),
        ("HTTPS://hub.example", "https://hub.example"),
        ("https://hub.example:443", "https://hub.example"),
        ("https://hub.example:8443", "https://hub.example:8443"),
        ("https://[2001:db8::1]:443/", "https://[2001:db8::1]"),
        ("http://localhost:80", "http://localhost"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_has_one_spelling(given: str, origin: str) -> None:
    assert Settings(base_url=given).origin == origin


@pytest.mark.parametrize(
    "address",
    [
        "hub.example",
        "ftp://hub.example",
        "https://",
        "https://hub.example/path",
        "https://hub.example?x=1",
        "https://hub.example#x",
        "https://user@hub.example",
        "https://@hub.example",
        "https://hub.example:",
        "https://hub.example:x",
        "https://hub.example:99999",
        "https://hub example",
        "https://-hub.example",
        "https://h\u00fcb.example",
        "https://[::1",
    ],
)
def test_what_is_no_address_of_a_service_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(base_url=address)


@pytest.mark.parametrize(
    "address", ["http://hub.example", "http://192.168.1.7:8000", "http://localhost.evil.example"]
)
def test_t99_http_is_for_this_machine_unless_it_is_allowed(address: str) -> None:
    with pytest.raises(ValidationError, match="CREDHUB_ALLOW_HTTP"):
        Settings(base_url=address)

    assert Settings(base_url=address, allow_http=True).origin == address


def test_the_address_follows_the_port() -> None:
    assert Settings(port=8123).origin == "http://127.0.0.1:8123"


def test_the_data_folder_holds_what_no_variable_names(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)

    assert settings.database == f"sqlite:///{tmp_path / 'credhub.db'}"
    assert settings.master_key_file == tmp_path / "master.key"


def test_the_second_store_is_in_the_state_folder_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert Settings().second_store_url == f"sqlite:///{tmp_path}/state/credhub/second.db"

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings().second_store_url == f"sqlite:///{tmp_path}/.local/state/credhub/second.db"

    assert Settings(second_store=DATABASE).second_store_url == DATABASE


def test_without_a_home_the_second_store_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(Path, "home", no_home)

    with pytest.raises(ValidationError, match="CREDHUB_SECOND_STORE"):
        Settings()

    assert Settings(second_store=DATABASE).second_store_url == DATABASE


def test_the_database_is_not_its_own_second_store(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="CREDHUB_SECOND_STORE"):
        Settings(database_url=DATABASE, second_store=DATABASE)
    with pytest.raises(ValidationError, match="CREDHUB_SECOND_STORE"):
        Settings(data=tmp_path, second_store=f"sqlite:///{tmp_path}/../{tmp_path.name}/credhub.db")


def test_the_hosts_are_our_own_and_those_that_are_named() -> None:
    settings = Settings(
        base_url="https://hub.example:8443", allowed_hosts=" Old.Example,, other.example "
    )

    assert settings.hosts == LOOPBACK_HOSTS | {"hub.example", "old.example", "other.example"}
    assert Settings().hosts == LOOPBACK_HOSTS


@pytest.mark.parametrize(
    "value", ["lms.internal", "ftp://lms.internal", "http://lms.internal/x", "https://a,https://"]
)
def test_a_webhook_origin_is_an_origin(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDHUB_WEBHOOK_ORIGINS", value)

    with pytest.raises(ValidationError):
        Settings()


def test_webhook_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDHUB_WEBHOOK_ORIGINS", "https://a.example, http://b.example:8080,")

    assert Settings().receivers == ("https://a.example", "http://b.example:8080")
