"""Names that a reader takes for one another.

The skeleton of a name is what is left of it for somebody who reads in a hurry: neither case nor
accents, neither spaces nor dots, and one letter for all that look like it. It is small and our
own, for Latin, Greek and Cyrillic letters; it is not the skeleton of UTS 39 and catches less.
"""

# ruff: noqa: RUF001 - letters that look like others are what this is about
import unicodedata
from functools import lru_cache
from typing import Final

from credhub.errors import InvalidClaimError

_REMEMBERED: Final = 4096

# What looks like a Latin letter, after compatibility forms, case and accents are folded.
_LOOKS_LIKE: Final = str.maketrans(
    {
        # Cyrillic.
        "а": "a", "в": "b", "г": "r", "е": "e", "з": "3", "к": "k", "м": "m", "н": "h",
        "о": "o", "п": "n", "р": "p", "с": "c", "т": "t", "у": "y", "х": "x", "ь": "b",
        "ѕ": "s", "і": "l", "ј": "j", "һ": "h", "ԁ": "d", "ԛ": "q", "ԝ": "w", "ӏ": "l",
        "ґ": "r", "ү": "y", "ө": "o", "ѵ": "v",
        # Greek.
        "α": "a", "β": "b", "γ": "y", "ε": "e", "ζ": "z", "η": "n", "ι": "l", "κ": "k",
        "μ": "u", "ν": "v", "ο": "o", "ρ": "p", "σ": "o", "τ": "t", "υ": "u", "χ": "x",
        "ω": "w",
        # Latin, and digits.
        "ı": "l", "i": "l", "1": "l", "|": "l", "ɩ": "l", "ɑ": "a", "ɡ": "g", "ł": "l",
        "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "0": "o", "5": "s",
    }
)  # fmt: skip
# Fillers, joiners and selectors that count as letters or signs.
_UNSEEN: Final = frozenset(
    map(
        chr,
        (
            0x034F,
            0x115F,
            0x1160,
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
# Two letters that look like one.
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))


@lru_cache(maxsize=_REMEMBERED)
def skeleton(name: str) -> str:
    """Reduce a name to its skeleton; empty when nothing in it is a letter or a digit."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    reduced = "".join(filter(_is_read, folded)).translate(_LOOKS_LIKE)
    for pair, letter in _PAIRS:
        reduced = reduced.replace(pair, letter)
    return reduced


def check_legible(name: str) -> None:
    """Refuse a name in which nothing can be read.

    Raises:
        InvalidClaimError: It holds no letter and no digit that anybody sees.
    """
    if not skeleton(name):
        raise InvalidClaimError("name", "must hold a letter or a digit.")


def _is_read(character: str) -> bool:
    """Say whether a character tells names apart; vowel signs do, accents and what is unseen not."""
    if character in _UNSEEN:
        return False
    sign = unicodedata.category(character)[0] == "M" and not unicodedata.combining(character)
    return sign or character.isalnum() or character == "|"
