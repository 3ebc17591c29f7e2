"""The status of a credential, by the signed lists that were stapled to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from credhub.errors import (
    BundleContradictionError,
    LogNotInPolicyError,
    MalformedJsonError,
    StatusListError,
    StatusListStaleError,
    StatusListTooNewError,
    StatusNotStapledError,
)
from credhub.jsontypes import JsonObject, digest, parse_object
from credhub.ledger.entry import Kind
from credhub.ledger.events import Standing
from credhub.ledger.receipt import check_about
from credhub.proofs.jose import Jws
from credhub.proofs.suite import Suite
from credhub.status import bitstring, token_reference
from credhub.status.document import ENTRY_TYPE, HARMLESS, Purpose, StatusEntry, StatusList
from credhub.status.list_token import JWT_TYPE, ListToken
from credhub.verification import checks
from credhub.verification.bundle import Bundle, StapledList
from credhub.verification.jwt_secured import genuine_signature_of
from credhub.verification.moments import is_later, moment_of
from credhub.verification.pinned import PinnedLedgers
from credhub.verification.published_status import entries_of, standing_in
from credhub.verification.secured import DataIntegritySecured
from credhub.verification.signature import Signature
from credhub.verification.stapled_keys import StapledKeys

_MEANING: Final = {Purpose.REVOCATION: Standing.REVOKED, Purpose.SUSPENSION: Standing.SUSPENDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class StapledStatus:
    """A status source that knows the lists in a bundle.

    Attributes:
        suites: The cryptosuites that count.
        ledgers: The ledgers that count.
        now: The moment that is judged.
    """

    bundle: Bundle
    suites: Mapping[str, Suite]
    ledgers: PinnedLedgers
    now: datetime

    def state_of(self, credential: JsonObject, issuer_did: str) -> Standing:
        """Say whether a credential stood when its lists were made.

        Raises:
            StatusNotStapledError: Not every list that is named is there.
            StatusListStaleError, StatusListTooNewError: A list is of another time.
            StatusListError: A list cannot be read.
            LogNotInPolicyError: The policy does not name the ledger that holds the list.
            BundleContradictionError: One is not a list of this credential.
            VerificationError: One is not genuine.
        """
        named = _entries_of(credential)
        unanswered = named
        for stapled in self.bundle.lists:
            published = self._proved(stapled, issuer_did)
            places = [entry for entry in named if _is_in(entry, published)]
            if not places:
                raise BundleContradictionError("The list is not one that the credential names.")
            standing = _standing(published, places)
            self._check_age(published.valid_from, published.valid_until, standing)
            if standing is not Standing.ACTIVE:
                return standing
            # By its place and not by their number: one list twice answers for no other.
            unanswered = [entry for entry in unanswered if entry not in places]
        if unanswered or not named:
            raise StatusNotStapledError
        return Standing.ACTIVE

    def _proved(self, stapled: StapledList, issuer_did: str) -> StatusList | ListToken:
        published, secured = _read(stapled.credential)
        keys = self._keys(stapled)
        if isinstance(secured, Jws):
            signature = genuine_signature_of(secured, by=issuer_did, dids=keys)
            recorded = sha256(secured.text.encode("ascii")).digest()
        else:
            signature = checks.proof(secured, suites=self.suites, dids=keys, now=self.now)
            recorded = digest(secured.document)
        used_at = self._used_at(stapled, recorded, signature, issuer_did)
        checks.issuer_binding(issuer_did, signature, used_at)
        named = published.issuer if isinstance(published, StatusList) else published.issuer_id
        if named != issuer_did:
            raise BundleContradictionError("The list is of another issuer.")
        return published

    def _keys(self, stapled: StapledList | None = None) -> StapledKeys:
        own = None if stapled is None else stapled.key
        return StapledKeys(
            key=own or self.bundle.key,
            did_document=self.bundle.did_document,
            ledgers=self.ledgers,
        )

    def _used_at(
        self, stapled: StapledList, recorded: bytes, signature: Signature, issuer_did: str
    ) -> datetime:
        if signature.signer.claimed:
            if not self._keys().resolve(issuer_did).claimed:
                # The credential is proved, so a list that is only claimed must not decide on it.
                raise LogNotInPolicyError
            return self.now
        opened = self.ledgers.open(stapled.receipt, issuer_did).opened
        check_about(opened, recorded)
        if opened.entry.kind is not Kind.STATUS_LIST:
            raise BundleContradictionError("The receipt is not about a status list.")
        logged_at = moment_of(opened.entry)
        if is_later(logged_at, self.now):
            raise StatusListTooNewError
        return logged_at

    def _check_age(self, begin: datetime, end: datetime | None, standing: Standing) -> None:
        if self.now < begin:
            raise StatusListTooNewError
        # A revocation is final: no later list takes it back.
        if end is not None and self.now > end and standing is not Standing.REVOKED:
            raise StatusListStaleError


def made_at(stapled: StapledList) -> datetime:
    """Say of when a list is that was judged.

    Raises:
        StatusListError: It is no list.
    """
    return _read(stapled.credential)[0].valid_from


def _read(text: str) -> tuple[StatusList | ListToken, DataIntegritySecured | Jws]:
    """Read a list of bits, or a token of statuses, and what secures it."""
    if not text.startswith("{"):
        jws = Jws.parse(text)
        jws.check_type(JWT_TYPE)
        return ListToken.from_claims(jws.claims()), jws
    try:
        document = parse_object(text.encode())
    except MalformedJsonError as error:
        raise StatusListError("The status list is not one strict JSON object.") from error
    return StatusList.from_document(document), DataIntegritySecured(document)


def _entries_of(credential: JsonObject) -> list[JsonObject]:
    """List the places that could take something away from a credential."""
    return [
        entry
        for entry in entries_of(credential)
        if entry.get("type") != ENTRY_TYPE or entry.get("statusPurpose") not in HARMLESS
    ]


def _is_in(entry: JsonObject, published: StatusList | ListToken) -> bool:
    if isinstance(published, ListToken):
        of_kind, url = entry.get("type") == token_reference.ENTRY_TYPE, published.uri
    else:
        of_kind, url = _is_for_bits(entry, published.purpose), published.url
    return of_kind and entry.get("statusListCredential") == url


def _is_for_bits(entry: JsonObject, purpose: str) -> bool:
    return entry.get("type") == ENTRY_TYPE and entry.get("statusPurpose") == purpose


def _standing(published: StatusList | ListToken, places: list[JsonObject]) -> Standing:
    if isinstance(published, ListToken):
        return standing_in(published.statuses, places)
    bits = bitstring.decode(published.encoded)
    entries = [StatusEntry.from_document(place) for place in places]
    is_set = any(bitstring.value(bits, entry.index, entry.size) for entry in entries)
    return _MEANING[published.purpose] if is_set else Standing.ACTIVE
