"""The list of a hub's partners for the public, each endorsement with its proof."""

from credhub.services import partners, receipts
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.partners import StoredPartnerChange
from credhub.verification.partner_list import PartnerList, SignedEndorsement


def published(resources: Resources, hub: Hub) -> PartnerList:
    """Make the list as it is now.

    Raises:
        ReceiptNotReadyError: A change is not under a signed checkpoint yet.
    """
    standing = partners.standing_of(resources, hub)
    newest = standing.newest
    return PartnerList(
        did=hub.did,
        version=standing.version,
        receipt=None if newest is None else _receipt(resources, newest),
        endorsements=tuple(
            SignedEndorsement(
                credential=one.signed.decode(), receipt=_receipt(resources, one.stored)
            )
            for one in standing.partners
        ),
    )


def _receipt(resources: Resources, stored: StoredPartnerChange) -> str:
    return receipts.of_public(resources, stored.hub, stored.log, stored.seq).text()
