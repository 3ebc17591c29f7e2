"""Public keys and signatures as text: Multikey and base58btc.

Invariants:
- Bytes have one text and a text has one reading; what is not exactly that text is refused.
- The work grows with a bounded length only.
"""

from typing import Final

from credhub.errors import MalformedKeyError
from credhub.public_key import LENGTHS, KeyType, PublicKey

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_NO_DIGIT: Final = 255
_DIGITS: Final = bytes(_ALPHABET.find(chr(byte)) % 256 for byte in range(256))
# Several digits at once: numbers of a machine word are quicker than long ones.
_PAIRS: Final = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_PAIRS_OF_A_WORD: Final = 5
_DIGITS_OF_A_WORD: Final = 2 * _PAIRS_OF_A_WORD
_WORD: Final = 58**_DIGITS_OF_A_WORD
# W3C Controlled Identifiers 1.0, section 2.2.2: the first two bytes say which curve.
_HEADERS: Final = {
    KeyType.ED25519: b"\xed\x01",
    KeyType.P256: b"\x80\x24",
    KeyType.P384: b"\x81\x24",
}
_TYPES: Final = {header: key_type for key_type, header in _HEADERS.items()}
# A signature by P-384, 96 bytes, is the longest: z and 132 characters.
_MAX_CHARACTERS: Final = 140


def encode_ed25519(public_key: bytes) -> str:
    """Write a 32-byte Ed25519 public key as Multikey text, ``z6Mk...``."""
    return encode(PublicKey(KeyType.ED25519, public_key))


def encode(key: PublicKey) -> str:
    """Write a public key as Multikey text."""
    return encode_base58(to_bytes(key))


def to_bytes(key: PublicKey) -> bytes:
    """Write a public key after the two bytes that say which curve."""
    return _HEADERS[key.type] + key.raw


def decode(text: str) -> PublicKey:
    """Read a public key; whether it is a point of its curve is found out when it is used.

    Raises:
        MalformedKeyError: The text is not base58btc, or not a key of a curve that we know.

    Source:
        W3C Controlled Identifiers 1.0, section 2.2.2 (Multikey).
    """
    return from_bytes(decode_base58(text))


def from_bytes(raw: bytes) -> PublicKey:
    """Read a public key after the two bytes that say which curve.

    Raises:
        MalformedKeyError: It is not a key of a curve that we know.
    """
    key_type = _TYPES.get(raw[:2])
    if key_type is None or len(raw) != 2 + LENGTHS[key_type]:
        raise MalformedKeyError("The text is not a public key in Multikey form that we know.")
    return PublicKey(key_type, raw[2:])


def encode_base58(raw: bytes) -> str:
    """Write bytes as multibase base58btc text, which begins with ``z``."""
    number = int.from_bytes(raw, "big")
    pairs = []
    while number:
        number, word = divmod(number, _WORD)
        for _ in range(_PAIRS_OF_A_WORD):
            word, pair = divmod(word, len(_PAIRS))
            pairs.append(_PAIRS[pair])
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return "z" + "1" * zeros + "".join(reversed(pairs)).lstrip("1")


def decode_base58(text: str) -> bytes:
    """Read multibase base58btc text of at most 140 characters.

    Raises:
        MalformedKeyError: The text does not begin with ``z``, holds another character or is
            too long.

    Source:
        W3C Controlled Identifiers 1.0, section 2.4 (multibase) and 3.4 (base decode).
    """
    if not text.startswith("z") or len(text) > _MAX_CHARACTERS:
        raise MalformedKeyError("The text is not short base58btc.")
    digits = text[1:].encode("ascii", "replace").translate(_DIGITS)
    if _NO_DIGIT in digits:
        raise MalformedKeyError("The text holds a character that base58btc has not.")
    number = 0
    for start in range(0, len(digits), _DIGITS_OF_A_WORD):
        word = 0
        some = digits[start : start + _DIGITS_OF_A_WORD]
        for digit in some:
            word = word * 58 + digit
        number = number * 58 ** len(some) + word
    zeros = len(digits) - len(digits.lstrip(b"\0"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
