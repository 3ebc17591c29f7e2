"""The report of a verification, and the one rule that makes its verdict."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from credhub import instants
from credhub.jsontypes import JsonObject, JsonValue
from credhub.ledger.events import Standing
from credhub.verification.findings import LedgerPosition, StatusMessage

PASSED_CODE: Final = "passed"
OTHERS_IGNORED_CODE: Final = "other-proofs-ignored"
OTHER_CREDENTIAL_CODE: Final = "other-credential"
RELATED_NOT_COMPARED_CODE: Final = "related-not-compared"
NOT_CHECKED_CODE: Final = "not-checked"
KEY_CLAIMED_CODE: Final = "key-claimed"
STAPLED_STATUS_CODE: Final = "stapled-status"
IN_POLICY_CODE: Final = "in-policy"
LISTED_CODE: Final = "listed-issuer"
ENDORSED_CODE: Final = "endorsed-issuer"
VALID_THEN_CODE: Final = "valid-then"


class Check(StrEnum):
    """The checks, all of them, in the order in which a report lists them."""

    PARSE = "parse"
    STRUCTURE = "structure"
    PROOF = "proof"
    ISSUER_BINDING = "issuerBinding"
    SCHEMA = "schema"
    VALIDITY = "validity"
    STATUS = "status"
    LEDGER = "ledger"
    TRUST = "trust"


class Outcome(StrEnum):
    """How one check came out."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """What the checks amount to, worst first. Only the last one is ever green."""

    INVALID = "invalid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET_VALID = "notYetValid"
    INDETERMINATE = "indeterminate"
    UNKNOWN_ISSUER = "unknownIssuer"
    VALID = "valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The outcome of one check.

    Attributes:
        code: Permanent, for software.
        detail: One plain sentence, for an employer.
    """

    check: Check
    outcome: Outcome
    code: str
    detail: str

    def to_document(self) -> JsonObject:
        """Make one item of the ``checks`` member."""
        return {
            "check": self.check.value,
            "outcome": self.outcome.value,
            "code": self.code,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerSummary:
    """Who issued.

    Attributes:
        id: The DID whose key signed.
        name: When trusted, the name under which we know the issuer; else what it calls itself.
            ``None`` also for a hub of this service that signed another name than it has here.
        trusted: Whether somebody who runs this verifier vouches for the issuer.
        url: As ``name``.
        source: The list that vouches for the issuer, when it is one.
    """

    id: str
    name: str | None
    trusted: bool
    url: str | None = None
    source: str | None = None

    def to_document(self) -> JsonObject:
        """Make the ``issuer`` member."""
        document: JsonObject = {
            "id": self.id,
            "name": self.name,
            "trusted": self.trusted,
            "url": self.url,
        }
        if self.source is not None:
            document["source"] = self.source
        return document


class Endorsed(StrEnum):
    """What in a credential is endorsed."""

    CREDENTIAL = "credential"
    ISSUER = "issuer"
    ACHIEVEMENT = "achievement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement:
    """An endorsement inside a credential, as far as it is proved.

    Attributes:
        endorsed: What it stands in.
        verdict: Whether to believe it, as an endorsement of that.
        code: The first check that did not pass, or another reason; permanent.
        issuer: Who endorses; ``None`` when that is nobody's word.
        comment: What they say, likewise.
    """

    endorsed: Endorsed
    verdict: Verdict
    code: str | None
    issuer: IssuerSummary | None
    comment: str | None

    def to_document(self) -> JsonObject:
        """Make one item of the ``endorsements`` member."""
        return {
            "endorsed": self.endorsed.value,
            "verdict": self.verdict.value,
            "code": self.code,
            "issuer": self.issuer.to_document() if self.issuer else None,
            "comment": self.comment,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerEndorsement:
    """What a partner of the hub says of the achievement or of the hub, beside the credential.

    It is no part of the credential, and no check looks at it.

    Attributes:
        url: Where what was signed or confirmed is.
        how: ``signed`` by the partner, or ``confirmed`` through its account at the hub.
        state: ``valid``, or why it does not count.
        endorser: The DID of the partner.
        name: What the hub calls it; none for whom it does not vouch for any more.
        comment: What it says; only where it counts.
        received_at: When the hub took it, and checked it for the last time.
    """

    endorsed: Endorsed
    url: str
    how: str
    state: str
    endorser: str
    name: str | None
    comment: str | None
    received_at: datetime

    def to_document(self) -> JsonObject:
        """Make one item of the ``partnerEndorsements`` member."""
        return {
            "endorsed": self.endorsed.value,
            "url": self.url,
            "how": self.how,
            "state": self.state,
            "partner": {"id": self.endorser, "name": self.name},
            "comment": self.comment,
            "receivedAt": instants.text_of(self.received_at),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that may be shown of a credential that somebody handed in.

    Attributes:
        checks: One result per check, in the order of ``Check``.
        credential: The document, only if the checks up to ``issuerBinding`` passed.
        status: Whether it still stands; ``None`` when that was not found out.
        status_at: The age of that answer, when it is not of now.
        status_messages: What the issuer calls its statuses.
        endorsements: What others say in it. They never change the verdict.
        endorsements_left_out: How many were not looked at.
        partner_endorsements: What partners of the hub say beside it, likewise.
        is_partial: Whether ``credential`` is a part of the document, because whom it is about shows
            no more of it.
    """

    verdict: Verdict
    checks: tuple[CheckResult, ...]
    credential: JsonObject | None
    issuer: IssuerSummary | None
    status: Standing | None
    ledger: LedgerPosition | None
    superseded_by: str | None
    checked_at: datetime
    status_at: datetime | None = None
    status_messages: tuple[StatusMessage, ...] = ()
    endorsements: tuple[Endorsement, ...] = ()
    endorsements_left_out: int = 0
    partner_endorsements: tuple[PartnerEndorsement, ...] = ()
    is_partial: bool = False

    def to_document(self) -> JsonObject:
        """Make the JSON form."""
        checks: list[JsonValue] = [result.to_document() for result in self.checks]
        document: JsonObject = {
            "verdict": self.verdict.value,
            "checks": checks,
            "credential": self.credential,
            "issuer": self.issuer.to_document() if self.issuer else None,
            "status": self.status.value if self.status else None,
            "ledger": self.ledger.to_document() if self.ledger else None,
            "checkedAt": instants.text_of(self.checked_at),
        }
        if self.superseded_by is not None:
            document["supersededBy"] = self.superseded_by
        if self.status_at is not None:
            document["statusAt"] = instants.text_of(self.status_at)
        if self.status_messages:
            document["statusMessages"] = [one.to_document() for one in self.status_messages]
        if self.endorsements:
            document["endorsements"] = [one.to_document() for one in self.endorsements]
            document["endorsementsLeftOut"] = self.endorsements_left_out
        if self.partner_endorsements:
            document["partnerEndorsements"] = [
                one.to_document() for one in self.partner_endorsements
            ]
        if self.is_partial:
            document["partial"] = True
        return document


# A failure that says more than "not genuine".
_VERDICT_OF_FAILURE: Final = {
    (Check.STATUS, "revoked"): Verdict.REVOKED,
    (Check.STATUS, "suspended"): Verdict.SUSPENDED,
    (Check.VALIDITY, "expired"): Verdict.EXPIRED,
    (Check.VALIDITY, "not-yet-valid"): Verdict.NOT_YET_VALID,
    (Check.LEDGER, "recorded-later"): Verdict.NOT_YET_VALID,
}
_MAY_BE_SKIPPED: Final = frozenset({Check.LEDGER, Check.STATUS, Check.SCHEMA})


def verdict_of(results: Iterable[CheckResult]) -> Verdict:
    """Sum up the checks: the first verdict of ``Verdict`` that applies.

    A check that is not among the results counts as unknown. An issuer that is not trusted, for
    whatever reason, is an unknown issuer and nothing worse.
    """
    results = tuple(results)
    verdicts = {_verdict_of_one(result) for result in results}
    missing = set(Check) - {result.check for result in results}
    verdicts |= {
        Verdict.UNKNOWN_ISSUER if check is Check.TRUST else Verdict.INDETERMINATE
        for check in missing
    }
    return next(verdict for verdict in Verdict if verdict in verdicts)


def _verdict_of_one(result: CheckResult) -> Verdict:
    match result.outcome:
        case Outcome.PASSED:
            return Verdict.VALID
        case Outcome.SKIPPED if result.check in _MAY_BE_SKIPPED:
            return Verdict.VALID
        case _ if result.check is Check.TRUST:
            return Verdict.UNKNOWN_ISSUER
        case Outcome.FAILED:
            return _VERDICT_OF_FAILURE.get((result.check, result.code), Verdict.INVALID)
        case _:
            return Verdict.INDETERMINATE
