"""Keys that sign, in memory and sealed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import KeyStoreError, SignatureError, UnsealError
from credhub.keys import signers
from credhub.keys.ec import EcSigner
from credhub.keys.sealing import seal
from credhub.proofs import signatures
from credhub.proofs.signer import key_of
from credhub.public_key import LENGTHS, KeyType

WRAPPING = bytes(range(32))
CONTEXT = b"a place"
EC = (KeyType.P256, KeyType.P384)


@pytest.mark.parametrize("key_type", LENGTHS)
def test_a_key_signs_what_its_public_key_verifies(key_type: KeyType) -> None:
    signer = signers.generate(key_type)

    signatures.verify(key_of(signer), signer.sign(b"message"), b"message")

    assert (signer.key_type, len(signer.public_key)) == (key_type, LENGTHS[key_type])
    with pytest.raises(SignatureError):
        signatures.verify(key_of(signer), signer.sign(b"message"), b"another")


@pytest.mark.parametrize("key_type", LENGTHS)
def test_a_sealed_key_signs_as_before(key_type: KeyType) -> None:
    signer = signers.generate(key_type)
    sealed = signer.seal(WRAPPING, context=CONTEXT)

    opened = signers.open_signer(key_type, WRAPPING, sealed, context=CONTEXT)

    assert key_of(opened) == key_of(signer)
    assert opened.sign(b"message") == signer.sign(b"message")


@pytest.mark.parametrize("key_type", LENGTHS)
def test_a_sealed_key_opens_in_its_place_only(key_type: KeyType) -> None:
    sealed = signers.generate(key_type).seal(WRAPPING, context=CONTEXT)

    with pytest.raises(UnsealError):
        signers.open_signer(key_type, WRAPPING, sealed, context=b"another place")


@pytest.mark.parametrize("key_type", EC)
def test_a_sealed_key_of_another_curve_is_refused(key_type: KeyType) -> None:
    other = next(one for one in EC if one is not key_type)
    sealed = EcSigner.generate(other).seal(WRAPPING, context=CONTEXT)

    with pytest.raises(KeyStoreError):
        signers.open_signer(key_type, WRAPPING, sealed, context=CONTEXT)


# RFC 6979, appendix A.2.5 and A.2.6: the private key and a signature of "sample".
@pytest.mark.parametrize(
    ("key_type", "private", "signature"),
    [
        (
            KeyType.P256,
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            (
                "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
            ),
        ),
        (
            KeyType.P384,
            (
                "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"
                "96d5724e4c70a825f872c9ea60d2edf5"
            ),
            (
                "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
                "81a648152e44acf96e36dd1e80fabe46"
                "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
                "a329c145786e679e7b82c71a38628ac8"
            ),
        ),
    ],
)
def test_a_signature_is_the_one_of_rfc_6979(
    key_type: KeyType, private: str, signature: str
) -> None:
    sealed = seal(WRAPPING, bytes.fromhex(private), context=CONTEXT)
    signer = EcSigner.open(key_type, WRAPPING, sealed, context=CONTEXT)

    assert signer.sign(b"sample").hex() == signature


@pytest.mark.parametrize("key_type", LENGTHS)
def test_a_private_key_is_in_no_description(key_type: KeyType) -> None:
    signer = signers.generate(key_type)

    assert signer.public_key.hex() in repr(signer)
    assert "private" not in repr(signer)


@given(message=st.binary(max_size=64))
def test_a_signature_has_two_numbers_of_fixed_length(message: bytes) -> None:
    assert len(P256.sign(message)) == 64
    assert len(P384.sign(message)) == 96


P256 = EcSigner.generate(KeyType.P256)
P384 = EcSigner.generate(KeyType.P384)
