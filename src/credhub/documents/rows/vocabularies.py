"""What the columns of each kind of table can hold, and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from credhub.documents.rows.choices import Field
from credhub.documents.rows.header_words import FIELDS, OF_CHANGES, OF_LEARNERS

_OF_CHANGES: Final = (Field.CREDENTIAL, Field.REASON, Field.OUTCOME)
CORRECTED: Final = (
    Field.NAME,
    Field.GIVEN_NAME,
    Field.FAMILY_NAME,
    Field.AWARDED_DATE,
    Field.VALID_UNTIL,
    Field.EVIDENCE_URL,
    Field.RESULT,
)
"""What a credential can be corrected in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What one kind of table is about.

    Attributes:
        words: Headers, folded, each with what it lets one guess.
        fields: What a column may be said to hold.
        needed: What must be there. The whole name may also come in parts.
    """

    words: Mapping[str, Field]
    fields: tuple[Field, ...]
    needed: Field


LEARNERS: Final = Vocabulary(words=FIELDS, fields=OF_LEARNERS, needed=Field.NAME)
"""Learners who are to get credentials."""

CHANGES: Final = Vocabulary(words=OF_CHANGES, fields=_OF_CHANGES, needed=Field.CREDENTIAL)
"""Credentials that are to be revoked, suspended, lifted or issued anew."""

CORRECTIONS: Final = Vocabulary(
    words=MappingProxyType(
        {**{word: field for word, field in FIELDS.items() if field in CORRECTED}, **OF_CHANGES}
    ),
    fields=(*_OF_CHANGES, *CORRECTED),
    needed=Field.CREDENTIAL,
)
"""Credentials that are to be corrected, and what they should say."""
