"""Whether credentials that are taken over stand, as far as this service knows: those it issued.

Whoever hands in a credential of ours has only what it said when it was signed. What became of it
since is in our rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from credhub.credentials.code import PublicCode
from credhub.documents.imports import provenance
from credhub.documents.imports.outcome import OldCredential, Why
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import UnknownCodeError
from credhub.ledger.events import Standing
from credhub.services.reading import standing_after
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.store.standings import StandingRecord
from credhub.store.store import Transaction

AT_ONCE: Final = 500


class OwnStandings:
    """What became of those credentials of some rows that hubs of this service issued."""

    def __init__(
        self, resources: Resources, number: HubNumber, items: Iterable[OldCredential]
    ) -> None:
        """Look all of them up.

        Args:
            resources: What services work with.
            number: The hub that takes over.
            items: What it takes over.
        """
        self._number = number
        codes: defaultdict[HubNumber, set[str]] = defaultdict(set)
        for code in (code for item in items for code in _codes(item.row)):
            codes[HubNumber(code.hub)].add(code.text)
        self._found: dict[str, StandingRecord] = {}
        with resources.store.read() as tx:
            for hub, texts in codes.items():
                self._found |= _records(tx, hub, texts)

    def is_known(self, item: OldCredential) -> bool:
        """Say whether a hub of this service issued it."""
        return self._record(item) is not None

    def why_not(self, item: OldCredential) -> Why | None:
        """Say why a credential is not taken over; none if nothing is known against it."""
        record = self._record(item)
        if record is None:
            return None
        if record.wrapped_key is None:
            return Why.ERASED
        if record.is_superseded or standing_after(record.changes) is not Standing.ACTIVE:
            return Why.REVOKED
        return Why.HERE if record.credential.hub == self._number else None

    def _record(self, item: OldCredential) -> StandingRecord | None:
        found = (self._found.get(code.text) for code in _codes(item.row))
        return next((record for record in found if record is not None), None)


def _codes(row: ReadRow) -> Iterator[PublicCode]:
    """Give what may be the public code of the earlier credential: of its address, or its key.

    Nobody guesses a code, so what has one is ours, whatever name the service had in the address.
    """
    for text in (provenance.earlier_address(row), row.key):
        named = "" if text is None else text.partition("?")[0].partition("#")[0].rstrip("/")
        try:
            yield PublicCode.parse(named.rpartition("/")[2])
        except UnknownCodeError:
            continue


def _records(tx: Transaction, hub: HubNumber, codes: Iterable[str]) -> Mapping[str, StandingRecord]:
    found: dict[str, StandingRecord] = {}
    left = iter(codes)
    while part := list(islice(left, AT_ONCE)):
        ids = tx.standings.ids_of(hub, part)
        records = tx.standings.by_ids(hub, set(ids.values()))
        found |= {code: records[credential_id] for code, credential_id in ids.items()}
    return found
