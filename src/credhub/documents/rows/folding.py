"""What is left of a text when only its letters and digits count."""

import unicodedata
from functools import lru_cache
from typing import Final

_REMEMBERED: Final = 1024
# Letters that no decomposition makes plain.
_PLAIN: Final = str.maketrans({"\u0131": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


@lru_cache(maxsize=_REMEMBERED)
def fold(text: str) -> str:
    """Fold case, accents, compatibility forms, spaces and punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.casefold()).casefold()
    return "".join(filter(str.isalnum, decomposed)).translate(_PLAIN)
