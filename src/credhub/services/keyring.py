"""The private keys of the hubs, opened once and kept in memory.

Every log has a ledger key of its own: the one that its vkey names. Another process may begin a
log at any time, so a key that is not known yet is looked for in the database.

An issuing key is published before it begins, so of a kind there may be several: the last one that
has begun signs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import TypeVar

from credhub.errors import KeyStoreError
from credhub.keys.master import MasterKey
from credhub.keys.sealing import HubKey, hub_key, unseal
from credhub.keys.signers import open_signer
from credhub.ledger.note import VerifierKey
from credhub.proofs import forms
from credhub.proofs.signer import Signer
from credhub.public_key import KeyType
from credhub.services.sealed import private_key_context, secret_context
from credhub.store.hubs import Hub, HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.signing_keys import KeyPurpose, SigningKey, VerificationMethod
from credhub.store.store import Store

_Key = TypeVar("_Key", bound=VerificationMethod)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingKey:
    """An issuing key of a hub that has not ended.

    Attributes:
        signer: What signs.
        verification_method: Its name in a proof.
        begins: Before that it signs nothing, because not everybody can know it yet; ``None`` for
            a key that is as old as the hub.
    """

    signer: Signer
    verification_method: str
    begins: datetime | None = None

    def has_begun(self, at: datetime) -> bool:
        """Say whether it signs at a moment."""
        return self.begins is None or self.begins <= at


@dataclass(frozen=True, slots=True, kw_only=True)
class HubKeys:
    """What a hub signs and seals with.

    Attributes:
        hub: Whose keys.
        issuing_keys: Sign credentials and status lists, in the order in which they begin.
        wrapping: Seals the hub's other keys.
        secret: 32 bytes under which the hub's HMACs and its own openings stand.
    """

    hub: Hub
    issuing_keys: tuple[IssuingKey, ...]
    wrapping: HubKey = field(repr=False)
    secret: bytes = field(repr=False)

    def issuing(self, key_type: KeyType, at: datetime) -> IssuingKey | None:
        """Give the key of one kind that signs at a moment, if there is one."""
        kind = (key for key in self.issuing_keys if key.signer.key_type is key_type)
        return next((key for key in reversed(tuple(kind)) if key.has_begun(at)), None)


class Keyring:
    """Opens the keys of hubs with the master key; every hub once."""

    def __init__(self, store: Store, master: MasterKey) -> None:
        self._store = store
        self._master = master
        self._opened: dict[HubNumber, HubKeys] = {}
        self._of_logs: dict[tuple[HubNumber, bytes], Signer] = {}
        self._lock = Lock()

    def of(self, number: HubNumber) -> HubKeys:
        """Give the keys of a hub.

        Raises:
            KeyStoreError: The hub has no usable key, or the master key is another one.
        """
        opened = self._opened.get(number)
        if opened is None:
            with self._lock:
                opened = self._opened.get(number) or self._open(number)
                self._opened[number] = opened
        return opened

    def issuing_key(self, number: HubNumber, key_type: KeyType, at: datetime) -> IssuingKey:
        """Give the issuing key of one kind, which another process may just have made.

        Args:
            number: Whose key.
            key_type: Of which kind.
            at: When it signs.

        Raises:
            KeyStoreError: The hub has no usable key of this kind that has begun.
        """
        keys = self.of(number)
        found = keys.issuing(key_type, at)
        if found is None:
            with self._lock, self._store.read() as tx:
                stored = tx.signing_keys.of_hub(number)
                keys = replace(keys, issuing_keys=_issuing_keys(keys.hub, stored, keys.wrapping))
                self._opened[number] = keys
            found = keys.issuing(key_type, at)
        if found is None:
            raise KeyStoreError(f"The hub has no issuing key of type {key_type} in use.")
        return found

    def ledger_signer(self, log: LedgerLog) -> Signer:
        """Give the key that signs the checkpoints of a log.

        Raises:
            KeyStoreError: The hub has no such key, it ended, or the master key is another one.
        """
        public_key = VerifierKey.parse(log.vkey).public_key
        signer = self._of_logs.get((log.hub, public_key))
        if signer is None:
            keys = self.of(log.hub)
            with self._lock:
                signer = self._open_ledger_key(keys, log)
                self._of_logs[log.hub, public_key] = signer
        return signer

    def check_logs(self) -> None:
        """Check that every open log has its key, without opening one.

        Raises:
            KeyStoreError: A hub has no such key, it ended, or it is for something else.
        """
        with self._store.read() as tx:
            for log in tx.ledger.all_logs():
                if log.frozen_at is None:
                    _ledger_key(tx.signing_keys.methods_of(log.hub), log)

    def wrapping_key(self, salt: bytes) -> HubKey:
        """Derive the key that seals a hub's other keys. Slow on purpose."""
        return hub_key(self._master, salt)

    def forget(self, number: HubNumber) -> None:
        """Read the keys of a hub again when they are next needed."""
        with self._lock:
            self._opened.pop(number, None)
            self._of_logs = {of: key for of, key in self._of_logs.items() if of[0] != number}

    def _open(self, number: HubNumber) -> HubKeys:
        with self._store.read() as tx:
            hub, secret = tx.hubs.by_number(number), tx.hubs.secret_of(number)
            keys = tx.signing_keys.of_hub(number)
        if hub is None or secret is None:
            raise KeyStoreError("There is no such hub.")
        wrapping = self.wrapping_key(secret.kdf_salt)
        issuing_keys = _issuing_keys(hub, keys, wrapping)
        if forms.DEFAULT.key_type not in {key.signer.key_type for key in issuing_keys}:
            raise KeyStoreError("The hub has no issuing key in use.")
        return HubKeys(
            hub=hub,
            issuing_keys=issuing_keys,
            wrapping=wrapping,
            secret=unseal(wrapping, secret.sealed, context=secret_context(number)),
        )

    def _open_ledger_key(self, keys: HubKeys, log: LedgerLog) -> Signer:
        with self._store.read() as tx:
            stored = tx.signing_keys.of_hub(log.hub)
        return _signer(_ledger_key(stored, log), keys.wrapping)


