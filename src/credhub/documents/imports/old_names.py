"""Names as other systems export them."""

from collections.abc import Mapping
from typing import Final

from credhub.documents.imports.choices import Column
from credhub.documents.imports.faults import ImportCode, credential_refused
from credhub.documents.rows import names

# What Canvas calls the student as whom teachers look at a course.
_TESTER: Final = "Student, Test"


def is_nobody(texts: Mapping[Column, str]) -> bool:
    """Say whether the row of a gradebook is about no person."""
    parts = (texts.get(Column.FAMILY_NAME, ""), texts.get(Column.GIVEN_NAME, ""))
    name = texts.get(Column.SORTED_NAME, ", ".join(parts))
    return Column.KEY not in texts or name == _TESTER


def unsorted(text: str) -> str:
    """Put a name that is sorted by the family name in the order in which it is said.

    Raises:
        RowRefusedError: It has more commas than one.
    """
    if text.count(",") > 1:
        raise credential_refused(ImportCode.NAME_ORDER, value=text)
    family, comma, given = (part.strip() for part in text.partition(","))
    return names.joined(given, family) if comma else family


def whole(given: str, middle: str, family: str, *, may_be_whole: bool) -> str:
    """Put a name together from its parts.

    Raises:
        RowRefusedError: It is no name, or one of the columns holds all of it.
    """
    both = f"{given} {middle}" if given and middle else given
    return names.of_parts(both, family, may_be_whole=may_be_whole)
