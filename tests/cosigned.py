"""What a witness that nobody runs would have said about our checkpoints."""

from typing import Final

from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.note import split_note
from credhub.services import witnessing
from credhub.store.cosignatures import StoredCosignature
from credhub.store.store import Store
from tests.running import START
from tests.unit.ledger.builder import KeyOf

KEY: Final = KeyOf("witness")
WITNESS: Final = WitnessKey(name="witness.example", public_key=KEY.public_key)


def cosign_newest(store: Store) -> None:
    """Record a genuine line about the newest checkpoint of every log."""
    timestamp = int(START.timestamp())
    for target in witnessing.targets(store):
        text, _ = split_note(target.note)
        line = cosign(text, key=WITNESS, timestamp=timestamp, sign=KEY.sign)
        stored = StoredCosignature(
            hub=target.log.hub,
            log=target.log.log,
            size=target.size,
            witness=WITNESS.text(),
            line=line.text(),
        )
        with store.begin() as tx:
            tx.cosignatures.insert(stored)
