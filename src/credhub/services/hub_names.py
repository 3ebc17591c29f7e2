"""Whether the name of a new hub could be taken for the name of another issuer."""

from collections.abc import Iterable

from credhub.errors import HubNameAlikeError
from credhub.store.hubs import Hub
from credhub.verification.findings import IssuerStanding
from credhub.verification.known_issuers import KnownIssuers, first_namesake


def check_unlike(name: str, did: str, *, hubs: Iterable[Hub], known: KnownIssuers) -> None:
    """Refuse a name that a reader could take for that of a hub here or of a listed issuer.

    Args:
        name: What the new hub is to be called.
        did: Its DID. A list that names it under this name is no reason to refuse it.
        hubs: The hubs of this service.
        known: The lists of this service.

    Raises:
        HubNameAlikeError: There is such an issuer.
    """
    here = first_namesake(name, (_standing(hub) for hub in hubs))
    itself = first_namesake(name, (known.trusted(did),))
    other = here or (None if itself else known.namesake(name))
    if other is not None:
        raise HubNameAlikeError(other.name or name, source=other.source)


def _standing(hub: Hub) -> IssuerStanding:
    return IssuerStanding(trusted=True, name=hub.name)
