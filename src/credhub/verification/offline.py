"""Verification of a bundle: the nine checks, answered from the bundle and a policy alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from credhub.errors import (
    BundleError,
    LogNotInPolicyError,
    ReceiptMismatchError,
    RecordedLaterError,
)
from credhub.jsontypes import JsonObject
from credhub.ledger.commitment import InnerKind
from credhub.ledger.policy import Policy
from credhub.ledger.receipt import check_about
from credhub.proofs.suite import Suite
from credhub.verification.bundle import Bundle
from credhub.verification.findings import IssuerStanding, LedgerPosition
from credhub.verification.members import issuer_named
from credhub.verification.moments import is_later, moment_of
from credhub.verification.pinned import PinnedLedgers
from credhub.verification.protocols import SchemaSource, VerifierContext
from credhub.verification.report import (
    IN_POLICY_CODE,
    STAPLED_STATUS_CODE,
    VALID_THEN_CODE,
    Check,
    Report,
)
from credhub.verification.stapled_keys import StapledKeys
from credhub.verification.stapled_status import StapledStatus, made_at
from credhub.verification.verify import refuse_unread, verify

# Where the answers come from:
#
# (3), (4)  The issuer's key from its entry in a ledger that the policy names. The DID document in
#           the bundle can end the key and nothing else.
# (7)       The stapled list: signed by the issuer, in its ledger, and of the moment that is judged.
# (8)       The receipt, under a checkpoint as the policy wants it.
# (9)       The policy.
#
# Where the policy does not reach, because it does not name the issuer or a ledger, the checks are
# made with what the bundle claims. That finds what was damaged and contradicts itself; (9) does
# not pass, and of the document nothing is reported.

_PASSED_AS: Final = {Check.STATUS: STAPLED_STATUS_CODE, Check.TRUST: IN_POLICY_CODE}


def verify_bundle(  # noqa: PLR0913 - what a verification asks, and the moment
    data: bytes,
    *,
    policy: Policy,
    suites: Mapping[str, Suite],
    schemas: SchemaSource,
    now: datetime,
    in_the_past: bool = False,
) -> Report:
    """Check a credential by what was stapled to it, and say whether to believe it.

    Args:
        data: The file as it was received.
        policy: The ledgers that whoever asks has chosen to believe.
        suites: The cryptosuites that count, by name.
        schemas: The schemas that we know.
        now: The moment that is judged.
        in_the_past: Whether that is another moment than the present.

    Returns:
        A report in any case. What is raised is a fault of this software, and no verdict.
    """
    try:
        bundle = Bundle.parse(data)
    except BundleError as error:
        return refuse_unread(error, now=now)
    ledgers = PinnedLedgers(policy)
    stapled = _Stapled(bundle, ledgers, now)
    context = VerifierContext(
        suites=suites,
        dids=StapledKeys(key=bundle.key, did_document=bundle.did_document, ledgers=ledgers),
        schemas=schemas,
        statuses=StapledStatus(bundle=bundle, suites=suites, ledgers=ledgers, now=now),
        ledgers=stapled,
        trust=stapled,
        passed_as=_PASSED_AS | ({Check.VALIDITY: VALID_THEN_CODE} if in_the_past else {}),
    )
    report = verify(bundle.credential.encode(), context=context, now=now)
    return replace(report, status_at=_status_at(report, bundle))


@dataclass(frozen=True, slots=True)
class _Stapled:
    """A ledger lookup that knows one receipt, and trust in whom the policy names."""

    bundle: Bundle
    ledgers: PinnedLedgers
    now: datetime

    def find(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        did = issuer_named(credential) or ""
        if not self.ledgers.names(did):
            return None
        try:
            pinned = self.ledgers.open(self.bundle.receipt, did)
        except LogNotInPolicyError:
            return None
        opened = pinned.opened
        check_about(opened, digest)
        if opened.inner_kind is not InnerKind.ISSUE:
            raise ReceiptMismatchError("The receipt is genuine, but is not about a credential.")
        logged_at = moment_of(opened.entry)
        if is_later(logged_at, self.now):
            # Nobody can backdate: what the documents say of their time is the hub's word.
            raise RecordedLaterError
        return LedgerPosition(
            log=opened.checkpoint.origin,
            seq=opened.index,
            logged_at=logged_at,
            checkpoint=pinned.checkpoint,
            cosignatures=pinned.cosignatures,
        )

    def trusted(self, did: str) -> IssuerStanding:
        if not self.ledgers.names(did):
            return IssuerStanding(trusted=False)
        key = self.bundle.key
        self.ledgers.check_known((self.bundle.receipt, key.receipt, *key.changes), did)
        return IssuerStanding(trusted=True)

    def namesake(self, _name: str) -> IssuerStanding | None:
        return None  # A policy names keys and no names.


def _status_at(report: Report, bundle: Bundle) -> datetime | None:
    if report.status is None:
        return None
    return min(made_at(stapled) for stapled in bundle.lists)
