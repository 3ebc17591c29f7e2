"""Whether a list of partners is genuine: each endorsement, and by a policy the list as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credhub.credentials import partner_endorsement
from credhub.dids.document import DidDocument
from credhub.errors import (
    EntryError,
    IssuerMismatchError,
    NotInLedgerError,
    OutcomeUnknownError,
    PartnerListError,
    PartnerListNotProvedError,
    StatusNotReachedError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, digest
from credhub.ledger.entry import Kind
from credhub.ledger.events import Standing
from credhub.ledger.partner_events import PartnerChange, PartnersChanged, digest_of_list
from credhub.ledger.policy import Policy
from credhub.proofs.suite import Suite
from credhub.verification.findings import LedgerPosition
from credhub.verification.known_issuers import KnownIssuers
from credhub.verification.moments import moment_of
from credhub.verification.partner_list import PartnerList, SignedEndorsement
from credhub.verification.pinned import PinnedLedgers, PinnedReceipt
from credhub.verification.protocols import DidResolver, SchemaSource, VerifierContext
from credhub.verification.report import Check, CheckResult, Outcome
from credhub.verification.trust_list import ListedIssuer, TrustList
from credhub.verification.verify import verify

# What is done, in this order; the first fault refuses the whole list:
#
# (1) The list is that of the hub that was asked for, and holds endorsements of partners.
# (2) Each endorsement is verified like any credential, with that hub as the only known issuer. One
#     whose time is over, or has not begun, is genuine all the same: its times go into the list.
# (3) By a policy, the receipt of each is proved, and that of the newest change: it names the
#     version, and by one digest all that are in force. So nothing is missing and nothing has ended.
#
# Without a policy nobody says how new the list is, nor that it is whole.

_FINE: Final = frozenset({Outcome.PASSED, Outcome.SKIPPED})
_OF_ANOTHER_TIME: Final = frozenset({"expired", "not-yet-valid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerProof:
    """What lists of partners are judged by.

    Attributes:
        suites: The cryptosuites that count, by name.
        dids: Where the keys of the hub come from.
        schemas: The schemas that we know.
        policy: The ledgers that are believed; without one the signatures alone count.
        now: The moment that is judged.
    """

    suites: Mapping[str, Suite]
    dids: DidResolver
    schemas: SchemaSource
    policy: Policy | None
    now: datetime

    def prove(self, listed: PartnerList, *, hub: str, source: str) -> TrustList:
        """Check a list, and say whom the hub vouches for.

        Args:
            listed: The list.
            hub: The DID of the hub that must have signed all of it.
            source: What errors call the list.

        Raises:
            TrustListError: It holds something else than endorsements of partners.
            PartnerListError: It is not genuine, or of another hub.
            PartnerListNotProvedError: That could not be found out.
        """
        if listed.did != hub:  # (1)
            raise PartnerListError(source, f"it says that it is that of {listed.did}")
        known = listed.to_trust_list(source=source)
        documents = list(listed.documents(source))
        for one, document in zip(listed.endorsements, documents, strict=True):
            signer = partner_endorsement.issuer_id(document)
            if signer != hub:
                raise PartnerListError(source, f"one of its endorsements is by {signer}")
            self._check(one, hub, source)  # (2)
        try:
            self._check_whole(listed, map(digest, documents))  # (3)
        except OutcomeUnknownError as error:
            raise PartnerListNotProvedError(source, str(error)) from error
        except VerificationError as error:
            raise PartnerListError(source, str(error)) from error
        return known

    def _check(self, one: SignedEndorsement, hub: str, source: str) -> None:
        hub_alone = _HubAlone(hub, self.dids, self.policy, one.receipt)
        context = VerifierContext(
            suites=self.suites,
            dids=hub_alone,
            schemas=self.schemas,
            statuses=hub_alone,
            ledgers=hub_alone,
            trust=KnownIssuers(lists=(_only(hub),), now=self.now),
        )
        report = verify(one.credential.encode(), context=context, now=self.now)
        fault = next((check for check in report.checks if not _is_fine(check)), None)
        if fault is None:
            return
        reason = f"one of its endorsements: {fault.detail}"
        if fault.outcome is Outcome.UNKNOWN:
            raise PartnerListNotProvedError(source, reason)
        raise PartnerListError(source, reason)

    def _check_whole(self, listed: PartnerList, digests: Iterable[bytes]) -> None:
        if self.policy is None:
            if not listed.endorsements:
                raise NotInLedgerError("nothing in it is signed, so only a policy can prove it")
            return
        if listed.receipt is None:
            raise NotInLedgerError("it has no receipt")
        changed = _change(PinnedLedgers(self.policy).open(listed.receipt, listed.did))
        if (changed.version, changed.in_force) != (listed.version, digest_of_list(digests)):
            raise NotInLedgerError("it is not the list that the hub's ledger knows")


@dataclass(frozen=True, slots=True)
class _HubAlone:
    """What the verification of one endorsement asks: nobody but the hub is known."""

    hub: str
    dids: DidResolver
    policy: Policy | None
    receipt: str

    def resolve(self, did: str) -> DidDocument:
        if did != self.hub:  # And nobody is asked whom a list names.
            raise IssuerMismatchError("It is signed by another.")
        return self.dids.resolve(did)

    def find(self, _credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        if self.policy is None:
            return None
        pinned = PinnedLedgers(self.policy).open(self.receipt, self.hub)
        changed = _change(pinned)
        if changed.change is not PartnerChange.ADDED or changed.digest != digest:
            raise NotInLedgerError("Its receipt is about something else.")
        return LedgerPosition(
            log=pinned.opened.checkpoint.origin,
            seq=pinned.opened.index,
            logged_at=moment_of(pinned.opened.entry),
            checkpoint=pinned.checkpoint,
            cosignatures=pinned.cosignatures,
        )

    def state_of(self, _credential: JsonObject, _issuer_did: str) -> Standing:
        raise StatusNotReachedError  # Endorsements of partners end by their list.


def _only(hub: str) -> TrustList:
    return TrustList.of({hub: ListedIssuer(did=hub, name=hub)}, source=hub)


def _change(pinned: PinnedReceipt) -> PartnersChanged:
    if pinned.opened.entry.kind is not Kind.ENDORSEMENT:
        raise NotInLedgerError("a receipt is about something else")
    try:
        return PartnersChanged.parse(pinned.opened.payload)
    except EntryError as error:
        raise NotInLedgerError("a receipt is about another endorsement") from error


def _is_fine(result: CheckResult) -> bool:
    if result.check is Check.VALIDITY and result.code in _OF_ANOTHER_TIME:
        return True
    return result.outcome in _FINE
