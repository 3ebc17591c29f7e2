# ruff: noqa: RUF001 - some digits are not those of ASCII
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.documents.rows.choices import Choices, DateOrder
from credhub.documents.rows.days import Days
from credhub.documents.rows.reader import settled
from credhub.errors import RowRefusedError
from tests.unit.documents.rows.reading import Read, read

DAY = datetime(2026, 11, 20, tzinfo=UTC)
BOTH_WAYS = "03/04/2026"


def dated(*dates: str, order: DateOrder | None = None) -> Read:
    rows = "".join(f'Ada {chr(65 + place)},"{day}"\n' for place, day in enumerate(dates))
    return read(f"name,awarded\n{rows}", choices=Choices(date_order=order))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20", "2026/11/20", "2026.11.20", "20.11.2026", "20/11/2026", "20-11-2026",
        "20. 11. 2026", "11/20/2026", "2026-11-20 00:00:00", "2026-11-20T00:00",
        "20.11.2026 00:00", "20.11.2026 0:00:00", "2026-11-20 00:00:00.000",
    ],
)  # fmt: skip
def test_a_day_begins_when_it_was_awarded_and_ends_when_it_is_the_last(text: str) -> None:
    assert Days().begins(text, 2) == DAY
    assert Days().ends(text, 2) == DAY + timedelta(hours=23, minutes=59, seconds=59)


def test_a_time_with_its_zone_is_that_time() -> None:
    for read_ in (Days().begins, Days().ends):
        assert read_("2026-11-20T10:00:00Z", 2) == DAY + timedelta(hours=10)
        assert read_("2026-11-20T00:00:00+02:00", 2) == DAY - timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-30", "date-impossible"),
        ("2026-13-01", "date-impossible"),
        ("31/31/2026", "date-impossible"),
        ("0.1.2026", "date-impossible"),
        ("0000-01-01", "date-impossible"),
        ("20.11.26", "date-short-year"),
        ("0026-11-20", "date-short-year"),
        ("1826-11-20", "date-short-year"),
        ("1826-11-20T00:00:00Z", "date-short-year"),
        ("46346", "date-is-number"),
        ("46346,5", "date-is-number"),
        ("2026-11-20 10:00", "date-without-zone"),
        ("2026-11-20T10:00:00", "date-without-zone"),
        ("20.11.2026 10:00", "date-without-zone"),
        ("20 November 2026", "date-malformed"),
        ("20261120", "date-malformed"),
        ("2026", "date-malformed"),
        ("20.11/2026", "date-malformed"),
        ("2026-W47-5", "date-malformed"),
        ("٢٠٢٦-١١-٢٠", "date-malformed"),
        ("n/a", "date-malformed"),
        ("-", "date-malformed"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(text: str, code: str) -> None:
    for read_ in (Days().begins, Days().ends):
        with pytest.raises(RowRefusedError) as caught:
            read_(text, 2)
        assert caught.value.fault.code == code
    assert read(f'name,awarded,expires\nAda,"{text}","{text}"\n').codes == [
        (2, "awarded", code),
        (2, "expires", code),
    ]


def test_no_date_is_no_fault() -> None:
    (row,) = read("name,awarded,expires\nAda,,\n").rows

    assert (row.awarded_at, row.valid_until) == (None, None)


def test_day_and_month_are_never_guessed() -> None:
    found = dated(BOTH_WAYS, "25/04/2026", BOTH_WAYS, "2026-04-03", "05.05.2026")

    assert found.codes == [(2, "awarded", "date-ambiguous"), (4, "awarded", "date-ambiguous")]
    assert found.values == [BOTH_WAYS, BOTH_WAYS]
    assert [row.row for row in found.rows] == [3, 5, 6]
    assert found.summary.ambiguous_dates == 2
    assert found.summary.date_order is DateOrder.DAY_FIRST


@pytest.mark.parametrize(
    ("telling", "order", "month"),
    [("25.04.2026", DateOrder.DAY_FIRST, 4), ("04/25/2026", DateOrder.MONTH_FIRST, 3)],
)
def test_a_second_reading_knows_what_all_dates_have_shown(
    telling: str, order: DateOrder, month: int
) -> None:
    first = dated(BOTH_WAYS, telling)
    second = dated(BOTH_WAYS, telling, order=settled(Choices(), first.summary).date_order)

    assert first.summary.date_order is order
    assert not second.faults
    assert second.rows[0].awarded_at == datetime(2026, month, 7 - month, tzinfo=UTC)


def test_what_was_said_is_not_settled_otherwise() -> None:
    said = Choices(date_order=DateOrder.MONTH_FIRST)

    assert settled(said, dated("25.04.2026").summary) == said
    assert settled(Choices(), dated(BOTH_WAYS).summary) == Choices()


def test_two_orders_in_one_file_are_told_and_settle_nothing() -> None:
    found = dated("25/04/2026", "04/25/2026", "26/04/2026", BOTH_WAYS)

    assert found.codes == [
        (3, "awarded", "date-order-mixed"),
        (4, "awarded", "date-order-mixed"),
        (5, "awarded", "date-ambiguous"),
    ]
    assert "row 2" in found.faults[0].detail
    assert "row 3" in found.faults[1].detail
    assert found.summary.date_order is None


def test_the_order_that_is_said_holds_for_every_date() -> None:
    found = dated(BOTH_WAYS, "25/04/2026", "04/25/2026", order=DateOrder.MONTH_FIRST)

    assert [row.awarded_at for row in found.rows] == [
        datetime(2026, 3, 4, tzinfo=UTC),
        datetime(2026, 4, 25, tzinfo=UTC),
    ]
    assert found.codes == [(3, "awarded", "date-impossible")]


@given(st.datetimes(datetime(1900, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - Hypothesis adds the zone
def test_iso_dates_are_read_as_they_were_written(at: datetime) -> None:
    whole = at.replace(microsecond=0)
    elsewhere = whole.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert Days().begins(elsewhere.isoformat(), 2) == whole
    assert Days().begins(f"{whole:%Y-%m-%d}".zfill(10), 2).date() == whole.date()
    for order, form in (
        (DateOrder.DAY_FIRST, "{0.day}.{0.month}."),
        (DateOrder.MONTH_FIRST, "{0.month}.{0.day}."),
    ):
        assert Days(order).begins(f"{form.format(whole)}{whole.year:04}", 2).date() == whole.date()
