import re

import pytest

from credhub import errors
from credhub.errors import OutcomeUnknownError, VerificationError
from credhub.verification.report import NOT_CHECKED_CODE, Check, Outcome
from credhub.verification.sentences import sentence


def subclasses(root: type[VerificationError]) -> set[type[VerificationError]]:
    return {root}.union(*(subclasses(kind) for kind in root.__subclasses__()))


KINDS = sorted(
    (kind for kind in subclasses(VerificationError) if kind.__module__ == errors.__name__),
    key=lambda kind: kind.__name__,
)
# Words that nobody knows who has not written software for credentials.
JARGON = re.compile(
    r"\b(?:DIDs?\b|(?i:JSON|JWTs?|JOSE|RDF|URLs?|algorithms?|canonical\w*|cryptosuites?|digests?"
    r"|disclosures?|envelopes?|hash(?:es)?|malformed|pointers?|policy|quorum|schemas?|stapled"
    r"|tokens?|well.formed)\b)",
)
ISSUER = "Riverside Learning Hub"


def say(check: Check, outcome: Outcome, code: str = "a-new-code") -> str:
    return sentence(check, outcome, code, message="Own words.", issuer=ISSUER)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("check", Check)
def test_every_error_has_a_plain_sentence(kind: type[VerificationError], check: Check) -> None:
    unknown = issubclass(kind, OutcomeUnknownError)

    said = say(check, Outcome.UNKNOWN if unknown else Outcome.FAILED, kind.code)

    assert said.endswith(".")
    assert said[0].isupper()
    assert "{" not in said
    assert JARGON.findall(said) == []


@pytest.mark.parametrize("check", Check)
def test_every_check_has_a_sentence_for_passing(check: Check) -> None:
    said = say(check, Outcome.PASSED, "passed")

    assert said.endswith(".")
    assert "{" not in said
    assert (ISSUER in said) == (check in {Check.ISSUER_BINDING, Check.TRUST})


def test_what_was_not_checked_says_why() -> None:
    assert "earlier check" in say(Check.TRUST, Outcome.UNKNOWN, NOT_CHECKED_CODE)


@pytest.mark.parametrize("check", [Check.SCHEMA, Check.STATUS, Check.LEDGER])
def test_what_was_skipped_says_why(check: Check) -> None:
    assert say(check, Outcome.SKIPPED).startswith("The ")


def test_only_our_own_messages_are_repeated() -> None:
    assert say(Check.VALIDITY, Outcome.FAILED, "expired") == "Own words."
    assert "Own words" not in say(Check.PROOF, Outcome.FAILED, "data-loss")
    assert "Own words" not in say(Check.PROOF, Outcome.FAILED)


def test_an_unknown_outcome_never_accuses() -> None:
    for check in Check:
        said = say(check, Outcome.UNKNOWN).lower()
        assert not any(word in said for word in ("forged", "fake", "invalid", "not genuine"))
