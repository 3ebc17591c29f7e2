"""Many threads issue at once through the services: no error, no gap."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from credhub.credentials.achievement import Achievement, Criteria
from credhub.credentials.draft import Recipient
from credhub.services import achievements, issuing, reading
from credhub.services.idempotency import Once
from credhub.services.issuing_survey import Order
from tests.running import Service, running

pytestmark = pytest.mark.slow

THREADS: Final = 8
EACH: Final = 200


def test_eight_threads_issue_without_error_or_gap(database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path) as service, ThreadPoolExecutor(THREADS) as pool:
        achievement = publish(service)
        before = ledger_size(service)

        made = [
            credential_id
            for part in pool.map(lambda thread: issue(service, achievement, thread), range(THREADS))
            for credential_id in part
        ]

        assert len(set(made)) == THREADS * EACH
        hub = service.one.hub.number
        opened = [reading.by_id(service.resources, hub, credential_id) for credential_id in made]
        assert sorted(it.form.seq for it in opened) == list(range(before, before + THREADS * EACH))
        audit(service)


def publish(service: Service) -> str:
    hub = service.one.hub
    return achievements.publish(
        service.resources,
        hub.number,
        lambda address, version: Achievement(
            id=address,
            name="Solar panel fitter",
            description="Can fit a small solar plant on a roof.",
            criteria=Criteria(narrative="Fitted two roofs."),
            achievement_type="Certificate",
            version=version,
        ),
        Once(service.resources, hub.number, route="achievements", key="one", body={}),
    ).achievement_id


def issue(service: Service, achievement: str, thread: int) -> list[str]:
    return [
        issuing.issue(
            service.resources,
            service.one.hub.number,
            Order(
                achievement_id=achievement,
                recipient=Recipient(name="Anna", external_id=f"{thread}-{number}"),
            ),
            Once(
                service.resources,
                service.one.hub.number,
                route="credentials",
                key=f"{thread}-{number}",
                body={},
            ),
        ).credential.credential_id
        for number in range(EACH)
    ]


def ledger_size(service: Service) -> int:
    with service.resources.store.read() as tx:
        (log,) = tx.ledger.logs(service.one.hub.number)
        return tx.ledger.head(log.hub, log.log).size


def audit(service: Service) -> None:
    with service.resources.store.read() as tx:
        for log in tx.ledger.all_logs():
            tx.ledger.audit(log)
