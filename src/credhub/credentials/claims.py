"""The rules that every text and address in a credential follows."""

import re
import unicodedata
from typing import Final

from credhub.errors import InvalidClaimError

MAX_TEXT: Final = 10_000
MAX_NAME: Final = 200
MAX_ADDRESS: Final = 2_000

_URL: Final = re.compile(
    r"https?://[A-Za-z0-9.\-]+(?::[0-9]{1,5})?(?:[/?#][\w\-.~:/?#\[\]@!$&'()*+,;=%]*)?"
)
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[\w\-.~:/?#\[\]@!$&'()*+,;=%]+")
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
# Control, surrogate, private; and those that turn the direction of what follows.
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Co", "Zl", "Zp"})
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# RFC 5646 in outline: what the canonical form can carry without loss.
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def check_name(member: str, text: str) -> None:
    """Refuse a name that is empty, too long or not printable.

    Raises:
        InvalidClaimError: With the member's name.
    """
    check_text(member, text, limit=MAX_NAME)
    if "\n" in text or "\t" in text:
        raise InvalidClaimError(member, "must be one line.")


def check_text(member: str, text: str, *, limit: int = MAX_TEXT) -> None:
    """Refuse a text that is blank, too long, or holds what cannot be shown as it is.

    Raises:
        InvalidClaimError: With the member's name.
    """
    if not text.strip():
        raise InvalidClaimError(member, "must not be empty.")
    if len(text) > limit:
        raise InvalidClaimError(member, f"must have at most {limit} characters.")
    if not text.isprintable():  # What is printable holds nothing that is refused.
        _check_characters(member, text)


def check_url(member: str, text: str) -> None:
    """Refuse what is not an absolute web address.

    Raises:
        InvalidClaimError: With the member's name.
    """
    if len(text) > MAX_ADDRESS or not _URL.fullmatch(text):
        raise InvalidClaimError(member, "must be an http or https address.")


def check_uri(member: str, text: str) -> None:
    """Refuse what is not an absolute identifier, such as a DID, a URN or a web address.

    Raises:
        InvalidClaimError: With the member's name.
    """
    if len(text) > MAX_ADDRESS or not _URI.fullmatch(text):
        raise InvalidClaimError(member, "must be an absolute URI.")


def check_email(member: str, text: str) -> None:
    """Refuse what is not an e-mail address in outline.

    Raises:
        InvalidClaimError: With the member's name.
    """
    check_name(member, text)
    if not _EMAIL.fullmatch(text):
        raise InvalidClaimError(member, "must be an e-mail address.")


def check_language(member: str, text: str) -> None:
    """Refuse what is not a language tag.

    Raises:
        InvalidClaimError: With the member's name.

    Source:
        RFC 5646, section 2.1.
    """
    if not _LANGUAGE.fullmatch(text):
        raise InvalidClaimError(member, "must be a language tag such as en or pt-BR.")


def _check_characters(member: str, text: str) -> None:
    for character in text:
        refused = unicodedata.category(character) in _REFUSED_CATEGORIES
        if (refused and character not in "\n\t") or character in _TURNING:
            raise InvalidClaimError(member, f"must not hold the character U+{ord(character):04X}.")
