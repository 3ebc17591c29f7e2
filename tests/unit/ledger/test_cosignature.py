import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import CheckpointError, NoteError
from credhub.ledger.cosignature import (
    Cosignature,
    CosignatureType,
    WitnessKey,
    cosign,
    read_cosignatures,
)
from credhub.ledger.note import SignatureLine, VerifierKey, add_signatures, open_note
from credhub.ledger.spelling import MAX_SIZE, to_base64
from tests.damage import damaged_text
from tests.unit.ledger.builder import ORIGIN, KeyOf, signed

NAME = "witness.example/w1"
KEY = KeyOf("witness")
WITNESS = WitnessKey(name=NAME, public_key=KEY.public_key)
NOTE = signed(5, b"r" * 32)
TEXT = NOTE.partition("\n\n")[0] + "\n"
TIME = 1_679_315_147

MLDSA = MLDSA44PrivateKey.from_seed_bytes(b"s" * 32)
MLDSA_WITNESS = WitnessKey(
    name="witness.example/pq",
    public_key=MLDSA.public_key().public_bytes_raw(),
    type=CosignatureType.ML_DSA_44,
)


def line(timestamp: int = TIME, text: str = TEXT) -> SignatureLine:
    return cosign(text, key=WITNESS, timestamp=timestamp, sign=KEY.sign)


def mldsa_line(text: str = TEXT) -> SignatureLine:
    return cosign(text, key=MLDSA_WITNESS, timestamp=TIME, sign=MLDSA.sign)


# A checkpoint of a public log, as its witnesses cosigned it on 2026-05-23, and their keys.
PUBLISHED = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

