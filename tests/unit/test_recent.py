from itertools import count

import pytest

from credhub.recent import Recent


def test_a_result_is_computed_once() -> None:
    recent = Recent[bytes, bytes](2)
    numbers = count()

    results = [recent.get(b"a", lambda: b"%d" % next(numbers)) for _ in range(3)]

    assert results == [b"0", b"0", b"0"]


def test_the_least_recently_used_is_forgotten() -> None:
    recent = Recent[bytes, bytes](2)
    for key in (b"a", b"b", b"a", b"c"):
        recent.get(key, key.lower)

    assert recent.get(b"a", lambda: b"new") == b"a"
    assert recent.get(b"b", lambda: b"new") == b"new"


def test_a_failure_is_not_remembered() -> None:
    recent = Recent[bytes, bytes](2)

    def fail() -> bytes:
        raise KeyError

    with pytest.raises(KeyError):
        recent.get(b"a", fail)
    assert recent.get(b"a", lambda: b"ok") == b"ok"


def test_a_result_that_does_not_fit_is_replaced() -> None:
    recent = Recent[str, int](2)

    def at_least(number: int) -> int:
        return recent.get("a", lambda: number, fits=lambda known: known >= number)

    assert [at_least(number) for number in (3, 2, 5, 4)] == [3, 3, 5, 5]
