"""Verify credentials: what the pure checks ask, answered from the store."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from credhub.errors import BundleError
from credhub.jsontypes import JsonObject
from credhub.proofs.forms import DEFAULT, Form
from credhub.proofs.suite import Suite
from credhub.services import endorsed_credentials, hubs, own_uploads
from credhub.services.fetching import Errand
from credhub.services.own_credential import OwnCredential
from credhub.services.own_ledgers import OwnLedgers
from credhub.services.reading import OpenedCredential
from credhub.services.recorded_endorsements import OwnEndorsements
from credhub.services.resolving import Dids
from credhub.services.resources import Resources
from credhub.services.status_sources import Statuses
from credhub.store.hubs import Hub
from credhub.verification import endorsements
from credhub.verification.bundle import Bundle, is_bundle
from credhub.verification.findings import IssuerStanding
from credhub.verification.known_issuers import KnownIssuers, first_namesake
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.presentations import verify_presentation
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Report
from credhub.verification.verify import refuse_unread, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCredential:
    """A credential of ours and the report about it."""

    opened: OpenedCredential
    report: Report


def verify_own(resources: Resources, code: str, form: Form = DEFAULT) -> VerifiedCredential:
    """Verify the credential at a permanent address, as it was signed.

    Whoever answers the public asks ``showing.verified`` instead.

    Raises:
        CredentialNotFoundError: There is none.
        FormNotIssuedError: It was not signed in this form.
        CredentialErasedError: The learner was erased.
    """
    others = _context(resources, resources.suites, receipt=None)
    own = OwnCredential.read(resources, code, form, others)
    now = resources.clock()
    report = verify(own.opened.signed, context=own.context(), now=now)
    if endorsements.are_in(report.credential):
        # Whatever endorses a credential of ours, a stranger may have written it.
        guarded = context_for_strangers(resources)
        report = endorsements.judged(report, context=guarded, now=now)
    if report.credential is not None:
        found = endorsed_credentials.of_credential(resources, own.opened)
        report = replace(report, partner_endorsements=found)
    return VerifiedCredential(opened=own.opened, report=report)


def verify_uploaded(
    resources: Resources, uploaded: bytes | JsonObject, *, receipt: str | None = None
) -> Report:
    """Verify what a stranger sent; what it costs is spent in a worker process with limits.

    What we signed ourselves needs no worker process.

    Args:
        resources: What services work with.
        uploaded: A credential, as JSON or as the bytes of any form; or a bundle, as JSON. Of a
            bundle the credential and its receipt count: the rest is for those who cannot ask us.
        receipt: A receipt that is said to belong to it.
    """
    now = resources.clock()
    credential = uploaded
    if isinstance(uploaded, dict) and is_bundle(uploaded):
        try:
            bundle = Bundle.from_document(uploaded)
        except BundleError as error:
            return refuse_unread(error, now=now)
        credential, receipt = bundle.credential.encode(), receipt or bundle.receipt
    context = _context(resources, resources.guarded_suites, receipt=receipt)
    own = replace(context, suites=own_uploads.suites_for(resources, credential))
    report = verify(credential, context=own, now=now)
    return endorsements.judged(report, context=context, now=now)


def verify_presented(
    resources: Resources,
    uploaded: bytes | JsonObject,
    *,
    challenge: str | None = None,
    domain: str | None = None,
) -> PresentationReport:
    """Verify a presentation that a stranger sent, with the same limits as a credential.

    Args:
        resources: What services work with.
        uploaded: The presentation, as JSON or as the bytes of a token.
        challenge: What the holder was asked to sign, if anything.
        domain: Whom the presentation must be made for, if that matters.

    Raises:
        PresentationTooLargeError: It holds too many credentials.
    """
    context = _context(resources, resources.guarded_suites, receipt=None)
    now = resources.clock()
    return verify_presentation(
        uploaded, context=context, now=now, challenge=challenge, domain=domain
    )


def context_for_strangers(resources: Resources) -> VerifierContext:
    """Give what the verification of something that a stranger sent asks."""
    return _context(resources, resources.guarded_suites, receipt=None)


def _context(
    resources: Resources, suites: Mapping[str, Suite], *, receipt: str | None
) -> VerifierContext:
    errand = Errand(resources.fetcher)
    dids = Dids(resources, errand)
    statuses = Statuses(resources, resources.guarded_suites, dids, errand)
    return VerifierContext(
        suites=suites,
        dids=dids,
        schemas=resources.schemas,
        statuses=statuses,
        messages=statuses,
        ledgers=OwnEndorsements(resources, OwnLedgers(resources, receipt)),
        trust=_Trust(resources),
    )


class _Trust:
    """Hubs of this service, then the lists of the operator."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._listed = KnownIssuers(lists=resources.trust_lists, now=resources.clock())

    def trusted(self, did: str) -> IssuerStanding:
        with self._resources.store.read() as tx:
            hub = tx.hubs.by_did(did)
        return self._listed.trusted(did) if hub is None else _standing(hub)

    def namesake(self, name: str) -> IssuerStanding | None:
        with self._resources.store.read() as tx:
            known = tx.hubs.all()
        return first_namesake(name, map(_standing, known)) or self._listed.namesake(name)


def _standing(hub: Hub) -> IssuerStanding:
    return IssuerStanding(trusted=True, name=hub.name, url=hubs.page_of(hub))
