# ruff: noqa: INP001  (a script)
"""Make the fonts that certificates are set in, from Debian's Noto packages.

Run ``apt-get install fonts-noto-core fonts-noto-cjk``, then ``python docs/fonts/subset.py``. It
writes the subsets and ``coverage.txt`` (which characters they have) beside the licence.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Final

from fontTools.subset import Options, Subsetter, load_font, save_font

DEBIAN: Final = Path("/usr/share/fonts")
FONTS: Final = Path(__file__).parents[2] / "src/credhub/documents/fonts"

TEXT: Final = ("NotoSans-Regular", "NotoSans-Bold", "NotoSerifDisplay-Regular")
SCRIPTS: Final = (
    "NotoNaskhArabic-Regular",
    "NotoSerifArmenian-Regular",
    "NotoSerifBengali-Regular",
    "NotoSerifDevanagari-Regular",
    "NotoSerifEthiopic-Regular",
    "NotoSerifGeorgian-Regular",
    "NotoSerifGurmukhi-Regular",
    "NotoSerifHebrew-Regular",
    "NotoSerifTamil-Regular",
    "NotoSerifThai-Regular",
)
CHINESE: Final = "NotoSerifCJK-Regular"
CHINESE_FACE: Final = 2  # Simplified Chinese, in a collection of five

# What fonts of every script may need: spaces, joiners, directions, dashes, quotes.
SHARED: Final = (*range(0x20, 0x7F), 0xA0, 0xAD, *range(0x2000, 0x2070), 0x25CC, 0xFEFF)


def main() -> None:
    """Write every subset, and what they cover together."""
    covered: set[int] = set()
    for name in TEXT + SCRIPTS:
        covered |= subset(DEBIAN / f"truetype/noto/{name}.ttf", None)
    covered |= subset(DEBIAN / f"opentype/noto/{CHINESE}.ttc", east_asian())
    lines = [f"{first:04X}-{last:04X}\n" for first, last in ranges(covered)]
    (FONTS / "coverage.txt").write_text("".join(lines), encoding="ascii")


def subset(source: Path, characters: set[int] | None) -> set[int]:
    """Write one font without hints, with some of its characters or all; tell which it has."""
    # Only what running text needs: no small capitals, no regional forms, nothing for columns.
    options = Options(
        hinting=False,
        notdef_outline=True,  # a box where a character is missing, never a blank
        font_number=CHINESE_FACE,
        drop_tables=["FFTM", "DSIG", "vhea", "vmtx", "VORG"],
    )
    if characters is not None:
        options.layout_features = ["ccmp", "kern", "mark", "mkmk"]
    font = load_font(source, options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters or font.getBestCmap())
    subsetter.subset(font)
    font["head"].modified = font["head"].created  # the same input gives the same file
    name = source.stem + (".otf" if "CFF " in font else ".ttf")
    save_font(font, FONTS / name, options)
    return set(font.getBestCmap())


def east_asian() -> set[int]:
    """Choose the characters that most names in Chinese, Japanese and Korean are written with.

    The hanzi of GB 2312 (6,763) and of the first level of Big5 (5,401), the kanji of the first
    level of JIS X 0208 (2,965), the syllables of KS X 1001 (2,350), kana, and punctuation.
    """
    kana_and_punctuation = set(range(0x3000, 0x3100)) | set(range(0xFF00, 0xFFF0))
    return (
        set(SHARED)
        | kana_and_punctuation
        | characters_of("gb2312", range(0xB0, 0xF8))
        | characters_of("big5", range(0xA4, 0xC7))
        | characters_of("euc_jp", range(0xB0, 0xD0))
        | characters_of("euc_kr", range(0xB0, 0xC9))
    )


def characters_of(encoding: str, first_bytes: Iterable[int]) -> set[int]:
    """List the characters of two bytes that an encoding has in some of its rows."""
    pairs = (bytes(pair) for pair in product(first_bytes, range(0x40, 0xFF)))
    decoded = (pair.decode(encoding, errors="ignore") for pair in pairs)
    return {ord(text) for text in decoded if len(text) == 1 and not text.isascii()}


def ranges(numbers: set[int]) -> Iterator[tuple[int, int]]:
    """Put numbers together to ranges, both ends included."""
    ordered = sorted(numbers)
    first = previous = ordered[0]
    for number in [*ordered[1:], -1]:
        if number != previous + 1:
            yield first, previous
            first = number
        previous = number


if __name__ == "__main__":
    main()
