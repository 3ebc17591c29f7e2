"""Names on which no credential may be made out: what stands for a name that is not there.

The table is short on purpose. There are people called Null, Na or Test; such a word is refused
where it is all there is, and some spellings, which only software makes, wherever they stand.
Whom that wrongs gets a credential by a request of its own.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from credhub.credentials.claims import MAX_NAME, check_name
from credhub.documents.rows.faults import Code, row_refused
from credhub.errors import InvalidClaimError

# As all of a name, in any case; also repeated, as from two cells.
_NO_NAMES: Final = frozenset(
    {
        "undefined", "null", "none", "nil", "void", "n/a", "n.a.", "n. a.", "n.n.", "nn", "tbd",
        "tba", "unknown", "unnamed", "anonymous", "missing", "empty", "blank",
        "false", "true", "n a",
        "test", "tester",
        "testing", "asdf", "qwerty", "xxx", "xyz", "todo", "example", "dummy", "sample",
        "unbekannt", "inconnu", "desconocido", "desconhecido", "sconosciuto", "onbekend",
        "nieznany", "k.a.", "s.n.", "s/n",
        "name", "first", "last", "firstname", "lastname", "surname", "vorname", "nachname",
        "student", "learner", "recipient", "participant",
        "test user", "test student", "test name", "user test", "test learner", "no name",
        "first last", "first name", "last name", "first name last name", "firstname lastname",
        "given family", "given name family name", "full name", "your name", "student name",
        "recipient name", "learner name", "name surname", "vorname nachname", "vor- und nachname",
        "prénom nom", "nom prénom", "nombre apellidos", "nombre apellido", "nome cognome",
        "nome sobrenome", "voornaam achternaam", "imię nazwisko",
    }
)  # fmt: skip
_FIRST_WORDS: Final = frozenset(text.partition(" ")[0] for text in _NO_NAMES)
# As one of the words of a name, in this case only.
_MADE_BY_SOFTWARE: Final = frozenset(
    {"undefined", "null", "None", "NaN", "nan", "NaT", "N/A", "n/a", "#N/A"}
)
_SEVERAL_IN_A_ROW: Final = re.compile(r"(?:undefined|null|none|nan|nat){2,}")
# As all of a name, in this case only: others are called so.
_ALONE: Final = frozenset({"NA", "NaN", "nan", "NAN"})
_TEMPLATE: Final = re.compile(
    r"[{}<>«»\[\]_]|\$[A-Za-z(]|%[A-Za-z]+%|%[sd]\b|\*\||\|\*|\A[:#]|&#?[A-Za-z0-9]+;"
)
_FORMULA: Final = tuple("=+-@\t\r＝＋－＠")  # noqa: RUF001 - full-width forms work too
_ADDRESS: Final = re.compile(r"\S+@\S+\.\S+|https?://\S+|www\.\S+|did:\S+", re.IGNORECASE)
# Latin letters and digits as wide as those of East Asia.
_WIDE: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_NO_LETTERS: Final = re.compile(r"[\W_]+")
# Characters that join, part or direct letters, and are written in names.
_SEEN_BY_LETTERS: Final = frozenset("\u200c\u200d\u200e\u200f\u061c")
# Letters by category that nobody sees.
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")


def check(name: str) -> None:
    """Refuse what is no name.

    Raises:
        RowRefusedError: With the reason.
    """
    if not name:
        raise row_refused(Code.NAME_MISSING)
    if len(name) > MAX_NAME:  # Nothing else looks at what is too long.
        _check_as_claim(name)
    for applies, code in _REASONS:
        if applies(name):
            raise row_refused(code, value=name)
    if not name.isascii():
        if meant := _ungarbled(name):
            raise row_refused(Code.NAME_GARBLED, value=meant)
        _check_unseen(name)
    _check_as_claim(name)


def joined(given: str, family: str) -> str:
    """Put a name together.

    Raises:
        RowRefusedError: A part of it is missing; both are when the name is.
    """
    parts = [part for part in (given, family) if any(map(str.isalnum, part))]
    if len(parts) == 1:
        raise row_refused(Code.NAME_PART_MISSING)
    return " ".join(parts)


def of_parts(given: str, family: str, *, may_be_whole: bool) -> str:
    """Put a name together, and refuse what is none.

    Args:
        given: One part.
        family: The other one.
        may_be_whole: Whether one of the columns may hold whole names.

    Raises:
        RowRefusedError: With the reason.
    """
    if may_be_whole and share_words(given, family):
        raise row_refused(Code.NAME_TWICE, value=f"{given} {family}")
    whole = joined(given, family)
    check(whole)
    return whole


def share_words(one: str, other: str) -> bool:
    """Say whether all words of one part of a name are in the other part too."""
    parts = set(folded(one).split()), set(folded(other).split())
    return all(parts) and (parts[0] <= parts[1] or parts[1] <= parts[0])


def stands_for_nothing(text: str) -> bool:
    """Say whether a text is what software or people write where there is nothing."""
    if text in _ALONE or not any(map(str.isalnum, text)):
        return True
    words = folded(text).split()
    if words[0] in _FIRST_WORDS and _are_no_name(words):
        return True
    bare = _NO_LETTERS.sub(
        " ", "".join(one for one in folded(text) if unicodedata.category(one) != "Cf")
    )
    words = bare.split()
    return _are_no_name(words) or bool(_SEVERAL_IN_A_ROW.fullmatch("".join(words)))


def folded(text: str) -> str:
    """Fold case and width. Of what no placeholder holds, more forms of a letter may be left.

    Compatibility forms are not resolved: one character can become eighteen.
    """
    return unicodedata.normalize("NFC", text.translate(_WIDE)).casefold()


def _are_no_name(words: list[str]) -> bool:
    return " ".join(words) in _NO_NAMES or (len(set(words)) == 1 and words[0] in _NO_NAMES)


def _is_placeholder(name: str) -> bool:
    return stands_for_nothing(name) or not _MADE_BY_SOFTWARE.isdisjoint(name.split())


def _is_formula(name: str) -> bool:
    return name.startswith(_FORMULA) and any(map(str.isalnum, name))


def _is_damaged(name: str) -> bool:
    return "\ufffd" in name


def _is_without_letters(name: str) -> bool:
    return not any(one.isalpha() and one not in _FILLERS for one in name)


_REASONS: Final[tuple[tuple[Callable[[str], object], Code], ...]] = (
    (_is_formula, Code.NAME_FORMULA),
    (_is_damaged, Code.CHARACTER_LOST),
    (_TEMPLATE.search, Code.NAME_TEMPLATE),
    (_is_placeholder, Code.NAME_PLACEHOLDER),
    (_ADDRESS.fullmatch, Code.NAME_IS_ADDRESS),
    (_is_without_letters, Code.NAME_WITHOUT_LETTERS),
)


def _check_as_claim(name: str) -> None:
    try:
        check_name("name", name)
    except InvalidClaimError as error:
        words = {"member": "name", "problem": error.message}
        raise row_refused(Code.VALUE_REFUSED, value=name, **words) from error


def _check_unseen(name: str) -> None:
    for one in name:
        if unicodedata.category(one) == "Cf" and one not in _SEEN_BY_LETTERS:
            words = {"member": "name", "problem": f"holds the invisible U+{ord(one):04X}."}
            raise row_refused(Code.VALUE_REFUSED, value=name, **words)


def _ungarbled(name: str) -> str | None:
    """Undo the reading of UTF-8 as Windows-1252, if all of it can be undone."""
    try:
        meant = name.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None
    return meant if meant.isprintable() else None
