"""A vector: what is given, what must come of it, and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from credhub.errors import (
    CredhubError,
    LogNotKnownError,
    MalformedJsonError,
    UnknownNoteKeyError,
)
from credhub.jsontypes import JsonObject
from credhub.verification.report import Verdict
from tests.ledger_vectors.judging import CHECKS, NotValidError

REFUSALS = (CredhubError, MalformedJsonError)


class Outcome(StrEnum):
    """What a verifier makes of a case."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN_LOG = "unknownLog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One vector. ``why`` says what is wrong with it; a good one has none."""

    name: str
    given: JsonObject
    why: str | None = None
    outcome: Outcome = Outcome.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorFile:
    """The vectors of one check."""

    name: str
    check: str
    about: str
    cases: Sequence[Case]

    def text(self) -> str:
        """Write the file.

        Raises:
            AssertionError: A case does not come out as it says.
        """
        document = {
            "about": self.about,
            "specification": "ledger.md",
            "check": self.check,
            "cases": [self._document(case) for case in self.cases],
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    def _document(self, case: Case) -> JsonObject:
        outcome, gives = judge(self.check, case.given)
        expected = Outcome.ACCEPTED if case.why is None else case.outcome
        assert outcome is expected, f"{self.name}: {case.name} is {outcome}"
        document: JsonObject = {"name": case.name, "outcome": outcome.value}
        if case.why is not None:
            document["why"] = case.why
        document["given"] = case.given
        if gives is not None:
            document["gives"] = gives
        return document


def judge(check: str, given: Mapping[str, object]) -> tuple[Outcome, JsonObject | None]:
    """Ask our own code about the inputs of a case."""
    try:
        gives = CHECKS[check](**given)
    except NotValidError as error:
        unknown = error.verdict is Verdict.UNKNOWN_ISSUER
        outcome = Outcome.UNKNOWN_LOG if unknown else Outcome.REFUSED
        return outcome, {"verdict": error.verdict.value}
    except (UnknownNoteKeyError, LogNotKnownError):
        return Outcome.UNKNOWN_LOG, None
    except REFUSALS:
        return Outcome.REFUSED, None
    return Outcome.ACCEPTED, gives
