from dataclasses import replace

import pytest
from hypothesis import given

from credhub.credentials.achievement import (
    ACHIEVEMENT_TYPES,
    TARGET_TYPES,
    Achievement,
    Alignment,
    Criteria,
)
from credhub.credentials.validity import Validity
from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject, JsonValue
from tests import vectors
from tests.unit import factories
from tests.unit.credentials.strategies import achievements


@given(achievements)
def test_a_definition_survives_its_document(achievement: Achievement) -> None:
    assert Achievement.from_document(achievement.to_definition()) == achievement


def test_the_embedded_form_leaves_out_our_own_rules() -> None:
    achievement = factories.achievement()

    document = achievement.to_document()

    assert "validity" not in document
    assert "suspendable" not in document
    assert Achievement.from_document(document) == replace(
        achievement, validity=None, suspendable=False
    )


def test_the_lists_of_types_are_those_of_open_badges() -> None:
    schema = vectors.document("openbadges-v3/schemas/ob_v3p0_achievementcredential_schema.json")

    assert _listed(schema, "Achievement", "achievementType") == ACHIEVEMENT_TYPES
    assert _listed(schema, "Alignment", "targetType") == TARGET_TYPES


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", "solar"),
        ("id", "https://hub.example/a b"),
        ("id", "https://hub.example/" + "a" * 2000),
        ("name", ""),
        ("name", " \n"),
        ("name", "a" * 201),
        ("name", "two\nlines"),
        ("name", "tab\tbed"),
        ("name", "null\0"),
        ("name", "turned \u202e around"),
        ("name", "\ue000"),
        ("description", "a" * 10_001),
        ("description", ""),
        ("achievement_type", "certificate"),
        ("achievement_type", "ext:"),
        ("achievement_type", "ext:a b"),
        ("alignments", (Alignment(target_name="a", target_url="http://a.example"),) * 51),
        ("tags", tuple(str(number) for number in range(51))),
        ("tags", ("a", "a")),
        ("tags", ("",)),
        ("image", "data:image/png;base64,AA"),
        ("image", "javascript:alert(1)"),
        ("in_language", "English please"),
        ("version", 0),
    ],
)
def test_a_malformed_definition_is_refused(member: str, value: object) -> None:
    with pytest.raises(InvalidClaimError) as refused:
        replace(factories.achievement(), **{member: value})  # type: ignore[arg-type]  # one of many members
    assert refused.value.member.lower() in {member.replace("_", ""), "alignment", "tag"}


def test_names_in_any_script_are_accepted() -> None:
    for name in ("مركز التدريب", "太阳能", "हिन्दी \u200d", "O'Brien & Söhne", "👩🏽\u200d🔧"):
        assert replace(factories.achievement(), name=name).name == name


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("target_name", ""),
        ("target_url", "ftp://a.example"),
        ("target_url", "https://user@a.example/"),
        ("target_code", ""),
        ("target_framework", "\0"),
        ("target_description", "a" * 10_001),
        ("target_type", "skill"),
    ],
)
def test_a_malformed_alignment_is_refused(member: str, value: str) -> None:
    with pytest.raises(InvalidClaimError):
        replace(factories.achievement().alignments[0], **{member: value})


def test_malformed_criteria_are_refused() -> None:
    with pytest.raises(InvalidClaimError):
        Criteria(narrative="")
    with pytest.raises(InvalidClaimError):
        Criteria(narrative="Pass.", id="#here")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", None),
        ("name", 5),
        ("criteria", None),
        ("criteria", "words"),
        ("criteria", {}),
        ("criteria", {"narrative": []}),
        ("alignment", {}),
        ("alignment", ["x"]),
        ("alignment", [{"targetName": "x"}]),
        ("tag", "solar"),
        ("tag", [1]),
        ("image", "https://hub.example/x.png"),
        ("image", {}),
        ("validity", "two years"),
        ("suspendable", "yes"),
        ("version", "0"),
        ("version", "1.0"),
        ("version", 1),
    ],
)
def test_a_malformed_document_is_refused(member: str, value: JsonValue) -> None:
    document = factories.achievement().to_definition() | {member: value}

    with pytest.raises(InvalidClaimError) as refused:
        Achievement.from_document(document)
    assert refused.value.member.startswith(member)


def test_a_definition_without_options_is_short() -> None:
    document: JsonObject = {
        "id": "urn:x:1",
        "type": ["Achievement"],
        "name": "Welding",
        "description": "Can weld.",
        "criteria": {"type": "Criteria", "narrative": "Weld."},
        "achievementType": "Badge",
        "version": "1",
    }

    achievement = Achievement.from_document(document)

    assert achievement.to_document() == document
    assert replace(achievement, validity=Validity(days=1)).to_definition() == document | {
        "suspendable": False,
        "validity": "P1D",
    }


def _listed(schema: JsonObject, definition: str, member: str) -> set[JsonValue]:
    found = schema["$defs"]
    for step in (definition, "properties", member):
        assert isinstance(found, dict)
        found = found[step]
        if step in {definition, member}:
            assert isinstance(found, dict)
    assert isinstance(found, dict)
    choices = found["oneOf"]
    assert isinstance(choices, list)
    assert isinstance(choices[0], dict)
    values = choices[0]["enum"]
    assert isinstance(values, list)
    return set(map(str, values))
