"""What must be right before anything is served."""

import base64
import shutil
import stat
from datetime import UTC
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from credhub import bundled
from credhub.config import Settings
from credhub.credentials.schema import FILE_NAME
from credhub.errors import (
    SchemaNotCurrentError,
    TamperedFileError,
    UnsafeKeyFileError,
    WeakMasterKeyError,
)
from credhub.keys.sealing import unseal
from credhub.proofs.contexts import PINNED
from credhub.runtime import open_runtime
from credhub.services import reading
from credhub.services.learners import open_key
from credhub.services.sealed import private_key_context
from tests.engines import Databases, SqliteDatabases
from tests.running import Service, running, settings_for
from tests.services.ordering import issue

GOOD_MASTER = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c"
PINNED_FILES = (FILE_NAME, *(name for name, _ in PINNED.values()))
EXAMPLES = (
    "",
    "changeme",
    "change-me-to-a-secret-of-32-characters-or-more",
    "example-master-key-0123456789-abcdef",
    "0123456789abcdef0123456789abcdef",
    "a" * 64,
    "correct horse battery staple, correct horse",
    GOOD_MASTER[:31],
)


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the bundled files that this process reads instead."""
    folder = tmp_path / "schemas"
    shutil.copytree(Path(bundled.__file__).parent.parent.parent / "schemas", folder)
    monkeypatch.setattr(bundled, "_SCHEMA_FOLDERS", (folder,))
    return folder


def start(sqlite: SqliteDatabases, data: Path, **settings: object) -> None:
    with sqlite.migrated() as url, open_runtime(settings_for(url, data, **settings)):
        pass


def test_t98_untouched_files_are_accepted(
    sqlite: SqliteDatabases, tmp_path: Path, schemas: Path
) -> None:
    assert {path.name for path in schemas.rglob("*.json")} >= {
        Path(name).name for name in PINNED_FILES
    }
    start(sqlite, tmp_path / "data")


@pytest.mark.parametrize("name", PINNED_FILES)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_t98_one_changed_byte_stops_the_start_and_is_named(
    sqlite: SqliteDatabases, tmp_path: Path, schemas: Path, name: str, place: float
) -> None:
    changed = bytearray((schemas / name).read_bytes())
    changed[round(place * (len(changed) - 1))] ^= 1
    (schemas / name).write_bytes(changed)

    with pytest.raises(TamperedFileError) as refusal:
        start(sqlite, tmp_path / "data")

    assert refusal.value.name == name
    assert name in str(refusal.value)


def test_t99_a_good_master_key_starts(sqlite: SqliteDatabases, tmp_path: Path) -> None:
    start(sqlite, tmp_path, master_key=SecretStr(GOOD_MASTER))

    assert not (tmp_path / "master.key").exists()


@pytest.mark.parametrize("text", EXAMPLES)
def test_t99_an_example_is_no_master_key(
    sqlite: SqliteDatabases, tmp_path: Path, text: str
) -> None:
    with pytest.raises(WeakMasterKeyError):
        start(sqlite, tmp_path, master_key=SecretStr(text))


def test_the_clock_of_a_service_is_in_utc(sqlite: SqliteDatabases, tmp_path: Path) -> None:
    with sqlite.migrated() as url, open_runtime(settings_for(url, tmp_path)) as started:
        assert started.resources.clock().tzinfo is UTC


def test_t99_the_settings_that_nobody_made_are_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BASE_URL", "HOST", "PORT", "ALLOW_HTTP", "MASTER_KEY", "ALLOWED_HOSTS"):
        monkeypatch.delenv(f"CREDHUB_{name}", raising=False)
    settings = Settings()

    assert settings.host == "127.0.0.1"
    assert settings.origin == "http://127.0.0.1:8000"
    assert settings.master_key is None
    assert settings.hosts == {"127.0.0.1", "localhost", "::1"}


@pytest.mark.parametrize(
    "address",
    [
        "http://hub.example",
        "http://192.168.1.7:8000",
        "http://localhost.evil.example",
        "ftp://hub.example",
        "hub.example",
        "https://",
        "https://hub.example/path",
        "https://hub.example?x=1",
        "https://hub.example#x",
        "https://user@hub.example",
    ],
)
def test_t99_an_unsafe_public_address_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(ValidationError):
        settings_for("", tmp_path, base_url=address)


@pytest.mark.parametrize(
    ("address", "changes", "origin"),
    [
        ("https://Hub.Example/", {}, "https://hub.example"),
        ("http://localhost:8000", {}, "http://localhost:8000"),
        ("http://[::1]:8000", {}, "http://[::1]:8000"),
        ("http://hub.intranet", {"allow_http": True}, "http://hub.intranet"),
        ("", {"port": 8123}, "http://127.0.0.1:8123"),
    ],
)
def test_t99_a_safe_public_address_is_accepted(
    tmp_path: Path, address: str, changes: dict[str, object], origin: str
) -> None:
    settings = settings_for(
        "", tmp_path, base_url=address, allowed_hosts=" Old.Example,", **changes
    )

    assert settings.origin == origin
    assert "old.example" in settings.hosts
    assert settings.database == f"sqlite:///{tmp_path / 'credhub.db'}"


def test_a_database_without_tables_is_refused(sqlite: SqliteDatabases, tmp_path: Path) -> None:
    with (
        sqlite.empty() as url,
        pytest.raises(SchemaNotCurrentError, match="credhub db upgrade"),
        open_runtime(settings_for(url, tmp_path)),
    ):
        pass


def test_t85_the_master_key_file_is_for_its_owner_alone(
    sqlite: SqliteDatabases, tmp_path: Path
) -> None:
    start(sqlite, tmp_path)

    made = tmp_path / "master.key"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    start(sqlite, tmp_path)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o602])
def test_t85_a_master_key_file_that_others_can_reach_stops_the_start(
    sqlite: SqliteDatabases, tmp_path: Path, mode: int
) -> None:
    start(sqlite, tmp_path)
    (tmp_path / "master.key").chmod(mode)

    with pytest.raises(UnsafeKeyFileError):
        start(sqlite, tmp_path)


def spellings(secret: bytes) -> list[bytes]:
    """Give a secret as it is, in hexadecimal, and in base64 wherever it starts in a text."""
    shifted = [
        base64.b64encode(bytes(before) + secret)[4 * (before > 0) + 4 * (before > 1) :][:36]
        for before in range(3)
    ]
    urlsafe = [text.translate(bytes.maketrans(b"+/", b"-_")) for text in shifted]
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), *shifted, *urlsafe]


def secrets_of(service: Service, credential_id: str) -> dict[str, bytes]:
    hub, resources = service.one.hub.number, service.resources
    keys = resources.keyring.of(hub)
    learner = reading.by_id(resources, hub, credential_id).credential.learner_id
    with resources.store.read() as tx:
        stored = tx.signing_keys.of_hub(hub)
        wrapped = tx.learners.wrapped_key(hub, learner)
    assert wrapped is not None
    private = {
        key.key_id: unseal(
            keys.wrapping, key.sealed_private, context=private_key_context(hub, key.key_id)
        )
        for key in stored
        if key.sealed_private is not None
    }
    return private | {"hub secret": keys.secret, "learner": open_key(keys, learner, wrapped)}


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written_out(databases: Databases, url: str) -> dict[str, bytes]:
    """Give the bytes of every file of a database."""
    folder = getattr(databases, "folder", None)
    if folder is None:
        return files_below(Path(url.removeprefix("sqlite:///")).parent)
    getattr(databases, "write_out")()  # noqa: B009 - the other engine has nothing to write out
    return files_below(folder)


def test_t85_no_key_is_in_any_file_but_sealed(
    databases: Databases, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with databases.migrated() as url, running(url, tmp_path / "data") as service:
        made = issue(service.resources, service.one.hub.number)
        secrets = secrets_of(service, made)
        files = files_below(tmp_path / "data") | written_out(databases, url)
    logged = "".join(capfd.readouterr()).encode()

    public = service.one.hub.did.encode()
    assert any(public in content for content in files.values())
    assert {"key-1", "ledger-1", "hub secret", "learner"} <= secrets.keys()
    for name, secret in secrets.items():
        assert len(secret) == 32
        for spelling in spellings(secret):
            assert spelling not in logged, name
            for path, content in files.items():
                assert spelling not in content, (name, path)


def test_t85_the_search_for_keys_finds_keys() -> None:
    secret = bytes(range(100, 132))
    for before in range(6):
        text = base64.urlsafe_b64encode(bytes(before) + secret + b"after")
        assert any(spelling in text for spelling in spellings(secret)), before
