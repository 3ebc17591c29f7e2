"""Which characters the fonts of this package have."""

from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from typing import Final

FONTS: Final = Path(__file__).parent / "fonts"


def missing_from_fonts(text: str) -> str:
    """Find the characters that no font has, each once, in their order."""
    firsts, lasts = _ranges()
    return "".join(
        character
        for character in dict.fromkeys(text)
        if ord(character) > lasts[bisect_right(firsts, ord(character)) - 1]
    )


@lru_cache(maxsize=1)
def _ranges() -> tuple[list[int], list[int]]:
    lines = (FONTS / "coverage.txt").read_text(encoding="ascii").splitlines()
    pairs = [line.split("-") for line in ["0000-0000", *lines]]
    return [int(first, 16) for first, _ in pairs], [int(last, 16) for _, last in pairs]
