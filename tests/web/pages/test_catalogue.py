"""The sentences: every one that a page may ask for is there, and none that nobody asks for."""

import re
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files

import pytest
from markupsafe import Markup

from credhub.credentials.achievement import ACHIEVEMENT_TYPES
from credhub.errors import VerificationError
from credhub.services.endorsements import State
from credhub.verification.presentation_report import PresentationCheck
from credhub.verification.report import Check, Endorsed, Outcome, Verdict
from credhub.web.pages.catalogue import ENGLISH, MissingMessageError
from credhub.web.pages.presentation_view import Summary
from credhub.web.pages.verdict_words import ANYBODYS, TELLING
from credhub.web.pages.verification_view import GROUPS

FILE_ENDINGS = (".html", ".json", ".mjs", ".tlog-proof", ".txt")
_ASKED = re.compile(r'"([a-z][a-z-]*(?:\.[A-Za-z0-9-]*[A-Za-z0-9])+)"')
# Words that nobody knows who has not written software for credentials.
JARGON = re.compile(
    r"\b(?:DIDs?\b|(?i:JSON|JWTs?|JOSE|RDF|URLs?|algorithms?|canonical\w*|cryptosuites?|digests?"
    r"|disclosures?|envelopes?|hash(?:es)?|malformed|pointers?|policy|quorum|schemas?|stapled"
    r"|tokens?|well.formed)\b)",
)
READ_BY_EMPLOYERS = (
    *("advice.", "anybodys.", "check.", "code.", "group.", "identity.", "paper."),
    *(
        "endorsed.",
        "given.",
        "presentation.",
        "problem.",
        "told.",
        "unlisted.",
        "unproved.",
        "verdict.",
    ),
    *("verify.", "warning."),
)
# Codes that templates put together from a fixed start and a value of a closed list.
_BUILT = re.compile(
    r"(?:achievement-type|advice|anybodys|claim\.(?:problem|shown|showing-now|told)|told|check|code|date|downloads|duration"
    r"|endorsed\.(?:alike|by)|given\.(?:confirmed|signed|state)|group|group\.sentence|home|outcome|unlisted|unproved|warning"
    r"|presentation\.(?:check|headline|presenter|sentence)|own-check\.(?:reason|step|unable-why)|problem|verdict|verify\.problem)\..+"
)


def _subclasses(kind: type[VerificationError]) -> set[type[VerificationError]]:
    return {kind}.union(*(_subclasses(below) for below in kind.__subclasses__()))


def _templates() -> str:
    folder = files("credhub.web.pages") / "templates"
    return "\n".join(item.read_text("utf-8") for item in folder.iterdir())


def test_every_sentence_that_a_template_names_is_there() -> None:
    asked = {code for code in _ASKED.findall(_templates()) if not code.endswith(FILE_ENDINGS)}

    assert {code for code in asked if code not in ENGLISH} == set()


def test_no_sentence_is_left_over() -> None:
    asked = set(_ASKED.findall(_templates()))

    unused = {code for code in ENGLISH.sentences if code not in asked and not _BUILT.match(code)}
    assert unused == set()


@pytest.mark.parametrize("check", Check)
def test_every_check_has_a_title_and_a_sentence_per_outcome(check: Check) -> None:
    for part in ("title", Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN):
        assert f"check.{check}.{part}" in ENGLISH


@pytest.mark.parametrize("check", [Check.LEDGER, Check.STATUS, Check.SCHEMA])
def test_every_check_that_may_be_skipped_says_why(check: Check) -> None:
    assert f"check.{check}.skipped" in ENGLISH


def test_every_check_is_in_one_group() -> None:
    grouped = [check for checks in GROUPS.values() for check in checks]

    assert sorted(grouped) == sorted(Check)


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_a_sentence_per_outcome(group: str) -> None:
    for outcome in (Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN):
        assert f"group.sentence.{group}-{outcome}" in ENGLISH


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_headline_and_all_but_valid_say_what_to_do(verdict: Verdict) -> None:
    assert f"verdict.{verdict}.headline" in ENGLISH
    assert f"verdict.{verdict}.sentence" in ENGLISH
    assert (f"verdict.{verdict}.advice" in ENGLISH) == (verdict is not Verdict.VALID)


def test_every_code_of_a_failed_check_has_a_sentence() -> None:
    codes = {error.code for error in _subclasses(VerificationError)}

    assert {code for code in codes if f"code.{code}" not in ENGLISH} == set()


