from itertools import pairwise
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no types

from credhub.documents.coverage import FONTS, missing_from_fonts

LIMIT = 6 * 1024 * 1024


def font_files() -> list[Path]:
    return sorted(path for path in FONTS.iterdir() if path.suffix in (".ttf", ".otf"))


def test_the_list_of_characters_is_that_of_the_fonts() -> None:
    characters: set[int] = set()
    for path in font_files():
        with TTFont(path, lazy=True) as font:
            characters |= set(font.getBestCmap())

    listed: set[int] = set()
    for line in (FONTS / "coverage.txt").read_text(encoding="ascii").splitlines():
        first, last = (int(number, 16) for number in line.split("-"))
        listed |= set(range(first, last + 1))

    assert listed == characters


def test_the_list_is_in_order() -> None:
    lines = (FONTS / "coverage.txt").read_text(encoding="ascii").splitlines()
    numbers = [int(number, 16) for line in lines for number in line.split("-")]

    assert all(before <= after for before, after in pairwise(numbers))


def test_the_fonts_are_small_and_licensed() -> None:
    assert sum(path.stat().st_size for path in FONTS.iterdir()) <= LIMIT
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_missing_characters_are_told_once_and_in_their_order() -> None:
    assert missing_from_fonts("Ada Łódź Ελένη Жуков فاطمة 歐陽曉明 さくら 김민서 आदित्य יעל") == ""
    assert missing_from_fonts("𒀭a𒈹b𒀭\n") == "𒀭𒈹\n"
    assert missing_from_fonts("") == ""


def test_every_hanzi_of_gb_2312_is_there() -> None:
    pairs = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    hanzi = "".join(pair.decode("gb2312", errors="ignore") for pair in pairs)

    assert len(hanzi) == 6763
    assert missing_from_fonts(hanzi) == ""
