"""Lists of issuers that count together: the first that names an issuer says what it is called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credhub.verification.findings import IssuerStanding
from credhub.verification.lookalikes import skeleton
from credhub.verification.trust_list import ListedIssuer, TrustList

UNKNOWN: Final = IssuerStanding(trusted=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIssuers:
    """Several lists at one moment.

    Attributes:
        lists: In the order in which they count.
        now: The moment.
    """

    lists: Sequence[TrustList]
    now: datetime

    def trusted(self, did: str) -> IssuerStanding:
        """Say what the lists know of an issuer."""
        for known in self.lists:
            issuer = known.issuers.get(did)
            if issuer is not None and issuer.counts(self.now):
                return _standing(issuer, known)
        return UNKNOWN

    def namesake(self, name: str) -> IssuerStanding | None:
        """Find an issuer in the lists that a reader could take this name for."""
        reduced = skeleton(name)
        for known in self.lists:
            for issuer in known.by_skeleton.get(reduced, ()):
                if issuer.counts(self.now):
                    return _standing(issuer, known)
        return None


def first_namesake(name: str, standings: Iterable[IssuerStanding]) -> IssuerStanding | None:
    """Find the first issuer whose name could be taken for this one."""
    reduced = skeleton(name)
    alike = (one for one in standings if reduced and skeleton(one.name or "") == reduced)
    return next(alike, None)


def _standing(issuer: ListedIssuer, known: TrustList) -> IssuerStanding:
    return IssuerStanding(
        trusted=True,
        name=issuer.name,
        url=issuer.url,
        source=known.source,
        endorser=known.endorser,
    )
