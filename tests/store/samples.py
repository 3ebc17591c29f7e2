"""Valid values for store tests; a test states what differs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from uuid import UUID
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from obstore.store import MemoryStore
from sqlalchemy import insert

from credhub.keys.ed25519 import Ed25519Signer
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.commitment import InnerKind
from credhub.ledger.entry import Kind
from credhub.ledger.note import VerifierKey
from credhub.proofs.signer import Signer
from credhub.store import achievements, credentials, idempotency, learners, status_writing
from credhub.store.credentials import StoredCredential
from credhub.store.hubs import Hub, HubNumber, SealedSecret
from credhub.store.idempotency import IdempotentRequest
from credhub.store.learners import StoredLearner
from credhub.store.ledger import LedgerLog
from credhub.store.second_store.objects import ObjectSecondStore
from credhub.store.second_store.protocol import SecondStore
from credhub.store.sequencer import CAPACITY, Sequencer
from credhub.store.signing import LogSigner
from credhub.store.signing_keys import KeyPurpose, SigningKey
from credhub.store.status import StatusIndex, StatusList
from credhub.store.store import Store
from credhub.store.unit import Insert, PendingEntry, PendingOpening, Unit

NOW = datetime(2026, 9, 1, 12, 0, 0, tzinfo=UTC)
LOG = "2026"
ROUTE = "POST /v1/credentials"
PURPOSE = "revocation"

_numbers = count(1)
_second_stores = WeakKeyDictionary[Store, SecondStore]()


def unique() -> int:
    """Give a number that no other value of this run has."""
    return next(_numbers)


def digest_of(text: str) -> bytes:
    return sha256(text.encode()).digest()


@dataclass
class Clock:
    """A clock that moves when it is told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Signers:
    """The ledger keys of all hubs, in memory."""

    of: dict[HubNumber, Ed25519Signer] = field(default_factory=dict)

    def __call__(self, log: LedgerLog) -> Signer:
        return self.of[log.hub]


SECRET = SealedSecret(kdf_salt=bytes(16), sealed=b"sealed")


def hub(number: int = 1, **changes: object) -> Hub:
    values: dict[str, object] = {
        "number": HubNumber(number),
        "slug": f"hub-{number}",
        "name": f"Hub {number}",
        "base_url": "https://hub.example",
        "did": f"did:web:hub.example:hubs:hub-{number}",
        "created_at": NOW,
    }
    return Hub(**(values | changes))  # type: ignore[arg-type]  # a test may name any member


def ledger_signer(number: int, label: str = LOG) -> Ed25519Signer:
    """Give the same ledger key for the same log of the same hub, in every process."""
    seed = digest_of(f"ledger key of hub {number}, log {label}")
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(seed))


def log_signer(log: LedgerLog) -> Signer:
    """Give the key of a log."""
    return ledger_signer(log.hub, log.log)


def make_hub(store: Store, signers: Signers, number: int = 1) -> HubNumber:
    """Make a hub with a ledger key, an empty log and a status list."""
    new, signer = hub(number), ledger_signer(number)
    signers.of[new.number] = signer
    origin = f"hub.example/ledger/{new.slug}/{LOG}"
    with store.begin() as tx:
        tx.hubs.insert(new, SECRET)
        tx.signing_keys.insert(
            SigningKey(
                hub=new.number,
                key_id="ledger-1",
                purpose=KeyPurpose.LEDGER,
                algorithm="Ed25519",
                public_key=signer.public_key,
                sealed_private=signer.seal(bytes(32), context=b"ledger-1"),
                valid_from=NOW,
            )
        )
        tx.ledger.insert_log(
            LedgerLog(
                hub=new.number,
                log=LOG,
                origin=origin,
                vkey=VerifierKey(name=origin, public_key=signer.public_key).text(),
                created_at=NOW,
            )
        )
    first = StatusList(hub=new.number, list=1, purpose=PURPOSE, length=131072, created_at=NOW)
    row = status_writing.insert_list_of(first)
    with store.connect_to_write() as connection:
        connection.execute(insert(row.table), dict(row.values))
    return new.number


def second_store_of(store: Store) -> SecondStore:
    """Give the same second store for the same database, in this process."""
    return _second_stores.setdefault(store, ObjectSecondStore(MemoryStore()))