def _ledger_key(keys: tuple[_Key, ...], log: LedgerLog) -> _Key:
    public_key = VerifierKey.parse(log.vkey).public_key
    named = tuple(key for key in keys if key.public_key == public_key)
    if not named:
        raise KeyStoreError(f"The key of {log.origin} is none of its hub.")
    return _present(named, KeyPurpose.LEDGER)


def _issuing_keys(
    hub: Hub, keys: tuple[SigningKey, ...], wrapping: HubKey
) -> tuple[IssuingKey, ...]:
    # The keys that a hub was made with sign even when the clock went back.
    first = min((key.valid_from for key in keys if key.purpose is KeyPurpose.ISSUING), default=None)
    return tuple(
        IssuingKey(
            signer=_signer(key, wrapping),
            verification_method=f"{hub.did}#{key.key_id}",
            # What is signed is dated in whole seconds.
            begins=None if key.valid_from == first else key.valid_from.replace(microsecond=0),
        )
        for key in _usable(keys, KeyPurpose.ISSUING)
    )


def _present(keys: tuple[_Key, ...], purpose: KeyPurpose) -> _Key:
    usable = tuple(_usable(keys, purpose))
    if not usable:
        raise KeyStoreError(f"The hub has no {purpose} key in use.")
    return usable[-1]


def _usable(keys: tuple[_Key, ...], purpose: KeyPurpose) -> Iterable[_Key]:
    return (key for key in keys if key.purpose is purpose and not key.has_ended)


def _signer(key: SigningKey, wrapping: HubKey) -> Signer:
    if key.sealed_private is None:
        raise KeyStoreError("The private key is not kept here.")
    context = private_key_context(key.hub, key.key_id)
    try:
        key_type = KeyType(key.algorithm)
    except ValueError as error:
        raise KeyStoreError("A private key is of a kind that we do not know.") from error
    signer = open_signer(key_type, wrapping, key.sealed_private, context=context)
    if signer.public_key != key.public_key:
        raise KeyStoreError("A private key does not belong to its public key.")
    return signer