\u2014 arche2025h1.staging.ct.transparency.dev \
ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
\u2014 transparency.dev/DEV:witness-little-garden \
2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY09\
6st5BQ==
\u2014 witness.stagemole.eu \
Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/T\
mN9DAg==
"""
PUBLISHED_LOG = (
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
PUBLISHED_WITNESSES = (
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
)


def test_the_cosignatures_of_public_witnesses_verify() -> None:
    keys = [WitnessKey.parse(text) for text in PUBLISHED_WITNESSES]

    seen = read_cosignatures(PUBLISHED, keys)

    assert open_note(PUBLISHED, [VerifierKey.parse(PUBLISHED_LOG)]).text.startswith("arche2025h1")
    assert seen == tuple(Cosignature(key=key, timestamp=1_779_573_024) for key in keys)


@given(st.integers(1, MAX_SIZE))
def test_a_cosignature_verifies_and_tells_its_time(timestamp: int) -> None:
    assert WITNESS.verify(line(timestamp).signature, TEXT) == timestamp


def test_an_ml_dsa_cosignature_verifies() -> None:
    note = add_signatures(NOTE, [line(), mldsa_line()])

    seen = read_cosignatures(note, [WITNESS, MLDSA_WITNESS])

    assert seen == (
        Cosignature(key=WITNESS, timestamp=TIME),
        Cosignature(key=MLDSA_WITNESS, timestamp=TIME),
    )


def test_an_ml_dsa_message_is_that_of_the_specification() -> None:
    # C2SP tlog-cosignature, section "ML-DSA-44 signed message".
    signed_messages: list[bytes] = []

    def sign(message: bytes) -> bytes:
        signed_messages.append(message)
        return b"signature"

    cosign(TEXT, key=MLDSA_WITNESS, timestamp=TIME, sign=sign)

    name, origin = MLDSA_WITNESS.name.encode(), ORIGIN.encode()
    assert signed_messages == [
        b"subtree/v1\n\0"
        + bytes([len(name)])
        + name
        + TIME.to_bytes(8)
        + bytes([len(origin)])
        + origin
        + bytes(8)
        + (5).to_bytes(8)
        + b"r" * 32
    ]


def test_an_ml_dsa_cosignature_needs_a_checkpoint_and_a_short_name() -> None:
    long = WitnessKey(
        name="w" * 256, public_key=MLDSA_WITNESS.public_key, type=CosignatureType.ML_DSA_44
    )

    with pytest.raises(CheckpointError):
        mldsa_line("no checkpoint\n")
    with pytest.raises(NoteError):
        cosign(TEXT, key=long, timestamp=TIME, sign=MLDSA.sign)


@given(st.integers(0, 71), st.integers(1, 255))
def test_a_cosignature_with_one_changed_byte_is_refused(place: int, change: int) -> None:
    signature = bytearray(line().signature)
    signature[place] ^= change

    with pytest.raises(NoteError):
        WITNESS.verify(bytes(signature), TEXT)


@pytest.mark.parametrize("length", [0, 7, 8, 71, 73])
def test_a_cosignature_of_another_length_is_refused(length: int) -> None:
    signature = (line().signature + b"\0")[:length]

    with pytest.raises(NoteError):
        WITNESS.verify(signature, TEXT)


def test_a_cosignature_without_a_time_is_refused() -> None:
    with pytest.raises(NoteError, match="time"):
        WITNESS.verify(line(timestamp=0).signature, TEXT)
    with pytest.raises(NoteError, match="time"):
        WITNESS.verify(line(timestamp=MAX_SIZE + 1).signature, TEXT)


def test_a_cosignature_is_for_one_text() -> None:
    with pytest.raises(NoteError):
        WITNESS.verify(line().signature, TEXT.replace("\n5\n", "\n6\n"))


def test_lines_of_unknown_keys_are_passed_over() -> None:
    note = add_signatures(NOTE, [line(), mldsa_line()])

    assert read_cosignatures(note, []) == ()
    assert read_cosignatures(note, [WITNESS]) == (Cosignature(key=WITNESS, timestamp=TIME),)


def test_a_false_line_of_a_known_witness_spoils_the_note() -> None:
    note = add_signatures(NOTE, [line(text="other\n")])

    with pytest.raises(NoteError):
        read_cosignatures(note, [WITNESS])


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1)])
def test_of_several_times_of_one_witness_the_first_counts(order: tuple[int, ...]) -> None:
    note = add_signatures(NOTE, map(line, order))

    assert read_cosignatures(note, [WITNESS]) == (Cosignature(key=WITNESS, timestamp=1),)


@given(
    st.text()
    | damaged_text(st.just(WITNESS.text()))
    | damaged_text(st.sampled_from(PUBLISHED_WITNESSES))
)
def test_a_witness_key_is_refused_or_has_one_spelling(text: str) -> None:
    try:
        key = WitnessKey.parse(text)
    except NoteError:
        return
    assert key.text() == text


def test_an_ml_dsa_key_is_read_as_it_is_written() -> None:
    assert WitnessKey.parse(MLDSA_WITNESS.text()) == MLDSA_WITNESS


@pytest.mark.parametrize(
    ("name", "public_key"), [("", bytes(32)), ("a b", bytes(32)), ("a+b", bytes(32)), ("a", b"x")]
)
def test_a_key_without_a_usable_name_or_length_is_none(name: str, public_key: bytes) -> None:
    with pytest.raises(NoteError):
        WitnessKey(name=name, public_key=public_key)


def test_the_key_of_a_log_is_not_that_of_a_witness() -> None:
    log = VerifierKey(name=NAME, public_key=KEY.public_key)

    with pytest.raises(NoteError):
        WitnessKey.parse(log.text())
    with pytest.raises(NoteError):
        VerifierKey.parse(WITNESS.text())


def test_the_id_of_a_witness_key_is_that_of_its_key() -> None:
    name, _, material = WITNESS.text().split("+", 2)

    with pytest.raises(NoteError, match="id"):
        WitnessKey.parse(f"{name}+00000000+{material}")
    with pytest.raises(NoteError):
        WitnessKey.parse(f"{name}+{WITNESS.key_id.hex()}+{to_base64(b'')}")
