"""Endorsements inside a credential: each is a credential by itself, and is checked like one.

What an endorsement is worth is for the reader to say; here is only found out who endorses, and
whether they endorse what they stand in. Endorsements of endorsements are not looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification import members
from credhub.verification.language import words
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import (
    Endorsed,
    Endorsement,
    Outcome,
    Report,
    Verdict,
)
from credhub.verification.verify import verify

MAX_ENDORSEMENTS: Final = 5

ENDORSEMENT_TYPE: Final = "EndorsementCredential"
NOT_AN_ENDORSEMENT_CODE: Final = "not-an-endorsement"
ENDORSES_ANOTHER_CODE: Final = "endorses-another"
ENDORSES_ITSELF_CODE: Final = "endorses-itself"
SAME_IDENTIFIER_CODE: Final = "endorses-same-identifier"
"""Anybody can give something of theirs the identifier of what somebody else endorsed."""

_MEMBERS: Final = ("endorsement", "endorsementJwt")
_FINE: Final = frozenset({Outcome.PASSED, Outcome.SKIPPED})
# After these, further endorsements would take as long again.
_ENOUGH: Final = frozenset({"too-complex", "not-checked-now"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Something that may be endorsed, inside a credential."""

    endorsed: Endorsed
    holder: JsonObject

    def endorsements(self) -> Iterator[JsonValue]:
        for member in _MEMBERS:
            value = self.holder.get(member)
            yield from value if isinstance(value, list) else [] if value is None else [value]


def are_in(document: JsonObject | None) -> bool:
    """Say whether a document holds endorsements."""
    return document is not None and any(True for _ in _found(document))


def judged(report: Report, *, context: VerifierContext, now: datetime) -> Report:
    """Add to a report what is found of the endorsements in its credential.

    Args:
        report: About a credential that is shown; of another nothing is looked at.
        context: What the outside knows; strangers wrote the endorsements.
        now: The time of the verification.
    """
    if report.credential is None:
        return report
    found = list(_found(report.credential))
    made: list[Endorsement] = []
    for place, item in found[:MAX_ENDORSEMENTS]:
        made.append(_judged(place, item, report, context=context, now=now))
        if made[-1].code in _ENOUGH:
            break
    return replace(report, endorsements=tuple(made), endorsements_left_out=len(found) - len(made))


def _found(document: JsonObject) -> Iterator[tuple[_Place, JsonValue]]:
    for place in _places(document):
        for item in place.endorsements():
            yield place, item


def _places(document: JsonObject) -> Iterator[_Place]:
    yield _Place(Endorsed.CREDENTIAL, document)
    issuer = document.get("issuer")
    if isinstance(issuer, dict):
        yield _Place(Endorsed.ISSUER, issuer)
    subject = document.get("credentialSubject")
    for one in subject if isinstance(subject, list) else [subject]:
        achievement = one.get("achievement") if isinstance(one, dict) else None
        if isinstance(achievement, dict):
            yield _Place(Endorsed.ACHIEVEMENT, achievement)


def _judged(
    place: _Place, item: JsonValue, report: Report, *, context: VerifierContext, now: datetime
) -> Endorsement:
    # What is neither an object nor a text is read as a credential that nobody can read.
    data = item if isinstance(item, dict) else str(item).encode()
    own = verify(data, context=context, now=now)
    code = next((check.code for check in own.checks if check.outcome not in _FINE), None)
    verdict = own.verdict
    if own.credential is not None:
        refusal = _refusal(own.credential, place)
        if refusal is not None:
            verdict, code = Verdict.INVALID, refusal
        elif _is_own(own, report):
            code = ENDORSES_ITSELF_CODE
        elif verdict is Verdict.VALID and not _is_of_its_issuer(place, report):
            verdict, code = Verdict.INDETERMINATE, SAME_IDENTIFIER_CODE
    return Endorsement(
        endorsed=place.endorsed,
        verdict=verdict,
        code=code,
        issuer=own.issuer,
        comment=None if own.credential is None else _comment(own.credential),
    )


def _refusal(endorsement: JsonObject, place: _Place) -> str | None:
    """Say why what is genuine is no endorsement of what it stands in, if so."""
    if ENDORSEMENT_TYPE not in members.types(endorsement):
        return NOT_AN_ENDORSEMENT_CODE
    endorsed = place.holder.get("id")
    subject = endorsement.get("credentialSubject")
    about = subject.get("id") if isinstance(subject, dict) else None
    return None if about is not None and about == endorsed else ENDORSES_ANOTHER_CODE


def _is_of_its_issuer(place: _Place, report: Report) -> bool:
    """Say whether what is endorsed is whose it seems to be.

    A proof ties the identifier of an issuer to them. Those of a credential and of an achievement
    are whatever the issuer wrote, so that somebody must vouch for the issuer.
    """
    known = report.issuer is not None and report.issuer.trusted
    return place.endorsed is Endorsed.ISSUER or known


def _is_own(endorsement: Report, report: Report) -> bool:
    issuers = (endorsement.issuer, report.issuer)
    return len({issuer.id for issuer in issuers if issuer is not None}) == 1


def _comment(endorsement: JsonObject) -> str | None:
    subject = endorsement.get("credentialSubject")
    return words(subject.get("endorsementComment")) if isinstance(subject, dict) else None
