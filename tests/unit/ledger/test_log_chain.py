"""The chain of logs: whole, or the place where it is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from credhub.errors import LedgerFaultError
from credhub.keys.ed25519 import Ed25519Signer
from credhub.ledger.checkpoint import Checkpoint, sign_checkpoint
from credhub.ledger.entry import NO_HASH, Kind, LedgerEntry
from credhub.ledger.log_chain import LogLink, check_log_chain
from credhub.ledger.log_events import LogEnd, LogFrozen, PreviousLog, RollbackAccepted
from credhub.ledger.note import VerifierKey
from credhub.ledger.rows import LogRow

AT = datetime(2027, 1, 1, tzinfo=UTC)
SIZE, ROOT = 300, bytes(range(32))
KEYS = {label: Ed25519Signer.generate() for label in ("2026", "2027", "2028")}


def origin(label: str) -> str:
    return f"hub.example/ledger/riverside/{label}"


def row(label: str) -> LogRow:
    vkey = VerifierKey(name=origin(label), public_key=KEYS[label].public_key).text()
    return LogRow(log=label, origin=origin(label), vkey=vkey)


def entry(kind: Kind, public: bytes) -> bytes:
    return LedgerEntry(kind=kind, time_ms=1, commitment=NO_HASH, public=public).encode()


def note(label: str, size: int = SIZE, *, key: str | None = None, root: bytes = ROOT) -> str:
    signer = KEYS[key or label]
    checkpoint = Checkpoint(origin=origin(label), size=size, root=root)
    return sign_checkpoint(checkpoint, public_key=signer.public_key, sign=signer.sign)


def previous(text: str, why: LogEnd = LogEnd.YEAR) -> bytes:
    return entry(Kind.CHILD_CHECKPOINT, PreviousLog(note=text, why=why).payload())


def frozen(label: str, why: LogEnd = LogEnd.YEAR) -> bytes:
    return entry(Kind.FREEZE, LogFrozen(origin=origin(label), why=why, at=AT).payload())


def accepted(label: str, **changes: object) -> bytes:
    event = RollbackAccepted(
        known=Checkpoint(origin=origin(label), size=SIZE + 5, root=bytes(32)),
        held_size=SIZE,
        held_root=ROOT,
        actor="operator",
        reason="The disk died.",
        at=AT,
    )
    event = replace(event, **changes)  # type: ignore[arg-type]  # a test may name any member
    return entry(Kind.OPERATION, event.payload())


STATUS = entry(Kind.STATUS_LIST, b"list")
KEY = entry(Kind.KEY, b"key")
LOST = Checkpoint(origin=origin("2026"), size=SIZE + 5, root=bytes(32)).text()

FIRST = LogLink(
    log=row("2026"),
    is_frozen=True,
    size=SIZE,
    root=ROOT,
    opening=(STATUS, KEY),
    last=frozen("2026"),
)
SECOND = LogLink(
    log=row("2027"),
    is_frozen=True,
    size=SIZE,
    root=ROOT,
    opening=(previous(note("2026")), KEY),
    last=frozen("2027"),
)
THIRD = LogLink(
    log=row("2028"),
    is_frozen=False,
    size=SIZE,
    root=ROOT,
    opening=(previous(note("2027")), KEY),
    last=KEY,
)
CHAIN = (FIRST, SECOND, THIRD)

ROLLED_BACK = replace(FIRST, last=KEY)
AFTER = replace(SECOND, opening=(previous(LOST, LogEnd.ROLLBACK), accepted("2026")))


@pytest.mark.parametrize(
    "chain",
    [
        (),
        (replace(FIRST, opening=(), last=None, size=0, is_frozen=False),),
        (FIRST,),
        CHAIN[:2],
        CHAIN,
        (ROLLED_BACK, AFTER, THIRD),
    ],
)
def test_logs_that_follow_one_another(chain: tuple[LogLink, ...]) -> None:
    check_log_chain(chain)


@pytest.mark.parametrize(
    ("spoil", "log", "column", "message"),
    [
        (lambda *chain: chain[1:], "2027", "entry", "not here"),
        (lambda *chain: chain[::2], "2028", "entry", "not before it"),
        (lambda a, b, c: (a, replace(b, opening=()), c), "2027", "entry", "goes on from"),
        (lambda a, b, c: (a, replace(b, opening=(KEY,)), c), "2027", "entry", "goes on from"),
        (lambda a, b, c: (a, replace(b, opening=(b"",)), c), "2027", "entry", "not an entry"),
        (
            lambda a, b, c: (a, replace(b, opening=(entry(Kind.CHILD_CHECKPOINT, b"{}"),)), c),
            "2027",
            "entry",
            "its kind says",
        ),
        (
            lambda a, b, c: (a, replace(b, opening=(previous(note("2026", key="2027")),)), c),
            "2027",
            "entry",
            "did not sign",
        ),
        (
            lambda a, b, c: (
                a,
                replace(b, opening=(previous(PreviousLog.parse(_public(b)).checkpoint.text()),)),
                c,
            ),
            "2027",
            "entry",
            "did not sign",
        ),
        (
            lambda a, b, c: (a, replace(b, opening=(previous(note("2026", SIZE - 1)),)), c),
            "2027",
            "entry",
            "not the last one",
        ),
        (
            lambda a, b, c: (a, replace(b, opening=(previous(note("2026", root=bytes(32))),)), c),
            "2027",
            "entry",
            "not the last one",
        ),
        (lambda a, b, c: (replace(a, is_frozen=False), b, c), "2026", "frozen_ms", "beside"),
        (lambda a, b, c: (replace(a, last=KEY), b, c), "2026", "entry", "that the log ends"),
        (lambda a, b, c: (replace(a, last=None), b, c), "2026", "entry", "that the log ends"),
        (
            lambda a, b, c: (replace(a, last=entry(Kind.FREEZE, b"{}")), b, c),
            "2026",
            "entry",
            "that the log ends",
        ),
        (
            lambda a, b, c: (replace(a, last=frozen("2027")), b, c),
            "2026",
            "entry",
            "that the log ends",
        ),
        (
            lambda a, b, c: (replace(a, last=frozen("2026", LogEnd.SIZE)), b, c),
            "2026",
            "entry",
            "that the log ends",
        ),
    ],
)
def test_the_place_where_the_chain_breaks_is_named(
    spoil: Callable[[LogLink, LogLink, LogLink], tuple[LogLink, ...]],
    log: str,
    column: str,
    message: str,
) -> None:
    with pytest.raises(LedgerFaultError, match=message) as raised:
        check_log_chain(spoil(*CHAIN))

    assert (raised.value.log, raised.value.column) == (log, column)


@pytest.mark.parametrize(
    "second",
    [
        None,
        KEY,
        entry(Kind.OPERATION, b"{}"),
        accepted("2026", known=Checkpoint(origin=origin("2026"), size=9, root=bytes(32))),
        accepted("2026", held_size=SIZE - 1),
        accepted("2026", held_root=bytes(32)),
    ],
)
def test_an_accepted_rollback_says_what_was_lost(second: bytes | None) -> None:
    opening = AFTER.opening[:1] if second is None else (AFTER.opening[0], second)

    with pytest.raises(LedgerFaultError, match="log before") as raised:
        check_log_chain((ROLLED_BACK, replace(AFTER, opening=opening)))

    assert (raised.value.log, raised.value.seq) == ("2027", 1)


def _public(link: LogLink) -> bytes:
    return LedgerEntry.parse(link.opening[0]).public
