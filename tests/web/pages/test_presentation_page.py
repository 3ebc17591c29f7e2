"""The page about a presentation: what an employer reads of who presents it."""

from dataclasses import replace

import pytest

from credhub.verification.findings import StatusMessage
from credhub.verification.presentation_report import PresentationReport, Presenter
from credhub.verification.report import Check, Outcome, Verdict
from credhub.web.pages.presentation_view import Summary, presentation_view
from tests.web.pages import samples
from tests.web.pages.dom import Element, read
from tests.web.pages.gallery import presentation_page
from tests.web.pages.presentations import HOLDER, PRESENTATIONS, VALID, signed, unsigned

GREEN = "verdict-valid"


def page(name: str) -> Element:
    return read(presentation_page(PRESENTATIONS[name]))


def tone(shown: Element) -> str:
    return str(shown.find("body")[0].attributes["class"])


def test_there_is_a_sample_of_everything_that_can_be_said() -> None:
    said = {
        name: str(presentation_view(report, base_url=samples.BASE_URL).summary)
        for name, report in PRESENTATIONS.items()
    }

    assert said == {summary.value: summary.value for summary in Summary}


@pytest.mark.parametrize("name", PRESENTATIONS)
def test_only_what_its_own_holder_signed_is_green(name: str) -> None:
    assert (tone(page(name)) == GREEN) == (name == "genuine")


def test_a_presentation_that_nobody_signed_says_so_first_and_is_not_green() -> None:
    shown = page("unsigned")

    assert shown.find("h1")[0].text == "Genuine, but nobody signed for it"
    assert tone(shown) == "verdict-unknownIssuer"
    assert "Nobody signed this presentation." in shown.text
    assert shown.text.count("Nobody signed for it.") == 2
    assert HOLDER not in shown.text


def test_a_signed_one_names_who_signed_and_that_nobody_asked_for_it() -> None:
    shown = page("genuine")

    assert f"It was signed with the key of {HOLDER}." in shown.text
    assert "It is about the one who signed the presentation." in shown.text
    assert "It may have been made for another occasion" in shown.text
    assert "Nobody signed" not in shown.text


def test_one_that_answers_is_not_said_to_be_for_another_occasion() -> None:
    report = PRESENTATIONS["genuine"]
    checks = tuple(replace(one, code="passed") for one in report.checks)

    answered = presentation_page(replace(report, checks=checks))

    assert "another occasion, and whoever" not in answered


@pytest.mark.parametrize(
    ("presenter", "sentence"),
    [
        (Presenter.SUBJECT, "It is about the one who signed the presentation."),
        (Presenter.OTHER, "It is about somebody else than the one who signed the presentation."),
        (Presenter.UNKNOWN, "It does not say by a key whom it is about"),
    ],
)
def test_each_credential_says_whether_it_is_about_the_one_who_signed(
    presenter: Presenter, sentence: str
) -> None:
    (card,) = read(presentation_page(signed((VALID, presenter)))).find("article")

    assert sentence in card.text


def test_each_credential_has_its_own_verdict_and_says_what_did_not_pass() -> None:
    shown = read(presentation_page(unsigned(Verdict.VALID, Verdict.REVOKED, Verdict.INVALID)))

    valid, revoked, invalid = shown.find("article")
    assert [GREEN in card.attributes["class"] for card in (valid, revoked, invalid)] == [
        True,
        False,
        False,
    ]
    assert "What did not pass" not in valid.text
    assert "The issuer has withdrawn it for good." in revoked.text
    assert "The signature does not fit." in invalid.text
    assert shown.find("h1")[0].text == "Not all of it can be relied on"
    assert "1 of 3 credentials passed every check." in shown.text


def test_t03_nothing_of_an_invalid_credential_is_shown() -> None:
    (card,) = read(presentation_page(unsigned(Verdict.INVALID))).find("article")

    assert "Alex Smith" not in card.text
    assert "University of Oxford" not in card.text
    assert not card.find("dl")


@pytest.mark.parametrize("name", ["refused", "unchecked"])
def test_what_was_refused_shows_nothing_of_what_is_in_it(name: str) -> None:
    shown = page(name)

    assert not shown.find("article")
    assert "Nobody signed" not in shown.text


def test_an_empty_one_shows_nothing_about_anybody() -> None:
    shown = page("empty")

    assert shown.find("h1")[0].text == "Nothing in it"
    assert "There is no credential in it." in shown.text


def test_the_issuers_own_word_for_a_status_is_in_its_card() -> None:
    report = signed((VALID, Presenter.SUBJECT))
    word = StatusMessage(purpose="message", value=1, message="<i>pending")
    (one,) = report.credentials
    changed = replace(one, report=replace(one.report, status_messages=(word,)))

    html = presentation_page(replace(report, credentials=(changed,)))

    assert "<bdi>&lt;i&gt;pending</bdi>" in html


def test_t36_a_name_in_a_credential_stays_text() -> None:
    report = signed((VALID, Presenter.SUBJECT))
    hostile = samples.credential("<script>alert(1)</script>")
    (one,) = report.credentials
    changed = replace(one, report=replace(one.report, credential=hostile))

    html = presentation_page(replace(report, credentials=(changed,)))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html


def _changed(report: PresentationReport, check: Check, outcome: Outcome, code: str) -> str:
    """Show a presentation in whose credentials one check came out in another way."""
    credentials = tuple(
        replace(
            one,
            report=replace(
                one.report,
                checks=tuple(
                    replace(result, outcome=outcome, code=code) if result.check is check else result
                    for result in one.report.checks
                ),
            ),
        )
        for one in report.credentials
    )
    return presentation_page(replace(report, credentials=credentials))


@pytest.mark.parametrize("name", ["genuine", "unsigned"])
def test_what_nobody_can_ask_is_not_said_to_stand(name: str) -> None:
    report = PRESENTATIONS[name]

    shown = read(_changed(report, Check.STATUS, Outcome.SKIPPED, "no-status-entry"))

    (band,) = shown.with_class("band")
    assert "Nobody can see whether all of them still stand" in band.text
    assert "Nobody can see whether it was withdrawn" in shown.with_class("presented")[0].text
    assert "in force" not in band.text
    assert "Nobody can see whether" not in page(name).text


def test_t51_a_namesake_in_it_is_warned_of() -> None:
    report = signed((Verdict.EXPIRED, Presenter.SUBJECT))

    shown = _changed(report, Check.TRUST, Outcome.UNKNOWN, "issuer-namesake")

    warning = "Be careful: it carries a name like that of an organisation that we know"
    assert warning in read(shown).with_class("presented")[0].text
    assert warning not in presentation_page(report)
