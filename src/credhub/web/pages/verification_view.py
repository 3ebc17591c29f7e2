"""What the verification page shows: a report, arranged for an employer.

The page is made from the report alone. When the verdict is ``invalid``, or the report carries no
verified document, the view holds no text that came from the document (THREATS T03).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from credhub.errors import ForeignLinkError, IssuerNamesakeError
from credhub.verification.endorsements import SAME_IDENTIFIER_CODE
from credhub.verification.findings import LedgerPosition
from credhub.verification.report import (
    ENDORSED_CODE,
    NOT_CHECKED_CODE,
    Check,
    CheckResult,
    Outcome,
    Report,
    Verdict,
)
from credhub.web.pages import verdict_words
from credhub.web.pages.credential_view import CredentialView, credential_view
from credhub.web.pages.given_view import GivenView, given_views
from credhub.web.pages.links import Link, host_of, link_of
from credhub.web.pages.reading import object_of

# The checks as an employer asks about them.
GROUPS: Final[Mapping[str, tuple[Check, ...]]] = {
    "genuine": (Check.PARSE, Check.STRUCTURE, Check.PROOF, Check.SCHEMA),
    "standing": (Check.VALIDITY, Check.STATUS),
    "authority": (Check.ISSUER_BINDING, Check.LEDGER, Check.TRUST),
}


SAID: Final = frozenset({ForeignLinkError.code, IssuerNamesakeError.code, ENDORSED_CODE})
"""Codes of which the report says more than any sentence here, and nothing out of a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One check.

    Attributes:
        detail: The report's own sentence, or None when it may repeat an unverified document.
    """

    check: Check
    outcome: Outcome
    code: str
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """The checks that answer one question, and their answer together."""

    group: str
    outcome: Outcome
    checks: tuple[CheckView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerView:
    """Where a credential is recorded.

    Attributes:
        origin: The whole name of the log.
        size: How many entries the signed checkpoint covers.
        cosignatures: How many independent witnesses signed the same tree.
        checkpoint: The path of the log's newest checkpoint.
    """

    origin: str
    seq: int
    logged_at: datetime
    size: int | None
    cosignatures: int
    checkpoint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadView:
    """One file to keep.

    Attributes:
        kind: Its name in the catalogue.
        form: Which further form of the credential it is.
    """

    kind: str
    href: str
    form: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCheckView:
    """Where a browser finds what it needs to repeat the proof itself; paths of this service."""

    credential: str
    receipt: str
    policy: str
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementView:
    """What somebody whom we know says in a credential.

    Attributes:
        told: Where the catalogue says whether it is about this one.
        endorsed: What it is about, by its name in the catalogue.
        by: Who says it, under the name that we know.
        comment: ``None`` also where it may be about something else.
    """

    told: str
    endorsed: str
    by: str
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationView:
    """The whole verification page.

    Attributes:
        vouched_for: Whether the issuer is one whom we know.
        told: Where the catalogue has the headline and the sentence.
        warning: Which sentence warns beside them, if one does.
        advice: Which sentence says what to do; None when nothing need be done.
        status_messages: What the issuer calls the statuses of the credential.
        credential: None when nothing of the document may be shown.
        endorsements: Those that hold, by others than the issuer whom we know.
        given: What partners of the hub say beside the credential.
        more_endorsements: Whether there are others, which are not shown.
        address: The permanent address; None for a document that was sent in.
        superseded_by: The corrected credential, always one of this service.
        own_check: None when there is nothing that the reader's browser could check.
        is_partial: Whether whom the credential is about shows only a part of it.
    """

    verdict: Verdict
    checked_at: datetime
    groups: tuple[GroupView, ...]
    passed: int
    total: int
    told: str
    warning: str | None
    vouched_for: bool
    advice: str | None
    status_messages: tuple[str, ...]
    credential: CredentialView | None
    endorsements: tuple[EndorsementView, ...]
    given: tuple[GivenView, ...]
    more_endorsements: bool
    ledger: LedgerView | None
    address: str | None
    did_document: Link | None
    superseded_by: Link | None
    downloads: tuple[DownloadView, ...]
    own_check: OwnCheckView | None
    host: str
    is_partial: bool


def verification_view(
    report: Report,
    *,
    base_url: str,
    code: str | None = None,
    hub_slug: str | None = None,
    forms: tuple[str, ...] = (),
) -> VerificationView:
    """Arrange a report for the page.

    Args:
        report: What was found.
        base_url: The address of this service.
        code: The public code, when the page is the credential's permanent address.
        hub_slug: The hub of this service that issued it, when it is one.
        forms: The forms that it was signed in, the default one first.
    """
    credential = _credential(report, base_url=base_url, hub_slug=hub_slug)
    shown = credential is not None
    given_away = shown and not report.is_partial
    ledger = _ledger(report.ledger, hub_slug) if shown and report.ledger else None
    groups = _groups(report, details=shown)
    checks = [check for group in groups for check in group.checks]
    endorsements = tuple(_endorsements(report)) if shown else ()
    return VerificationView(
        verdict=report.verdict,
        checked_at=report.checked_at,
        groups=groups,
        passed=sum(check.outcome is Outcome.PASSED for check in checks),
        total=sum(check.outcome is not Outcome.SKIPPED for check in checks),
        told=verdict_words.told(report),
        warning=verdict_words.warning(report),
        vouched_for=verdict_words.is_vouched_for(report),
        advice=verdict_words.advice(report),
        status_messages=tuple(one.message for one in report.status_messages if shown),
        credential=credential,
        endorsements=endorsements,
        given=given_views(report.partner_endorsements if shown else (), base_url=base_url),
        more_endorsements=shown and len(endorsements) < len(report.endorsements),
        ledger=ledger,
        address=None if code is None else f"{base_url.rstrip('/')}/c/{code}",
        did_document=_did_document(hub_slug, base_url=base_url),
        superseded_by=_superseded_by(report, base_url=base_url),
        downloads=() if code is None else _downloads(code, report, forms[1:], shown=given_away),
        own_check=_own_check(code, ledger, hub_slug) if code and given_away else None,
        host=host_of(base_url),
        is_partial=report.is_partial,
    )


def _credential(report: Report, *, base_url: str, hub_slug: str | None) -> CredentialView | None:
    if report.credential is None or report.verdict is Verdict.INVALID:
        return None
    known = report.issuer if report.issuer is not None and report.issuer.trusted else None
    return credential_view(report.credential, base_url=base_url, hub_slug=hub_slug, known=known)


def _endorsements(report: Report) -> Iterator[EndorsementView]:
    for one in report.endorsements:
        if one.issuer is None:
            continue
        by = one.issuer.name or one.issuer.id
        if one.verdict is Verdict.VALID and one.code is None:
            yield EndorsementView(
                told="endorsed.by", endorsed=one.endorsed.value, by=by, comment=one.comment
            )
        elif one.code == SAME_IDENTIFIER_CODE:
            yield EndorsementView(
                told="endorsed.alike", endorsed=one.endorsed.value, by=by, comment=None
            )


def _groups(report: Report, *, details: bool) -> tuple[GroupView, ...]:
    results = {result.check: result for result in report.checks}
    return tuple(
        _group(group, [_check(check, results.get(check), details=details) for check in checks])
        for group, checks in GROUPS.items()
    )


def _group(group: str, checks: list[CheckView]) -> GroupView:
    outcome = _worst(checks)
    if outcome is Outcome.PASSED and any(map(_is_unseen, checks)):
        outcome = Outcome.SKIPPED
    return GroupView(group=group, outcome=outcome, checks=tuple(checks))


def _worst(checks: Iterable[CheckView]) -> Outcome:
    outcomes = {check.outcome for check in checks}
    bad = (Outcome.FAILED, Outcome.UNKNOWN)
    return next((worst for worst in bad if worst in outcomes), Outcome.PASSED)


def _is_unseen(check: CheckView) -> bool:
    """Say whether a check that was skipped leaves a question open that its group asks."""
    return check.check is Check.STATUS and check.outcome is Outcome.SKIPPED


def _check(check: Check, result: CheckResult | None, *, details: bool) -> CheckView:
    if result is None:
        return CheckView(check=check, outcome=Outcome.UNKNOWN, code=NOT_CHECKED_CODE, detail=None)
    outcome = result.outcome
    if check is Check.TRUST and outcome is Outcome.FAILED:
        outcome = Outcome.UNKNOWN  # an issuer that we do not know must never look like a forger
    detail = result.detail if details or result.code in SAID else None
    return CheckView(check=check, outcome=outcome, code=result.code, detail=detail)


def _ledger(position: LedgerPosition, hub_slug: str | None) -> LedgerView:
    origin, size = _head(position)
    label = position.log.rpartition("/")[2]
    return LedgerView(
        origin=origin,
        seq=position.seq,
        logged_at=position.logged_at,
        size=size,
        cosignatures=len(position.cosignatures),
        checkpoint=None if hub_slug is None else f"/ledger/{hub_slug}/{label}/checkpoint",
    )


def _own_check(code: str, ledger: LedgerView | None, slug: str | None) -> OwnCheckView | None:
    if ledger is None or ledger.checkpoint is None:
        return None
    return OwnCheckView(
        credential=f"/c/{code}?format=vc",
        receipt=f"/c/{code}/receipt",
        policy=f"/hubs/{slug}/ledger-policy",
        checkpoint=ledger.checkpoint,
    )


def _head(position: LedgerPosition) -> tuple[str, int | None]:
    """Read the first two lines of a checkpoint: the log's whole name and its size."""
    origin, _, rest = position.checkpoint.partition("\n")
    size = rest.partition("\n")[0]
    return origin or position.log, int(size) if size.isascii() and size.isdigit() else None


