"""Asks witnesses for cosignatures, at most once a second; issuing never waits for them."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from threading import Lock
from typing import Final

import structlog

from credhub.errors import CredhubError, EgressError, WitnessAheadError, WitnessRefusedError
from credhub.jobs.rounds import Rounds
from credhub.ledger.checkpoint import Checkpoint
from credhub.services import witnessing
from credhub.services.witnessing import Target, WitnessDesk
from credhub.store.store import Store

SECONDS_BETWEEN_ROUNDS: Final = 1.0
MAX_SECONDS_AFTER_TROUBLE: Final = 300.0

_log = structlog.get_logger("credhub.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessStanding:
    """How it goes with one witness.

    Attributes:
        name: The name in its cosignatures.
        failures: How often it failed since the process began.
        trouble: The code of what it fails with now.
        ahead: Logs of which it has seen more than we have, with the size that it told.
    """

    name: str
    failures: int = 0
    trouble: str | None = None
    ahead: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class _Patience:
    """When something that failed is tried again: after 1 s, then 2, 4 and so on."""

    failures: int = 0
    not_before: float = 0.0

    def failed(self, now: float) -> None:
        pause = min(SECONDS_BETWEEN_ROUNDS * 2**self.failures, MAX_SECONDS_AFTER_TROUBLE)
        self.failures = min(self.failures + 1, 30)
        self.not_before = now + pause


class WitnessAsker:
    """One thread that shows the newest checkpoint of every log to every witness.

    All witnesses of a round are shown the same checkpoints, so that a quorum comes together under
    one of them however fast the log grows. A witness that does not answer is left out of more and
    more rounds; one that says no about a log is asked less and less about that log.
    """

    def __init__(
        self,
        store: Store,
        desks: Sequence[WitnessDesk],
        *,
        clock: Callable[[], datetime],
        on_evidence: Callable[[Checkpoint], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare.

        Args:
            store: Where checkpoints and cosignatures are.
            desks: The witnesses.
            clock: Now, in UTC.
            on_evidence: Told a checkpoint of our own key that is beyond what we have.
            monotonic: Seconds, for pauses.
        """
        self._on_evidence = on_evidence
        self._store = store
        self._desks = desks
        self._clock = clock
        self._monotonic = monotonic
        self._patience: dict[tuple[str, str], _Patience] = {}
        self._standing = {desk.name: WitnessStanding(name=desk.name) for desk in desks}
        self._changing = Lock()
        self._rounds = Rounds("witness-asker", self.round, pause=lambda: SECONDS_BETWEEN_ROUNDS)

    def start(self) -> None:
        """Begin, if there is anybody to ask."""
        if self._desks:
            self._rounds.start()

    def close(self) -> None:
        """End after the round that is under way. Harmless before the start."""
        self._rounds.close()

    def standing(self) -> tuple[WitnessStanding, ...]:
        """Say how it goes with each witness."""
        with self._changing:
            return tuple(self._standing.values())

    def round(self) -> None:
        """Ask every witness that is due about every log that grew; nothing of it raises."""
        try:
            targets = witnessing.targets(self._store)
            with ThreadPoolExecutor(max_workers=max(1, len(self._desks))) as pool:
                list(pool.map(lambda desk: self._ask_all(desk, targets), self._desks))
        except Exception as error:  # noqa: BLE001 - the outermost handler of this thread
            _log.warning("witnesses not asked", error=type(error).__name__)

    def _ask_all(self, desk: WitnessDesk, targets: Iterable[Target]) -> None:
        """Ask one witness about all logs; what it does not answer once, it is not asked again."""
        if not self._is_patient(desk, ""):
            return
        for target in targets:
            due = self._is_patient(desk, target.log.origin) and desk.is_due(target, self._clock())
            if self._rounds.is_ending or (due and not self._ask(desk, target)):
                return

    def _ask(self, desk: WitnessDesk, target: Target) -> bool:
        """Ask about one log; false when there is no answer."""
        try:
            desk.ask(target, self._clock())
        except EgressError as error:
            self._failed(desk, "", error)
            return False
        except CredhubError as error:
            self._failed(desk, target.log.origin, error)
            if _contradicts(error):
                self._find_evidence(desk, target)
        else:
            self._succeeded(desk, target.log.origin)
        return True

    def _find_evidence(self, desk: WitnessDesk, target: Target) -> None:
        """Pass on what our own key signed; that a witness tells a size is evidence of nothing."""
        try:
            checkpoint = desk.position(target.log)
        except EgressError:
            return
        if checkpoint is not None:
            self._on_evidence(checkpoint)

    def _is_patient(self, desk: WitnessDesk, about: str) -> bool:
        patience = self._patience.get((desk.name, about))
        return patience is None or self._monotonic() >= patience.not_before

    def _succeeded(self, desk: WitnessDesk, origin: str) -> None:
        self._patience.pop((desk.name, ""), None)
        self._patience.pop((desk.name, origin), None)
        with self._changing:
            known = self._standing[desk.name]
            ahead = tuple(one for one in known.ahead if one[0] != origin)
            self._standing[desk.name] = replace(known, trouble=None, ahead=ahead)

    def _failed(self, desk: WitnessDesk, about: str, error: CredhubError) -> None:
        self._patience.setdefault((desk.name, about), _Patience()).failed(self._monotonic())
        with self._changing:
            known = self._standing[desk.name]
            ahead = dict(known.ahead)
            if isinstance(error, WitnessAheadError):
                ahead[error.origin] = error.size
                # Our own log, larger than we know it: the database was put back, or copied.
                _log.critical("a witness has seen more", log=error.origin, size=error.size)
            elif known.trouble != error.code:
                _log.warning("witness did not cosign", witness=desk.name, code=error.code)
            self._standing[desk.name] = replace(
                known, failures=known.failures + 1, trouble=error.code, ahead=tuple(ahead.items())
            )


def _contradicts(error: CredhubError) -> bool:
    """Say whether a witness has seen more of a log than we have, or another tree."""
    match error:
        case WitnessAheadError():
            return True
        case WitnessRefusedError():
            return error.status == HTTPStatus.UNPROCESSABLE_ENTITY
        case _:
            return False
