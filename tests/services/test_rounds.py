"""The thread behind every job."""

from threading import Event, Thread

from credhub.jobs.rounds import Rounds

LONG = 3600.0


def test_the_first_round_is_at_once_and_the_next_when_it_is_nudged() -> None:
    begun = Event()
    rounds = Rounds("a-job", begun.set, pause=lambda: LONG)

    rounds.start()
    assert begun.wait()
    begun.clear()
    rounds.nudge()
    assert begun.wait()
    rounds.close()


def test_it_goes_round_when_its_pause_is_over() -> None:
    done: list[None] = []
    enough = Event()

    def do_round() -> None:
        done.append(None)
        if len(done) == 3:
            enough.set()

    rounds = Rounds("a-job", do_round, pause=lambda: 0.001)
    rounds.start()
    assert enough.wait()
    rounds.close()


def test_whoever_ends_it_waits_for_the_round_and_for_no_pause() -> None:
    begun, may_end, ended = Event(), Event(), Event()

    def do_round() -> None:
        begun.set()
        assert may_end.wait()
        assert rounds.is_ending

    def close() -> None:
        rounds.close()
        ended.set()

    rounds = Rounds("a-job", do_round, pause=lambda: LONG)
    rounds.start()
    assert begun.wait()
    closing = Thread(target=close)
    closing.start()
    while not rounds.is_ending:
        pass
    assert not ended.is_set()
    may_end.set()
    closing.join()
    assert ended.is_set()


def test_told_to_end_in_the_pause_it_begins_no_other_round() -> None:
    done: list[None] = []
    paused = Event()

    def pause() -> float:
        paused.set()
        return LONG

    rounds = Rounds("a-job", lambda: done.append(None), pause=pause)
    rounds.start()
    assert paused.wait()
    rounds.close()
    assert len(done) == 1


def test_it_may_be_closed_before_it_began() -> None:
    Rounds("a-job", lambda: None, pause=lambda: LONG).close()
