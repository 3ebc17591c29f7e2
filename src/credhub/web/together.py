"""What several ask at once, answered in one go.

The first of them costs a thread, a connection, a transaction and a query or two; the others share
them. What is asked meanwhile waits for the next go, which is the only timer: whoever asks alone
waits for nobody. Who was answered together is given a moment to come again together.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition
from typing import Final, Generic, TypeVar

from credhub.errors import CredhubError, StoreError

MOST: Final = 64
"""Questions of one go: more would let the first of them wait too long for the last."""

_PAUSE_SECONDS: Final = 0.001
_PAUSES: Final = 10
"""As in the sequencer's queue: ten milliseconds at most."""

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Answering = Callable[[Sequence[Question]], Sequence[Answer | CredhubError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked(Generic[Question, Answer]):
    question: Question
    loop: asyncio.AbstractEventLoop = field(repr=False)
    future: "asyncio.Future[Answer]" = field(repr=False)


class Together(Generic[Question, Answer]):
    """Answers questions of many tasks, several at a time. Safe between event loops.

    Args:
        answer: Gives an answer or an error for each, in the same order; called in a thread.
            It may be called again with one of the questions when it fails for several.
        threads: Where it is called.
        at_once: How many goes may be under way.
    """

    def __init__(
        self, answer: Answering[Question, Answer], *, threads: Executor, at_once: int
    ) -> None:
        self._answer = answer
        self._threads = threads
        self._idle = at_once
        self._waiting: deque[_Asked[Question, Answer]] = deque()
        self._changing = Condition()
        self._taken = 1
        self._wanted = 1

    async def ask(self, question: Question) -> Answer:
        """Ask, and wait for the answer.

        Raises:
            Exception: The answer is that.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        asked = _Asked(question=question, loop=loop, future=future)
        with self._changing:
            self._waiting.append(asked)
            if len(self._waiting) >= self._wanted:
                self._changing.notify()
            begin = self._idle > 0
            self._idle -= begin
        if begin:
            self._threads.submit(self._go)
        return await future

    def _go(self) -> None:
        taken = self._take()
        answers = self._answers([asked.question for asked in taken])
        for loop in {asked.loop for asked in taken}:
            own = [
                (asked.future, answer)
                for asked, answer in zip(taken, answers, strict=True)
                if asked.loop is loop
            ]
            with suppress(RuntimeError):  # The loop has ended, and nobody waits any more.
                loop.call_soon_threadsafe(_settle, own)
        self._go_on()

    def _take(self) -> list[_Asked[Question, Answer]]:
        with self._changing:
            self._gather()
            self._taken = min(MOST, len(self._waiting))
            return [self._waiting.popleft() for _ in range(self._taken)]

    def _gather(self) -> None:
        """Wait for as many as there were the last time, while they keep coming."""
        self._wanted = self._taken
        for _ in range(_PAUSES):
            before = len(self._waiting)
            if before >= self._wanted:
                break
            self._changing.wait(_PAUSE_SECONDS)
            if len(self._waiting) == before:
                break
        self._wanted = 1

    def _go_on(self) -> None:
        """Have what came meanwhile answered, after whatever else waits for a thread."""
        with self._changing:
            more = bool(self._waiting)
            self._idle += not more
        if more:
            self._threads.submit(self._go)

    def _answers(self, questions: Sequence[Question]) -> Sequence[Answer | Exception]:
        try:
            return self._answer(questions)
        except StoreError as error:  # Whoever asks alone would hear the same, only later.
            return [error] * len(questions)
        except Exception as error:  # noqa: BLE001 - each task raises it where all errors are handled
            if len(questions) == 1:
                return [error]
        # What is wrong with one question is not the answer to another.
        return [self._answers([question])[0] for question in questions]


def _settle(answered: "Sequence[tuple[asyncio.Future[Answer], Answer | Exception]]") -> None:
    for future, answer in answered:
        if future.done():  # Whoever asked has gone.
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
