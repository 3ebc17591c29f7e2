"""What is left of a text when only its letters and digits count."""

import unicodedata
from typing import Final

# Letters that no decomposition makes plain.
_PLAIN: Final = str.maketrans({"\u0131": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


def fold(text: str) -> str:
    """Fold case, accents, compatibility forms, spaces and punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.casefold()).casefold()
    return "".join(filter(str.isalnum, decomposed)).translate(_PLAIN)
