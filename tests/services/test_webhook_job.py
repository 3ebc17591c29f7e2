"""The job that tells webhooks: several side by side, in several processes, and nobody waits."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from credhub.jobs.webhook_telling import THREADS, WebhookTeller
from credhub.services.webhooks import endpoints
from credhub.services.webhooks.events import EventType
from tests.receivers import Message
from tests.running import issue, publish
from tests.services.webhook_fixtures import Told

PATIENCE = 60.0
"""Far more than anything here takes; only what fails waits for so long."""


@contextmanager
def telling(told: Told, *, number: int = 1) -> Iterator[None]:
    jobs = [WebhookTeller(told.resources, pause=0.01) for _ in range(number)]
    for job in jobs:
        job.start()
    try:
        yield
    finally:
        for job in jobs:
            job.close()


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_several_workers_tell_every_event_of_every_webhook_once(told: Told) -> None:
    paths = [f"/{number}" for number in range(5)]
    for path in paths:
        told.webhook(path, EventType.ISSUED)
    client = told.service.client()
    achievement = publish(client)

    with telling(told, number=3):
        issued = [issue(client, achievement)["id"] for _ in range(6)]
        wait_for(lambda: len(told.receiver.messages) >= len(paths) * len(issued))

    for path in paths:
        assert [one.told["credential"] for one in told.receiver.at(path)] == issued


def test_t64_receivers_that_do_not_answer_delay_nobody_else(told: Told) -> None:
    release = Event()

    def answer(message: Message) -> int:
        if message.path != "/well":
            release.wait(PATIENCE)
        return 204

    told.receiver.answer = answer
    for number in range(2 * THREADS):
        told.webhook(f"/stuck-{number}", EventType.ISSUED)
    other = told.service.other
    endpoints.create(
        told.resources,
        other.hub.number,
        url=f"{told.receiver.origin}/well",
        types=[EventType.ISSUED],
    )
    issue(told.service.client())

    try:
        with telling(told):
            wait_for(lambda: len(told.receiver.messages) >= 1)
            issue(told.service.client(other))
            wait_for(lambda: len(told.receiver.at("/well")) == 1)
            stuck = [one for one in told.receiver.messages if one.path != "/well"]
            assert len(stuck) <= THREADS
            release.set()
    finally:
        release.set()


def test_the_job_goes_on_when_one_endpoint_cannot_be_opened(told: Told) -> None:
    damaged = told.webhook("/damaged", EventType.ISSUED)
    told.webhook("/well", EventType.ISSUED)
    with told.resources.store.begin() as tx:
        tx.webhooks.change(damaged.endpoint, sealed_url=b"\x01" + bytes(40))
    issue(told.service.client())

    with telling(told):
        wait_for(lambda: len(told.receiver.at("/well")) == 1)

    assert told.receiver.at("/damaged") == []


def test_a_job_that_never_began_can_be_closed(told: Told) -> None:
    WebhookTeller(told.resources).close()
