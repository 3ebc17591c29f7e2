"""Batches that name a credential which another one replaces: nobody believes that all is done."""

import pytest

from credhub.errors import MalformedBatchError
from credhub.services import reading, revoking
from credhub.services.resources import Resources
from credhub.store.batch_results import Outcome
from credhub.store.batches import BatchKind
from credhub.store.hubs import HubNumber
from tests.services.batching import told, work_off
from tests.services.changing_many import change_many, issue_many, standing
from tests.services.ordering import publish_suspendable
from tests.services.test_correcting import correct

KINDS = (BatchKind.REVOCATION, BatchKind.SUSPENSION, BatchKind.LIFT)


def replaced(resources: Resources, hub: HubNumber, made: str) -> str:
    """Correct a credential, and give the id of what replaces it."""
    return correct(resources, hub, made).credential.credential_id


@pytest.mark.parametrize("kind", KINDS, ids=[kind.value for kind in KINDS])
@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_what_is_replaced_by_one_that_stands_is_a_fault_that_names_it(
    resources: Resources, hub: HubNumber, kind: BatchKind, times: int
) -> None:
    first, other = issue_many(resources, hub, publish_suspendable(resources, hub), 2)
    newest = first
    for number in range(times):
        newest = correct(
            resources, hub, newest, {"name": f"Amélie {'M' * (number + 1)}."}
        ).credential.credential_id

    with pytest.raises(MalformedBatchError) as raised:
        change_many(resources, hub, kind, [first, other])

    (fault,) = raised.value.faults
    assert (fault.row, fault.code) == (1, "credential-replaced")
    assert fault.detail.endswith(reading.by_id(resources, hub, newest).address)
    assert standing(resources, hub, [first, other, newest]) == ["revoked", "active", "active"]


def test_once_the_newest_is_revoked_too_all_that_it_replaces_is_revoked_already(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first, other = issue_many(resources, hub, achievement, 2)
    second = replaced(resources, hub, first)
    revoking.revoke(resources, hub, second, actor="key", reason="fraud")

    batch = change_many(resources, hub, BatchKind.REVOCATION, [first, second, other])
    work_off(resources)

    assert [it.outcome for it in told(resources, batch)] == [
        Outcome.SKIPPED,
        Outcome.SKIPPED,
        Outcome.CHANGED,
    ]


def test_what_is_replaced_while_it_waits_fails_alone_and_says_by_which(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 2)
    batch = change_many(resources, hub, BatchKind.REVOCATION, ids)
    newest = replaced(resources, hub, ids[0])

    work_off(resources)

    failed, changed = told(resources, batch)
    assert (failed.outcome, failed.code) == (Outcome.FAILED, "credential-replaced")
    assert failed.credential_id == ids[0]
    assert reading.by_id(resources, hub, newest).address in str(failed.detail)
    assert changed.outcome is Outcome.CHANGED
    assert standing(resources, hub, [*ids, newest]) == ["revoked", "revoked", "active"]
