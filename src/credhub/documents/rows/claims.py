"""The texts of one row, each checked as what it is."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from credhub.credentials.claims import MAX_NAME, check_email, check_name, check_uri, check_url
from credhub.documents.rows import names
from credhub.documents.rows.choices import Field
from credhub.documents.rows.faults import Code, row_refused
from credhub.errors import InvalidClaimError

MAX_DID: Final = 500

_ERROR_BEGINS: Final = frozenset("#E")
# In capital letters, whatever the language of the spreadsheet.
_SPREADSHEET_ERROR: Final = re.compile(r"#[¡¿]?[^\W\d_][\w/ ]{0,20}[!?]?|#{3,}|Err:[0-9]{3}")


def check(field: Field, text: str) -> None:
    """Refuse a text that cannot be what its column holds. ``days`` reads dates.

    Raises:
        RowRefusedError: With the reason.
    """
    if text[:1] in _ERROR_BEGINS and _is_spreadsheet_error(text):
        raise row_refused(Code.SPREADSHEET_ERROR, value=text)
    if rule := _CHECKS.get(field):
        rule(text)


def _is_spreadsheet_error(text: str) -> bool:
    in_capitals = text == text.upper() or text.startswith("Err:")
    return in_capitals and _SPREADSHEET_ERROR.fullmatch(text) is not None


def check_key(text: str, member: str = "key") -> None:
    """Refuse a key that is none: rows that lack theirs must not share one.

    Raises:
        RowRefusedError: With the reason.
    """
    if len(text) <= MAX_NAME and names.stands_for_nothing(text):
        raise row_refused(Code.KEY_PLACEHOLDER, value=text)
    claim(check_name, member, text)


def check_email_address(text: str) -> None:
    """Refuse what is no e-mail address.

    Raises:
        RowRefusedError: With the reason.
    """
    try:
        check_email("email", text)
    except InvalidClaimError as error:
        raise row_refused(Code.EMAIL_MALFORMED, value=text) from error


def check_did(text: str) -> None:
    """Refuse what is no DID.

    Raises:
        RowRefusedError: With the reason.
    """
    claim(check_uri, "did", text)
    if len(text) > MAX_DID or not text.startswith("did:"):
        words = {"member": "did", "problem": f"must be a DID of at most {MAX_DID} characters."}
        raise row_refused(Code.VALUE_REFUSED, value=text, **words)


def claim(rule: Callable[[str, str], None], member: str, text: str) -> None:
    """Follow a rule of credentials.

    Raises:
        RowRefusedError: With the reason that the rule gives.
    """
    try:
        rule(member, text)
    except InvalidClaimError as error:
        words = {"member": member, "problem": error.message}
        raise row_refused(Code.VALUE_REFUSED, value=text, **words) from error


_CHECKS: Final[Mapping[Field, Callable[[str], None]]] = MappingProxyType(
    {
        Field.KEY: check_key,
        Field.EXTERNAL_ID: lambda text: check_key(text, "external id"),
        Field.NAME: names.check,  # The name put together, where it comes in parts.
        Field.EMAIL: check_email_address,
        Field.DID: check_did,
        Field.EVIDENCE_URL: lambda text: claim(check_url, "address", text),
        Field.RESULT: lambda text: claim(check_name, "result", text),
    }
)
