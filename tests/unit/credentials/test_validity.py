from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.credentials.validity import Validity
from credhub.errors import InvalidClaimError

spans = st.builds(
    Validity, years=st.integers(0, 90), months=st.integers(0, 100), days=st.integers(1, 300)
)


@given(spans)
def test_a_span_survives_its_text(span: Validity) -> None:
    assert Validity.parse(span.text()) == span


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("P2Y", (2026, 11, 22), (2028, 11, 22)),
        ("P1Y", (2024, 2, 29), (2025, 2, 28)),
        ("P4Y", (2024, 2, 29), (2028, 2, 29)),
        ("P1M", (2026, 1, 31), (2026, 2, 28)),
        ("P1M", (2026, 12, 31), (2027, 1, 31)),
        ("P18M", (2026, 6, 30), (2027, 12, 30)),
        ("P1M1D", (2026, 1, 31), (2026, 3, 1)),
        ("P30D", (2026, 12, 15), (2027, 1, 14)),
    ],
)
def test_the_end_follows_the_calendar(
    text: str, start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    begins = datetime(*start, 10, 30, tzinfo=UTC)

    assert Validity.parse(text).until(begins) == datetime(*end, 10, 30, tzinfo=UTC)


@given(spans, st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - naive bounds
def test_the_end_is_after_the_start(span: Validity, start: datetime) -> None:
    assert span.until(start) > start


@pytest.mark.parametrize(
    "text",
    ["", "P", "2Y", "P0D", "P-1Y", "P1W", "P1.5Y", "PT1H", "P1D1Y", "p1y", "P101Y", "P99999D",
     "P1201M", "P1Y ", "P\u0661Y"],
)  # fmt: skip
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(InvalidClaimError):
        Validity.parse(text)


def test_a_negative_part_is_refused() -> None:
    with pytest.raises(InvalidClaimError):
        Validity(years=1, days=-1)
