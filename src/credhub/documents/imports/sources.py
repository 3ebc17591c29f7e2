"""Which system a table came from, by the names of its columns, and what they hold.

A system is recognised by names that only it uses. A table of any other is read by what its columns
are called in the languages of ``rows``; what is not recognised can be said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from credhub.documents.imports.choices import Column
from credhub.documents.rows.choices import Field
from credhub.documents.rows.folding import fold
from credhub.documents.rows.header_words import FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A system, and how its tables are recognised.

    Attributes:
        key: Names it in the keys of rows, for ever.
        title: What people call it.
        known_by: Sets of folded headers; all of one set are there.
        columns: Folded headers, each with what it holds.
        is_gradebook: Whether it lists those too who have earned nothing.
        has_learners_keys: Whether the key of a row is that of its learner, who may have several.
    """

    key: str
    title: str
    known_by: tuple[frozenset[str], ...]
    columns: Mapping[str, Column]
    is_gradebook: bool = False
    has_learners_keys: bool = False


def _columns(words: Mapping[Column, str]) -> dict[str, Column]:
    return {fold(word): column for column, line in words.items() for word in line.split(",")}


def _known_by(*lines: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(fold, line.split(","))) for line in lines)


CREDLY: Final = Source(
    key="credly",
    title="Credly",
    known_by=_known_by(
        "Earner Badge ID",
        "Badge Template Name",
        "Badge Template ID, Issued to Email",
        "Badge Template ID, Recipient Email",
    ),
    columns=_columns(
        {
            Column.KEY: "Earner Badge ID, Badge ID",
            Column.ACHIEVEMENT: "Badge Name, Badge Template Name",
            Column.ACHIEVEMENT_ID: "Badge Template ID",
            Column.ISSUER: "Issued by, Issuer, Issuer Name, Organization",
            Column.GIVEN_NAME: "Issued to First Name, First Name",
            Column.MIDDLE_NAME: "Issued to Middle Name, Middle Name",
            Column.FAMILY_NAME: "Issued to Last Name, Last Name",
            Column.NAME: "Issued to, Recipient Name",
            Column.EMAIL: "Issued to Email, Recipient Email",
            Column.EXTERNAL_ID: "Issuer Earner ID",
            Column.AWARDED_DATE: "Issue Date, Issued at, Issued at Date",
            Column.VALID_UNTIL: "Expiration Date, Expires at, Expires at Date",
            Column.URL: "Badge URL, Public URL, Badge public URL",
            Column.EVIDENCE_URL: "Evidence URL",
            Column.STATE: "Status, Badge State, Badge Status",
            Column.EXPIRED: "Expired",
        }
    ),
)
ACCREDIBLE: Final = Source(
    key="accredible",
    title="Accredible",
    known_by=_known_by("Credential ID, Recipient Name", "Credential ID, Recipient Email"),
    columns=_columns(
        {
            Column.KEY: "Credential ID",
            Column.ACHIEVEMENT: "Group Name, Course Name, Credential Name, Group, Course",
            Column.ACHIEVEMENT_ID: "Group ID",
            Column.ISSUER: "Issuer, Issuer Name, Department, Department Name",
            Column.NAME: "Recipient Name",
            Column.EMAIL: "Recipient Email",
            Column.EXTERNAL_ID: "Recipient ID",
            Column.AWARDED_DATE: "Issued on, Issue Date, Credential issued on, Issued date",
            Column.VALID_UNTIL: "Expired on, Expiry Date, Expiration Date, Credential expired on",
            Column.URL: "URL, Credential URL, Credential Link, Link",
            Column.RESULT: "Grade",
            Column.STATE: "Status, Credential Status",
        }
    ),
)
CANVAS_CREDENTIALS: Final = Source(
    key="canvas-credentials",
    title="Canvas Credentials",
    known_by=_known_by("Badge Class Name", "Badge Class ID", "BadgeClass"),
    columns=_columns(
        {
            Column.KEY: "Award ID, Assertion ID, Badge Award ID",
            Column.ACHIEVEMENT: "Badge Class Name, BadgeClass, Badge Name, Badge",
            Column.ACHIEVEMENT_ID: "Badge Class ID",
            Column.ISSUER: "Issuer, Issuer Name",
            Column.NAME: "Recipient Name, Name",
            Column.GIVEN_NAME: "First Name, Recipient First Name",
            Column.FAMILY_NAME: "Last Name, Recipient Last Name",
            Column.EMAIL: "Recipient Email, Email, Identifier, Recipient Identifier, Recipient",
            Column.AWARDED_DATE: "Issue Date, Issued on, Date Issued, Awarded on",
            Column.VALID_UNTIL: "Expiration Date, Expires, Expires on",
            Column.URL: "Award URL, Badge URL, Assertion URL, Public URL, URL",
            Column.EVIDENCE_URL: "Evidence URL",
            Column.STATE: "Status",
            Column.REVOKED: "Revoked",
        }
    ),
)
MOODLE: Final = Source(
    key="moodle",
    title="Moodle",
    known_by=_known_by("ID, Name, Course complete"),
    columns=_columns(
        {
            Column.KEY: "ID",
            Column.NAME: "Name",
            Column.EMAIL: "Email address",
            Column.EXTERNAL_ID: "ID number",
            Column.COMPLETED: "Course complete",
        }
    ),
    has_learners_keys=True,
)
CANVAS: Final = Source(
    key="canvas",
    title="Canvas",
    known_by=_known_by("Student, ID, Section", "LastName, FirstName, ID, Section"),
    columns=_columns(
        {
            Column.KEY: "ID",
            Column.SORTED_NAME: "Student",
            Column.GIVEN_NAME: "FirstName",
            Column.FAMILY_NAME: "LastName",
            Column.EXTERNAL_ID: "SIS User ID",
            Column.SCORE: "Final Score",
        }
    ),
    is_gradebook=True,
    has_learners_keys=True,
)
_OF_ROWS: Final = {
    Field.KEY: Column.KEY,
    Field.EXTERNAL_ID: Column.EXTERNAL_ID,
    Field.NAME: Column.NAME,
    Field.GIVEN_NAME: Column.GIVEN_NAME,
    Field.FAMILY_NAME: Column.FAMILY_NAME,
    Field.EMAIL: Column.EMAIL,
    Field.AWARDED_DATE: Column.AWARDED_DATE,
    Field.VALID_UNTIL: Column.VALID_UNTIL,
    Field.EVIDENCE_URL: Column.EVIDENCE_URL,
    Field.RESULT: Column.RESULT,
    Field.ACHIEVEMENT: Column.ACHIEVEMENT,
}
TABLE: Final = Source(
    key="table",
    title="a table",
    known_by=(),
    columns=MappingProxyType(
        {word: _OF_ROWS[field] for word, field in FIELDS.items() if field in _OF_ROWS}
        | _columns(
            {
                Column.KEY: "Certificate ID, Certificate Number, Certificate No, Credential ID,"
                "Badge ID, Serial Number, Zertifikatsnummer, Urkundennummer, numéro de certificat,"
                "número de certificado",
                Column.ACHIEVEMENT: "achievement, badge, badge name, certificate, course,"
                "course name, credential, credential name, award, qualification, program,"
                "programme, Zertifikat, Kurs, Lehrgang, Abschluss, formation, certificat, diplôme,"
                "curso, certificado, título, corso, certificato, cursus, kurs, świadectwo",
                Column.ACHIEVEMENT_ID: "achievement id, course id, program id",
                Column.ISSUER: "issuer, issued by, issuer name, organisation, organization,"
                "Aussteller, ausgestellt von, émetteur, délivré par, emisor, emitido por",
                Column.MIDDLE_NAME: "middle name",
                Column.URL: "url, link, certificate url, credential url, verification url,"
                "badge url, permalink",
                Column.STATE: "status, state, Zustand, statut, estado, stato",
                Column.REVOKED: "revoked, widerrufen, révoqué, revocado",
            }
        )
    ),
)
SOURCES: Final = (CREDLY, ACCREDIBLE, CANVAS_CREDENTIALS, MOODLE, CANVAS)


def source_of(headers: Iterable[str]) -> Source:
    """Recognise the system of a table; ``TABLE`` is none in particular."""
    folded = frozenset(map(fold, headers))
    for source in SOURCES:
        if any(names <= folded for names in source.known_by):
            return source
    return TABLE


def is_known(text: str) -> bool:
    """Say whether a text is a header of any system."""
    folded = fold(text)
    return any(folded in source.columns for source in (*SOURCES, TABLE))
