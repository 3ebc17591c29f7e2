"""How a certificate words what a credential says."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Final

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# Types whose name alone would read oddly on a wall.
_KINDS: Final = {
    "Achievement": "Certificate of achievement",
    "Certificate": "Certificate of achievement",
    "CoCurricular": "Co-curricular achievement",
    "MicroCredential": "Micro-credential",
}
# Directions that outlast their own word, and what no font and no XML has.
_UNPRINTABLE: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_MARKDOWN_START: Final = re.compile(r"^[ \t]*(?:#{1,6}|[-*+]|\d{1,3}[.)])[ \t]+", re.MULTILINE)
# A mark that ends a sentence before a space; the wide ones of Chinese and Japanese need none.
_SENTENCE_END: Final = re.compile(r"[.!?\u061f](?=\s|$)|[\u3002\uff01\uff1f]")


def one_line(text: str) -> str:
    """Put a text on one line and leave out what cannot be printed."""
    printable = "".join(
        character
        for character in _UNPRINTABLE.sub("", text)
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cs")
    )
    return " ".join(printable.split())


def summary(narrative: str, *, characters: int) -> str:
    """Shorten a narrative, which may be Markdown, to whole sentences if any are short enough."""
    text = one_line(_MARKDOWN_START.sub("", narrative))
    if len(text) <= characters:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, characters)]
    if ends and ends[-1] > characters // 3:
        return text[: ends[-1]]
    words, space, _ = text[:characters].rpartition(" ")
    return (words if space else text[: characters - 1]).rstrip(" ,;:") + "…"


def day(at: datetime) -> str:
    """Write a day, such as ``14 November 2026``, in UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def kind(achievement_type: str | None) -> str:
    """Name the kind of certificate, such as ``Certificate of completion``."""
    name = achievement_type or "Achievement"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removeprefix("ext:"))
    return _KINDS.get(name) or one_line(words[:1].upper() + words[1:].lower())


def initial(name: str) -> str:
    """Find the letter that stands for a hub."""
    return next((character.upper() for character in name if character.isalnum()), "•")


def is_right_to_left(text: str) -> bool:
    """Tell whether the first letter with a direction goes to the left.

    Source:
        Unicode Standard Annex 9, rules P2 and P3.
    """
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
