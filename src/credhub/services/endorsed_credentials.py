"""What partners say of the achievement and of the hub of a credential of ours."""

from credhub.services import endorsements
from credhub.services.endorsements import GivenEndorsement, State
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.verification.report import Endorsed, PartnerEndorsement


def of_credential(resources: Resources, opened: OpenedCredential) -> tuple[PartnerEndorsement, ...]:
    """List those of exactly the version that was awarded, and those of the hub."""
    credential, hub = opened.credential, opened.hub
    of_version = (
        one
        for one in endorsements.of_achievement(resources, hub, credential.achievement_id)
        if one.stored.achievement_version == credential.achievement_version
    )
    return tuple(map(reported, (*of_version, *endorsements.of_hub(resources, hub))))


def reported(one: GivenEndorsement) -> PartnerEndorsement:
    """Say what a report and a page say of an endorsement."""
    return PartnerEndorsement(
        endorsed=Endorsed.ISSUER if one.is_of_hub else Endorsed.ACHIEVEMENT,
        url=one.address,
        how=one.how.value,
        state=one.state.value,
        endorser=one.stored.endorser,
        name=one.name,
        comment=one.comment if one.state is State.VALID else None,
        received_at=one.stored.received_at,
    )
