import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import (
    CosigningError,
    CosigningRequestError,
    NotConsistentError,
    NotTheLogError,
    OldSizeError,
    OriginNotWitnessedError,
)
from credhub.ledger.add_checkpoint import MAX_LENGTH, AddCheckpoint, judge
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.merkle import EMPTY_ROOT
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.note import SignatureLine, VerifierKey, add_signatures, sign_note
from tests.damage import damaged_bytes
from tests.unit.ledger.builder import (
    LEDGER_KEY,
    ORIGIN,
    VKEY,
    KeyOf,
    Ledger,
    Tiles,
    ledger_of,
    signed,
)

LEDGER = ledger_of(7)


def checkpoint_of(ledger: Ledger, size: int) -> Checkpoint:
    begin = ledger_of(0)
    for row in ledger.entries[:size]:
        begin.frontier.push(row.leaf_hash)
    return Checkpoint(origin=ORIGIN, size=size, root=begin.frontier.root())


def request(old: int, new: int, ledger: Ledger = LEDGER) -> AddCheckpoint:
    tiles = Tiles([row.leaf_hash for row in ledger.entries[:new]])
    return AddCheckpoint(
        old_size=old,
        proof=consistency_proof(old, new, tiles) if 0 < old <= new else (),
        note=signed(new, checkpoint_of(ledger, new).root),
    )


GOOD = request(3, 7)
KNOWN = checkpoint_of(LEDGER, 3)


def judged(asked: AddCheckpoint, known: Checkpoint | None = KNOWN) -> Checkpoint:
    return judge(asked, keys=[VKEY], known=known)


@pytest.mark.parametrize("new", [0, 1, 7])
def test_a_log_that_is_new_to_the_witness_may_have_any_size(new: int) -> None:
    assert judged(request(0, new), None) == checkpoint_of(LEDGER, new)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (1, 7), (3, 7), (4, 7), (7, 7)])
def test_a_log_that_grew_is_cosigned(old: int, new: int) -> None:
    assert judged(request(old, new), checkpoint_of(LEDGER, old)) == checkpoint_of(LEDGER, new)


def test_a_log_that_is_not_known_is_told_first() -> None:
    with pytest.raises(OriginNotWitnessedError):
        judge(GOOD, keys=[], known=None)


@pytest.mark.parametrize(
    "note",
    [
        signed(7, b"r" * 32, key=KeyOf("attacker")),
        signed(7, b"r" * 32).replace("\n7\n", "\n8\n"),
        signed(7, b"r" * 32, origin="other.example"),
    ],
)
def test_a_checkpoint_that_the_log_did_not_sign_is_forbidden(note: str) -> None:
    with pytest.raises(NotTheLogError):
        judged(AddCheckpoint(old_size=3, proof=(), note=note))


def test_a_key_of_another_origin_does_not_count() -> None:
    key = VerifierKey(name="other.example", public_key=LEDGER_KEY.public_key)

    with pytest.raises(NotTheLogError):
        judge(GOOD, keys=[key], known=None)


def test_lines_of_unknown_keys_change_nothing() -> None:
    more = SignatureLine(name="w", key_id=b"1234", signature=b"x")
    asked = AddCheckpoint(old_size=3, proof=GOOD.proof, note=add_signatures(GOOD.note, [more]))

    assert judged(asked) == checkpoint_of(LEDGER, 7)


@pytest.mark.parametrize(
    "text", [ORIGIN + "\nhello\n", GOOD.note.partition("\n\n")[0] + "\nmore\n"]
)
def test_a_signed_text_that_is_no_plain_checkpoint_is_no_request(text: str) -> None:
    note = sign_note(text, name=ORIGIN, public_key=LEDGER_KEY.public_key, sign=LEDGER_KEY.sign)

    with pytest.raises(CosigningRequestError):
        judged(AddCheckpoint(old_size=3, proof=(), note=note))


def test_an_old_size_beyond_the_checkpoint_is_no_request() -> None:
    with pytest.raises(CosigningRequestError):
        judged(AddCheckpoint(old_size=8, proof=(), note=GOOD.note))


