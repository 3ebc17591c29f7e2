"""Credentials that clients composed, as the ledger and the auditor see them."""

import pytest
from sqlalchemy import text

from credhub.errors import LedgerFaultError
from credhub.jsontypes import JsonObject
from credhub.services import auditing, ledgers, vcalm_recording
from tests.running import Service
from tests.services.test_auditing import drop_guards, unguarded

PLAIN: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"id": "did:example:subject"},
    "validFrom": "2020-01-01T00:00:00Z",
}


def audit(service: Service) -> None:
    store = service.resources.store
    auditing.audit(
        store,
        service.resources.keyring,
        ledgers.newest_log(store, service.one.hub),
        advance=lambda _: None,
    )


def test_promise_1_an_audit_finds_every_composed_credential_in_the_ledger(
    fresh_service: Service,
) -> None:
    number = fresh_service.one.hub.number
    made = [vcalm_recording.record(fresh_service.resources, number, PLAIN) for _ in range(2)]

    audit(fresh_service)

    with fresh_service.resources.store.read() as tx:
        assert tx.credentials.count(number) == len(made)
        definition = tx.achievements.latest(number, vcalm_recording.definition_id(number))
    assert definition is not None
    assert definition.version == 1


@pytest.mark.parametrize("column", ["achievement_id", "code", "issued_ms", "learner_id"])
def test_t81_a_changed_row_of_a_composed_credential_is_found(
    fresh_service: Service, column: str
) -> None:
    number = fresh_service.one.hub.number
    vcalm_recording.record(fresh_service.resources, number, PLAIN)
    value = "issued_ms + 1000" if column == "issued_ms" else f"{column} || 'x'"
    with unguarded(fresh_service) as connection:
        drop_guards(connection)
        connection.execute(text(f"UPDATE credential SET {column} = {value}"))  # noqa: S608 - ours

    with pytest.raises(LedgerFaultError):
        audit(fresh_service)
