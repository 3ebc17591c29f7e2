"""Whether a credential stands, summed up from its changes."""

import pytest

from credhub.ledger.events import Standing
from credhub.services.reading import standing_after
from credhub.status.document import Purpose
from credhub.store.hubs import HubNumber
from credhub.store.status import StatusChange
from tests.running import START

ACTIVE, SUSPENDED, REVOKED = Standing.ACTIVE, Standing.SUSPENDED, Standing.REVOKED
OF_REVOCATION, OF_SUSPENSION = Purpose.REVOCATION, Purpose.SUSPENSION


def changes(*steps: tuple[Purpose, Standing]) -> tuple[StatusChange, ...]:
    return tuple(
        StatusChange(
            hub=HubNumber(1),
            credential_id="c",
            n=n,
            purpose=purpose,
            old=ACTIVE,
            new=new,
            sealed_reason=b"x",
            actor="x",
            changed_at=START,
            log="2026",
            seq=n,
        )
        for n, (purpose, new) in enumerate(steps)
    )


@pytest.mark.parametrize(
    ("steps", "standing"),
    [
        ((), ACTIVE),
        (((OF_SUSPENSION, SUSPENDED),), SUSPENDED),
        (((OF_SUSPENSION, SUSPENDED), (OF_SUSPENSION, ACTIVE)), ACTIVE),
        (((OF_SUSPENSION, SUSPENDED), (OF_REVOCATION, REVOKED)), REVOKED),
        (((OF_REVOCATION, REVOKED), (OF_SUSPENSION, SUSPENDED)), REVOKED),
        (((OF_REVOCATION, REVOKED), (OF_SUSPENSION, ACTIVE)), REVOKED),
    ],
)
def test_changes_sum_up(steps: tuple[tuple[Purpose, Standing], ...], standing: Standing) -> None:
    assert standing_after(changes(*steps)) is standing


def test_t92_nothing_undoes_a_revocation() -> None:
    undone = changes((OF_REVOCATION, REVOKED), (OF_REVOCATION, ACTIVE))

    assert standing_after(undone) is REVOKED