@pytest.mark.parametrize(
    ("old", "known"), [(2, KNOWN), (4, KNOWN), (0, KNOWN), (3, None), (3, checkpoint_of(LEDGER, 7))]
)
def test_another_old_size_is_answered_with_the_true_one(old: int, known: Checkpoint | None) -> None:
    with pytest.raises(OldSizeError) as error:
        judged(request(old, 7), known)

    assert error.value.size == (known.size if known else 0)


def test_a_smaller_checkpoint_than_the_known_one_is_never_cosigned() -> None:
    with pytest.raises(OldSizeError) as error:
        judged(request(2, 2))

    assert error.value.size == 3


def other_ledger(size: int) -> Ledger:
    ledger = Ledger()
    for number in range(size):
        ledger.append_private(b"another %d" % number)
    return ledger


@pytest.mark.parametrize("new", [3, 7])
def test_a_fork_is_refused(new: int) -> None:
    with pytest.raises(NotConsistentError):
        judged(request(3, new, other_ledger(7)))


@pytest.mark.parametrize(
    "asked",
    [
        AddCheckpoint(old_size=3, proof=(), note=GOOD.note),
        AddCheckpoint(old_size=3, proof=GOOD.proof[:-1], note=GOOD.note),
        AddCheckpoint(old_size=3, proof=(*GOOD.proof, b"x" * 32), note=GOOD.note),
        AddCheckpoint(old_size=3, proof=GOOD.proof[::-1], note=GOOD.note),
    ],
)
def test_a_proof_that_does_not_lead_there_is_refused(asked: AddCheckpoint) -> None:
    with pytest.raises(NotConsistentError):
        judged(asked)


def test_from_nothing_there_is_nothing_to_prove() -> None:
    with pytest.raises(NotConsistentError):
        judged(AddCheckpoint(old_size=0, proof=(b"x" * 32,), note=GOOD.note), None)


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    with pytest.raises(NotConsistentError):
        judged(AddCheckpoint(old_size=0, proof=(), note=signed(0, b"r" * 32)), None)
    assert judged(AddCheckpoint(old_size=0, proof=(), note=signed(0, EMPTY_ROOT)), None).size == 0


def test_a_request_is_read_as_it_is_written() -> None:
    assert AddCheckpoint.parse(GOOD.text().encode()) == GOOD
    assert GOOD.origin == ORIGIN


@given(st.binary() | damaged_bytes(st.just(GOOD.text().encode())))
def test_a_body_is_refused_or_read_exactly(body: bytes) -> None:
    try:
        asked = AddCheckpoint.parse(body)
    except CosigningRequestError:
        return
    assert asked.text().encode() == body


@given(damaged_bytes(st.just(GOOD.text().encode())))
def test_a_damaged_request_is_refused_or_says_the_same(body: bytes) -> None:
    try:
        checkpoint = judged(AddCheckpoint.parse(body))
    except CosigningError:
        return
    assert checkpoint == checkpoint_of(LEDGER, 7)


HASH = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 0\n" + GOOD.note.encode(),
        b"old 03\n\n" + GOOD.note.encode(),
        b"old -1\n\n" + GOOD.note.encode(),
        b"old  3\n\n" + GOOD.note.encode(),
        b"size 3\n\n" + GOOD.note.encode(),
        b"old 3\r\n\r\n" + GOOD.note.encode(),
        b"old 3\nAAAA\n\n" + GOOD.note.encode(),
        f"old 3\n{(HASH + chr(10)) * 64}\n{GOOD.note}".encode(),
        b"old 3\n\n" + GOOD.note.encode() + b"x" * MAX_LENGTH,
        b"old 3\n\n\xff" + GOOD.note.encode(),
        b"old 3\n\n" + GOOD.note.partition("\n\n")[0].encode() + b"\n",
    ],
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(CosigningRequestError):
        AddCheckpoint.parse(body)


def test_sixty_three_hashes_are_read() -> None:
    asked = AddCheckpoint.parse(f"old 3\n{(HASH + chr(10)) * 63}\n{GOOD.note}".encode())

    assert len(asked.proof) == 63
