"""The witnesses that the operator chose, ready to be asked."""

from collections.abc import Sequence

from credhub.config import Settings
from credhub.egress.client import Egress
from credhub.errors import AddressRefusedError, PolicyError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.policy import Policy
from credhub.operator_files import read_witness_policy
from credhub.services import witnessing
from credhub.services.witnessing import WitnessDesk
from credhub.store.store import Store


def desks_of(policy: Policy, store: Store) -> tuple[WitnessDesk, ...]:
    """Prepare to ask the witnesses of a policy.

    Raises:
        PolicyError: One has a URL that is none.
    """
    try:
        egress = Egress(configured=witnessing.addresses(policy))
    except AddressRefusedError as error:
        raise PolicyError("A witness of the policy has a URL that is none.") from error
    return witnessing.desks(store, egress, policy)


def chosen(settings: Settings, store: Store) -> tuple[WitnessDesk, ...]:
    """Prepare to ask the witnesses that the operator chose.

    Raises:
        PolicyError: The file that names them is not a policy, or names too many.
    """
    return desks_of(read_witness_policy(settings), store)


def seen_by(desks: Sequence[WitnessDesk], store: Store) -> tuple[Checkpoint, ...]:
    """Ask what they have seen of the logs that are open here."""
    with store.read() as tx:
        logs = [log for log in tx.ledger.all_logs() if log.frozen_at is None]
    return witnessing.positions(desks, logs)
