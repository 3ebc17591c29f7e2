"""T66: kill -9 of those who issue and of those who tell, while the receiver refuses half of it."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from random import SystemRandom
from typing import Final

import pytest
from sqlalchemy import text

from credhub.runtime import Runtime
from credhub.services.webhooks import endpoints
from credhub.services.webhooks.events import EventType, id_of
from credhub.services.webhooks.schedule import AFTER
from credhub.services.webhooks.webhook import Webhook
from tests.crash.batch_aftermath import Aftermath, aftermath_of
from tests.crash.deployment import Deployment, free_port
from tests.crash.sending import Sender
from tests.crash.telling import start_teller
from tests.crash.test_batch_file_kills import table_of
from tests.crash.traffic import ACHIEVEMENT, Client
from tests.crash.working import runtime_of, start_worker
from tests.egress.certificates import self_signed
from tests.receivers import Message, Receiver, receiving

pytestmark = pytest.mark.slow

EVENTS: Final = int(os.environ.get("CREDHUB_WEBHOOK_EVENTS", "300"))
KILLS: Final = int(os.environ.get("CREDHUB_WEBHOOK_KILLS", "10"))

LONGEST_SECONDS: Final = 0.4
POLL_SECONDS: Final = 0.05
PATIENCE: Final = 300.0
MOST_REFUSALS: Final = len(AFTER) // 2
"""Of one event: who is refused to the end is given up, as promised."""

LOCALHOST: Final = "localhost"
_ISSUED: Final = "SELECT credential_id FROM credential"
_ENTRIES: Final = (
    "SELECT credential_id, origin, seq FROM credential_form JOIN ledger_log USING (hub_id, log)"
)


@dataclass(slots=True, kw_only=True)
class Inbox:
    """What the receiver took, by credential; it refuses half, by chance, but none to the end."""

    taken: dict[str, set[str]] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)

    def answer(self, message: Message) -> int:
        is_patient = self.refusals[message.event_id] < MOST_REFUSALS
        if is_patient and SystemRandom().random() < 0.5:
            self.refusals[message.event_id] += 1
            return HTTPStatus.SERVICE_UNAVAILABLE
        self.taken.setdefault(str(message.told["credential"]), set()).add(message.event_id)
        return HTTPStatus.NO_CONTENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Siege:
    """A service, whom it tells, and whoever looks into its database."""

    deployment: Deployment
    inbox: Inbox
    receiver: Receiver
    aftermath: Aftermath
    runtime: Runtime
    webhook: Webhook

    def send_batch(self) -> None:
        """Have the service take in what will be issued; nobody issues it yet."""
        port = free_port()
        environment = {**self.deployment.environment, "CREDHUB_BATCH_WORKERS": "0"}
        deployment = replace(self.deployment, environment=environment)
        with deployment.server(port), closing(Client(port, deployment.token)) as client:
            made = client.post("/v1/achievements", ACHIEVEMENT, key="achievement")
            sender = Sender(
                port=port,
                token=deployment.token,
                achievement=str(made.document["id"]),
                file=table_of(EVENTS),
            )
            assert sender.send().status == HTTPStatus.ACCEPTED

    def hurry(self) -> None:
        """Have what was refused tried at once, instead of after minutes and hours."""
        endpoint = self.webhook.endpoint
        endpoints.change(self.runtime.resources, endpoint.hub, endpoint.endpoint_id, enabled=True)

    def wait(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < end, f"{len(self.inbox.taken)} taken"
            self.hurry()
            time.sleep(POLL_SECONDS)

    def kill_while_telling(self, events: int) -> None:
        """Kill whoever issues and whoever tells, once so many events were taken."""
        killed = [start_worker(self.deployment), start_teller(self.deployment)]
        self.wait(lambda: len(self.inbox.taken) >= events)
        SystemRandom().shuffle(killed)
        for process in killed:
            time.sleep(SystemRandom().uniform(0, LONGEST_SECONDS))
            process.kill()

    def tell_to_the_end(self) -> None:
        start_worker(self.deployment).wait()
        issued = self.rows(_ISSUED)
        teller = start_teller(self.deployment)
        try:
            self.wait(lambda: len(self.inbox.taken) >= len(issued))
        finally:
            teller.kill()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.aftermath.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture
def siege(deployment: Deployment, database_url: str, tmp_path: Path) -> Iterator[Siege]:
    certificate = self_signed(tmp_path / "receiver.pem", LOCALHOST)
    inbox = Inbox()
    with receiving(certificate, host=LOCALHOST) as receiver:
        receiver.answer = inbox.answer
        environment = {
            **deployment.environment,
            "CREDHUB_WEBHOOK_ORIGINS": receiver.origin,
            "SSL_CERT_FILE": str(certificate),
        }
        hooked = replace(deployment, environment=environment)
        with aftermath_of(hooked, database_url) as aftermath, runtime_of(hooked) as runtime:
            with runtime.resources.store.read() as tx:
                (hub,) = tx.hubs.all()
            webhook = endpoints.create(
                runtime.resources, hub.number, url=receiver.url, types=[EventType.ISSUED]
            )
            yield Siege(
                deployment=hooked,
                inbox=inbox,
                receiver=receiver,
                aftermath=aftermath,
                runtime=runtime,
                webhook=webhook,
            )


def test_t66_whatever_is_killed_every_event_that_was_committed_arrives_and_no_other(
    siege: Siege,
) -> None:
    siege.send_batch()

    for events in sorted(SystemRandom().sample(range(EVENTS * 9 // 10), KILLS)):
        siege.kill_while_telling(events)
    done = siege.aftermath.rows_done()
    siege.tell_to_the_end()

    sent = len(siege.receiver.messages)
    refused = siege.inbox.refusals.total()
    print(  # noqa: T201 - shown with pytest -rP
        f"{EVENTS} events, {KILLS} kills of each; {done} were issued after these; {sent} messages,"
        f" {refused} refused, {sent - refused - EVENTS} taken once more"
    )
    expected = {
        str(credential): {id_of(str(origin), int(str(seq)))}
        for credential, origin, seq in siege.rows(_ENTRIES)
    }
    assert len(expected) == EVENTS
    assert siege.inbox.taken == expected
    assert {message.told["credential"] for message in siege.receiver.messages} == set(expected)
    siege.deployment.audit()
