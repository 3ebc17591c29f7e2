"""Processes that walk the spans of a log ahead of its audit.

Rows of the ledger never change, so a process that opens its own connection reads the same rows;
how many there are was decided once, by the head that the audit read first.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Final

from credhub.errors import LedgerFaultError
from credhub.ledger.audit import WalkAhead
from credhub.ledger.span import Span, WalkedSpan, walk_span
from credhub.store.ledger import LedgerLog, row_of
from credhub.store.log_rows import StoredLogRows
from credhub.store.store import Store

_AHEAD: Final = 2
"""So many spans a process has before it, so that none waits for the linking."""


class Walkers:
    """Processes that walk spans ahead, each with a connection of its own."""

    def __init__(self, processes: ProcessPoolExecutor, count: int) -> None:
        self._processes = processes
        self._count = count

    @classmethod
    @contextmanager
    def started(cls, database: str, count: int) -> Iterator["Walkers"]:
        """Start so many processes, and end them."""
        # A new process knows nothing of our threads, connections and secrets.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            count, mp_context=context, initializer=_open, initargs=(database,)
        ) as processes:
            yield cls(processes, count)

    def ahead(self, log: LedgerLog) -> WalkAhead:
        """Walk the spans of a log, a few at a time."""
        return partial(self._walk, log)

    def _walk(self, log: LedgerLog, spans: Iterator[Span]) -> Iterator[WalkedSpan | None]:
        waiting: deque[Future[WalkedSpan | None]] = deque()
        try:
            for span in islice(spans, self._count * _AHEAD):
                waiting.append(self._processes.submit(_walk, log, span))
            while waiting:
                yield waiting.popleft().result()
                for span in islice(spans, 1):
                    waiting.append(self._processes.submit(_walk, log, span))
        finally:
            for future in waiting:
                future.cancel()


_opened: list[Store] = []
"""The store of a walking process; it has one, for as long as it lives."""


def _open(database: str) -> None:
    _opened.append(Store.open(database, pool_size=1))


def _walk(log: LedgerLog, span: Span) -> WalkedSpan | None:
    with _opened[0].connect_to_read() as connection:
        try:
            return walk_span(row_of(log), StoredLogRows(connection, log.hub, log.log), span, None)
        except LedgerFaultError:
            return None
