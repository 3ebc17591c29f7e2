"""The policy by which others may believe our hubs."""

from collections.abc import Sequence
from dataclasses import replace

from credhub.ledger.note import VerifierKey
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import KnownIssuer, KnownLog
from credhub.services import ledgers
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.store import Store


def of_hubs(store: Store, *, witnesses: Policy) -> Policy:
    """Name every log of every hub, frozen ones too, and whose keys they announce.

    Args:
        store: The database.
        witnesses: Gives the witnesses and the quorum; its logs do not count.
    """
    return _policy(ledgers.logs(store), witnesses)


def of_hub(store: Store, hub: Hub, *, witnesses: Policy) -> Policy:
    """Name every log of one hub, for the public: where witnesses answer is left out."""
    with store.read() as tx:
        logs = tx.ledger.logs(hub.number)
    made = _policy([(hub, log) for log in logs], witnesses)
    return replace(made, witnesses=tuple(replace(one, url=None) for one in made.witnesses))


def _policy(listed: Sequence[tuple[Hub, LedgerLog]], witnesses: Policy) -> Policy:
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
