"""Make the keys of a hub, and say in the ledger what became of them."""

from datetime import datetime

from credhub import multikey
from credhub.keys import signers
from credhub.keys.sealing import HubKey
from credhub.ledger.entry import Kind
from credhub.ledger.events import KeyChange, KeyEvent
from credhub.public_key import KeyType, PublicKey
from credhub.services.sealed import private_key_context
from credhub.store.hubs import Hub, HubNumber
from credhub.store.signing_keys import KeyPurpose, SigningKey, VerificationMethod
from credhub.store.unit import PendingEntry


def new_key(  # noqa: PLR0913 - what a key is
    number: HubNumber,
    key_id: str,
    purpose: KeyPurpose,
    wrapping: HubKey,
    now: datetime,
    *,
    key_type: KeyType = KeyType.ED25519,
) -> SigningKey:
    """Make a key, its private half sealed for its hub."""
    signer = signers.generate(key_type)
    return SigningKey(
        hub=number,
        key_id=key_id,
        purpose=purpose,
        algorithm=key_type.value,
        public_key=signer.public_key,
        sealed_private=signer.seal(wrapping, context=private_key_context(number, key_id)),
        valid_from=now,
    )


def entry_of(hub: Hub, key: VerificationMethod, change: KeyChange, at: datetime) -> PendingEntry:
    """Say that a key was added or ended."""
    public_key = PublicKey(KeyType(key.algorithm), key.public_key)
    event = KeyEvent(
        event=change,
        key_id=key.key_id,
        purpose=key.purpose,
        algorithm=key.algorithm,
        public_key_multibase=multikey.encode(public_key),
        did=hub.did,
        at=at,
    )
    return PendingEntry(kind=Kind.KEY, public=event.payload())
