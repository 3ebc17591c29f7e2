"""Finish a cohort: whoever earned something gets it, in one batch for each achievement.

(1) the same request with the same key gives the batches that it gave before;
(2) everybody is judged, and of each achievement it is remembered who earned it;
(3) these are opened again, some hundred at a time, and sent as a batch, each achievement after
    those that it requires;
(4) one transaction says that the cohort is finished, and what the request with this key made.

Whatever ends between (3) and (4) is repeated by the same request: a batch has a key that is made
of the request's own, and a row is issued once, whatever its batch.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credhub.documents.rows.outcome import ReadRow
from credhub.errors import CohortNotOverError, ConflictError
from credhub.services import idempotency
from credhub.services.bulk import batch_receiving
from credhub.services.bulk.batch_receiving import Arriving
from credhub.services.idempotency import Once
from credhub.services.programs import enrolled, preview, rows
from credhub.services.programs.earning import Reason
from credhub.services.programs.preview import AT_ONCE, Run, Totals
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber

_BATCH: Final = "batch of a cohort"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What finishing a cohort gave.

    Attributes:
        totals: Who earned what, as the request found it.
        batches: By achievement, the batch that issues it.
    """

    totals: Totals
    batches: Mapping[str, str]


def finish(
    resources: Resources, number: HubNumber, cohort_id: str, once: Once, *, actor: str
) -> Finished:
    """Issue whatever was earned in a cohort and was not issued before.

    Args:
        resources: What services work with.
        number: The hub.
        cohort_id: Which.
        once: What keeps the request from being done twice.
        actor: The API key or the command that asks.

    Raises:
        CohortNotFoundError: The hub has no such cohort.
        CohortNotOverError: Its last day is still to come.
        IdempotencyKeyReusedError: The key was used with another body.
        MalformedBatchError: What is known of a learner cannot be issued any more; achievements
            before this one are.
        TooManyBatchesError: The hub has too many batches under way; achievements before this one
            are. The same request goes on when some have ended.
        ConflictError: Another process removed a batch while it arrived.
    """
    run = Run.of(resources, number, cohort_id)
    if not run.cohort.is_over(resources.clock()):
        raise CohortNotOverError
    with resources.store.read() as tx:
        is_done = once.made(tx) is not None  # (1)
    totals = preview.totals(resources, run)  # (2)
    names = {step.achievement_id: _name(resources, once, step.achievement_id) for step in run.steps}
    with resources.store.read() as tx:
        found = tx.idempotency.find_all(number, _BATCH, list(names.values()))
    batches = {own: found[name].thing for own, name in names.items() if name in found}
    if is_done:
        return Finished(totals=totals, batches=batches)
    for achievement_id, count in totals.counts.items():  # (3)
        if count.places and achievement_id not in batches:
            own = Once(
                resources,
                number,
                route=_BATCH,
                key=names[achievement_id],
                body={"cohort": cohort_id, "achievement": achievement_id},
            )
            arriving = Arriving(
                achievement_id=achievement_id,
                rows=_rows(resources, run, achievement_id, count.places),
                actor=actor,
            )
            batch = batch_receiving.receive(resources, number, arriving, own)
            batches[achievement_id] = batch.batch_id
    _note(resources, number, cohort_id, once)  # (4)
    return Finished(totals=totals, batches=batches)


def _name(resources: Resources, once: Once, achievement_id: str) -> str:
    """Name the batch of an achievement by the key of the request that makes it."""
    return idempotency.key_of(resources, once.hub, [once.route, once.key, achievement_id])


def _rows(
    resources: Resources, run: Run, achievement_id: str, places: Sequence[int]
) -> Iterator[ReadRow]:
    """Open those who earned an achievement again, some hundred at a time.

    Who was erased since is left out.
    """
    number, cohort_id = run.stored.hub, run.stored.cohort_id
    keys = resources.keyring.of(number)
    for start in range(0, len(places), AT_ONCE):
        with resources.store.read() as tx:
            some = places[start : start + AT_ONCE]
            found = tx.cohort_learners.at(number, cohort_id, some)
        for learner in found:
            known = enrolled.opened(keys, learner)
            if not isinstance(known, Reason):
                yield rows.row_of(learner, known, run.cohort, achievement_id)


def _note(resources: Resources, number: HubNumber, cohort_id: str, once: Once) -> None:
    try:
        with resources.store.begin() as tx:
            tx.idempotency.insert(once.request_for(resources, cohort_id))
            tx.cohorts.finish(number, cohort_id, resources.clock())
    except ConflictError:
        # The same request at the same time: it made the same batches.
        with resources.store.read() as tx:
            once.made(tx)
