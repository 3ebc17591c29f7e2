"""Asking a witness to cosign our checkpoints (C2SP tlog-witness)."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import chain
from typing import Final

import structlog

from credhub.egress.client import Answer, Egress
from credhub.errors import (
    ConflictError,
    EgressError,
    LedgerError,
    NoteError,
    PolicyError,
    WitnessAheadError,
    WitnessRefusedError,
)
from credhub.ledger.add_checkpoint import AddCheckpoint
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.cosignature import read_cosignatures
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.note import MAX_SIGNATURES, SignatureLine, VerifierKey, add_signatures
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import KnownWitness
from credhub.ledger.spelling import decimal
from credhub.store.cosignatures import StoredCosignature
from credhub.store.ledger import LedgerLog
from credhub.store.store import Store

HEARTBEAT: Final = timedelta(days=1)
START_SECONDS: Final = 2.0
MOST_WITNESSES: Final = MAX_SIGNATURES - 1
"""As many lines find room in a note beside that of the log."""

_OK: Final = 200
_CONFLICT: Final = 409
_TEXT: Final = "text/plain; charset=utf-8"

_log = structlog.get_logger("credhub.witnessing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A checkpoint that witnesses should see: the newest of its log.

    Attributes:
        log: Which log.
        size: How many entries.
        note: The signed checkpoint.
    """

    log: LedgerLog
    size: int
    note: str


def check_number(policy: Policy) -> None:
    """Check that the lines of all witnesses find room under a checkpoint.

    Raises:
        PolicyError: They do not.
    """
    if len(policy.witnesses) > MOST_WITNESSES:
        raise PolicyError(
            f"It names {len(policy.witnesses)} witnesses, and a checkpoint has room for the lines "
            f"of {MOST_WITNESSES}."
        )


def addresses(policy: Policy) -> tuple[str, ...]:
    """List where the witnesses of a policy answer: the operator configured these."""
    return tuple(witness.url for witness in policy.witnesses if witness.url)


def targets(store: Store) -> tuple[Target, ...]:
    """Read the newest checkpoint of every log, ended ones too: their last one matters most."""
    with store.read() as tx:
        found = [
            (log, tx.ledger.latest_checkpoint(log.hub, log.log)) for log in tx.ledger.all_logs()
        ]
    return tuple(
        Target(log=log, size=row.size, note=row.note) for log, row in found if row is not None
    )


