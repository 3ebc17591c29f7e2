"""The service on a hardened PostgreSQL, as the role that is meant for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from credhub.errors import MalformedBatchError
from credhub.services import api_keys, ledgers, partners, revoking, status_lists
from credhub.services.audit import auditing
from credhub.services.bulk import batch_pruning, batches
from credhub.services.partners import NewPartner
from tests.engines import PostgresqlDatabases
from tests.roles import hardening
from tests.running import Service, code_of, issue, publish, running
from tests.services.batching import rows_of, send, work_off
from tests.services.erasing import erase_learner_of
from tests.web.cohorts import added, finished, known, make_cohort, make_program, person, step


@pytest.fixture
def service(postgresql: PostgresqlDatabases, tmp_path: Path) -> Iterator[Service]:
    with (
        postgresql.migrated() as url,
        hardening(url) as hardened,
        running(hardened.app, tmp_path / "data") as started,
    ):
        yield started


def test_the_whole_life_of_a_credential_needs_no_owner(service: Service) -> None:
    hub, client, public = service.one.hub, service.client(), service.public()

    first, second, third = (issue(client) for _ in range(3))
    assert public.get(f"/c/{code_of(first)}").status_code == 200
    revoking.revoke(service.resources, hub.number, str(second["id"]), actor="me", reason="A test.")
    status_lists.publish(service.resources, hub, 1)
    partner = NewPartner(did="did:web:nordic.example", name="Nordic Coders")
    partners.add(service.resources, hub, partner)
    partners.end(service.resources, hub, partner.did)
    achievement = publish(client)
    batch = send(service.resources, hub.number, achievement, rows_of(3))
    assert work_off(service.resources) == 1
    send(service.resources, hub.number, achievement, rows_of(2))
    work_off(service.resources)
    assert batch_pruning.prune(service.resources, hub.number, most=0) == 2
    assert batches.cancel(service.resources, hub.number, batch.batch_id).issued == 3
    with pytest.raises(MalformedBatchError):
        send(service.resources, hub.number, publish(client), [*rows_of(600), "no object"])
    key, _ = api_keys.create(service.resources, hub.number, label="x", scopes=())
    api_keys.revoke(service.resources, hub.number, key.key_id)

    assert public.get("/readyz").status_code == 200
    for _, log in ledgers.logs(service.resources.store):
        summary = auditing.audit(
            service.resources.store, service.resources.keyring, log, advance=lambda _: None
        )
        assert summary.size == ledgers.size(service.resources.store, log) > 0
    erase_learner_of(service, str(third["id"]))


def test_a_cohort_needs_no_owner(service: Service) -> None:
    client = service.client()
    achievement = publish(client)
    program = make_program(client, step(achievement))
    cohort = make_cohort(client, str(program["id"]))
    ada, ben = added(client, cohort, person("Ada"), person("Ben"))
    known(client, cohort, ada, status="completed")
    assert client.delete(f"/v1/cohorts/{cohort}/learners/{ben}").status_code == 200

    assert finished(service, service.one, cohort).by_achievement[achievement]["earned"] == 1
    assert client.delete(f"/v1/programs/{program['id']}").status_code == 200
