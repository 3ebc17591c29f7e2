"""Settings: everything that an operator decides, read from ``CREDHUB_*`` variables.

Only entry points build ``Settings``; nothing else reads the environment.
"""

import os
import re
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})

# A name of ASCII letters, digits, hyphens and dots, or an IPv6 address; and a port.
_NETLOC: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_DATABASE: Final = re.compile(r"sqlite:///.+|postgresql(?:\+psycopg)?://.+")
_FILE: Final = "sqlite:///"
_SECOND_STORE: Final = re.compile(
    r"(?:sqlite:///|postgresql(?:\+psycopg)?://|s3a?://|gs://|az://|abfss?://).+"
)
_PUBLISH_TO: Final = re.compile(r"(?:file:///|s3a?://|gs://|az://|abfss?://).+|(?!.*://).+")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Settings(BaseSettings):
    """What an operator decides. Every field is the variable ``CREDHUB_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix="CREDHUB_", frozen=True, extra="ignore")

    data: Path = Field(
        default=Path("var"),
        description="Folder of the embedded database, the master key file and certificates.",
    )
    host: str = Field(default="127.0.0.1", description="Address that the service listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that it listens on.")
    base_url: str = Field(
        default="",
        description=(
            "Public address of the service, without a path. Fixed for a hub when the hub is "
            "made. Default: http://127.0.0.1:PORT."
        ),
    )
    database_url: str = Field(
        default="",
        repr=False,  # It may hold a password.
        description="SQLAlchemy address of the database. Default: SQLite in the data folder.",
    )
    second_store: str = Field(
        default="",
        repr=False,  # It may hold a password.
        description=(
            "Where the last checkpoint of every ledger is kept outside the database: "
            "sqlite:///FILE, postgresql://…, or a bucket such as s3://BUCKET/PREFIX. "
            "Default: a SQLite file in the state folder of the user."
        ),
    )
    publish_to: str = Field(
        default="",
        repr=False,  # It may hold a password.
        description=(
            "Where every ledger is published as files: a folder, or a bucket such as "
            "s3://BUCKET/PREFIX. Default: nowhere but in the service."
        ),
    )
    master_key: SecretStr | None = Field(
        default=None,
        description=(
            "Secret that seals every private key; 32 characters or more. "
            "Default: the file master.key in the data folder, made at first start."
        ),
    )
    allowed_hosts: str = Field(
        default="",
        description="More host names to answer to, separated by commas.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description=(
            "Addresses of reverse proxies, separated by commas, whose X-Forwarded-For is believed."
        ),
    )
    allow_http: bool = Field(
        default=False,
        description="Allow a public address that is not https (never on the internet).",
    )
    workers: int = Field(
        default=2, ge=1, le=16, description="Worker processes for each kind of work."
    )
    batch_workers: int = Field(
        default=1,
        ge=0,
        le=16,
        description=(
            "Worker processes that the service starts for batches; with 0 run credhub worker."
        ),
    )
    batch_results_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description=(
            "How long what became of rows is kept that were skipped or failed, after the end of"
            " their batch."
        ),
    )
    webhook_origins: str = Field(
        default="",
        description=(
            "Origins that webhooks may be sent to though they are not public or not https, "
            "separated by commas, such as http://lms.internal:8080."
        ),
    )
    threads: int = Field(
        default=16,
        ge=4,
        le=40,
        description="Threads that answer requests. More of them wait longer for one another.",
    )
    connections: int = Field(
        default=4096,
        ge=1,
        description=(
            "Connections that may be open; fewer where the process may open fewer files (see "
            "the operator's manual)."
        ),
    )
    connections_per_client: int = Field(
        default=128, ge=1, description="Connections that one client may have open."
    )
    head_seconds: float = Field(
        default=20,
        gt=0,
        le=600,
        description="Seconds that the first lines and headers of a request may take to arrive.",
    )
    one_processor: bool = Field(
        default=True,
        description="Keep the service to one processor; worker processes use all (Linux).",
    )
    unknown_codes_per_minute: int = Field(
        default=60, ge=1, description="Unknown addresses that one client may try in a minute."
    )
    claims_per_minute: int = Field(
        default=30, ge=1, description="Links for learners that one client may try in a minute."
    )
    verifications_per_minute: int = Field(
        default=600, ge=1, description="Uploads that one client may have verified in a minute."
    )
    drawing_seconds_per_minute: int = Field(
        default=12,
        ge=2,
        description="Seconds of a minute in which one client may have photos and pages looked at.",
    )
    tokens_per_minute: int = Field(
        default=120, ge=1, description="Access tokens that one client may ask for in a minute."
    )
    refused_keys_per_minute: int = Field(
        default=120, ge=1, description="API keys that are none that one client may try in a minute."
    )
    batch_verifications_per_minute: int = Field(
        default=6000,
        ge=1,
        description="Credentials that one hub may have verified in batches in a minute.",
    )
    witness_policy: Path | None = Field(
        default=None,
        description=(
            "File that names the witnesses to ask for cosignatures, and the quorum (C2SP "
            "tlog-policy with the URLs of the witnesses)."
        ),
    )
    witness_logs: Path | None = Field(
        default=None,
        description="File that names the logs of others to cosign (C2SP tlog-policy).",
    )
    trust: Path | None = Field(
        default=None,
        description=(
            "List of issuers to vouch for, or a folder of such lists (*.json); the first by name "
            "counts first."
        ),
    )
    new_key_wait: int = Field(
        default=3600,
        ge=0,
        le=30 * 24 * 3600,
        description="Seconds that a new key of a hub is published before it signs.",
    )
    metrics: bool = Field(
        default=False,
        description="Answer at /metrics, for everybody: no personal data, but sizes and times.",
    )
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @field_validator("base_url")
    @classmethod
    def _base_url_is_an_origin(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        netloc = parts.netloc.lower()
        if parts.scheme not in _DEFAULT_PORTS or not _NETLOC.fullmatch(netloc):
            raise ValueError("must be an address such as https://hub.example")
        if parts.path.rstrip("/") or parts.query or parts.fragment:
            raise ValueError("must have no path, query or fragment")
        if parts.port == _DEFAULT_PORTS[parts.scheme]:
            # The same address always has the same spelling, because DIDs are made of it.
            netloc = netloc.rpartition(":")[0]
        return f"{parts.scheme}://{netloc}"

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        if value and not _DATABASE.fullmatch(value):
            raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
        return value

    @field_validator("webhook_origins")
    @classmethod
    def _webhook_origins_are_origins(cls, value: str) -> str:
        for origin in _listed(value):
            parts = urlsplit(origin)
            if parts.scheme not in _DEFAULT_PORTS or not _NETLOC.fullmatch(parts.netloc):
                raise ValueError("must be addresses such as http://lms.internal:8080")
            if parts.path or parts.query or parts.fragment:
                raise ValueError("must have no path, query or fragment")
        return value

    @field_validator("second_store")
    @classmethod
    def _second_store_is_known(cls, value: str) -> str:
        if value and not _SECOND_STORE.fullmatch(value):
            raise ValueError(
                "must be sqlite:///FILE, postgresql://… or a bucket: s3://, gs://, az://"
            )
        return value

    @field_validator("publish_to")
    @classmethod
    def _place_to_publish_is_known(cls, value: str) -> str:
        if value and not _PUBLISH_TO.fullmatch(value):
            raise ValueError("must be a folder or a bucket: file:///, s3://, gs://, az://")
        return value

    @model_validator(mode="after")
    def _second_store_is_another_place(self) -> Self:
        if _place_of(self.second_store_url) == _place_of(self.database):
            raise ValueError("CREDHUB_SECOND_STORE must not be the database itself")
        return self

    @model_validator(mode="after")
    def _http_only_on_this_machine(self) -> Self:
        parts = urlsplit(self.origin)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS and not self.allow_http:
            raise ValueError(
                "CREDHUB_BASE_URL must be https; set CREDHUB_ALLOW_HTTP=true for a private network"
            )
        return self

    @property
    def origin(self) -> str:
        """The public address, without a final slash."""
        return self.base_url or f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.database_file.resolve()}"

    @property
    def database_file(self) -> Path:
        """Where the embedded database is."""
        return self.data / "credhub.db"

    @property
    def second_store_url(self) -> str:
        """Where the last checkpoints are kept: not in the data folder, which may be restored."""
        return self.second_store or f"sqlite:///{_state_folder().resolve() / 'second.db'}"

    @property
    def master_key_file(self) -> Path:
        """Where the master key is kept when no variable gives it."""
        return self.data / "master.key"

    @property
    def witness_name(self) -> str:
        """The name under which this service cosigns the logs of others."""
        return f"{urlsplit(self.origin).netloc}/witness"

    @property
    def receivers(self) -> tuple[str, ...]:
        """The origins that webhooks may be sent to wherever they are."""
        return _listed(self.webhook_origins)

    @property
    def hosts(self) -> frozenset[str]:
        """Host names, without ports, that requests may be addressed to."""
        more = {name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip()}
        own = {urlsplit(self.origin).hostname or ""}
        return frozenset(LOOPBACK_HOSTS | own | more)


def _listed(value: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in value.split(",") if one.strip())


def _place_of(url: str) -> str | Path:
    """Give what two addresses of the same SQLite file have in common."""
    return Path(url.removeprefix(_FILE)).resolve() if url.startswith(_FILE) else url


def _state_folder() -> Path:
    """Find where the user keeps state of programs (XDG Base Directory Specification)."""
    given = os.environ.get("XDG_STATE_HOME", "")
    try:
        state = Path(given) if given else Path.home() / ".local" / "state"
    except RuntimeError as error:
        raise ValueError("CREDHUB_SECOND_STORE must be set: the user has no home") from error
    return state / "credhub"