@contextmanager
def sequencer(  # noqa: PLR0913 - as that of a Sequencer
    store: Store,
    signers: LogSigner,
    clock: Clock | None = None,
    *,
    capacity: int = CAPACITY,
    log_waits: int = 0,
    second_store: SecondStore | None = None,
    witnessed: Iterable[Checkpoint] = (),
    audit_first: bool = False,
) -> Iterator[Sequencer]:
    running = Sequencer(
        store,
        second_store=second_store or second_store_of(store),
        clock=clock or Clock(),
        log_signer=signers,
        capacity=capacity,
        log_waits=log_waits,
        witnessed=witnessed,
        audit_first=audit_first,
    )
    try:
        yield running
    finally:
        running.close()


def public_entry(text: str = "") -> PendingEntry:
    return PendingEntry(kind=Kind.OPERATION, public=(text or f"note {unique()}").encode())


def private_entry(learner_id: str | None = None) -> PendingEntry:
    mark = digest_of(f"entry {unique()}")
    return PendingEntry(
        kind=Kind.PRIVATE,
        commitment=mark,
        opening=PendingOpening(
            entry_id=mark[:16],
            inner_kind=InnerKind.ISSUE,
            learner_id=learner_id,
            sealed=b"sealed " + mark,
        ),
    )


def note_unit(number: HubNumber, text: str = "") -> Unit:
    """The smallest unit: one public entry and no rows."""
    return Unit(hub=number, entries=(public_entry(text),))


def achievement_unit(number: HubNumber, achievement_id: str = "a1", version: int = 1) -> Unit:
    row = achievements.insert_of(
        number,
        achievement_id=achievement_id,
        version=version,
        document=b'{"name":"Welding"}',
        created_at=NOW,
        entry=0,
    )
    entry = PendingEntry(kind=Kind.DEFINITION, public=b"definition")
    return Unit(hub=number, entries=(entry,), inserts=(row,))


def learner(number: HubNumber, learner_id: str, **changes: object) -> StoredLearner:
    values: dict[str, object] = {
        "hub": number,
        "learner_id": learner_id,
        "sealed_profile": b"profile of " + learner_id.encode(),
        "external_id_hmac": digest_of(f"external {learner_id}"),
        "email_hmac": digest_of(f"email {learner_id}"),
        "created_at": NOW,
    }
    return StoredLearner(**(values | changes))  # type: ignore[arg-type]  # as in hub


def issue_unit(
    number: HubNumber,
    mark: int | None = None,
    *,
    index: int | None = None,
    key: str | None = None,
    supersedes: str | None = None,
) -> Unit:
    """Issue one credential of achievement ``a1`` to a new learner."""
    mark = unique() if mark is None else mark
    credential_id, learner_id = credential_id_of(mark), f"learner-{mark}"
    credential = StoredCredential(
        hub=number,
        credential_id=credential_id,
        code=code_of(mark),
        achievement_id="a1",
        achievement_version=1,
        learner_id=learner_id,
        supersedes=supersedes,
        issued_at=NOW,
    )
    place = StatusIndex(
        hub=number,
        list=1,
        index=mark if index is None else index,
        credential_id=credential_id,
        purpose=PURPOSE,
    )
    form = credentials.insert_form_of(
        number, credential_id=credential_id, form="eddsa-rdfc-2022", sealed=b"x" * 2000, entry=0
    )
    inserts: tuple[Insert, ...] = (
        *learners.inserts_of(learner(number, learner_id), b"wrapped"),
        credentials.insert_of(credential),
        form,
        status_writing.insert_entry_of(place),
    )
    if key is not None:
        inserts = (idempotency.insert_of(request(number, key, thing=credential_id)), *inserts)
    return Unit(hub=number, entries=(private_entry(learner_id),), inserts=inserts)


def request(number: HubNumber, key: str, *, thing: str = "thing") -> IdempotentRequest:
    return IdempotentRequest(
        hub=number,
        route=ROUTE,
        key=key,
        body_hmac=digest_of("body"),
        thing=thing,
        created_at=NOW,
    )


def credential_id_of(mark: int) -> str:
    return str(UUID(int=mark))


def code_of(mark: int) -> str:
    return f"code-{mark}"
