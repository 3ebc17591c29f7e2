"""Erasure in the middle of something: nothing is recorded under a key that is gone."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from credhub.credentials.code import RANDOM_BYTES
from credhub.credentials.draft import Recipient
from credhub.errors import CredentialErasedError
from credhub.jobs.batch_working import work_once
from credhub.services import correcting, reading, revoking, suspending
from credhub.services.correcting import Corrections
from credhub.services.resources import Resources
from credhub.store.batch_results import Outcome
from credhub.store.batches import BatchKind
from credhub.store.hubs import HubNumber
from credhub.store.tables import (
    batch_row,
    credential,
    learner_key,
    ledger_opening,
    status_change,
)
from tests.running import Interruption
from tests.services.batching import count, counts, row_of, send, told, work_off
from tests.services.changing_many import change_many
from tests.services.erasing import erase_learner
from tests.services.meddling import interrupted
from tests.services.ordering import issue, once, publish_suspendable

ADA = Recipient(name="Ada", email="ada@mail.example")
ADA_BY_ID = Recipient(name="Ada", email="ada@mail.example", external_id="roll-7")
BEN = Recipient(name="Ben", email="ben@mail.example")
CORRECT = "POST /v1/credentials/{id}/correction"


def erasing(
    resources: Resources, hub: HubNumber, which: str, *, length: int | None = None
) -> Resources:
    """Give resources with which a learner is erased when bytes are drawn: any, or so many."""
    return interrupted(
        resources, Interruption(lambda: erase_learner(resources, hub, which)), length=length
    )


def erased_ones_own(resources: Resources, hub: HubNumber) -> int:
    """Count the openings in the ledger that learners without a key have."""
    keys = select(learner_key.c.learner_id).where(learner_key.c.hub_id == hub)
    own = (ledger_opening.c.hub_id == hub) & ledger_opening.c.learner_id.is_not(None)
    statement = select(ledger_opening.c.seq).where(own, ledger_opening.c.learner_id.not_in(keys))
    with resources.store.connect_to_read() as connection:
        return len(connection.execute(statement).all())


def learners_of(resources: Resources, hub: HubNumber) -> list[str]:
    """List whose the credentials of a hub are, oldest first."""
    statement = (
        select(credential.c.learner_id)
        .where(credential.c.hub_id == hub)
        .order_by(credential.c.credential_id)
    )
    with resources.store.connect_to_read() as connection:
        return list(connection.execute(statement).scalars())


@pytest.mark.parametrize("recipient", [ADA, ADA_BY_ID], ids=["by-email", "by-id"])
def test_a_credential_for_whoever_is_erased_meanwhile_is_somebody_elses(
    resources: Resources, hub: HubNumber, achievement: str, recipient: Recipient
) -> None:
    first = issue(resources, hub, achievement, recipient=recipient)

    second = issue(
        erasing(resources, hub, first, length=RANDOM_BYTES), hub, achievement, recipient=recipient
    )

    assert reading.by_id(resources, hub, second).signed
    before, after = learners_of(resources, hub)
    assert before != after
    assert erased_ones_own(resources, hub) == 1


@pytest.mark.parametrize("recipient", [ADA, ADA_BY_ID], ids=["by-email", "by-id"])
def test_rows_for_whoever_is_erased_meanwhile_are_somebody_elses(
    resources: Resources, hub: HubNumber, achievement: str, recipient: Recipient
) -> None:
    first = issue(resources, hub, achievement, recipient=recipient)
    issue(resources, hub, achievement, recipient=BEN)
    named = {"name": "Ada", "email": recipient.email}
    if recipient.external_id is not None:
        named["externalId"] = recipient.external_id
    rows = [
        row_of(1),
        row_of(2, recipient=named),
        row_of(3, recipient={"name": "Ben", "email": BEN.email}),
        row_of(4, recipient=named, awardedDate="2026-01-05"),
    ]
    batch = send(resources, hub, achievement, rows)

    work_once(erasing(resources, hub, first, length=RANDOM_BYTES))

    assert counts(resources, batch) == {Outcome.ISSUED: 4}
    assert count(resources, batch_row, hub) == 0
    ada, ben, *others = learners_of(resources, hub)
    assert ada not in others
    assert ben in others
    assert len(set(others)) == 3
    assert erased_ones_own(resources, hub) == 1
    for made in told(resources, batch):
        assert reading.by_id(resources, hub, str(made.credential_id)).signed


def revoke(resources: Resources, hub: HubNumber, which: str) -> None:
    revoking.revoke(resources, hub, which, actor="key", reason="fraud")


def suspend(resources: Resources, hub: HubNumber, which: str) -> None:
    suspending.suspend(resources, hub, which, actor="key", reason="fees")


def correct(resources: Resources, hub: HubNumber, which: str) -> None:
    request = once(resources, hub, route=CORRECT)
    correcting.correct(
        resources,
        hub,
        which,
        Corrections(name="Ada L."),
        request,
        actor="key",
        reason="A wrong name.",
    )


@pytest.mark.parametrize("change", [revoke, suspend, correct], ids=["revoke", "suspend", "correct"])
def test_nothing_changes_a_credential_whose_learner_is_erased_meanwhile(
    resources: Resources,
    hub: HubNumber,
    change: Callable[[Resources, HubNumber, str], None],
) -> None:
    which = issue(resources, hub, publish_suspendable(resources, hub), recipient=ADA)

    with pytest.raises(CredentialErasedError):
        change(erasing(resources, hub, which), hub, which)

    assert count(resources, status_change, hub) == 0
    assert count(resources, credential, hub) == 1
    assert erased_ones_own(resources, hub) == 1


@pytest.mark.parametrize(
    "kind", [BatchKind.REVOCATION, BatchKind.SUSPENSION], ids=["revocation", "suspension"]
)
def test_a_row_that_changes_a_credential_fails_when_its_learner_is_erased_meanwhile(
    resources: Resources, hub: HubNumber, kind: BatchKind
) -> None:
    suspendable = publish_suspendable(resources, hub)
    ids = [issue(resources, hub, suspendable, recipient=it) for it in (ADA, BEN)]
    batch = change_many(resources, hub, kind, ids)

    work_once(erasing(resources, hub, ids[0]))

    assert work_off(resources) == 0
    assert [(it.row, it.code) for it in told(resources, batch)] == [
        (1, "credential-erased"),
        (2, None),
    ]
    assert count(resources, status_change, hub) == 1
    assert count(resources, batch_row, hub) == 0
