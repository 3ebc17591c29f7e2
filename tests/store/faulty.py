"""A store, a second store and a signer of which one step fails, or ends the process."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn

from sqlalchemy import Connection

from credhub.errors import (
    RecordOutcomeUnknownError,
    SecondStoreUnavailableError,
    StoreUnavailableError,
)
from credhub.proofs.signer import Signer
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.second_store.opening import open_second_store
from credhub.store.second_store.protocol import SecondStore
from credhub.store.store import Store
from tests.store.samples import issue_unit, log_signer, sequencer

CRASHED: Final = 9
MARK: Final = 7
KEY: Final = "the request that is repeated"


class Step(StrEnum):
    WRITE = "write"
    COMMIT = "commit"
    READ_BACK = "read back"
    COMPARE = "compare"
    SWAP = "swap"
    SIGN = "sign"
    RECORD = "record"
    ANSWER = "answer"


class When(StrEnum):
    BEFORE = "before"
    AFTER = "after"


_ERRORS: Final[dict[Step, Callable[[], Exception]]] = {
    Step.WRITE: StoreUnavailableError,
    Step.COMMIT: RecordOutcomeUnknownError,
    Step.READ_BACK: StoreUnavailableError,
    Step.COMPARE: SecondStoreUnavailableError,
    Step.SWAP: SecondStoreUnavailableError,
    Step.SIGN: lambda: OSError("no such device"),
    Step.RECORD: StoreUnavailableError,
}


@dataclass
class Fault:
    """One step that fails before it is done or after; from then on always before."""

    step: Step
    when: When
    crash: bool = False
    armed: bool = False
    fired: bool = False

    def before(self, step: Step) -> None:
        if self.armed and step is self.step and (self.fired or self.when is When.BEFORE):
            self._fire()

    def after(self, step: Step) -> None:
        if self.armed and step is self.step and self.when is When.AFTER:
            self._fire()

    def _fire(self) -> NoReturn:
        if self.crash:
            os._exit(CRASHED)
        self.fired = True
        raise self._error()

    def _error(self) -> Exception:
        return _ERRORS[self.step]()


class FaultyStore(Store):
    fault: Fault

    @contextmanager
    def connect_to_write(self) -> Iterator[Connection]:
        self.fault.before(Step.WRITE)
        with super().connect_to_write() as connection:
            yield connection
            self.fault.after(Step.WRITE)
            self.fault.before(Step.COMMIT)
        self.fault.after(Step.COMMIT)

    @contextmanager
    def connect_to_newest(self) -> Iterator[Connection]:
        self.fault.before(Step.READ_BACK)
        with super().connect_to_newest() as connection:
            yield connection
        self.fault.after(Step.READ_BACK)

    @contextmanager
    def connect_to_note(self) -> Iterator[Connection]:
        self.fault.before(Step.RECORD)
        with super().connect_to_note() as connection:
            yield connection
        self.fault.after(Step.RECORD)


@dataclass
class FaultySecondStore:
    inner: SecondStore
    fault: Fault

    def read(self, key: str) -> str | None:
        self.fault.before(Step.COMPARE)
        text = self.inner.read(key)
        self.fault.after(Step.COMPARE)
        return text

    def swap(self, key: str, *, old: str | None, new: str) -> None:
        self.fault.before(Step.SWAP)
        self.inner.swap(key, old=old, new=new)
        self.fault.after(Step.SWAP)

    def close(self) -> None:
        self.inner.close()


@dataclass
class FaultySigner:
    fault: Fault

    def __call__(self, log: LedgerLog) -> Signer:
        self.fault.before(Step.SIGN)
        signer = log_signer(log)
        self.fault.after(Step.SIGN)
        return signer


def crash(url: str, second: str, hub: HubNumber, step: Step, when: When) -> None:
    """Record a unit in a process that ends at a step. Run it in a process of its own."""
    fault = Fault(step, when, crash=True)
    store = FaultyStore.open(url)
    store.fault = fault
    second_store = FaultySecondStore(open_second_store(second), fault)
    with sequencer(store, FaultySigner(fault), second_store=second_store) as running:
        fault.armed = True
        fault.before(Step.ANSWER)
        running.submit(issue_unit(hub, MARK, key=KEY))
        os._exit(CRASHED)
