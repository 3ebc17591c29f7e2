"""The DID documents of hubs, made from their keys."""

from credhub.dids.document import DidDocument, VerificationMethod
from credhub.public_key import KeyType, PublicKey
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.signing_keys import KeyPurpose
from credhub.store.store import Transaction


def of(resources: Resources, hub: Hub) -> DidDocument:
    """Make a hub's DID document: every issuing key it ever had, and which were compromised."""
    with resources.store.read_newest() as tx:
        return of_in(tx, hub)


def of_in(tx: Transaction, hub: Hub) -> DidDocument:
    """As ``of``, for whoever reads more in the same transaction."""
    keys = tx.signing_keys.methods_of(hub.number)
    methods = tuple(
        VerificationMethod(
            id=f"{hub.did}#{key.key_id}",
            controller=hub.did,
            public_key=PublicKey(KeyType(key.algorithm), key.public_key),
            revoked_at=key.compromised_at,
            retired_at=key.retired_at,
        )
        for key in keys
        if key.purpose is KeyPurpose.ISSUING
    )
    return DidDocument(
        id=hub.did, methods=methods, assertion=frozenset(method.id for method in methods)
    )
