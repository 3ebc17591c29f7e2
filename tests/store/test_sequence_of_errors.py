"""Every step of recording, and what becomes of an error or a crash at it: a table, row by row.

Before it there is one entry, published and signed. The unit adds a second one.
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import sleep

import pytest

from credhub.errors import (
    ConflictError,
    CredhubError,
    RecordOutcomeUnknownError,
    SecondStoreUnavailableError,
    StoreUnavailableError,
)
from credhub.ledger.checkpoint import Checkpoint
from credhub.store.hubs import HubNumber
from credhub.store.second_store.opening import open_second_store
from credhub.store.second_store.protocol import SecondStore
from credhub.store.sequencer import Sequencer
from credhub.store.store import Store
from tests.store.faulty import (
    CRASHED,
    KEY,
    MARK,
    Fault,
    FaultySecondStore,
    FaultySigner,
    FaultyStore,
    Step,
    When,
    crash,
)
from tests.store.samples import (
    LOG,
    Signers,
    achievement_unit,
    issue_unit,
    log_signer,
    make_hub,
    note_unit,
    sequencer,
)

NOTHING, WRITTEN, PUBLISHED, SIGNED = (1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 2, 2)
"""The sizes in the database, in the second store, and under a checkpoint in the database."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is decided for one step.

    Attributes:
        answer: What the caller gets for an error; none where there can be no error.
        before: The sizes after an error or a crash before the step.
        after: The sizes after an error or a crash when the step was done.
    """

    answer: type[CredhubError] | None
    before: tuple[int, int, int]
    after: tuple[int, int, int]


# docs/adr/0011 explains it. Whatever happened, going on or starting again leads to SIGNED when
# the rows were written, and to NOTHING when they were not.
TABLE = {
    Step.WRITE: Outcome(StoreUnavailableError, NOTHING, NOTHING),
    Step.COMMIT: Outcome(RecordOutcomeUnknownError, NOTHING, WRITTEN),
    Step.READ_BACK: Outcome(RecordOutcomeUnknownError, WRITTEN, WRITTEN),
    Step.COMPARE: Outcome(RecordOutcomeUnknownError, WRITTEN, WRITTEN),
    Step.SWAP: Outcome(RecordOutcomeUnknownError, WRITTEN, PUBLISHED),
    Step.SIGN: Outcome(RecordOutcomeUnknownError, PUBLISHED, PUBLISHED),
    Step.RECORD: Outcome(RecordOutcomeUnknownError, PUBLISHED, SIGNED),
    Step.ANSWER: Outcome(None, NOTHING, SIGNED),
}
ERRORS = [step for step in Step if TABLE[step].answer]

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["tests.store.faulty"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A database with one signed entry, and its second store."""

    url: str
    second_url: str
    store: Store
    second_store: SecondStore
    hub: HubNumber

    def sizes(self) -> tuple[int, int, int]:
        with self.store.read() as tx:
            (row,) = tx.ledger.logs(self.hub)
            head = tx.ledger.head(self.hub, LOG)
            latest = tx.ledger.latest_checkpoint(self.hub, LOG)
        text = self.second_store.read(f"log/{row.vkey}")
        assert text is not None
        assert latest is not None
        return head.size, Checkpoint.parse(text).size, latest.size

    def audit(self) -> None:
        with self.store.read() as tx:
            (row,) = tx.ledger.logs(self.hub)
            tx.ledger.audit(row)

    def check_whole(self, size: int) -> None:
        assert self.sizes() == (size, size, size)
        self.audit()


@pytest.fixture
def scene(database_url: str, store: Store, tmp_path: Path) -> Iterator[Scene]:
    second_url = f"sqlite:///{tmp_path / 'second.db'}"
    hub = make_hub(store, Signers())
    with closing(open_second_store(second_url)) as second_store:
        with sequencer(store, log_signer, second_store=second_store) as running:
            running.submit(achievement_unit(hub))
        yield Scene(
            url=database_url, second_url=second_url, store=store, second_store=second_store, hub=hub
        )


def outcome_of(step: Step, when: When) -> tuple[int, int, int]:
    return TABLE[step].before if when is When.BEFORE else TABLE[step].after


