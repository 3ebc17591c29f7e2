"""The policy by which others may believe our hubs."""

from credhub.ledger.note import VerifierKey
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import KnownIssuer, KnownLog
from credhub.services import ledgers
from credhub.store.store import Store


def of_hubs(store: Store, *, witnesses: Policy) -> Policy:
    """Name every log of every hub, frozen ones too, and whose keys they announce.

    Args:
        store: The database.
        witnesses: Gives the witnesses and the quorum; its logs do not count.
    """
    listed = ledgers.logs(store)
    logs = tuple(
        KnownLog(
            key=VerifierKey.parse(log.vkey),
            url=f"{hub.base_url}/ledger/{hub.slug}/{log.log}",
        )
        for hub, log in listed
    )
    # The origins of a hub differ in their last part alone, so what is said holds for later logs.
    issuers = dict.fromkeys(
        KnownIssuer(did=hub.did, origin=log.origin.removesuffix(log.log)) for hub, log in listed
    )
    return Policy(
        logs=logs,
        issuers=tuple(issuers),
        witnesses=witnesses.witnesses,
        groups=witnesses.groups,
        quorum=witnesses.quorum,
    )
