from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import instants
from credhub.errors import MalformedInstantError

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=zones)  # noqa: DTZ001 - the bounds of a strategy are naive
)
def test_a_time_survives_text_to_the_second(at: datetime) -> None:
    text = instants.text_of(at)

    assert len(text) == len("2026-11-22T12:00:00Z")
    assert instants.parse(text) == at.astimezone(UTC).replace(microsecond=0)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-22T12:00:00Z", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2026-11-22T12:00:00.25+05:30", datetime(2026, 11, 22, 6, 30, 0, 250_000, UTC)),
        ("2026-11-22T12:00:00-00:00", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2024-02-29T23:59:59.123456789Z", datetime(2024, 2, 29, 23, 59, 59, 123_456, UTC)),
    ],
)
def test_other_spellings_of_a_stamp_are_read(text: str, at: datetime) -> None:
    assert instants.parse(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22",
        "2026-11-22T12:00:00",
        "2026-11-22 12:00:00Z",
        "2026-11-22t12:00:00z",
        "20261122T120000Z",
        "2026-W47-7T12:00:00Z",
        "2026-11-22T12:00Z",
        "2026-02-30T12:00:00Z",
        "2026-11-22T25:00:00Z",
        "2026-11-22T12:00:60Z",
        "2026-11-22T12:00:00+15:00",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "12026-11-22T12:00:00Z",
        "2026-11-22T12:00:00Z ",
        "\uff12026-11-22T12:00:00Z",
    ],
)
def test_what_is_no_stamp_is_refused(text: str) -> None:
    with pytest.raises(MalformedInstantError):
        instants.parse(text)