def repeat(running: Sequencer, scene: Scene, sizes: tuple[int, int, int]) -> None:
    """Send the same request again: it is found when it was written, and else recorded."""
    unit = issue_unit(scene.hub, MARK, key=KEY)
    if sizes == NOTHING:
        assert running.submit(unit).checkpoint_size == 2
    else:
        with pytest.raises(ConflictError) as found:
            running.submit(unit)
        assert found.value.table == "idempotency"
    assert running.submit(note_unit(scene.hub)).checkpoint_size == 3
    scene.check_whole(3)


@pytest.mark.parametrize("goes_on", [True, False], ids=["goes on", "starts again"])
@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("step", ERRORS)
def test_an_error_has_the_outcome_of_the_table(
    scene: Scene, step: Step, when: When, *, goes_on: bool
) -> None:
    fault, expected = Fault(step, when), TABLE[step].answer
    assert expected is not None
    with closing(FaultyStore.open(scene.url)) as store:
        store.fault = fault
        second_store = FaultySecondStore(scene.second_store, fault)
        with sequencer(store, FaultySigner(fault), second_store=second_store) as running:
            fault.armed = True
            with pytest.raises(expected):
                running.submit(issue_unit(scene.hub, MARK, key=KEY))
            sizes = scene.sizes()
            assert sizes == outcome_of(step, when)

            if goes_on:
                fault.armed = False
                repeat(running, scene, sizes)
                return

    with sequencer(scene.store, log_signer, second_store=scene.second_store) as running:
        scene.check_whole(sizes[0])
        repeat(running, scene, sizes)


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("step", Step)
def test_a_crash_has_the_outcome_of_the_table(scene: Scene, step: Step, when: When) -> None:
    place = (scene.url, scene.second_url, scene.hub, step, when)
    process = _forking.Process(target=crash, args=place)
    process.start()
    process.join()

    assert process.exitcode == CRASHED
    sizes = scene.sizes()
    assert sizes == outcome_of(step, when)
    with sequencer(scene.store, log_signer, second_store=scene.second_store) as running:
        scene.check_whole(sizes[0])
        repeat(running, scene, sizes)


@pytest.mark.parametrize("step", [Step.COMPARE, Step.SWAP])
def test_nothing_is_written_while_the_second_store_cannot_be_asked(
    scene: Scene, step: Step
) -> None:
    fault = Fault(step, When.BEFORE)
    second_store = FaultySecondStore(scene.second_store, fault)
    with sequencer(scene.store, log_signer, second_store=second_store) as running:
        fault.armed = True
        with pytest.raises(RecordOutcomeUnknownError):
            running.submit(note_unit(scene.hub))
        for _ in range(3):
            with pytest.raises(SecondStoreUnavailableError):
                running.submit(note_unit(scene.hub))
        assert [name.log for name in running.blocked] == [LOG]
        assert scene.sizes() == WRITTEN

        fault.armed = False
        assert running.submit(note_unit(scene.hub)).seqs == (2,)
        assert running.blocked == ()

    scene.check_whole(3)


def test_a_start_while_the_second_store_cannot_be_asked_waits_for_it(scene: Scene) -> None:
    fault = Fault(Step.COMPARE, When.BEFORE, armed=True)
    second_store = FaultySecondStore(scene.second_store, fault)
    with sequencer(scene.store, log_signer, second_store=second_store) as running:
        assert running.refused == ()
        with pytest.raises(SecondStoreUnavailableError):
            running.submit(note_unit(scene.hub))
        assert scene.sizes() == NOTHING

        fault.armed = False
        assert running.submit(note_unit(scene.hub)).seqs == (1,)

    scene.check_whole(2)


def test_a_commit_without_an_answer_is_signed_a_little_later(scene: Scene) -> None:
    fault = Fault(Step.COMMIT, When.AFTER)
    with closing(FaultyStore.open(scene.url)) as store:
        store.fault = fault
        with sequencer(store, log_signer, second_store=scene.second_store) as running:
            fault.armed = True
            with pytest.raises(RecordOutcomeUnknownError):
                running.submit(note_unit(scene.hub))
            fault.armed = False
            while scene.sizes() != SIGNED:
                sleep(0.01)

    scene.audit()
