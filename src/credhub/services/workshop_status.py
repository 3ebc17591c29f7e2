"""A status list for the W3C's test suites: of one issuer, in memory, signed when it is read."""

from datetime import timedelta
from threading import Lock
from typing import Final

from credhub.errors import (
    CredentialNotFoundError,
    ForeignIssuerError,
    StatusNotReachedError,
)
from credhub.jsontypes import JsonObject, canonical
from credhub.ledger.events import Standing
from credhub.proofs import data_integrity
from credhub.services.status_lists import draw
from credhub.services.vcalm import vcalm_issuing
from credhub.services.vcalm.vcalm_issuing import Pen, completed, with_words_for_status
from credhub.services.workshop import DIDS, Workshop
from credhub.status import bitstring
from credhub.status.document import Purpose, StatusEntry, StatusList
from credhub.status.published import PublishedList
from credhub.status.revocation_list import RevocationList
from credhub.status.token_status_list import TokenStatusList
from credhub.verification import published_lists
from credhub.verification.published_status import PublishedStatus

ISSUER: Final = "eddsa-rdfc-2022"
"""Who signs the list, and every credential with a place in it."""

VALIDITY: Final = timedelta(days=1)


class StatusDesk:
    """Gives places, changes them, and publishes the list. Safe between threads."""

    def __init__(self, shop: Workshop, url: str) -> None:
        """Begin a list of which nothing is set.

        Args:
            shop: Whose list it is.
            url: Where it is published.
        """
        self.url = url
        self._shop = shop
        self._places: dict[str, int] = {}
        self._taken: set[int] = set()
        self._set: set[int] = set()
        self._lock = Lock()

    @property
    def pen(self) -> Pen:
        """What signs."""
        return self._shop.pens[ISSUER]

    def sign(self, credential: JsonObject) -> JsonObject:
        """Sign a credential with a place in the list.

        Raises:
            ForeignIssuerError: It has a status already, or as ``vcalm_issuing.sign``.
            VerificationError: As ``vcalm_issuing.sign``.
        """
        if "credentialStatus" in credential:
            raise ForeignIssuerError("The credential has a status already.")
        document = with_words_for_status(completed(credential, self.pen.issuer))
        index = self._free()
        entry = StatusEntry.at(self.url, index, Purpose.REVOCATION).to_document()
        signed = vcalm_issuing.sign(
            document | {"credentialStatus": entry}, self.pen, now=self._shop.clock()
        )
        with self._lock:
            self._places[str(signed.get("id"))] = index
        return signed

    def change(self, credential_id: str, *, is_set: bool) -> None:
        """Say whether a credential is revoked.

        Raises:
            CredentialNotFoundError: None with this id has a place.
        """
        with self._lock:
            if credential_id not in self._places:
                raise CredentialNotFoundError
            places = {self._places[credential_id]}
            self._set = self._set | places if is_set else self._set - places

    def published(self) -> JsonObject:
        """Sign the list as it is now."""
        now = self._shop.clock().replace(microsecond=0)
        with self._lock:
            encoded = bitstring.encode(self._set)
        document = StatusList(
            url=self.url,
            issuer=self.pen.issuer,
            purpose=Purpose.REVOCATION,
            encoded=encoded,
            valid_from=now,
            valid_until=now + VALIDITY,
        ).to_document()
        return data_integrity.sign(
            document,
            suite=self.pen.suite,
            signer=self.pen.signer,
            verification_method=self.pen.verification_method,
            created=now,
        )

    def state_of(self, credential: JsonObject, issuer_did: str) -> Standing:
        """Say whether a credential stands, by this list; no other is asked for.

        Raises:
            OutcomeUnknownError: Its status is somewhere else.
            VerificationError: Its status entry is malformed, or lies outside the list.
        """
        return PublishedStatus(self).state_of(credential, issuer_did)

    def bitstring(self, url: str, issuer_id: str) -> PublishedList:
        """Judge the list as everybody will who fetches it."""
        if url != self.url:
            raise StatusNotReachedError
        return published_lists.prove(
            canonical(self.published()),
            url=url,
            issuer_id=issuer_id,
            suites=self._shop.suites,
            dids=DIDS,
            now=self._shop.clock(),
        )

    def tokens(self, _url: str, _issuer_id: str) -> TokenStatusList:
        """There are none."""
        raise StatusNotReachedError

    def revocations(self, _url: str) -> RevocationList:
        """There are none."""
        raise StatusNotReachedError

    def _free(self) -> int:
        while True:
            index, *_ = draw(self._shop.random, bitstring.LENGTH)
            with self._lock:
                if index not in self._taken:
                    self._taken.add(index)
                    return index
