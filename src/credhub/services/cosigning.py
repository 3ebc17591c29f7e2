"""Being a witness: cosigning the checkpoints of logs that an operator chose (C2SP tlog-witness)."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from threading import Lock
from typing import Final

from credhub.errors import (
    CheckpointError,
    ConflictError,
    LedgerIntegrityError,
    NoteError,
    OldSizeError,
    OriginNotWitnessedError,
    SecondStoreConflictError,
)
from credhub.keys.ed25519 import Ed25519Signer
from credhub.ledger.add_checkpoint import AddCheckpoint, judge
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.note import SignatureLine, VerifierKey, split_note
from credhub.ledger.policy import Policy
from credhub.services.keyring import Keyring
from credhub.services.sealed import witness_key_context
from credhub.store.second_store.protocol import SecondStore
from credhub.store.signing import Clock
from credhub.store.store import Store
from credhub.store.witness_keys import StoredWitnessKey

_SALT_BYTES: Final = 16


class Cosigner:
    """One witness. What it cosigned last is in the second store, under the origin of the log.

    The second store compares and replaces in one step, so of two requests at once the later one
    is judged by what the earlier one left.
    """

    def __init__(  # noqa: PLR0913 - what it works with
        self,
        store: Store,
        *,
        second_store: SecondStore,
        keyring: Keyring,
        name: str,
        logs: Policy,
        clock: Clock,
        random: Callable[[int], bytes],
    ) -> None:
        """Prepare.

        Args:
            store: Where the key is.
            second_store: Where the last checkpoints are.
            keyring: What seals the key.
            name: The name in our cosignatures.
            logs: The logs that we cosign.
            clock: Now, in UTC.
            random: That many bytes from a secure source.
        """
        self._store = store
        self._second_store = second_store
        self._keyring = keyring
        self._name = name
        self._clock = clock
        self._random = random
        self._keys = tuple(log.key for log in logs.logs)
        self._origins = {sha256(key.name.encode()).hexdigest(): key.name for key in self._keys}
        self._signer: Ed25519Signer | None = None
        self._lock = Lock()

    def key(self) -> WitnessKey:
        """Give our public key, which is made at the first use.

        Raises:
            KeyStoreError: It is sealed with another master key.
        """
        return WitnessKey(name=self._name, public_key=self._own().public_key)

    def add_checkpoint(self, body: bytes) -> str:
        """Cosign a checkpoint, if the log only grew since the last one.

        (1) Judge the request by the last checkpoint of this log.
        (2) Keep the new one in its place, if that is still there.
        (3) Answer.

        Returns:
            Our signature line.

        Raises:
            CosigningError: As ``judge`` says.
            OldSizeError: Another request was faster; its size is told.
            SecondStoreUnavailableError: Nothing is known of the last checkpoint.
        """
        request = AddCheckpoint.parse(body)
        keys = [key for key in self._keys if key.name == request.origin]
        if not keys:
            raise OriginNotWitnessedError
        # (1): judge
        place = _place(request.origin)
        kept = self._second_store.read(place)
        checkpoint = judge(request, keys=keys, known=_checkpoint(kept))
        line = self._cosign(checkpoint)
        # (2): keep
        note = _note(checkpoint, request, keys, line)
        try:
            self._second_store.swap(place, old=kept, new=note)
        except SecondStoreConflictError as error:
            found = self._second_store.read(place)
            if found != note:
                known = _checkpoint(found)
                raise OldSizeError(known.size if known else 0) from error
        # (3): answer
        return line.text()

    def checkpoint(self, origin_hash: str) -> str:
        """Read the last checkpoint that we cosigned.

        Args:
            origin_hash: The SHA-256 of the origin of the log, in lower-case hexadecimal.

        Raises:
            OriginNotWitnessedError: We have not cosigned any of this log.
        """
        origin = self._origins.get(origin_hash)
        note = None if origin is None else self._second_store.read(_place(origin))
        if note is None:
            raise OriginNotWitnessedError
        return note

    def _cosign(self, checkpoint: Checkpoint) -> SignatureLine:
        return cosign(
            checkpoint.text(),
            key=self.key(),
            timestamp=int(self._clock().timestamp()),
            sign=self._own().sign,
        )

    def _own(self) -> Ed25519Signer:
        with self._lock:
            signer = self._signer or self._found() or self._made()
            self._signer = signer
            return signer

    def _found(self) -> Ed25519Signer | None:
        with self._store.read() as tx:
            stored = tx.witness_keys.by_name(self._name)
        if stored is None:
            return None
        wrapping = self._keyring.wrapping_key(stored.kdf_salt)
        context = witness_key_context(self._name)
        return Ed25519Signer.open(wrapping, stored.sealed_private, context=context)

    def _made(self) -> Ed25519Signer:
        signer, salt = Ed25519Signer.generate(), self._random(_SALT_BYTES)
        wrapping = self._keyring.wrapping_key(salt)
        key = StoredWitnessKey(
            name=self._name,
            public_key=signer.public_key,
            kdf_salt=salt,
            sealed_private=signer.seal(wrapping, context=witness_key_context(self._name)),
            created_at=self._clock(),
        )
        try:
            with self._store.begin() as tx:
                tx.witness_keys.insert(key)
        except ConflictError:
            return self._found() or signer  # Another process was faster.
        return signer


def _place(origin: str) -> str:
    return f"witness/{origin}"


def _checkpoint(note: str | None) -> Checkpoint | None:
    """Read what we kept. A damaged text is no reason to begin anew."""
    if note is None:
        return None
    try:
        return Checkpoint.parse(split_note(note)[0])
    except (NoteError, CheckpointError) as error:
        raise LedgerIntegrityError("What the witness kept of a log is damaged.") from error


def _note(
    checkpoint: Checkpoint,
    request: AddCheckpoint,
    keys: Iterable[VerifierKey],
    line: SignatureLine,
) -> str:
    """Write the checkpoint with the signatures that were checked, and ours.

    One of each key: whoever repeats a genuine line must not make this a note that nobody reads.
    """
    _, lines = split_note(request.note)
    checked = [found for key in keys if (found := _first_by(key, lines))]
    return checkpoint.text() + "\n" + "".join(one.text() for one in (*checked, line))


def _first_by(key: VerifierKey, lines: Iterable[SignatureLine]) -> SignatureLine | None:
    return next((line for line in lines if line.is_by(key)), None)
