"""What several ask at once: one go for all of them, and an answer for each."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from typing import Any

import pytest

from credhub.errors import ContendedError, CredhubError, StoreUnavailableError
from credhub.web.together import MOST, Together

POOL = ThreadPoolExecutor(4)


class Doubler:
    """Doubles numbers; the first go lasts until it is let on."""

    def __init__(self) -> None:
        self.goes: list[list[int]] = []
        self.begun = Event()
        self.let_on = Event()

    def __call__(self, questions: Sequence[int]) -> list[int | CredhubError]:
        self.goes.append(list(questions))
        if len(self.goes) == 1:
            self.begun.set()
            assert self.let_on.wait(60)
        return [2 * question for question in questions]


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


async def asked_during_first_go(
    together: Together[int, int], doubler: Doubler, questions: Sequence[int]
) -> list[int]:
    """Ask one question, and the others while it is being answered."""
    first = asyncio.create_task(together.ask(0))
    await asyncio.to_thread(doubler.begun.wait, 60)
    rest = [asyncio.create_task(together.ask(question)) for question in questions]
    await asyncio.sleep(0)
    doubler.let_on.set()
    return [await task for task in (first, *rest)]


def test_each_hears_the_answer_to_their_own_question() -> None:
    async def work() -> None:
        doubler = Doubler()
        together = Together(doubler, threads=POOL, at_once=1)

        answers = await asked_during_first_go(together, doubler, range(1, 10))

        assert answers == [2 * number for number in range(10)]

    run(work)


def test_what_is_asked_meanwhile_is_answered_in_the_next_go() -> None:
    async def work() -> None:
        doubler = Doubler()
        together = Together(doubler, threads=POOL, at_once=1)

        await asked_during_first_go(together, doubler, [5, 6, 7])

        assert doubler.goes == [[0], [5, 6, 7]]

    run(work)


def test_whoever_asks_alone_waits_for_nobody() -> None:
    async def work() -> None:
        doubler = Doubler()
        doubler.let_on.set()

        assert await Together(doubler, threads=POOL, at_once=1).ask(21) == 42
        assert doubler.goes == [[21]]

    run(work)


def test_who_was_answered_together_comes_again_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credhub.web.together._PAUSE_SECONDS", 60.0)

    async def work() -> None:
        doubler = Doubler()
        together = Together(doubler, threads=POOL, at_once=1)
        await asked_during_first_go(together, doubler, [1, 2, 3])

        first = asyncio.create_task(together.ask(4))
        await asyncio.sleep(0.01)
        rest = [asyncio.create_task(together.ask(number)) for number in (5, 6)]
        await asyncio.gather(first, *rest)

        assert doubler.goes[2:] == [[4, 5, 6]]

    run(work)


def test_whoever_comes_again_alone_is_answered_alone() -> None:
    async def work() -> None:
        doubler = Doubler()
        together = Together(doubler, threads=POOL, at_once=1)
        await asked_during_first_go(together, doubler, [1, 2, 3])

        assert await together.ask(4) == 8
        assert doubler.goes[2:] == [[4]]

    run(work)


def test_a_second_go_begins_while_the_first_is_under_way() -> None:
    async def work() -> None:
        doubler = Doubler()
        together = Together(doubler, threads=POOL, at_once=2)
        first = asyncio.create_task(together.ask(1))
        await asyncio.to_thread(doubler.begun.wait, 60)

        assert await together.ask(2) == 4
        doubler.let_on.set()
        assert await first == 2

    run(work)


def test_a_go_takes_so_many_questions_and_no_more() -> None:
    async def work() -> None:
        doubler = Doubler()
        together = Together(doubler, threads=POOL, at_once=1)

        await asked_during_first_go(together, doubler, range(1, MOST + 2))

        assert [len(go) for go in doubler.goes] == [1, MOST, 1]

    run(work)


def test_an_error_is_the_answer_to_one_question_only() -> None:
    def answer(questions: Sequence[int]) -> list[int | CredhubError]:
        return [ContendedError() if question == 1 else question for question in questions]

    async def work() -> None:
        together = Together(answer, threads=POOL, at_once=1)

        answers = await asyncio.gather(*map(together.ask, range(3)), return_exceptions=True)

        assert [type(it) for it in answers] == [int, ContendedError, int]

    run(work)


def test_a_question_that_breaks_a_go_breaks_no_other_question() -> None:
    goes: list[Sequence[int]] = []
    let_on = Event()

    def answer(questions: Sequence[int]) -> list[int | CredhubError]:
        goes.append(questions)
        assert let_on.wait(60)
        return [10 // question for question in questions]

    async def work() -> None:
        together = Together(answer, threads=POOL, at_once=1)
        first = asyncio.create_task(together.ask(1))
        several = asyncio.gather(*map(together.ask, [5, 0, 2]), return_exceptions=True)
        await asyncio.sleep(0)
        let_on.set()

        answers = await several
        assert await first == 10
        assert max(map(len, goes)) > 1

        assert [type(it) for it in answers] == [int, ZeroDivisionError, int]
        assert await together.ask(10) == 1

    run(work)


def test_without_a_database_nobody_is_asked_about_again() -> None:
    goes: list[int] = []
    let_on = Event()

    def answer(questions: Sequence[int]) -> list[int | CredhubError]:
        goes.append(len(questions))
        assert let_on.wait(60)
        raise StoreUnavailableError

    async def work() -> None:
        together = Together(answer, threads=POOL, at_once=1)

        several = asyncio.gather(*map(together.ask, range(4)), return_exceptions=True)
        await asyncio.sleep(0)
        let_on.set()

        assert [type(it) for it in await several] == [StoreUnavailableError] * 4
        assert sum(goes) == 4
        assert len(goes) < 4

    run(work)


def test_who_has_gone_keeps_nobody_from_their_answer() -> None:
    async def work() -> None:
        doubler = Doubler()
        together = Together(doubler, threads=POOL, at_once=1)
        gone, stays = [asyncio.create_task(together.ask(number)) for number in (1, 2)]
        await asyncio.to_thread(doubler.begun.wait, 60)

        gone.cancel()
        doubler.let_on.set()

        assert await stays == 4
        with pytest.raises(asyncio.CancelledError):
            await gone

    run(work)


def test_several_event_loops_ask_together() -> None:
    doubler = Doubler()
    together = Together(doubler, threads=POOL, at_once=1)

    with ThreadPoolExecutor(4) as others:
        first = others.submit(asyncio.run, together.ask(1))
        assert doubler.begun.wait(60)
        rest = [others.submit(asyncio.run, together.ask(number)) for number in (2, 3)]
        doubler.let_on.set()

        assert [it.result(60) for it in (first, *rest)] == [2, 4, 6]


def test_a_loop_that_ended_keeps_nobody_from_their_answer() -> None:
    doubler = Doubler()
    together = Together(doubler, threads=POOL, at_once=1)

    async def give_up() -> None:
        asked = asyncio.create_task(together.ask(1))
        await asyncio.to_thread(doubler.begun.wait, 60)
        asked.cancel()

    asyncio.run(give_up())
    doubler.let_on.set()

    assert asyncio.run(together.ask(2)) == 4


def test_a_crowd_that_never_ends_lets_others_have_the_thread() -> None:
    async def work() -> None:
        with ThreadPoolExecutor(1) as one_thread:
            doubler, other = Doubler(), Doubler()
            other.let_on.set()
            busy = Together(doubler, threads=one_thread, at_once=1)
            first = asyncio.create_task(busy.ask(1))
            await asyncio.to_thread(doubler.begun.wait, 60)
            next_one = asyncio.create_task(busy.ask(2))
            elsewhere = asyncio.create_task(Together(other, threads=one_thread, at_once=1).ask(3))
            await asyncio.sleep(0)
            next_one.add_done_callback(lambda _: order.append("busy"))
            elsewhere.add_done_callback(lambda _: order.append("elsewhere"))

            doubler.let_on.set()
            await asyncio.gather(first, next_one, elsewhere)

    order: list[str] = []
    run(work)

    assert order == ["elsewhere", "busy"]


def test_no_more_goes_than_may_be_are_under_way() -> None:
    under_way: list[int] = []
    most: list[int] = []

    def answer(questions: Sequence[int]) -> list[int | CredhubError]:
        under_way.append(1)
        most.append(len(under_way))
        sleep(0.005)
        under_way.pop()
        return list(questions)

    async def work() -> None:
        together = Together(answer, threads=POOL, at_once=1)

        async def ask_again_and_again(number: int) -> None:
            for _ in range(20):
                assert await together.ask(number) == number
                await asyncio.sleep(0.001 * number)

        await asyncio.gather(*map(ask_again_and_again, range(8)))

    run(work)

    assert set(most) == {1}
