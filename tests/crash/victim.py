"""A process that issues once, moves SQLite's log and publishes once, and is harmed while it does.

What it promises it says through shared memory, so that saying it is no system call that could be
harmed as well.
"""

import json
import mmap
import os
import time
from collections.abc import Callable
from ctypes import CDLL
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from credhub.config import Settings
from credhub.egress.opening import open_objects
from credhub.errors import CredhubError
from credhub.runtime import open_runtime
from credhub.services import hubs, issuing, publishing
from credhub.services.resources import Resources
from tests.running import settings_for
from tests.services.ordering import once, order

SLUG: Final = "riverside"
POLL_SECONDS: Final = 0.002
_SIZE: Final = 16384
_HEAD: Final = 8
_PR_SET_PTRACER: Final = 0x59616D61
_ANYBODY: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder with everything that one service has."""

    folder: Path
    achievement: str

    def settings(self) -> Settings:
        """Give the settings of the service."""
        return settings_for(
            f"sqlite:///{self.folder / 'credhub.db'}",
            self.folder / "data",
            second_store=f"sqlite:///{self.folder / 'second.db'}",
        )

    @property
    def published(self) -> Path:
        """Where it publishes."""
        return self.folder / "published"

    def board(self) -> "Board":
        """Give the memory that processes share about this place."""
        return Board(self.folder / "board")


class Board:
    """Memory that two processes share; one of them writes at a time.

    Lines are added, and count once the number in front says that they are there.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _SIZE)

    def say(self, **said: object) -> None:
        """Add to what was said."""
        end = self._end()
        line = json.dumps(said).encode() + b"\n"
        self._memory[end : end + len(line)] = line
        self._memory[:_HEAD] = (end + len(line)).to_bytes(_HEAD, "big")

    def read(self) -> dict[str, object]:
        """Give all that was said."""
        said: dict[str, object] = {}
        for line in self._memory[_HEAD : self._end()].splitlines():
            said |= json.loads(line)
        return said

    def _end(self) -> int:
        return int.from_bytes(self._memory[:_HEAD], "big") or _HEAD

    def wait_for(self, name: str) -> object:
        """Wait until something was said."""
        while name not in (said := self.read()):
            time.sleep(POLL_SECONDS)
        return said[name]


def run(place: Place) -> None:
    """Be the victim: take each step when told, and say what is promised."""
    CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
    board = place.board()
    with open_runtime(place.settings()) as runtime:
        board.say(process=os.getpid())
        board.wait_for("issue")
        board.say(issued=attempt(lambda: issue_one(runtime.resources, place)))
        board.wait_for("move")
        board.say(moved=attempt(runtime.resources.store.move_log))
        board.wait_for("publish")
        board.say(published=attempt(lambda: publish(runtime.resources, place)))
        os._exit(0)  # What a stop does is not what is harmed here.


def attempt(what: Callable[[], object]) -> object:
    """Give what came of it, or why nothing did."""
    try:
        return what()
    except CredhubError as error:
        return [error.code]


def issue_one(resources: Resources, place: Place) -> str:
    """Issue a credential and give its id."""
    number = hubs.find(resources, SLUG).number
    request = once(resources, number, key=uuid4().hex)
    return issuing.issue(
        resources, number, order(place.achievement), request
    ).credential.credential_id


def publish(resources: Resources, place: Place) -> int:
    """Publish the ledger and give its size."""
    target = open_objects(str(place.published))
    hub = hubs.find(resources, SLUG)
    with resources.store.read() as tx:
        log = tx.ledger.open_log(hub.number)
    assert log is not None
    publication = publishing.prepare(resources.store, target, hub, log)
    if publication.is_due:
        publishing.carry_out(resources.store, target, publication)
    return publication.signed.size
