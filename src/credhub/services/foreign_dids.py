"""The DID documents of others: worked out, or fetched and remembered for a while."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from credhub.dids import did_jwk, did_key, did_web, did_webvh, key_document, web_address
from credhub.dids.did_webvh import WebvhDid
from credhub.dids.document import DidDocument
from credhub.dids.webvh_log import WebvhLog
from credhub.errors import (
    DidDocumentError,
    DidMethodNotKnownError,
    DidNotResolvedError,
    EgressError,
    MalformedJsonError,
    NoKeysPublishedError,
)
from credhub.jsontypes import parse_object
from credhub.kept import Kept
from credhub.proofs import eddsa_jcs_2022
from credhub.services.fetching import Errand

KEPT: Final = timedelta(minutes=10)
"""How long a document counts: as long may a key that was withdrawn."""

FORGIVEN: Final = timedelta(seconds=30)
"""How long somebody who did not answer is left alone."""

_MOST: Final = 1024
_ACCEPT: Final = "application/did+json, application/did+ld+json, application/did, application/json"
_ACCEPT_KEYS: Final = (
    "application/jwk-set+json, application/jwk+json, application/ld+json, application/json"
)
_ACCEPT_LOG: Final = "text/jsonl, application/jsonl, */*;q=0.1"
_ACCEPT_WITNESSES: Final = "application/json"

_Read = Callable[[str, Errand], tuple[DidDocument, timedelta]]


class ForeignDids:
    """Finds the documents of DIDs that are not ours. Safe between threads."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        """Prepare.

        Args:
            clock: Now, in UTC.
        """
        self._clock = clock
        self._found = Kept[str, DidDocument](_MOST)
        self._unreached = Kept[str, EgressError](_MOST)
        self._check_proof = eddsa_jcs_2022.suite().check

    def resolve(self, did: str, errand: Errand) -> DidDocument:
        """Find the document of a DID, or the keys at a web address.

        Args:
            did: The DID, or an address of https without a fragment.
            errand: Asks those who publish documents.

        Raises:
            DidSyntaxError: The text is not a DID of its method; nobody was asked.
            DidMethodNotKnownError: The method is not one that we know.
            NoKeysPublishedError: What is at the address is no key that we know.
            DidNotResolvedError: Its document could not be had.
            NotCheckedNowError: Too many others let us wait.
            VerificationError: What is published is not the document of this DID.
        """
        if did.startswith(did_key.PREFIX):
            return did_key.resolve(did)
        if did.startswith(did_jwk.PREFIX):
            return did_jwk.resolve(did)
        if did.startswith(did_web.PREFIX):
            return self._remembered(did, errand, _web)
        if did.startswith(did_webvh.PREFIX):
            return self._remembered(did, errand, self._webvh)
        if web_address.is_address(did):
            return self._remembered(did, errand, _published)
        raise DidMethodNotKnownError("The signer is identified in a way that we do not know.")

    def _remembered(self, did: str, errand: Errand, read: _Read) -> DidDocument:
        """Give what is remembered, or else read it; a document that is wrong is not remembered."""
        now = self._clock()
        known = self._found.get(did, now)
        if known is not None:
            return known
        unreached = self._unreached.get(did, now)
        if unreached is not None:
            raise DidNotResolvedError(did) from unreached
        try:
            document, age = read(did, errand)
        except EgressError as error:
            self._unreached.keep(did, error.with_traceback(None), until=now + FORGIVEN)
            raise DidNotResolvedError(did) from error
        self._found.keep(did, document, until=now + min(age, KEPT))
        return document

    def _webvh(self, did: str, errand: Errand) -> tuple[DidDocument, timedelta]:
        named = WebvhDid.parse(did)
        data = errand.get(named.log_url, accept=_ACCEPT_LOG)
        log = WebvhLog.read(data, did=named, now=self._clock(), check_proof=self._check_proof)
        if log.rules:
            seen = errand.get(named.witness_url, accept=_ACCEPT_WITNESSES)
            log.check_witnesses(seen, self._check_proof)
        return log.document(), log.ttl


def _web(did: str, errand: Errand) -> tuple[DidDocument, timedelta]:
    url = did_web.url_of(did)
    try:
        document = parse_object(errand.get(url, accept=_ACCEPT))
    except MalformedJsonError as error:
        raise DidDocumentError("The DID document is not strict JSON.") from error
    return DidDocument.from_document(document, did=did), KEPT


def _published(url: str, errand: Errand) -> tuple[DidDocument, timedelta]:
    try:
        document = parse_object(errand.get(url, accept=_ACCEPT_KEYS))
    except MalformedJsonError as error:
        # A page for people, perhaps: an address need not be one of keys, as a DID must.
        raise NoKeysPublishedError from error
    return key_document.read(document, url=url), KEPT
