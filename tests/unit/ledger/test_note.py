import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import NoteError, UnknownNoteKeyError
from credhub.ledger.note import (
    MAX_LENGTH,
    SignatureLine,
    VerifierKey,
    add_signatures,
    open_note,
    sign_note,
    split_note,
)
from credhub.ledger.spelling import to_base64
from tests.damage import damaged_text
from tests.unit.ledger.builder import KeyOf

NAME = "hub.example/ledger"
KEY = KeyOf("note")
VERIFIER = VerifierKey(name=NAME, public_key=KEY.public_key)
OTHER = KeyOf("other")
OTHER_VERIFIER = VerifierKey(name=NAME, public_key=OTHER.public_key)
TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.just("\n")).map(
    lambda text: text + "\n"
)


def signed_by(name: str, key: KeyOf, text: str = "hello\n") -> str:
    return sign_note(text, name=name, public_key=key.public_key, sign=key.sign)


def signature_line(note: str) -> str:
    return note.rpartition("\n\n")[2]


NOTE = signed_by(NAME, KEY)
LINE = signature_line(NOTE)


@given(TEXTS)
def test_a_note_is_opened_as_it_was_signed(text: str) -> None:
    opened = open_note(signed_by(NAME, KEY, text), [VERIFIER])

    assert (opened.text, opened.signed_by) == (text, (VERIFIER,))


@given(st.text() | damaged_text(TEXTS.map(lambda text: signed_by(NAME, KEY, text))))
def test_a_note_is_refused_or_its_text_was_signed(note: str) -> None:
    try:
        opened = open_note(note, [VERIFIER])
    except NoteError:
        return
    assert note.startswith(signed_by(NAME, KEY, opened.text).removesuffix("\n"))


def test_the_specification_s_own_example_opens() -> None:
    # C2SP signed-note, section "Example".
    key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    signature = (
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72"
        "IneyaQM="
    )
    note = f"This is an example message.\n\n\u2014 example.com/foo {signature}\n"

    opened = open_note(note, [VerifierKey.parse(key)])

    assert opened.text == "This is an example message.\n"
    assert opened.signed_by[0].text() == key


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    note = NOTE + signature_line(signed_by("witness.example", OTHER)) + LINE

    assert open_note(note, [VERIFIER]).signed_by == (VERIFIER,)


def test_every_signature_of_a_known_key_must_be_genuine() -> None:
    witness = VerifierKey(name="witness.example", public_key=OTHER.public_key)
    good = NOTE + signature_line(signed_by("witness.example", OTHER))
    bad = NOTE + signature_line(signed_by("witness.example", OTHER, "other text\n"))

    assert open_note(good, [VERIFIER, witness]).signed_by == (VERIFIER, witness)
    with pytest.raises(NoteError, match=r"witness\.example"):
        open_note(bad, [VERIFIER, witness])


@pytest.mark.parametrize("keys", [[], [OTHER_VERIFIER]])
def test_a_note_without_a_known_key_is_refused(keys: list[VerifierKey]) -> None:
    with pytest.raises(UnknownNoteKeyError):
        open_note(NOTE, keys)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "hello\n",
        "hello\n\n",
        "hello\n" + LINE,
        NOTE.removesuffix("\n"),
        NOTE + "\n",
        NOTE.replace("hello", "hell\0o"),
        NOTE.replace("hello", "hell\ro"),
        NOTE.replace("hello", "hell\ud800o"),
        NOTE.replace("\u2014", "-"),
        NOTE.replace("\u2014 ", "\u2014  "),
        NOTE.replace("\u2014 ", "\u2014"),
        NOTE.replace(NAME, NAME + "+"),
        NOTE + "\u2014 " + NAME + "\n",
        NOTE + f"\u2014 {NAME} {to_base64(b'1234')}\n",
        NOTE + LINE * 64,
        NOTE + "x" * MAX_LENGTH,
    ],
)
def test_what_is_not_spelled_as_a_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        open_note(note, [VERIFIER])


@pytest.mark.parametrize("text", ["", "no newline", "a\tb\n", "\ud800\n"])
def test_a_text_that_no_note_can_hold_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        signed_by(NAME, KEY, text)


@given(st.text() | damaged_text(st.just(VERIFIER.text())))
def test_a_verifier_key_is_refused_or_has_one_spelling(text: str) -> None:
    try:
        key = VerifierKey.parse(text)
    except NoteError:
        return
    assert key.text() == text


@pytest.mark.parametrize(
    ("name", "public_key"), [("", bytes(32)), ("a b", bytes(32)), ("a+b", bytes(32)), ("a", b"x")]
)
def test_a_key_without_a_usable_name_or_length_is_none(name: str, public_key: bytes) -> None:
    with pytest.raises(NoteError):
        VerifierKey(name=name, public_key=public_key)


def test_the_id_of_a_verifier_key_is_that_of_its_key() -> None:
    name, _, material = VERIFIER.text().split("+", 2)

    with pytest.raises(NoteError, match="id"):
        VerifierKey.parse(f"{name}+00000000+{material}")
    with pytest.raises(NoteError, match="id"):
        VerifierKey.parse(f"{name}+{VERIFIER.key_id.hex()}+{to_base64(b'4' + KEY.public_key)}")


@given(st.text() | damaged_text(st.just(LINE)))
def test_a_signature_line_is_refused_or_has_one_spelling(text: str) -> None:
    try:
        line = SignatureLine.parse(text)
    except NoteError:
        return
    assert line.text() == text


def test_a_note_is_split_into_its_text_and_its_lines() -> None:
    text, lines = split_note(NOTE)

    assert (text, [line.text() for line in lines]) == ("hello\n", [LINE])
    assert lines[0].is_by(VERIFIER)
    assert not lines[0].is_by(OTHER_VERIFIER)


def test_each_signature_is_added_once() -> None:
    other = SignatureLine.parse(signature_line(signed_by("witness.example", OTHER)))

    longer = add_signatures(NOTE, [SignatureLine.parse(LINE), other, other])

    assert longer == NOTE + other.text()
    assert add_signatures(longer, [other]) == longer


def test_a_note_does_not_grow_beyond_what_is_read() -> None:
    lines = [SignatureLine(name="w", key_id=b"1234", signature=bytes([n])) for n in range(64)]

    with pytest.raises(NoteError):
        add_signatures(NOTE, lines)
    with pytest.raises(NoteError):
        add_signatures("no note\n", [])
