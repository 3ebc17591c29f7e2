"""Whether credentials stand: ours by the rows, those of others by the lists that they publish."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credhub.errors import (
    MalformedJsonError,
    StatusListError,
    StatusListOfAnotherError,
    StatusNotReachedError,
)
from credhub.jsontypes import JsonObject, parse_object
from credhub.ledger.events import Standing
from credhub.proofs.suite import Suite
from credhub.services import reading
from credhub.services.fetching import Errand
from credhub.services.foreign_lists import Fetched
from credhub.services.own_addresses import code_in
from credhub.services.resources import Resources
from credhub.status.list_token import ListToken
from credhub.status.published import PublishedList
from credhub.status.revocation_list import RevocationList
from credhub.status.token_status_list import TokenStatusList
from credhub.verification import list_tokens, published_lists, status_messages
from credhub.verification.findings import StatusMessage
from credhub.verification.protocols import DidResolver
from credhub.verification.published_status import PublishedStatus

_LISTS: Final = "application/vc, application/vc+jwt, application/ld+json, application/json"
_TOKENS: Final = "application/statuslist+jwt, application/statuslist+cwt;q=0.9"
_JSON: Final = "application/json"


class Statuses:
    """Ours by the rows, so that a change shows at once; others by their lists.

    No database connection is held while others are asked.
    """

    def __init__(
        self, resources: Resources, suites: Mapping[str, Suite], dids: DidResolver, errand: Errand
    ) -> None:
        """Prepare.

        Args:
            resources: What services work with.
            suites: The cryptosuites that count for the lists of others.
            dids: Where the keys of their issuers come from.
            errand: Asks those who are not here.
        """
        self._resources = resources
        self._lists = _Lists(resources, suites, dids, errand)
        self._foreign = PublishedStatus(self._lists)

    def state_of(self, credential: JsonObject, issuer_did: str) -> Standing:
        """Say whether a credential with a status entry stands.

        Raises:
            OutcomeUnknownError: That could not be found out.
            VerificationError: Its status entry is malformed, or lies outside its list.
        """
        with self._resources.store.read() as tx:
            hub = tx.hubs.by_did(issuer_did)
            if hub is not None:
                code = code_in(hub, credential)
                stored = tx.credentials.by_code(hub.number, code)
                if stored is None:
                    raise StatusNotReachedError
                changes = tx.status.changes_of(hub.number, stored.credential_id)
                return reading.standing_after(changes)
        return self._foreign.state_of(credential, issuer_did)

    def messages_of(self, credential: JsonObject, issuer_did: str) -> tuple[StatusMessage, ...]:
        """Give what the issuer calls the statuses of a credential; our hubs give them no names."""
        if not status_messages.has_names(credential):
            return ()
        with self._resources.store.read() as tx:
            if tx.hubs.by_did(issuer_did) is not None:
                return ()
        return status_messages.messages_of(credential, issuer_did, self._lists)


@dataclass(frozen=True, slots=True)
class _IssuersToken:
    """A list and whose it was proved to be; it need not say so itself."""

    issuer_id: str
    token: ListToken


class _Lists:
    """Lists of others, judged as credentials with keys and cryptosuites that count."""

    def __init__(
        self, resources: Resources, suites: Mapping[str, Suite], dids: DidResolver, errand: Errand
    ) -> None:
        self._errand = errand
        self._lists = resources.foreign_lists
        self._suites = suites
        self._dids = dids

    def bitstring(self, url: str, issuer_id: str) -> PublishedList:
        def read(data: bytes, now: datetime) -> Fetched[PublishedList]:
            proved = published_lists.prove(
                data, url=url, issuer_id=issuer_id, suites=self._suites, dids=self._dids, now=now
            )
            return Fetched(proved, ttl=proved.ttl, end=proved.valid_until)

        published = self._lists.get(url, PublishedList, read, accept=_LISTS, errand=self._errand)
        if published.issuer_id != issuer_id:  # Remembered from a credential of somebody else.
            raise StatusListOfAnotherError
        return published

    def tokens(self, url: str, issuer_id: str) -> TokenStatusList:
        def read(data: bytes, now: datetime) -> Fetched[_IssuersToken]:
            token = list_tokens.prove(data, uri=url, issuer_id=issuer_id, dids=self._dids, now=now)
            return Fetched(_IssuersToken(issuer_id, token), ttl=token.ttl, end=token.valid_until)

        known = self._lists.get(url, _IssuersToken, read, accept=_TOKENS, errand=self._errand)
        if known.issuer_id != issuer_id:
            raise StatusListOfAnotherError
        return known.token.statuses

    def revocations(self, url: str) -> RevocationList:
        return self._lists.get(url, RevocationList, _revocations, accept=_JSON, errand=self._errand)


def _revocations(data: bytes, _now: datetime) -> Fetched[RevocationList]:
    try:
        return Fetched(RevocationList.from_document(parse_object(data)))
    except MalformedJsonError as error:
        raise StatusListError("The revocation list is not one strict JSON object.") from error
