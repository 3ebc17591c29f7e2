"""What can be earned: one version of an Open Badges achievement."""

import re
from dataclasses import dataclass
from typing import Final, Self

from credhub.credentials.claims import (
    check_language,
    check_name,
    check_text,
    check_uri,
    check_url,
)
from credhub.credentials.reading import Reader
from credhub.credentials.validity import Validity
from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject

MAX_TAGS: Final = 50
MAX_ALIGNMENTS: Final = 50

# Open Badges 3.0, section B.3.1 (AchievementType).
ACHIEVEMENT_TYPES: Final = frozenset(
    {
        "Achievement",
        "ApprenticeshipCertificate",
        "Assessment",
        "Assignment",
        "AssociateDegree",
        "Award",
        "Badge",
        "BachelorDegree",
        "Certificate",
        "CertificateOfCompletion",
        "Certification",
        "CommunityService",
        "Competency",
        "Course",
        "CoCurricular",
        "Degree",
        "Diploma",
        "DoctoralDegree",
        "Fieldwork",
        "GeneralEducationDevelopment",
        "JourneymanCertificate",
        "LearningProgram",
        "License",
        "Membership",
        "ProfessionalDoctorate",
        "QualityAssuranceCredential",
        "MasterCertificate",
        "MasterDegree",
        "MicroCredential",
        "ResearchDoctorate",
        "SecondarySchoolDiploma",
    }
)
# Open Badges 3.0, section B.3.2 (AlignmentTargetType).
TARGET_TYPES: Final = frozenset(
    {
        "ceasn:Competency",
        "ceterms:Credential",
        "CFItem",
        "CFRubric",
        "CFRubricCriterion",
        "CFRubricCriterionLevel",
        "CTDL",
    }
)
_EXTENSION: Final = re.compile(r"ext:[A-Za-z0-9._-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What had to be done to earn an achievement: words, and perhaps a page about it."""

    narrative: str
    id: str | None = None

    def __post_init__(self) -> None:
        check_text("criteria.narrative", self.narrative)
        if self.id is not None:
            check_url("criteria.id", self.id)

    def to_document(self) -> JsonObject:
        """Make the Criteria member (Open Badges 3.0, section B.1.5)."""
        page: JsonObject = {} if self.id is None else {"id": self.id}
        return page | {"type": "Criteria", "narrative": self.narrative}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """The place of an achievement in a framework such as ESCO, CTDL or CASE."""

    target_name: str
    target_url: str
    target_framework: str | None = None
    target_code: str | None = None
    target_description: str | None = None
    target_type: str | None = None

    def __post_init__(self) -> None:
        check_text("alignment.targetName", self.target_name)
        check_url("alignment.targetUrl", self.target_url)
        for member, text in self._options():
            if text is not None:
                check_text(f"alignment.{member}", text)
        if self.target_type is not None:
            _check_listed("alignment.targetType", self.target_type, TARGET_TYPES)

    def to_document(self) -> JsonObject:
        """Make the Alignment member (Open Badges 3.0, section B.1.3)."""
        document: JsonObject = {
            "type": ["Alignment"],
            "targetName": self.target_name,
            "targetUrl": self.target_url,
        }
        document.update({member: text for member, text in self._options() if text is not None})
        return document

    def _options(self) -> tuple[tuple[str, str | None], ...]:
        return (
            ("targetFramework", self.target_framework),
            ("targetCode", self.target_code),
            ("targetDescription", self.target_description),
            ("targetType", self.target_type),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """One published version of what can be earned.

    Attributes:
        id: The public address of the definition.
        achievement_type: One of ``ACHIEVEMENT_TYPES``, or ``ext:`` and a name of the hub's own.
        image: The address of a picture.
        in_language: The language of the definition.
        validity: How long a credential of it stands; for ever when absent.
        suspendable: Whether its credentials can be suspended and resumed.
        version: 1 for the first.
    """

    id: str
    name: str
    description: str
    criteria: Criteria
    achievement_type: str
    alignments: tuple[Alignment, ...] = ()
    tags: tuple[str, ...] = ()
    image: str | None = None
    in_language: str | None = None
    validity: Validity | None = None
    suspendable: bool = False
    version: int = 1

    def __post_init__(self) -> None:
        check_uri("id", self.id)
        check_name("name", self.name)
        check_text("description", self.description)
        _check_listed("achievementType", self.achievement_type, ACHIEVEMENT_TYPES)
        if len(self.alignments) > MAX_ALIGNMENTS:
            raise InvalidClaimError("alignment", f"must have at most {MAX_ALIGNMENTS} items.")
        _check_tags(self.tags)
        if self.image is not None:
            check_url("image", self.image)
        if self.in_language is not None:
            check_language("inLanguage", self.in_language)
        if self.version < 1:
            raise InvalidClaimError("version", "must be at least 1.")

    def to_document(self) -> JsonObject:
        """Make the Achievement that a credential embeds.

        Source:
            Open Badges 3.0, section B.1.1 (Achievement).
        """
        document: JsonObject = {
            "id": self.id,
            "type": ["Achievement"],
            "name": self.name,
            "description": self.description,
            "criteria": self.criteria.to_document(),
            "achievementType": self.achievement_type,
            "version": str(self.version),
        }
        if self.alignments:
            document["alignment"] = [alignment.to_document() for alignment in self.alignments]
        if self.tags:
            document["tag"] = list(self.tags)
        if self.image is not None:
            document["image"] = {"id": self.image, "type": "Image"}
        if self.in_language is not None:
            document["inLanguage"] = self.in_language
        return document

    def to_definition(self) -> JsonObject:
        """Make the document that is stored and logged: ``to_document`` and our own two rules."""
        document = self.to_document() | {"suspendable": self.suspendable}
        if self.validity is not None:
            document["validity"] = self.validity.text()
        return document

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read what ``to_document`` or ``to_definition`` made.

        Raises:
            InvalidClaimError: A member is missing or is not what it should be.
        """
        reader = Reader(document)
        validity = reader.optional_text("validity")
        image = reader.optional_object("image")
        return cls(
            id=reader.text("id"),
            name=reader.text("name"),
            description=reader.text("description"),
            criteria=_criteria(reader.object("criteria")),
            achievement_type=reader.text("achievementType"),
            alignments=tuple(_alignment(item) for item in reader.objects("alignment")),
            tags=reader.texts("tag"),
            image=None if image is None else image.text("id"),
            in_language=reader.optional_text("inLanguage"),
            validity=None if validity is None else Validity.parse(validity),
            suspendable=reader.flag("suspendable"),
            version=_version(reader.text("version")),
        )


def _criteria(reader: Reader) -> Criteria:
    return Criteria(narrative=reader.text("narrative"), id=reader.optional_text("id"))


def _alignment(reader: Reader) -> Alignment:
    return Alignment(
        target_name=reader.text("targetName"),
        target_url=reader.text("targetUrl"),
        target_framework=reader.optional_text("targetFramework"),
        target_code=reader.optional_text("targetCode"),
        target_description=reader.optional_text("targetDescription"),
        target_type=reader.optional_text("targetType"),
    )


def _version(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text, re.ASCII):
        raise InvalidClaimError("version", "must be a number from 1.")
    return int(text)


def _check_listed(member: str, text: str, listed: frozenset[str]) -> None:
    if text not in listed and not _EXTENSION.fullmatch(text):
        raise InvalidClaimError(member, "must be an Open Badges 3.0 value or begin with ext:.")


def _check_tags(tags: tuple[str, ...]) -> None:
    if len(tags) > MAX_TAGS or len(set(tags)) != len(tags):
        raise InvalidClaimError("tag", f"must have at most {MAX_TAGS} items, each once.")
    for tag in tags:
        check_name("tag", tag)
