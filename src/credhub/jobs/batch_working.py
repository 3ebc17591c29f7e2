"""Works batches off: take the next part, do it, or leave it to others for a while."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from typing import Final

import structlog

from credhub.errors import CredhubError, LedgerError, StoreError
from credhub.services.bulk import batch_changing, batch_issuing, batch_rounds
from credhub.services.bulk.batch_rounds import MOST_TRIES
from credhub.services.resources import Resources
from credhub.store import batch_queue
from credhub.store.batch_queue import Chunk
from credhub.store.batches import BatchKind, Ending
from credhub.store.hubs import HubNumber

LEASE: Final = timedelta(seconds=30)
"""Many times what a part takes. Of a worker that was killed, others continue after it."""

LONGEST_LEASE: Final = batch_queue.LONGEST_LEASE

PAUSE: Final = timedelta(seconds=5)
"""When a part that could not be issued is tried again. After more tries it is twice as long."""

LONGEST_PAUSE: Final = timedelta(seconds=30)

SECONDS_BETWEEN_LOOKS: Final = 1.0

_log = structlog.get_logger("credhub.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What was done: which part, and whether it was left to be tried again."""

    chunk: Chunk
    left: bool = False


class BatchWorker:
    """Issues part after part, in the thread that runs it.

    Args:
        resources: What services work with.
        lease: For how long nobody else takes a part.
    """

    def __init__(self, resources: Resources, *, lease: timedelta = LEASE) -> None:
        self._resources = resources
        self._lease = lease
        self._last: HubNumber | None = None
        self._ending = Event()

    def end(self) -> None:
        """End after the part that is under way."""
        self._ending.set()

    def run(self, *, idle_seconds: float | None = None) -> None:
        """Work until told to end, or until there was nothing to do for so many seconds."""
        looks = 0
        while not self._ending.is_set():
            if self._work():
                looks = 0
                continue
            if self._waits_for_others():
                looks = 0
            looks += 1
            if idle_seconds is not None and looks * SECONDS_BETWEEN_LOOKS > idle_seconds:
                return
            self._ending.wait(SECONDS_BETWEEN_LOOKS)

    def _waits_for_others(self) -> bool:
        """Say whether there is something to do that others have taken, or that is tried later."""
        try:
            with self._resources.store.read() as tx:
                return bool(tx.batch_queue.hubs())
        except CredhubError:
            return True

    def _work(self) -> bool:
        try:
            work = work_once(self._resources, after=self._last, lease=self._lease)
        except CredhubError as error:
            _log.warning("no batches found", code=error.code)
            return False
        if work is not None:
            self._last = work.chunk.hub
        return work is not None


def work_once(
    resources: Resources,
    *,
    after: HubNumber | None = None,
    batch: tuple[HubNumber, str] | None = None,
    lease: timedelta = LEASE,
) -> Work | None:
    """Take one part and do it; none when there is nothing to do now.

    Args:
        resources: What services work with.
        after: Hubs take turns; whose turn was the last one.
        batch: Only this batch.
        lease: For how long nobody else takes the part.

    Raises:
        StoreError: The database cannot be asked.
        LedgerIntegrityError, RollbackDetectedError: The log of this batch's hub takes no entries
            until somebody decides. Of several hubs, the others are worked for.
    """
    chunk = _take(resources, after=after, batch=batch, lease=lease)
    if chunk is None:
        return None
    try:
        _do(resources, chunk)
    except CredhubError as error:
        _log.warning("batch waits", batch=chunk.batch_id, code=error.code)
        _leave(resources, chunk, faults=0 if batch_rounds.passes(error) else 1)
    except Exception as error:  # noqa: BLE001 - one part's trouble must not keep others waiting
        _log.exception("batch part not done", batch=chunk.batch_id, error=type(error).__name__)
        _leave(resources, chunk, faults=1)
    else:
        return Work(chunk=chunk)
    return Work(chunk=chunk, left=True)


def _do(resources: Resources, chunk: Chunk) -> None:
    if chunk.kind is BatchKind.ISSUE:
        batch_issuing.issue_chunk(resources, chunk)
    else:
        batch_changing.change_chunk(resources, chunk)


def _take(
    resources: Resources,
    *,
    after: HubNumber | None,
    batch: tuple[HubNumber, str] | None,
    lease: timedelta,
) -> Chunk | None:
    if batch is not None:
        resources.sequencer.check_hub(batch[0])
        return _take_of(resources, batch[0], lease=lease, batch_id=batch[1])
    with resources.store.read() as tx:
        waiting = tx.batch_queue.hubs()
    for hub in _in_turn(waiting, after):
        if _is_refused(resources, hub):
            continue  # Nothing is prepared in vain; it goes on as soon as somebody has decided.
        chunk = _take_of(resources, hub, lease=lease)
        if chunk is not None:
            return chunk
    return None


def _is_refused(resources: Resources, hub: HubNumber) -> bool:
    try:
        resources.sequencer.check_hub(hub)
    except LedgerError:
        return True
    return False


def _take_of(
    resources: Resources, hub: HubNumber, *, lease: timedelta, batch_id: str | None = None
) -> Chunk | None:
    now = resources.clock()
    with resources.store.begin() as tx:
        chunk = tx.batch_queue.take(hub, now=now, until=now + lease, batch_id=batch_id)
        if chunk is not None:
            tx.batches.start(hub, chunk.batch_id, now)
    return chunk


def _in_turn(hubs: Iterable[HubNumber], after: HubNumber | None) -> tuple[HubNumber, ...]:
    known = tuple(hubs)
    later = tuple(hub for hub in known if after is None or hub > after)
    return later + tuple(hub for hub in known if hub not in later)


def _leave(resources: Resources, chunk: Chunk, *, faults: int = 0) -> None:
    """Let a part be tried again after a pause; after too many that did not help, end its batch."""
    now = resources.clock()
    pause = min(PAUSE * 2**chunk.faults, LONGEST_PAUSE)
    # Without the database it stays taken, and others have it when its time is over.
    with suppress(StoreError), resources.store.begin() as tx:
        if not tx.batch_queue.is_taken(chunk):
            return  # It was too slow, and others try it.
        if chunk.faults + faults >= MOST_TRIES:
            tx.batches.end(chunk.hub, chunk.batch_id, Ending.FAILED, now)
        else:
            tx.batch_queue.give_back(chunk, until=now + pause, faults=faults)
