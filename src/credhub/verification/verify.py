"""The verification of one credential, from the bytes that somebody handed in to a report."""

from contextlib import suppress
from datetime import datetime

from credhub.errors import VerificationError
from credhub.jsontypes import JsonObject
from credhub.verification import checks
from credhub.verification.checklist import Checklist
from credhub.verification.findings import IssuerStanding, LedgerPosition, StatusMessage
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import (
    ENDORSED_CODE,
    KEY_CLAIMED_CODE,
    LISTED_CODE,
    OTHER_CREDENTIAL_CODE,
    OTHERS_IGNORED_CODE,
    RELATED_NOT_COMPARED_CODE,
    Check,
    IssuerSummary,
    Outcome,
    Report,
    verdict_of,
)
from credhub.verification.structure import CredentialView

# What verification does:
#
# (1) parse           The bytes are one credential that means the same to every reader.
# (2) structure       It is a credential as W3C's data model wants it, and a badge if it says so.
# (3) proof           Every proof that we know is genuine, and covers all of it.
# (4) issuerBinding   The key of one of them is the issuer's own, and was in force when it signed.
# (5) schema          It follows the schemas that it names.
# (6) validity        It has begun and has not ended.
# (7) status          The issuer has not withdrawn it.
# (8) ledger          The signature is in the issuer's ledger.
# (9) trust           Somebody who runs this service vouches for the issuer.
#
# (1) to (4) build on one another: where one does not pass, the document is nobody's word, the
# rest is not checked and the report shows nothing of it. (5) to (9) stand for themselves. (8) is
# asked before (4), because only a ledger can say when a key was used; what a thief of the key
# writes into a document cannot.


def verify(data: bytes | JsonObject, *, context: VerifierContext, now: datetime) -> Report:
    """Check a credential and say whether to believe it.

    Args:
        data: The credential as it was received, as bytes or as an object that was parsed strictly.
        context: What the outside knows.
        now: The time of the verification.

    Returns:
        A report in any case. What is raised is a fault of this service, and no verdict.
    """
    checklist = Checklist(context.passed_as)
    position: LedgerPosition | None = None
    try:
        with checklist.check(Check.PARSE):  # (1)
            secured = checks.parse(data)
            document = secured.document
        with checklist.check(Check.STRUCTURE):  # (2)
            view = checks.structure(document)
        _say_what_it_is(view, checklist)
        with checklist.check(Check.PROOF):  # (3)
            signature = checks.proof(secured, suites=context.suites, dids=context.dids, now=now)
        if signature.ignored:
            checklist.passed_but(Check.PROOF, OTHERS_IGNORED_CODE)
        with suppress(VerificationError), checklist.check(Check.LEDGER):  # (8)
            position = checks.ledger(secured, context)
        with checklist.check(Check.ISSUER_BINDING):  # (4)
            used_at = _used_at(position, checklist.outcome(Check.LEDGER), now)
            signature = checks.issuer_binding(view.issuer_id, signature, used_at)
    except VerificationError:
        return _report_without_document(checklist, now)
    report = _judge(document, view, position, checklist, context=context, now=now)
    if signature.signer.claimed:
        # The keys are the word of whoever handed this in, and so is everything that they signed.
        checklist.passed_but(Check.ISSUER_BINDING, KEY_CLAIMED_CODE)
        return _report_without_document(checklist, now)
    return report


def _say_what_it_is(view: CredentialView, checklist: Checklist) -> None:
    if not view.related_compared:
        checklist.passed_but(Check.STRUCTURE, RELATED_NOT_COMPARED_CODE)
    elif not view.is_badge:
        checklist.passed_but(Check.STRUCTURE, OTHER_CREDENTIAL_CODE)


def refuse_unread(error: VerificationError, *, now: datetime) -> Report:
    """Report on a file in which no credential could be found."""
    checklist = Checklist()
    with suppress(VerificationError), checklist.check(Check.PARSE):
        raise error
    return _report_without_document(checklist, now)


def _judge(  # noqa: PLR0913 - what (1) to (4) and (8) found
    document: JsonObject,
    view: CredentialView,
    position: LedgerPosition | None,
    checklist: Checklist,
    *,
    context: VerifierContext,
    now: datetime,
) -> Report:
    standing = None
    issuer = IssuerStanding(trusted=False)
    with suppress(VerificationError), checklist.check(Check.SCHEMA):  # (5)
        checks.schema(view, document, context.schemas)
    with suppress(VerificationError), checklist.check(Check.VALIDITY):  # (6)
        checks.validity(view, now)
    with suppress(VerificationError), checklist.check(Check.STATUS):  # (7)
        told = None if position is None else position.standing
        standing = told or checks.status(view, document, context)
        checks.still_stands(standing)
    with suppress(VerificationError), checklist.check(Check.TRUST):  # (9)
        issuer = context.trust.trusted(view.issuer_id)
        checks.trust(issuer, view.issuer_name, context.trust)
    if issuer.endorser is not None:
        checklist.passed_but(Check.TRUST, ENDORSED_CODE, issuer.endorser)
    elif issuer.source is not None:
        checklist.passed_but(Check.TRUST, LISTED_CODE)
    summary = _summary(view, issuer)
    results = checklist.results(_label(view, issuer))
    return Report(
        verdict=verdict_of(results),
        checks=results,
        credential=document,
        issuer=summary,
        status=standing,
        ledger=position,
        superseded_by=position.superseded_by if position else None,
        checked_at=now,
        status_messages=_messages(document, view, context),
    )


def _messages(
    document: JsonObject, view: CredentialView, context: VerifierContext
) -> tuple[StatusMessage, ...]:
    if context.messages is None or not view.has_status:
        return ()
    return context.messages.messages_of(document, view.issuer_id)


def _report_without_document(checklist: Checklist, now: datetime) -> Report:
    results = checklist.results("the issuer")
    return Report(
        verdict=verdict_of(results),
        checks=results,
        credential=None,
        issuer=None,
        status=None,
        ledger=None,
        superseded_by=None,
        checked_at=now,
    )


def _used_at(position: LedgerPosition | None, outcome: Outcome, now: datetime) -> datetime | None:
    """Say when a key was used: as the ledger says, else now, unless the ledger could not answer."""
    if position is not None:
        return position.logged_at
    return None if outcome is Outcome.UNKNOWN else now


def _summary(view: CredentialView, issuer: IssuerStanding) -> IssuerSummary:
    known = issuer if issuer.trusted else IssuerStanding(trusted=False)
    return IssuerSummary(
        id=view.issuer_id,
        name=_name(view, known),
        trusted=known.trusted,
        url=known.url or view.issuer_url,
        source=known.source,
    )


def _name(view: CredentialView, known: IssuerStanding) -> str | None:
    if known.name is None:
        return view.issuer_name
    return known.name if _is_signed(view, known) else None


def _label(view: CredentialView, issuer: IssuerStanding) -> str:
    """Call the issuer by the name that we know; a name that it gave itself proves nothing."""
    known = issuer.trusted and _is_signed(view, issuer)
    return (issuer.name if known else None) or view.issuer_id


def _is_signed(view: CredentialView, known: IssuerStanding) -> bool:
    """Say whether a known name may be shown.

    The name of a hub is a row of our database, which nobody signed: it counts where the hub says
    the same under its signature. A list of issuers is the word of whoever made it.
    """
    return known.source is not None or known.name == view.issuer_name
