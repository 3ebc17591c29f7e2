"""What can be wrong with an export, beside what can be wrong with any file of rows."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from credhub.documents.rows.faults import shown
from credhub.errors import RowFault, RowRefusedError, RowsError


class ImportCode(StrEnum):
    """What is wrong. A code is never renamed."""

    ACHIEVEMENT_MISSING = "achievement-missing"
    ACHIEVEMENT_UNSAID = "achievement-unsaid"
    STATE_UNKNOWN = "state-unknown"
    DATE_IN_FUTURE = "date-in-future"
    YEAR_AMBIGUOUS = "year-ambiguous"
    MINIMUM_UNSAID = "minimum-unsaid"
    SCORE_MALFORMED = "score-malformed"
    NAME_ORDER = "name-order"
    ACHIEVEMENT_UNKNOWN = "achievement-unknown"
    ACHIEVEMENT_AMBIGUOUS = "achievement-ambiguous"
    ISSUERS_SEVERAL = "issuers-several"
    NAME_UNSAID = "name-unsaid"
    NAMES_DIFFER = "names-differ"
    HASH_UNKNOWN = "hash-unknown"
    TOO_MANY_HASHES = "too-many-hashes"
    BADGE_ABSENT = "badge-absent"
    ARCHIVE_BROKEN = "archive-broken"
    ARCHIVE_ENCRYPTED = "archive-encrypted"
    ARCHIVE_TOO_LARGE = "archive-too-large"
    ARCHIVE_INSIDE = "archive-inside"
    NOT_JSON = "not-json"
    NOTHING_INSIDE = "nothing-inside"
    NO_CREDENTIAL = "no-credential"
    NOT_BAKED = "not-baked"
    HOSTED_ELSEWHERE = "hosted-elsewhere"
    PROOF_BROKEN = "proof-broken"
    TOO_MANY_CREDENTIALS = "too-many-credentials"


SENTENCES: Final[Mapping[ImportCode, str]] = MappingProxyType(
    {
        ImportCode.ACHIEVEMENT_MISSING: "This row does not say what was earned.",
        ImportCode.ACHIEVEMENT_UNSAID: "No column says what was earned. Say which one does, or"
        " what everybody in this file has earned.",
        ImportCode.STATE_UNKNOWN: "It is not known whether a credential with this state stands."
        " Take out the row, or say that the column is not used.",
        ImportCode.DATE_IN_FUTURE: "This day has not come yet.",
        ImportCode.YEAR_AMBIGUOUS: "The year could come first or last. Write years in full, or say"
        " whether the day or the month comes first in this file.",
        ImportCode.MINIMUM_UNSAID: "A gradebook lists everybody. Say with which score somebody has"
        " passed.",
        ImportCode.SCORE_MALFORMED: "This is no number, or could be two, as 1,000 could be one"
        " or a thousand.",
        ImportCode.NAME_ORDER: "The name should be the family name, one comma and the given names.",
        ImportCode.ACHIEVEMENT_UNKNOWN: "The hub has no achievement of this name. Say which one is"
        " meant, or that it shall be made.",
        ImportCode.ACHIEVEMENT_AMBIGUOUS: "Several achievements have this name. Publish what is not"
        " here, and say by their ids which one here is which one there.",
        ImportCode.ISSUERS_SEVERAL: "The credentials are of several issuers. Say whose are taken"
        " over; the others are then passed over.",
        ImportCode.NAME_UNSAID: "The credential does not name its learner. Give a file of names and"
        " e-mail addresses that has the one it was issued to.",
        ImportCode.NAMES_DIFFER: "The address of this row has another name in the row shown.",
        ImportCode.HASH_UNKNOWN: "This is no hash that Open Badges knows.",
        ImportCode.TOO_MANY_HASHES: "There are too many names for as many hashes. Import them in"
        " parts, each with the names that it needs.",
        ImportCode.BADGE_ABSENT: "What was earned is described elsewhere. Add the file that is at"
        " the address shown.",
        ImportCode.ARCHIVE_BROKEN: "The archive is damaged, or packed in an unusual way.",
        ImportCode.ARCHIVE_ENCRYPTED: "The archive is encrypted. Unpack it first.",
        ImportCode.ARCHIVE_TOO_LARGE: "There is too much in the archives. Send them in parts.",
        ImportCode.ARCHIVE_INSIDE: "There is an archive inside of the archive. Unpack that one.",
        ImportCode.NOT_JSON: "This is not strict JSON.",
        ImportCode.NOTHING_INSIDE: "There is no Open Badge in it.",
        ImportCode.NO_CREDENTIAL: "This stands among credentials and cannot be read as one: an"
        " address, a token of another kind, or an object without its type. Put the credential there"
        " or take it out.",
        ImportCode.NOT_BAKED: "There is no Open Badge baked into this image, or more than one.",
        ImportCode.HOSTED_ELSEWHERE: "The image holds an address only. Add the file that is there.",
        ImportCode.PROOF_BROKEN: "The signature does not fit: one of the two was changed. Take the"
        " credential out.",
        ImportCode.TOO_MANY_CREDENTIALS: "There are more than 50,000 credentials. Send them in"
        " parts.",
    }
)


def import_fault(
    code: ImportCode, *, row: int | None = None, column: str | None = None, value: str | None = None
) -> RowFault:
    """Say what is wrong, in the sentence of its code."""
    seen = None if value is None else shown(value)
    return RowFault(row=row, column=column, code=code.value, detail=SENTENCES[code], value=seen)


def credential_refused(code: ImportCode, *, value: str | None = None) -> RowRefusedError:
    """Make the error of one credential; who knows the row and the column adds them."""
    return RowRefusedError(import_fault(code, value=value))


def file_refused(code: ImportCode) -> RowsError:
    """Make the error that ends the reading of a file."""
    return RowsError((import_fault(code),))
