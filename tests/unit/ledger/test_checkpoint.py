import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import CheckpointError, UnknownNoteKeyError
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.note import VerifierKey, sign_note
from credhub.ledger.spelling import MAX_SIZE, is_name
from tests.damage import damaged_text
from tests.unit.ledger.builder import LEDGER_KEY, ORIGIN, VKEY, KeyOf, signed

CHECKPOINTS = st.builds(
    Checkpoint,
    origin=st.text(min_size=1).filter(is_name),
    size=st.integers(0, MAX_SIZE),
    root=st.binary(min_size=32, max_size=32),
)


@given(CHECKPOINTS)
def test_a_checkpoint_is_read_as_it_is_written(checkpoint: Checkpoint) -> None:
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


@given(st.text() | damaged_text(CHECKPOINTS.map(Checkpoint.text)))
def test_text_is_either_refused_or_read_exactly(text: str) -> None:
    try:
        checkpoint = Checkpoint.parse(text)
    except CheckpointError:
        return
    assert checkpoint.text() == text


GOOD = Checkpoint(origin=ORIGIN, size=20852163, root=b"r" * 32).text()


@pytest.mark.parametrize(
    "text",
    [
        GOOD.removesuffix("\n"),
        GOOD + "\n",
        GOOD + "extension",
        GOOD + "extension\n",
        GOOD.replace("20852163", "020852163"),
        GOOD.replace("20852163", "+20852163"),
        GOOD.replace("20852163", "20_852_163"),
        GOOD.replace("20852163", str(MAX_SIZE + 1)),
        GOOD.replace(ORIGIN, ""),
        GOOD.replace(ORIGIN, "two words"),
        GOOD.replace("=", ""),
    ],
)
def test_other_spellings_of_a_checkpoint_are_refused(text: str) -> None:
    assert Checkpoint.parse(GOOD).size == 20852163

    with pytest.raises(CheckpointError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(("size", "root"), [(-1, bytes(32)), (MAX_SIZE + 1, bytes(32)), (1, b"")])
def test_a_checkpoint_out_of_range_does_not_exist(size: int, root: bytes) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint(origin=ORIGIN, size=size, root=root)


def test_a_checkpoint_is_opened_with_the_key_of_its_origin() -> None:
    note = signed(5, b"r" * 32)

    assert open_checkpoint(note, [VKEY]) == Checkpoint(origin=ORIGIN, size=5, root=b"r" * 32)


def test_the_key_of_another_ledger_cannot_speak_for_this_one() -> None:
    attacker = KeyOf("attacker")
    key = VerifierKey(name="evil.example", public_key=attacker.public_key)
    text = Checkpoint(origin=ORIGIN, size=5, root=b"r" * 32).text()
    note = sign_note(text, name=key.name, public_key=key.public_key, sign=attacker.sign)

    with pytest.raises(UnknownNoteKeyError):
        open_checkpoint(note, [VKEY, key])


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    note = sign_note(
        ORIGIN + "\nhello\n",
        name=ORIGIN,
        public_key=LEDGER_KEY.public_key,
        sign=LEDGER_KEY.sign,
    )

    with pytest.raises(CheckpointError):
        open_checkpoint(note, [VKEY])
