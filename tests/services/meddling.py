"""What happens to a worker in the middle of something: it is killed, or others are faster."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from credhub.jobs.batch_working import work_once
from credhub.services.resources import Resources
from tests.running import Interruption

NO_TIME: Final = timedelta(0)
"""A part that was taken for so long may be taken by the next one at once."""


class Killed(BaseException):
    """The process ends here."""


@dataclass
class LastClock:
    """A clock that is read so many times, and then the process ends."""

    clock: Callable[[], datetime]
    times: int

    def __call__(self) -> datetime:
        if self.times == 0:
            raise Killed
        self.times -= 1
        return self.clock()


def was_killed(resources: Resources, after: int, *, lease: timedelta = NO_TIME) -> bool:
    """Take a part and be killed when the clock was read so many times, if that is often enough."""
    try:
        work_once(replace(resources, clock=LastClock(resources.clock, times=after)), lease=lease)
    except Killed:
        return True
    return False


def interrupted(
    resources: Resources, what: Interruption, *, length: int | None = None
) -> Resources:
    """Give resources that do something else when bytes are drawn: any, or so many."""

    def random(wanted: int) -> bytes:
        if length in {None, wanted}:
            what()
        return resources.random(wanted)

    return replace(resources, random=random)


def first_places(resources: Resources, *, draws: tuple[int, ...] = (8, 12)) -> Resources:
    """Give resources that draw the first places of a list, for one credential or for twelve."""

    def random(length: int) -> bytes:
        drawn = resources.random(length)
        places = b"".join(place.to_bytes(4, "big") for place in range(length // 4))
        return places if length in {4 * draw for draw in draws} else drawn

    return replace(resources, random=random)
