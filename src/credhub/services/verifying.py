"""Verify credentials: what the pure checks ask, answered from the store."""

from collections.abc import Mapping
from dataclasses import dataclass

from credhub.errors import (
    BundleError,
    CredentialErasedError,
    CredentialNotFoundError,
    LedgerNotReachedError,
    NoteError,
    NotInLedgerError,
    ReceiptMismatchError,
    ReceiptNotReadyError,
)
from credhub.jsontypes import JsonObject
from credhub.ledger.cosignature import read_cosignatures
from credhub.ledger.note import VerifierKey, split_note
from credhub.ledger.receipt import verify_receipt
from credhub.proofs.forms import DEFAULT, Form
from credhub.proofs.suite import Suite
from credhub.services import hubs, reading, receipts
from credhub.services.fetching import Errand
from credhub.services.own_addresses import code_in
from credhub.services.own_credential import OwnCredential
from credhub.services.reading import OpenedCredential
from credhub.services.resolving import Dids
from credhub.services.resources import Resources
from credhub.services.status_sources import Statuses
from credhub.store.hubs import Hub
from credhub.store.milliseconds import from_ms
from credhub.verification.bundle import Bundle, is_bundle
from credhub.verification.findings import IssuerStanding, LedgerPosition
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.presentations import verify_presentation
from credhub.verification.protocols import VerifierContext
from credhub.verification.receipts import ReceiptLookup
from credhub.verification.report import Report
from credhub.verification.verify import refuse_unread, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCredential:
    """A credential of ours and the report about it."""

    opened: OpenedCredential
    report: Report


def verify_own(resources: Resources, code: str, form: Form = DEFAULT) -> VerifiedCredential:
    """Verify the credential at a permanent address, as it was signed.

    Raises:
        CredentialNotFoundError: There is none.
        FormNotIssuedError: It was not signed in this form.
        CredentialErasedError: The learner was erased.
    """
    opened = reading.by_code(resources, code, form)
    others = _context(resources, resources.suites, receipt=None)
    prove = _Ledgers(resources, None).position_of
    context = OwnCredential.context(resources, opened, prove, others)
    report = verify(opened.signed, context=context, now=resources.clock())
    return VerifiedCredential(opened=opened, report=report)


def verify_uploaded(
    resources: Resources, uploaded: bytes | JsonObject, *, receipt: str | None = None
) -> Report:
    """Verify what a stranger sent; what it costs is spent in a worker process with limits.

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
    return verify(credential, context=context, now=now)


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
    return VerifierContext(
        suites=suites,
        dids=dids,
        schemas=resources.schemas,
        statuses=Statuses(resources, resources.guarded_suites, dids, errand),
        ledgers=_Ledgers(resources, receipt),
        trust=_Trust(resources),
    )


class _Ledgers:
    """A receipt that came with the credential, and our own ledgers."""

    def __init__(self, resources: Resources, receipt: str | None) -> None:
        self._resources = resources
        self._receipt = receipt

    def find(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        proved = self._proved(credential, digest)
        with self._resources.store.read() as tx:
            hub = tx.hubs.by_did(_issuer_of(credential))
            own = {log.origin for log in tx.ledger.logs(hub.number)} if hub else set()
        if hub is None:
            return None
        try:
            return self._own(hub, credential, digest)
        except LedgerNotReachedError:
            # A proof that was given outlives what we erased.
            if proved is None or proved.log not in own:
                raise
            return proved
        except NotInLedgerError:
            # A restored backup may have lost the entry: its proof is still one.
            if proved is None or not self._has_lost(hub, proved):
                raise
            return proved

    def _own(self, hub: Hub, credential: JsonObject, digest: bytes) -> LedgerPosition:
        try:
            opened = _opened(self._resources, hub, credential, digest)
        except CredentialNotFoundError as error:
            raise NotInLedgerError from error
        except CredentialErasedError as error:
            raise LedgerNotReachedError from error
        return self.position_of(opened, digest)

    def position_of(self, opened: OpenedCredential, digest: bytes) -> LedgerPosition:
        """Find the entry of a credential of ours.

        Raises:
            NotInLedgerError: It is for other bytes than those with the digest.
            LedgerNotReachedError: It is erased, or not under a checkpoint yet.
        """
        hub = opened.hub
        try:
            receipt = receipts.of(self._resources, opened)
        except (CredentialErasedError, ReceiptNotReadyError) as error:
            raise LedgerNotReachedError from error
        with self._resources.store.read() as tx:
            keys = [VerifierKey.parse(log.vkey) for log in tx.ledger.logs(hub.number)]
        try:
            proved = verify_receipt(receipt, digest=digest, keys=keys)
        except ReceiptMismatchError as error:
            # The address is ours, but these signed bytes are not those that we recorded.
            raise NotInLedgerError from error
        correction = opened.superseded_by
        return LedgerPosition(
            log=opened.form.log,
            seq=proved.index,
            logged_at=from_ms(proved.entry.time_ms),
            checkpoint=receipt.checkpoint,
            cosignatures=self._seen_by_witnesses(receipt.checkpoint),
            superseded_by=None if correction is None else f"{hub.base_url}/c/{correction}",
        )

    def _seen_by_witnesses(self, note: str) -> tuple[str, ...]:
        """Give the lines of the witnesses that we ask; a line that is not genuine spoils all."""
        keys = tuple(one.key for one in self._resources.witness_policy.witnesses)
        try:
            seen = tuple(one.key for one in read_cosignatures(note, keys))
        except NoteError:
            return ()
        _, lines = split_note(note)
        return tuple(line.text() for line in lines if any(line.is_by(key) for key in seen))

    def _has_lost(self, hub: Hub, proved: LedgerPosition) -> bool:
        refused = {standing.origin for standing in self._resources.sequencer.refused}
        with self._resources.store.read() as tx:
            return any(
                log.origin == proved.log
                and (log.frozen_at is not None or log.origin in refused)
                and tx.ledger.head(hub.number, log.log).size <= proved.seq
                for log in tx.ledger.logs(hub.number)
            )

    def _proved(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        if self._receipt is None:
            return None
        with self._resources.store.read() as tx:
            keys = tuple(VerifierKey.parse(log.vkey) for log in tx.ledger.all_logs())
        return ReceiptLookup(self._receipt, keys).find(credential, digest)


class _Trust:
    """Hubs of this service."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def trusted(self, did: str) -> IssuerStanding:
        with self._resources.store.read() as tx:
            hub = tx.hubs.by_did(did)
        if hub is None:
            return IssuerStanding(trusted=False)
        return IssuerStanding(trusted=True, name=hub.name, url=hubs.page_of(hub))


def _issuer_of(credential: JsonObject) -> str:
    issuer = credential.get("issuer")
    return str(issuer.get("id")) if isinstance(issuer, dict) else str(issuer)


def _opened(
    resources: Resources, hub: Hub, credential: JsonObject, digest: bytes
) -> OpenedCredential:
    opened = reading.by_digest(resources, code_in(hub, credential), digest)
    if opened.hub.number != hub.number:
        raise CredentialNotFoundError  # The address is of another hub of this service.
    return opened
