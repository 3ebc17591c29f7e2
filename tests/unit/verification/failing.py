"""Ways to make each check of a credential not pass, whatever its form."""

from datetime import timedelta
from typing import Any, Final

from credhub.errors import NotInLedgerError, StatusNotReachedError
from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing
from credhub.verification.report import Check, Verdict
from tests.unit.factories import NOON
from tests.unit.verification.every_form import Change, Issuer

LATER: Final = NOON + timedelta(days=1)
THIEF: Final = Issuer(seed=9)
OTHER: Final = Issuer(did="did:web:other.example", seed=9)
FAILURES: Final[dict[str, tuple[Check, Verdict, dict[str, Any]]]] = {
    "proof": (Check.PROOF, Verdict.INVALID, {"by": THIEF}),
    "issuer": (Check.ISSUER_BINDING, Verdict.INVALID, {"by": OTHER}),
    "not yet": (Check.VALIDITY, Verdict.NOT_YET_VALID, {"now": NOON - timedelta(days=1)}),
    "ended": (Check.VALIDITY, Verdict.EXPIRED, {"now": NOON + timedelta(days=3650)}),
    "revoked": (Check.STATUS, Verdict.REVOKED, {"standing": Standing.REVOKED}),
    "suspended": (Check.STATUS, Verdict.SUSPENDED, {"standing": Standing.SUSPENDED}),
    "status": (Check.STATUS, Verdict.INDETERMINATE, {"standing": StatusNotReachedError()}),
    "ledger": (Check.LEDGER, Verdict.INVALID, {"position": NotInLedgerError()}),
    "trust": (Check.TRUST, Verdict.UNKNOWN_ISSUER, {"issuers": {}}),
}
"""By name: the check, the verdict, and who signs, when it is judged, or what the world says."""


def without_criteria(document: JsonObject) -> None:
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    del achievement["criteria"]


def against_its_schema(document: JsonObject) -> None:
    document["awardedDate"] = "some day"


BY_CONTENT: Final[dict[str, tuple[Check, Change]]] = {
    "structure": (Check.STRUCTURE, without_criteria),
    "schema": (Check.SCHEMA, against_its_schema),
}
"""By name: the check, and the change before the signature that makes a credential invalid."""

FORCED: Final = {
    Check.PARSE,  # what cannot be read
    *(check for check, _ in BY_CONTENT.values()),
    *(check for check, _, _ in FAILURES.values()),
}
"""The checks that are made not to pass in every form."""
