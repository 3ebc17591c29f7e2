from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.documents import wording


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Ada \n\t Lovelace ", "Ada Lovelace"),
        ("A\0d\x1ba\x7f", "Ada"),
        ("Ada\u202e evil \u2066x\u2069", "Ada evil x"),
        ("\u0646\u200c\u0641", "\u0646\u200c\u0641"),
        ("\ufffe\uffff\ud800", ""),
    ],
)
def test_a_line_holds_only_what_can_be_printed(text: str, line: str) -> None:
    assert wording.one_line(text) == line


@given(st.text())
def test_a_line_stays_as_it_is(text: str) -> None:
    line = wording.one_line(text)

    assert wording.one_line(line) == line


def test_a_short_narrative_is_kept() -> None:
    assert wording.summary("Did it. All of it.", characters=100) == "Did it. All of it."


def test_a_long_narrative_is_cut_after_a_sentence() -> None:
    narrative = "Repaired three bicycles. Trued a wheel. Served on two Saturdays, and so on."

    assert wording.summary(narrative, characters=45) == "Repaired three bicycles. Trued a wheel."


def test_a_long_chinese_narrative_is_cut_after_a_sentence() -> None:
    assert (
        wording.summary("修理了三辆自行车。在修理咖啡馆工作两天。", characters=12)
        == "修理了三辆自行车。"
    )


@pytest.mark.parametrize(
    ("narrative", "short"),
    [
        ("Repaired three bicycles, trued a wheel, served riders", "Repaired three bicycles…"),
        ("I. Repaired three bicycles without supervision", "I. Repaired three…"),
        ("x" * 60, "x" * 24 + "…"),
    ],
)
def test_one_long_sentence_is_cut_after_a_word_if_there_is_one(narrative: str, short: str) -> None:
    assert wording.summary(narrative, characters=25) == short


def test_the_marks_of_markdown_at_the_start_of_lines_are_left_out() -> None:
    narrative = "## Criteria\n\n- one\n* two\n3. three\n\n#hashtag -5 *kept*"

    assert wording.summary(narrative, characters=100) == "Criteria one two three #hashtag -5 *kept*"


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_a_summary_is_never_longer_than_asked(text: str, characters: int) -> None:
    assert len(wording.summary(text, characters=characters)) <= characters


def test_a_day_is_written_in_utc() -> None:
    late = datetime(2026, 11, 14, 23, 30, tzinfo=timezone(-timedelta(hours=2)))

    assert wording.day(late) == "15 November 2026"
    assert wording.day(datetime(2026, 1, 1, tzinfo=UTC)) == "1 January 2026"


@pytest.mark.parametrize(
    ("achievement_type", "kind"),
    [
        (None, "Certificate of achievement"),
        ("Certificate", "Certificate of achievement"),
        ("Achievement", "Certificate of achievement"),
        ("CertificateOfCompletion", "Certificate of completion"),
        ("MicroCredential", "Micro-credential"),
        ("Diploma", "Diploma"),
        ("ext:ForkliftPermit", "Forklift permit"),
    ],
)
def test_the_kind_is_worded_after_the_type(achievement_type: str | None, kind: str) -> None:
    assert wording.kind(achievement_type) == kind


@pytest.mark.parametrize(
    ("name", "letter"), [("Riverside", "R"), ("«école»", "É"), ("مركز", "م"), ("—", "•")]
)
def test_the_first_letter_stands_for_a_hub(name: str, letter: str) -> None:
    assert wording.initial(name) == letter


@pytest.mark.parametrize(
    ("text", "to_the_left"),
    [
        ("Ada", False),
        ("فاطمة", True),
        ("יעל", True),
        ("(فاطمة) Fatima", True),
        ("Fatima (فاطمة)", False),
        ("123 —", False),
    ],
)
def test_the_first_letter_with_a_direction_decides(text: str, to_the_left: bool) -> None:  # noqa: FBT001  a parameter of the case
    assert wording.is_right_to_left(text) is to_the_left
