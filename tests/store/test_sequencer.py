"""The sequencer: batches, conflicts, threads, queues."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from credhub.errors import ConflictError
from credhub.store.store import Store
from tests.store.samples import (
    LOG,
    Signers,
    achievement_unit,
    issue_unit,
    make_hub,
    note_unit,
    sequencer,
)


def audit(store: Store) -> None:
    with store.read() as tx:
        for log in tx.ledger.all_logs():
            tx.ledger.audit(log)


def test_a_unit_is_recorded_and_under_a_signed_checkpoint(store: Store) -> None:
    signers = Signers()
    number = make_hub(store, signers)

    with sequencer(store, signers) as running:
        first = running.submit(achievement_unit(number))
        second = running.submit(issue_unit(number, 7))

    assert (first.log, first.seqs) == (LOG, (0,))
    assert second.seqs == (1,)
    with store.read() as tx:
        (form,) = tx.credentials.forms(number, tx.credentials.page(number)[0].credential_id)
        assert (form.log, form.seq) == (LOG, 1)
        latest = tx.ledger.latest_checkpoint(number, LOG)
        assert latest is not None
        assert latest.size == second.checkpoint_size == 2
    audit(store)


def test_eight_threads_leave_no_gap(store: Store) -> None:
    signers = Signers()
    number = make_hub(store, signers)

    with sequencer(store, signers) as running, ThreadPoolExecutor(8) as pool:
        running.submit(achievement_unit(number))
        placements = list(
            pool.map(lambda mark: running.submit(issue_unit(number, mark)), range(1600))
        )

    assert sorted(seq for it in placements for seq in it.seqs) == list(range(1, 1601))
    assert all(it.seqs[0] < it.checkpoint_size for it in placements)
    audit(store)


def test_a_unit_that_takes_a_taken_index_is_refused(store: Store) -> None:
    signers = Signers()
    number = make_hub(store, signers)

    with sequencer(store, signers) as running:
        running.submit(achievement_unit(number))
        running.submit(issue_unit(number, 1, index=5))
        with pytest.raises(ConflictError) as refusal:
            running.submit(issue_unit(number, 2, index=5))
        running.submit(note_unit(number))

    assert refusal.value.table == "status_entry"
    audit(store)
