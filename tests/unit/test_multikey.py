import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import multikey
from credhub.errors import MalformedKeyError
from credhub.public_key import KeyType, PublicKey
from tests import vectors

TEXT = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"


@given(st.binary(min_size=32, max_size=32))
def test_a_key_survives_its_text(key: bytes) -> None:
    text = multikey.encode_ed25519(key)

    assert text.startswith("z6Mk")
    assert len(text) == len(TEXT)
    assert multikey.decode(text) == PublicKey(KeyType.ED25519, key)


@given(st.binary(max_size=64))
def test_bytes_survive_base58(raw: bytes) -> None:
    assert multikey.decode_base58(multikey.encode_base58(raw)) == raw


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", "z"),
        (b"\0\0", "z11"),
        (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
        (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
    ],
)
def test_base58_matches_the_published_examples(raw: bytes, text: str) -> None:
    # draft-msporny-base58-03, section 4.
    assert multikey.encode_base58(raw) == text
    assert multikey.decode_base58(text) == raw


@given(st.text() | st.text("z123456789ABCDEFGHJKLMNPQRSTUVWXYZabc0OIl", max_size=60))
def test_text_is_either_refused_or_read_exactly(text: str) -> None:
    try:
        raw = multikey.decode_base58(text)
    except MalformedKeyError:
        return
    assert multikey.encode_base58(raw) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[1:],
        "u" + TEXT[1:],
        TEXT + "1",
        TEXT[:-1],
        TEXT[:-1] + "0",
        TEXT + " ",
        TEXT.replace("6", "\uff16"),
        "z" * 129,
        "z1" + TEXT[1:],
        "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc",
    ],
)
def test_what_is_no_key_that_we_know_is_refused(text: str) -> None:
    with pytest.raises(MalformedKeyError):
        multikey.decode(text)


def test_a_p256_key_survives_its_text() -> None:
    text = "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"

    assert multikey.decode(text).type is KeyType.P256
    assert multikey.encode(multikey.decode(text)) == text


def test_the_key_of_the_w3c_vectors_is_read() -> None:
    pair = vectors.document("vc-di-eddsa/TestVectors/keyPair.json")
    text = str(pair["publicKeyMultibase"])

    assert multikey.encode(multikey.decode(text)) == text
