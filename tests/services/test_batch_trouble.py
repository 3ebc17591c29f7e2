"""Rows that cannot be done fail, alone and for good: nothing is tried for ever."""

from dataclasses import replace

from sqlalchemy import select, update

from credhub.credentials.code import RANDOM_BYTES
from credhub.services.bulk import batches
from credhub.services.bulk.batch_rounds import MOST_TRIES
from credhub.services.resources import Resources
from credhub.store.batch_results import Outcome
from credhub.store.hubs import HubNumber
from credhub.store.tables import credential, learner_key
from tests.running import Service
from tests.services.batching import counts, row_of, rows_of, send, told, work_off
from tests.services.erasing import erase_learner
from tests.services.ordering import issue

NAMED = {"name": "Ada", "externalId": "roll-7", "email": "ada@mail.example"}


def issued_to_ada(resources: Resources, hub: HubNumber, achievement: str) -> str:
    """Issue to a learner with an id of the hub's, in a batch of one row."""
    first = send(resources, hub, achievement, [row_of(1, recipient=NAMED)])
    work_off(resources)
    made = told(resources, first)[0].credential_id
    assert made is not None
    return made


def test_an_erased_learner_who_comes_back_in_a_batch_is_another_one(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    erase_learner(resources, hub, issued_to_ada(resources, hub, achievement))

    rows = [
        row_of(2, recipient=NAMED),
        row_of(3),
        row_of(4, recipient=NAMED, awardedDate="2026-01-05"),
    ]
    batch = send(resources, hub, achievement, rows)
    assert work_off(resources) == 1

    assert counts(resources, batch) == {Outcome.ISSUED: 3}
    assert (
        len({learner_of(resources, hub, row.credential_id) for row in told(resources, batch)}) == 2
    )


def test_of_an_erased_learner_who_came_back_nothing_is_left_to_be_found_by(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = issued_to_ada(resources, hub, achievement)
    erased = learner_of(resources, hub, first)
    erase_learner(resources, hub, first)

    send(resources, hub, achievement, [row_of(2, recipient=NAMED)])
    work_off(resources)

    with resources.store.read() as tx:
        found = tx.learners.by_id(hub, erased)
    assert found is not None
    assert (found.external_id_hmac, found.email_hmac) == (None, None)


def test_whoever_was_not_erased_keeps_what_they_are_found_by(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = learner_of(resources, hub, issued_to_ada(resources, hub, achievement))
    with resources.store.begin() as tx:
        found = tx.learners.by_id(hub, first)
        assert found is not None
        assert found.external_id_hmac is not None
        tx.learners.release_erased(hub, [found.external_id_hmac])

    with resources.store.read() as tx:
        assert tx.learners.by_id(hub, first) == found


def test_a_row_of_a_learner_whose_key_was_changed_fails_alone(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    issued_to_ada(resources, hub, achievement)
    own = learner_key.c.hub_id == hub
    with resources.store.connect_to_write() as connection:
        connection.execute(update(learner_key).where(own).values(wrapped_key=b"x" * 60))

    batch = send(resources, hub, achievement, [row_of(2, recipient=NAMED), *rows_of_others()])
    assert work_off(resources) == 1

    assert [(it.row, it.code) for it in told(resources, batch)] == [
        (1, "record-damaged"),
        (2, None),
        (3, None),
    ]


def test_rows_of_which_others_take_something_for_ever_fail_in_the_end(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """Every credential draws the code of one that is there."""
    same = replace(
        resources,
        random=lambda length: SAME if length == RANDOM_BYTES else resources.random(length),
    )
    issue(same, hub, achievement)
    batch = send(resources, hub, achievement, rows_of(2))

    for tries in range(1, MOST_TRIES + 1):
        assert batches.find(resources, hub, batch.batch_id).done == 0, tries
        assert work_off(same) == 1
        assert work_off(same) == 0, "it is not tried again at once"
        service_on_each.clock.move(seconds=30)

    assert [it.code for it in told(resources, batch)] == ["contended", "contended"]
    assert batches.find(resources, hub, batch.batch_id).state == "finished"


SAME = bytes(RANDOM_BYTES)


def rows_of_others() -> list[dict[str, object]]:
    return [dict(row_of(number)) for number in (3, 4)]


def learner_of(resources: Resources, hub: HubNumber, credential_id: str | None) -> str:
    own = (credential.c.hub_id == hub) & (credential.c.credential_id == credential_id)
    with resources.store.connect_to_read() as connection:
        found: str = connection.execute(select(credential.c.learner_id).where(own)).scalar_one()
    return found
