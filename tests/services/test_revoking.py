"""Revoking: final, at once, and with whoever else changes the same credential."""

from datetime import datetime

import pytest

from credhub.errors import (
    AlreadyRevokedError,
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
)
from credhub.ledger.commitment import InnerKind
from credhub.ledger.events import Standing
from credhub.services import changing, reading, revoking, status_lists, verifying
from credhub.services.private_entries import private_entry
from credhub.status.document import Purpose
from credhub.store import status_writing
from credhub.store.unit import Unit
from credhub.verification.report import Verdict
from tests.running import Interruption, Service
from tests.services.erasing import erase_learner_of
from tests.services.ordering import issue


def test_a_revocation_shows_at_once_and_in_the_list_when_it_is_published(
    service_on_each: Service,
) -> None:
    hub, resources = service_on_each.one.hub, service_on_each.resources
    made = issue(resources, hub.number)
    code = reading.by_id(resources, hub.number, made).credential.code
    assert verifying.verify_own(resources, code).report.verdict is Verdict.VALID

    recorded = revoking.revoke(resources, hub.number, made, actor="key", reason="annulled")

    opened = reading.by_code(resources, code)
    assert opened.standing is Standing.REVOKED
    assert verifying.verify_own(resources, code).report.verdict is Verdict.REVOKED
    assert (opened.changes[0].log, opened.changes[0].seq) == (recorded.log, recorded.seq)
    assert recorded.is_new
    before = status_lists.newest(resources, hub, 1)
    status_lists.publish(resources, hub, 1)
    assert status_lists.newest(resources, hub, 1).version == before.version + 1


def test_revoked_is_for_good(service: Service) -> None:
    hub = service.one.hub.number
    made = issue(service.resources, hub)
    revoking.revoke(service.resources, hub, made, actor="key", reason="annulled")

    with pytest.raises(AlreadyRevokedError):
        revoking.revoke(service.resources, hub, made, actor="key", reason="again")


def test_a_credential_of_another_hub_is_not_there(service: Service) -> None:
    made = issue(service.resources, service.one.hub.number)

    with pytest.raises(CredentialNotFoundError):
        revoking.revoke(
            service.resources, service.other.hub.number, made, actor="key", reason="mine now"
        )

    opened = reading.by_id(service.resources, service.one.hub.number, made)
    assert opened.standing is Standing.ACTIVE


def test_an_erased_credential_is_not_revoked(service: Service) -> None:
    hub = service.one.hub.number
    made = issue(service.resources, hub)
    erase_learner_of(service, made)

    with pytest.raises(CredentialErasedError):
        revoking.revoke(service.resources, hub, made, actor="key", reason="annulled")


def change(service: Service, credential_id: str, new: Standing) -> None:
    """Suspend or resume a credential, as another process would."""
    hub, resources = service.one.hub.number, service.resources
    with resources.store.read() as tx:
        changes = tx.status.changes_of(hub, credential_id)
    secret = resources.keyring.of(hub).secret
    entry = private_entry(
        hub, InnerKind.STATUS, b"{}", subject_key=secret, learner_id=None, entry_id=bytes(16)
    )
    row = status_writing.insert_change_of(
        hub,
        credential_id=credential_id,
        n=len(changes),
        purpose=Purpose.SUSPENSION,
        old=reading.standing_after(changes),
        new=new,
        sealed_reason=b"away",
        actor="other",
        changed_at=service.clock(),
        entry=0,
    )
    resources.sequencer.submit(Unit(hub=hub, entries=(entry,), inserts=(row,)))


def test_a_suspension_in_between_does_not_stop_a_revocation(service: Service) -> None:
    hub = service.one.hub.number
    made = issue(service.resources, hub)
    meanwhile = Interruption(lambda: change(service, made, Standing.SUSPENDED))

    def clock() -> datetime:
        meanwhile()
        return service.clock()

    mine = service.with_resources(clock=clock)
    revoking.revoke(mine, hub, made, actor="key", reason="annulled")

    changes = reading.by_id(service.resources, hub, made).changes
    assert [entry.new for entry in changes] == [Standing.SUSPENDED, Standing.REVOKED]
    assert changes[1].old is Standing.SUSPENDED


def test_a_suspended_credential_says_so_until_it_is_resumed(service: Service) -> None:
    hub = service.one.hub.number
    made = issue(service.resources, hub)
    code = reading.by_id(service.resources, hub, made).credential.code

    def verdict() -> Verdict:
        return verifying.verify_own(service.resources, code).report.verdict

    change(service, made, Standing.SUSPENDED)
    assert verdict() is Verdict.SUSPENDED
    change(service, made, Standing.ACTIVE)
    assert verdict() is Verdict.VALID


def test_after_twenty_lost_races_the_caller_is_told_to_come_back(service: Service) -> None:
    hub = service.one.hub.number
    made = issue(service.resources, hub)
    turns = [Standing.SUSPENDED, Standing.ACTIVE] * changing.ATTEMPTS
    meanwhile = Interruption(lambda: change(service, made, turns.pop()), times=changing.ATTEMPTS)

    def clock() -> datetime:
        meanwhile()
        return service.clock()

    with pytest.raises(ContendedError):
        revoking.revoke(
            service.with_resources(clock=clock), hub, made, actor="key", reason="annulled"
        )
