"""A running service for tests: a runtime on a database of its own, hubs with keys, HTTP clients."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from threading import Lock

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from starlette.testclient import TestClient

from credhub.config import Settings
from credhub.egress.client import Egress
from credhub.jsontypes import JsonObject, JsonValue
from credhub.runtime import Runtime, open_runtime
from credhub.services import api_keys, hubs
from credhub.services.api_keys import Scope
from credhub.services.hubs import NewHub
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.sequencer import Sequencer
from credhub.web.app import create_app

START = datetime(2026, 11, 22, 15, tzinfo=UTC)
ALL_SCOPES = tuple(Scope)
# Limits are tested where they matter, with settings of their own.
GENEROUS: Mapping[str, object] = {
    "unknown_codes_per_minute": 1_000_000,
    "claims_per_minute": 1_000_000,
    "verifications_per_minute": 1_000_000,
    "drawing_seconds_per_minute": 1_000_000,
    "tokens_per_minute": 1_000_000,
    "refused_keys_per_minute": 1_000_000,
    "batch_verifications_per_minute": 1_000_000,
    "new_key_wait": 0,
}

_numbers = count(1)


def unique(prefix: str) -> str:
    """Give a text that no other call of this run gives."""
    return f"{prefix}-{next(_numbers)}"


@dataclass
class Clock:
    """A clock that goes on by a millisecond whenever it is read, and further when it is told to."""

    now: datetime = START
    _lock: Lock = field(default_factory=Lock)

    def __call__(self) -> datetime:
        with self._lock:
            self.now += timedelta(milliseconds=1)
            return self.now

    def move(self, **amount: float) -> None:
        with self._lock:
            self.now += timedelta(**amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A hub and an API key of it with every scope."""

    hub: Hub
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Service:
    """A runtime, its clock, and two hubs that know nothing of one another."""

    runtime: Runtime = field(repr=False)
    clock: Clock
    portal: BlockingPortal = field(repr=False)
    one: Member = field(repr=False)
    other: Member = field(repr=False)

    @cached_property
    def app(self) -> FastAPI:
        """The application, for those who ask for it: it takes a while to make."""
        return create_app(self.runtime)

    @property
    def resources(self) -> Resources:
        return self.runtime.resources

    @property
    def origin(self) -> str:
        return self.runtime.settings.origin

    def with_resources(self, **changes: object) -> Resources:
        """Give the resources with other randomness, another clock or another signer in them."""
        return replace(self.resources, **changes)  # type: ignore[arg-type]  # a test may name any member

    def another_sequencer(self, **changes: object) -> Sequencer:
        """Start the sequencer of another process on the same database. Close it."""
        values: dict[str, object] = {
            "second_store": self.resources.second_store,
            "clock": self.clock,
            "log_signer": self.resources.keyring.ledger_signer,
        }
        return Sequencer(self.resources.store, **(values | changes))  # type: ignore[arg-type]  # a test may name any argument

    def public(self, app: FastAPI | None = None) -> TestClient:
        """Give a client without a key. It follows no redirect and raises no server error."""
        client = TestClient(
            app or self.app,
            base_url=self.origin,
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        # Else each request starts an event loop, and threads, of its own.
        client.portal = self.portal
        return client

    def client(self, member: Member | None = None, *, app: FastAPI | None = None) -> TestClient:
        """Give a client with the key of a hub."""
        client = self.public(app)
        client.headers["authorization"] = f"Bearer {(member or self.one).token}"
        return client

    def key(self, *scopes: Scope, expires_at: datetime | None = None) -> str:
        """Make another key of the first hub."""
        return api_keys.create(
            self.resources, self.one.hub.number, label="x", scopes=scopes, expires_at=expires_at
        )[1]


def make_member(runtime: Runtime, slug: str, **changes: object) -> Member:
    """Make a hub and a key of it."""
    new = NewHub(slug=slug, name=f"The {slug} hub", base_url=runtime.settings.origin)
    hub = hubs.create(runtime.resources, replace(new, **changes))  # type: ignore[arg-type]  # a test may name any member
    token = api_keys.create(runtime.resources, hub.number, label="first", scopes=ALL_SCOPES)[1]
    return Member(hub=hub, token=token)


@contextmanager
def running(
    database_url: str,
    data: Path,
    *,
    strangers: Egress | None = None,
    receivers: Egress | None = None,
    **settings: object,
) -> Iterator[Service]:
    """Run a service on a migrated database.

    ``strangers`` and ``receivers`` lead to servers of the test; without them nobody is found by any
    name.
    """
    clock = Clock()
    made = settings_for(database_url, data, **settings)
    nobody = Egress(resolver=lambda *_: [])
    with (
        open_runtime(
            made, clock=clock, strangers=strangers or nobody, receivers=receivers or nobody
        ) as runtime,
        start_blocking_portal() as portal,
    ):
        yield Service(
            runtime=runtime,
            clock=clock,
            portal=portal,
            one=make_member(runtime, "riverside"),
            other=make_member(runtime, "hilltop"),
        )


def settings_for(database_url: str, data: Path, **changes: object) -> Settings:
    """Give settings that take nothing from the environment of whoever runs the tests."""
    values: dict[str, object] = {
        "data": data,
        "base_url": "http://127.0.0.1:8000",
        "database_url": database_url,
        "second_store": f"sqlite:///{data / 'second.db'}",
        "allowed_hosts": "",
        "allow_http": False,
        "master_key": None,
        **GENEROUS,
    }
    return Settings(**(values | changes))  # type: ignore[arg-type]  # a test may name any member


def achievement_body(**changes: JsonValue) -> JsonObject:
    """Give what publishes an achievement."""
    values: JsonObject = {
        "name": "Solar installer, level 1",
        "description": "Can mount and connect a small solar system.",
        "criteria": {"narrative": "Mounted a panel. Passed a test."},
        "achievementType": "Certificate",
    }
    return values | changes


def issue_body(achievement_id: str, **changes: JsonValue) -> JsonObject:
    """Give what issues a credential."""
    values: JsonObject = {"achievement": achievement_id, "recipient": {"name": "Amélie Dubois"}}
    return values | changes


def post(client: TestClient, path: str, body: object, *, key: str | None = None) -> JsonObject:
    """Make something, with an Idempotency-Key that nobody has used."""
    headers = {"idempotency-key": key or unique("key")}
    response = client.post(path, json=body, headers=headers)
    assert response.status_code == 201, response.text
    made: JsonObject = response.json()
    return made


def publish(client: TestClient, **changes: JsonValue) -> str:
    """Publish an achievement and give its id."""
    return str(post(client, "/v1/achievements", achievement_body(**changes))["id"])


def issue(
    client: TestClient, achievement_id: str | None = None, **changes: JsonValue
) -> JsonObject:
    """Issue a credential and give the whole answer."""
    achievement = achievement_id or publish(client)
    return post(client, "/v1/credentials", issue_body(achievement, **changes))


def code_of(issued: JsonObject) -> str:
    """Give the public code of an issued credential."""
    return str(issued["url"]).rpartition("/")[2]


@dataclass
class Interruption:
    """Does something in the middle of something else, as another process would, so many times."""

    what: Callable[[], object]
    times: int = 1

    def __call__(self) -> None:
        if self.times > 0:
            self.times -= 1
            self.what()
