"""Being a witness: what was cosigned is kept first, and never goes back."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import pytest

from credhub.errors import (
    LedgerIntegrityError,
    NotConsistentError,
    NotTheLogError,
    OldSizeError,
    OriginNotWitnessedError,
    SecondStoreConflictError,
    SecondStoreUnavailableError,
    UnsealError,
)
from credhub.keys.master import MasterKey
from credhub.ledger.add_checkpoint import AddCheckpoint
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from credhub.ledger.cosignature import Cosignature, read_cosignatures
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.note import (
    MAX_SIGNATURES,
    SignatureLine,
    VerifierKey,
    add_signatures,
    split_note,
)
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import KnownLog
from credhub.services.cosigning import Cosigner
from credhub.services.keyring import Keyring
from credhub.services.resources import Resources
from credhub.store.second_store.protocol import SecondStore
from tests.running import Interruption, Service, unique
from tests.unit.ledger.builder import LEDGER_KEY, KeyOf, Ledger, Tiles, signed


@dataclass
class Log:
    """A log of somebody else."""

    ledger: Ledger
    origin: str

    @property
    def vkey(self) -> VerifierKey:
        return VerifierKey(name=self.origin, public_key=LEDGER_KEY.public_key)

    @property
    def place(self) -> str:
        return f"witness/{self.origin}"

    def grow(self, count: int) -> None:
        for _ in range(count):
            self.ledger.append_private(unique("entry").encode())

    def note(self, key: KeyOf = LEDGER_KEY) -> str:
        checkpoint = Checkpoint(
            origin=self.origin,
            size=self.ledger.frontier.size,
            root=self.ledger.frontier.root(),
        )
        return sign_checkpoint(checkpoint, public_key=LEDGER_KEY.public_key, sign=key.sign)

    def request(self, old: int, note: str | None = None) -> bytes:
        size = self.ledger.frontier.size
        tiles = Tiles([row.leaf_hash for row in self.ledger.entries])
        proof = consistency_proof(old, size, tiles) if 0 < old <= size else ()
        asked = AddCheckpoint(old_size=old, proof=proof, note=note or self.note())
        return asked.text().encode()


@pytest.fixture
def log() -> Log:
    made = Log(ledger=Ledger(), origin=unique("peer.example/ledger/a"))
    made.grow(3)
    return made


@pytest.fixture
def resources(service_on_each: Service) -> Resources:
    return service_on_each.resources


def witness(resources: Resources, log: Log, **changes: object) -> Cosigner:
    values: dict[str, object] = {
        "second_store": resources.second_store,
        "keyring": resources.keyring,
        "name": "hub.example/witness",
        "logs": Policy(logs=(KnownLog(key=log.vkey),)),
        "clock": resources.clock,
        "random": resources.random,
    }
    return Cosigner(resources.store, **(values | changes))  # type: ignore[arg-type]  # a test may name any member


def line_of(text: str) -> SignatureLine:
    return SignatureLine.parse(text)


def test_growth_is_cosigned_and_kept(resources: Resources, log: Log) -> None:
    one = witness(resources, log)

    first = one.add_checkpoint(log.request(0))
    log.grow(4)
    second = one.add_checkpoint(log.request(3))

    note = add_signatures(log.note(), [line_of(second)])
    now = int(resources.clock().timestamp())
    (cosignature,) = read_cosignatures(note, [one.key()])
    assert cosignature.key == one.key()
    assert now - 5 <= cosignature.timestamp <= now
    assert first != second
    assert one.checkpoint(sha256(log.origin.encode()).hexdigest()) == note


def test_what_is_kept_holds_the_checked_signatures_only(resources: Resources, log: Log) -> None:
    one = witness(resources, log)
    stranger = SignatureLine(name="stranger.example", key_id=b"1234", signature=b"x" * 64)

    line = one.add_checkpoint(log.request(0, add_signatures(log.note(), [stranger])))

    kept = one.checkpoint(sha256(log.origin.encode()).hexdigest())
    assert kept == add_signatures(log.note(), [line_of(line)])
    assert open_checkpoint(kept, [log.vkey]).size == 3


def test_a_signature_that_is_repeated_is_kept_once(resources: Resources, log: Log) -> None:
    one = witness(resources, log)
    head, _, signature = log.note().rpartition("\n\n")

    line = one.add_checkpoint(log.request(0, f"{head}\n\n{signature * MAX_SIGNATURES}"))

    assert resources.second_store.read(log.place) == add_signatures(log.note(), [line_of(line)])
    log.grow(2)
    one.add_checkpoint(log.request(3))
    assert sizes(resources, log) == 5


def test_the_same_checkpoint_is_cosigned_again(resources: Resources, log: Log) -> None:
    one = witness(resources, log)

    one.add_checkpoint(log.request(0))
    one.add_checkpoint(log.request(3))

    assert sizes(resources, log) == 3


def sizes(resources: Resources, log: Log) -> int:
    note = resources.second_store.read(log.place)
    assert note is not None
    return Checkpoint.parse(split_note(note)[0]).size


def test_an_older_size_is_answered_with_the_true_one(resources: Resources, log: Log) -> None:
    one = witness(resources, log)
    one.add_checkpoint(log.request(0))
    log.grow(1)

    for old in (0, 2, 4):
        with pytest.raises(OldSizeError) as error:
            one.add_checkpoint(log.request(old))
        assert error.value.size == 3


def test_a_fork_is_refused_and_nothing_changes(resources: Resources, log: Log) -> None:
    one = witness(resources, log)
    one.add_checkpoint(log.request(0))
    kept = resources.second_store.read(log.place)
    log.ledger = Ledger()
    log.grow(5)

    with pytest.raises(NotConsistentError):
        one.add_checkpoint(log.request(3))
    assert resources.second_store.read(log.place) == kept


def test_only_the_log_s_own_signature_counts(resources: Resources, log: Log) -> None:
    with pytest.raises(NotTheLogError):
        witness(resources, log).add_checkpoint(log.request(0, log.note(KeyOf("attacker"))))


def test_other_logs_are_not_known(resources: Resources, log: Log) -> None:
    nobody = witness(resources, log, logs=Policy())

    with pytest.raises(OriginNotWitnessedError):
        nobody.add_checkpoint(log.request(0))
    for text in (sha256(log.origin.encode()).hexdigest(), "", "abc"):
        with pytest.raises(OriginNotWitnessedError):
            nobody.checkpoint(text)
    with pytest.raises(OriginNotWitnessedError):
        witness(resources, log).checkpoint(sha256(log.origin.encode()).hexdigest())


@dataclass
class Racing:
    """A second store on which something happens between the judgement and the replacement."""

    store: SecondStore
    meanwhile: Callable[[], object]

    def read(self, key: str) -> str | None:
        return self.store.read(key)

    def swap(self, key: str, *, old: str | None, new: str) -> None:
        self.meanwhile()
        self.store.swap(key, old=old, new=new)

    def close(self) -> None:
        self.store.close()


def test_of_two_requests_at_once_the_later_sees_the_size_and_nothing_goes_back(
    resources: Resources, log: Log
) -> None:
    # The race of C2SP tlog-witness: request A of size N, request B of size N + K.
    one = witness(resources, log)
    one.add_checkpoint(log.request(0))
    log.grow(1)
    slow = log.request(3)
    log.grow(5)
    fast = log.request(3)
    racing = Racing(resources.second_store, Interruption(lambda: one.add_checkpoint(fast)))

    with pytest.raises(OldSizeError) as error:
        witness(resources, log, second_store=racing).add_checkpoint(slow)

    assert error.value.size == 9
    assert sizes(resources, log) == 9


def test_two_first_requests_at_once_are_told_apart_too(resources: Resources, log: Log) -> None:
    slow = log.request(0)
    log.grow(2)
    fast = log.request(0)
    one = witness(resources, log)
    racing = Racing(resources.second_store, Interruption(lambda: one.add_checkpoint(fast)))

    with pytest.raises(OldSizeError) as error:
        witness(resources, log, second_store=racing).add_checkpoint(slow)

    assert error.value.size == 5


@dataclass
class Forgetful:
    """A second store whose answer to a replacement is lost: it conflicts with itself."""

    store: SecondStore
    kept: bool

    def read(self, key: str) -> str | None:
        return self.store.read(key)

    def swap(self, key: str, *, old: str | None, new: str) -> None:
        if self.kept:
            self.store.swap(key, old=old, new=new)
        raise SecondStoreConflictError(key)

    def close(self) -> None:
        self.store.close()


def test_a_replacement_that_conflicts_with_itself_is_done(resources: Resources, log: Log) -> None:
    store = Forgetful(resources.second_store, kept=True)

    line = witness(resources, log, second_store=store).add_checkpoint(log.request(0))

    assert line.startswith("\u2014 hub.example/witness ")
    assert sizes(resources, log) == 3


def test_a_conflict_without_a_text_tells_the_size_of_nothing(
    resources: Resources, log: Log
) -> None:
    store = Forgetful(resources.second_store, kept=False)

    with pytest.raises(OldSizeError) as error:
        witness(resources, log, second_store=store).add_checkpoint(log.request(0))
    assert error.value.size == 0


def test_without_the_second_store_nothing_is_cosigned(resources: Resources, log: Log) -> None:
    def away() -> None:
        raise SecondStoreUnavailableError

    with pytest.raises(SecondStoreUnavailableError):
        witness(resources, log, second_store=Racing(resources.second_store, away)).add_checkpoint(
            log.request(0)
        )


@pytest.mark.parametrize("text", ["", "nonsense", signed(3, b"r" * 32).replace("\n3\n", "\nx\n")])
def test_a_damaged_memory_is_no_reason_to_begin_anew(
    resources: Resources, log: Log, text: str
) -> None:
    resources.second_store.swap(log.place, old=None, new=text)

    with pytest.raises(LedgerIntegrityError):
        witness(resources, log).add_checkpoint(log.request(0))


def test_the_key_is_made_once_and_stays(resources: Resources, log: Log) -> None:
    name = unique("hub.example/w")

    first = witness(resources, log, name=name).key()

    assert witness(resources, log, name=name).key() == first
    assert first.name == name
    assert witness(resources, log, name=unique(name)).key() != first


def test_a_key_that_another_process_made_at_once_is_ours(resources: Resources, log: Log) -> None:
    name = unique("hub.example/w")
    faster = Interruption(lambda: witness(resources, log, name=name).key())

    def random(length: int) -> bytes:
        faster()
        return resources.random(length)

    slower = witness(resources, log, name=name, random=random).key()

    assert witness(resources, log, name=name).key() == slower


def test_a_key_of_another_master_key_is_refused(resources: Resources, log: Log) -> None:
    name = unique("hub.example/w")
    witness(resources, log, name=name).key()
    keyring = Keyring(resources.store, MasterKey(b"another master key of 32 bytes!!"))

    with pytest.raises(UnsealError):
        witness(resources, log, name=name, keyring=keyring).key()


def test_a_cosignature_is_of_the_time_of_the_clock(
    service_on_each: Service, resources: Resources, log: Log
) -> None:
    one = witness(resources, log)
    before = int(service_on_each.clock.now.timestamp())

    note = add_signatures(log.note(), [line_of(one.add_checkpoint(log.request(0)))])

    (cosignature,) = read_cosignatures(note, [one.key()])
    assert cosignature == Cosignature(key=one.key(), timestamp=before)
