"""What every route does that changes whether a credential stands."""

from typing import Protocol

from credhub.runtime import Runtime
from credhub.services.api_keys import Caller, Scope
from credhub.services.changing import Recorded
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber


class Change(Protocol):
    """Revokes a credential, suspends it, or lets it stand again."""

    def __call__(
        self,
        resources: Resources,
        number: HubNumber,
        credential_id: str,
        *,
        actor: str,
        reason: str,
    ) -> Recorded:
        """Record it, in the ledger and for its page."""
        ...


def changed(
    change: Change, runtime: Runtime, caller: Caller, credential_id: str, reason: str
) -> Recorded:
    """Change whether a credential stands, and have its status list published within seconds.

    Raises:
        ScopeMissingError: The caller may not.
        CredhubError: Whatever the change says.
    """
    caller.require(Scope.REVOKE)
    recorded = change(
        runtime.resources,
        caller.hub,
        credential_id,
        actor=f"api-key:{caller.key_id}",
        reason=reason,
    )
    runtime.status_publisher.nudge()
    return recorded
