from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.ledger.log_labels import labels_of, next_label, year_of


@pytest.mark.parametrize(
    ("used", "year", "label"),
    [
        ([], 2026, "2026"),
        (["2026"], 2027, "2027"),
        (["2026"], 2026, "2026-2"),
        (["2026", "2026-2"], 2026, "2026-3"),
        (["2026", "2026-2"], 2027, "2027"),
        # A clock that is behind does not go back to an earlier year.
        (["2026", "2027"], 2026, "2027-2"),
        # A label that was claimed and never used is passed over.
        (["2026", "2026-3"], 2026, "2026-2"),
        ([f"2026-{n}" for n in range(2, 12)] + ["2026"], 2026, "2026-12"),
    ],
)
def test_the_next_log_has_the_next_label(used: list[str], year: int, label: str) -> None:
    assert next_label(used, year) == label


@given(st.lists(st.integers(2020, 2035), max_size=20))
def test_labels_are_never_used_twice_and_their_years_never_go_back(years: list[int]) -> None:
    used: list[str] = []
    for year in years:
        used.append(next_label(used, year))

    assert len(set(used)) == len(used)
    assert list(map(year_of, used)) == sorted(map(year_of, used))


@pytest.mark.parametrize(
    ("after", "year", "labels"),
    [
        ("2026", 2026, ["2026-2", "2026-3"]),
        ("2026-9", 2026, ["2026-10", "2026-11"]),
        ("2026-9", 2027, ["2027", "2027-2"]),
    ],
)
def test_what_can_follow_a_label(after: str, year: int, labels: list[str]) -> None:
    assert list(islice(labels_of(year, after=after), 2)) == labels
