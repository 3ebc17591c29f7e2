"""Make the keys of a hub, and say in the ledger what became of them."""

from datetime import datetime
from typing import Final

from credhub import multikey
from credhub.keys.ed25519 import Ed25519Signer
from credhub.keys.sealing import HubKey
from credhub.ledger.entry import Kind
from credhub.ledger.events import KeyChange, KeyEvent
from credhub.services.sealed import private_key_context
from credhub.store.hubs import Hub, HubNumber
from credhub.store.signing_keys import KeyPurpose, SigningKey, VerificationMethod
from credhub.store.unit import PendingEntry

ALGORITHM: Final = "Ed25519"


def new_key(
    number: HubNumber, key_id: str, purpose: KeyPurpose, wrapping: HubKey, now: datetime
) -> SigningKey:
    """Make a key, its private half sealed for its hub."""
    signer = Ed25519Signer.generate()
    return SigningKey(
        hub=number,
        key_id=key_id,
        purpose=purpose,
        algorithm=ALGORITHM,
        public_key=signer.public_key,
        sealed_private=signer.seal(wrapping, context=private_key_context(number, key_id)),
        valid_from=now,
    )


def entry_of(hub: Hub, key: VerificationMethod, change: KeyChange, at: datetime) -> PendingEntry:
    """Say that a key was added or ended."""
    event = KeyEvent(
        event=change,
        key_id=key.key_id,
        purpose=key.purpose,
        algorithm=key.algorithm,
        public_key_multibase=multikey.encode_ed25519(key.public_key),
        did=hub.did,
        at=at,
    )
    return PendingEntry(kind=Kind.KEY, public=event.payload())