def test_no_sentence_for_an_employer_needs_a_developer() -> None:
    said = {code: text for code, text in ENGLISH.sentences.items() if "lead" not in code}

    found = {
        code: JARGON.findall(text)
        for code, text in said.items()
        if code.startswith(READ_BY_EMPLOYERS) and JARGON.search(text)
    }
    assert found == {}


def test_every_failure_with_advice_of_its_own_has_it() -> None:
    advised = {code for code in ENGLISH.sentences if code.startswith("advice.")}
    told = {code for code in ENGLISH.sentences if code.startswith("told.")}

    assert advised == {f"advice.{code}" for code in TELLING}
    assert told == {f"told.{code}.{part}" for code in TELLING for part in ("headline", "sentence")}


@pytest.mark.parametrize("verdict", sorted({*ANYBODYS, Verdict.INDETERMINATE}))
def test_what_anybody_may_have_signed_is_never_called_genuine(verdict: Verdict) -> None:
    parts = ("headline", "sentence", "advice")
    said = [ENGLISH.sentences[f"anybodys.{verdict}.{part}"] for part in parts]

    assert not any("genuine" in one.lower() for one in said)
    assert "issuer unknown" in said[0]


@pytest.mark.parametrize("endorsed", Endorsed)
def test_whatever_is_endorsed_has_a_sentence(endorsed: Endorsed) -> None:
    assert f"endorsed.by.{endorsed}" in ENGLISH
    assert (f"endorsed.alike.{endorsed}" in ENGLISH) == (endorsed is not Endorsed.ISSUER)


@pytest.mark.parametrize("endorsed", [Endorsed.ACHIEVEMENT, Endorsed.ISSUER])
def test_whatever_a_partner_endorses_has_a_sentence_for_each_way(endorsed: Endorsed) -> None:
    assert f"given.signed.{endorsed}" in ENGLISH
    assert f"given.confirmed.{endorsed}" in ENGLISH


@pytest.mark.parametrize("state", sorted(set(State) - {State.VALID, State.WITHDRAWN}))
def test_whatever_does_not_count_any_more_has_a_sentence(state: State) -> None:
    assert f"given.state.{state}" in ENGLISH


@pytest.mark.parametrize("summary", Summary)
def test_everything_that_is_said_of_a_presentation_has_its_words(summary: Summary) -> None:
    assert f"presentation.headline.{summary}" in ENGLISH
    assert f"presentation.sentence.{summary}" in ENGLISH


@pytest.mark.parametrize("check", PresentationCheck)
def test_every_check_of_a_presentation_has_a_title_and_a_sentence_per_outcome(
    check: PresentationCheck,
) -> None:
    can_be_skipped = check in {
        PresentationCheck.PROOF,
        PresentationCheck.HOLDER_BINDING,
        PresentationCheck.ANSWER,
    }
    for part in ("title", Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN):
        assert f"presentation.check.{check}.{part}" in ENGLISH
    assert (f"presentation.check.{check}.skipped" in ENGLISH) == can_be_skipped


def test_every_achievement_type_has_a_name() -> None:
    assert {t for t in ACHIEVEMENT_TYPES if f"achievement-type.{t}" not in ENGLISH} == set()


def test_a_sentence_that_is_not_there_is_a_fault_and_not_a_blank() -> None:
    with pytest.raises(MissingMessageError, match=r"en has no message verdict\.maybe"):
        ENGLISH.say("verdict.maybe")


def test_values_are_escaped_and_isolated() -> None:
    said = ENGLISH.say("verdict.valid.sentence", issuer="<b>")

    assert said.startswith("Issued by <bdi>&lt;b&gt;</bdi>,")


def test_markup_and_numbers_stay_as_they_are() -> None:
    assert ENGLISH.say("hub.title", name=Markup("<i>x</i>")) == "<i>x</i>"
    assert ENGLISH.say("duration.years", count=2) == "2 years"


def test_a_time_is_shown_in_utc_wherever_it_was_written() -> None:
    at = datetime(2026, 6, 14, 1, 5, tzinfo=timezone(timedelta(hours=2)))

    assert ENGLISH.moment(at) == (
        '<time datetime="2026-06-13T23:05:00Z">13 June 2026, 23:05 UTC</time>'
    )
    assert ENGLISH.date(at.astimezone(UTC)) == (
        '<time datetime="2026-06-13T23:05:00Z">13 June 2026</time>'
    )