def _did_document(hub_slug: str | None, *, base_url: str) -> Link | None:
    if hub_slug is None:
        return None
    return link_of(f"{base_url.rstrip('/')}/hubs/{hub_slug}/did.json", base_url=base_url)


def _superseded_by(report: Report, *, base_url: str) -> Link | None:
    address = report.superseded_by or ""
    own = address.startswith(f"{base_url.rstrip('/')}/c/")
    return link_of(address, base_url=base_url) if own else None


def _is_printed(report: Report) -> bool:
    return "achievement" in object_of(report.credential or {}, "credentialSubject")


def _downloads(
    code: str, report: Report, others: tuple[str, ...], *, shown: bool
) -> tuple[DownloadView, ...]:
    address = f"/c/{code}"
    printed = shown and _is_printed(report)
    files = {
        "pdf": f"{address}?format=pdf" if printed else None,
        "badge": f"{address}?format=png" if printed else None,
        "credential": f"{address}?format=vc" if shown else None,
        "bundle": f"{address}?format=bundle" if shown and report.ledger else None,
        "report": f"{address}?format=report",
        "receipt": f"{address}/receipt" if shown and report.ledger else None,
    }
    further = (
        DownloadView(kind="form", href=f"{address}?format={quote(form)}", form=form)
        for form in others
        if shown
    )
    named = (DownloadView(kind=kind, href=href) for kind, href in files.items() if href)
    return (*named, *further)
