from datetime import UTC, datetime, timedelta

from credhub.kept import Kept

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_result_is_believed_until_its_moment() -> None:
    kept = Kept[str, int](2)
    kept.keep("a", 1, until=NOW + SECOND)

    assert kept.get("a", NOW) == 1
    assert kept.get("a", NOW + SECOND) is None
    assert kept.get("a", NOW) is None
    assert kept.get("b", NOW) is None


def test_a_newer_result_takes_the_place_of_the_older() -> None:
    kept = Kept[str, int](2)
    kept.keep("a", 1, until=NOW + SECOND)
    kept.keep("a", 2, until=NOW + 2 * SECOND)

    assert kept.get("a", NOW + SECOND) == 2


def test_the_least_recently_used_is_forgotten() -> None:
    kept = Kept[str, int](2)
    for number, key in enumerate("ab"):
        kept.keep(key, number, until=NOW + SECOND)
    kept.get("a", NOW)
    kept.keep("c", 2, until=NOW + SECOND)

    assert [kept.get(key, NOW) for key in "abc"] == [0, None, 2]