class WitnessDesk:
    """What we know of one witness, and how we ask it. Used by one thread at a time."""

    def __init__(self, store: Store, egress: Egress, witness: KnownWitness) -> None:
        self._store = store
        self._egress = egress
        self._witness = witness
        self._vkey = witness.key.text()
        self._sizes: dict[str, int] = {}
        self._asked_at: dict[str, datetime] = {}

    @property
    def name(self) -> str:
        """The name in its cosignatures."""
        return self._witness.key.name

    def is_due(self, target: Target, now: datetime) -> bool:
        """Say whether the witness should see this: it is new to it, or a day has passed."""
        asked_at = self._asked_at.get(target.log.origin)
        if asked_at is None or self._known_size(target.log) < target.size:
            return True
        return target.log.frozen_at is None and now - asked_at >= HEARTBEAT

    def ask(self, target: Target, now: datetime) -> None:
        """Have one checkpoint cosigned, and record the line.

        A witness that knows another size than we think is asked once more, from there.

        Raises:
            EgressError: It did not answer.
            WitnessAheadError: It has seen a larger tree of this log than we have.
            WitnessRefusedError: It said no, or nothing that we understand.
        """
        answer = self._post(target, min(self._known_size(target.log), target.size))
        if answer.status == _CONFLICT:
            size = self._told_size(answer)
            if size > target.size:
                self._check_not_ahead(target, size)
                return  # Another process showed it a newer checkpoint; so shall we.
            self._sizes[target.log.origin] = size
            answer = self._post(target, size)
        if answer.status != _OK:
            raise WitnessRefusedError(self.name, answer.status)
        self._record(target, self._line_in(answer, target))
        self._sizes[target.log.origin] = target.size
        self._asked_at[target.log.origin] = now

    def position(self, log: LedgerLog) -> Checkpoint | None:
        """Read what the witness has seen of a log, as far as our own signature proves it.

        Raises:
            EgressError: It did not answer.
        """
        origin = sha256(log.origin.encode()).hexdigest()
        answer = self._egress.get(f"{self._url}/{origin}/checkpoint", seconds=START_SECONDS)
        if answer.status != _OK:
            return None
        try:
            return open_checkpoint(answer.body.decode(), [VerifierKey.parse(log.vkey)])
        except (LedgerError, UnicodeDecodeError):
            return None  # What our key did not sign is evidence of nothing.

    @property
    def _url(self) -> str:
        return (self._witness.url or "").rstrip("/")

    def _known_size(self, log: LedgerLog) -> int:
        if log.origin not in self._sizes:
            with self._store.read() as tx:
                found = tx.cosignatures.newest_of_each(log.hub, log.log)
            self._sizes[log.origin] = found.get(self._vkey, 0)
        return self._sizes[log.origin]

    def _post(self, target: Target, old: int) -> Answer:
        proof: tuple[bytes, ...] = ()
        if old:
            with self._store.read() as tx:
                tiles = tx.ledger.tiles(target.log.hub, target.log.log)
                proof = consistency_proof(old, target.size, tiles)
        asked = AddCheckpoint(old_size=old, proof=proof, note=target.note)
        url = f"{self._url}/add-checkpoint"
        return self._egress.post(url, asked.text().encode(), content_type=_TEXT)

    def _told_size(self, answer: Answer) -> int:
        try:
            return decimal(answer.body.decode().removesuffix("\n"))
        except ValueError as error:
            raise WitnessRefusedError(self.name, answer.status) from error

    def _check_not_ahead(self, target: Target, size: int) -> None:
        with self._store.read() as tx:
            newest = tx.ledger.latest_checkpoint(target.log.hub, target.log.log)
        if newest is None or newest.size < size:
            raise WitnessAheadError(self.name, target.log.origin, size)

    def _line_in(self, answer: Answer, target: Target) -> SignatureLine:
        """Find the genuine line of this witness; those of other keys count for nothing."""
        try:
            lines = _lines(answer.body.decode())
            note = add_signatures(target.note, lines)
            if read_cosignatures(note, [self._witness.key]):
                return next(line for line in lines if line.is_by(self._witness.key))
        except (NoteError, UnicodeDecodeError) as error:
            raise WitnessRefusedError(self.name, answer.status) from error
        raise WitnessRefusedError(self.name, answer.status)

    def _record(self, target: Target, line: SignatureLine) -> None:
        cosignature = StoredCosignature(
            hub=target.log.hub,
            log=target.log.log,
            size=target.size,
            witness=self._vkey,
            line=line.text(),
        )
        # It may have said so before: the first time is the one that counts.
        with suppress(ConflictError), self._store.begin() as tx:
            tx.cosignatures.insert(cosignature)


def desks(store: Store, egress: Egress, policy: Policy) -> tuple[WitnessDesk, ...]:
    """Prepare to ask every witness of a policy that says where it answers."""
    return tuple(WitnessDesk(store, egress, witness) for witness in policy.witnesses if witness.url)


def positions(desks: Sequence[WitnessDesk], logs: Sequence[LedgerLog]) -> tuple[Checkpoint, ...]:
    """Ask witnesses what they have seen; one that does not answer is asked no further.

    Returns:
        What our own keys signed, of any log.
    """
    if not desks:
        return ()
    with ThreadPoolExecutor(max_workers=len(desks)) as pool:
        return tuple(chain.from_iterable(pool.map(lambda desk: _positions(desk, logs), desks)))


def _positions(desk: WitnessDesk, logs: Iterable[LedgerLog]) -> tuple[Checkpoint, ...]:
    found = []
    for log in logs:
        try:
            checkpoint = desk.position(log)
        except EgressError as error:
            _log.warning("witness not asked at start", witness=desk.name, code=error.code)
            break
        if checkpoint is not None:
            found.append(checkpoint)
    return tuple(found)


def _lines(text: str) -> tuple[SignatureLine, ...]:
    return tuple(SignatureLine.parse(line + "\n") for line in text.split("\n")[:-1])
