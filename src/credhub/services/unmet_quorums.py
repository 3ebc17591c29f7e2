"""Checkpoints of which no quorum was found a moment ago, so they are not looked at again at once.

While witnesses are away, every receipt and every look at the service's health would verify the
lines of the same checkpoints. What is remembered can make an answer less cosigned than it could
be, for a second; it never makes a proof, so it cannot make a wrong one.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from credhub.ledger.policy import Policy
from credhub.store.hubs import HubNumber

KEPT: Final = timedelta(seconds=1)
MOST_LOGS: Final = 1_000
MOST_SIZES: Final = 1_000

_NOTHING: Final = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """What was found out of one log since a moment: sizes of checkpoints without a quorum."""

    policy: Policy
    since: datetime
    sizes: set[int] = field(default_factory=set)

    def __contains__(self, size: int) -> bool:
        return size in self.sizes

    def add(self, size: int) -> None:
        """Remember a checkpoint; when there are many, this one is looked at again."""
        if len(self.sizes) < MOST_SIZES:
            self.sizes.add(size)


class UnmetQuorums:
    """What was found out of every log, the least recently asked forgotten first; for all threads.

    Args:
        clock: Now, in UTC.
        most: Of how many logs something is remembered.
    """

    def __init__(self, clock: Callable[[], datetime], *, most: int = MOST_LOGS) -> None:
        self._clock = clock
        self._most = most
        self._logs: OrderedDict[tuple[HubNumber, str], Unmet] = OrderedDict()
        self._lock = Lock()

    def of(self, policy: Policy, hub: HubNumber, log: str) -> Unmet:
        """Give what is known of a log; after a second, or by another policy, that is nothing."""
        now = self._clock()
        with self._lock:
            known = self._logs.pop((hub, log), None)
            if known is None or known.policy is not policy or not _is_fresh(known.since, now):
                known = Unmet(policy=policy, since=now)
            self._logs[hub, log] = known
            while len(self._logs) > self._most:
                self._logs.popitem(last=False)
        return known


def _is_fresh(since: datetime, now: datetime) -> bool:
    """Say whether a moment has just been; one that has yet to come was told by another clock."""
    return _NOTHING <= now - since < KEPT
