from collections.abc import Callable
from copy import deepcopy

import jsonschema
import pytest

from credhub.credentials.schema import DIGEST_SRI, FILE_NAME, PUBLISHED_PATH, Schemas
from credhub.errors import SchemaError, SchemaNotKnownError, TamperedFileError
from credhub.jsontypes import JsonObject, JsonValue, parse_object
from tests.unit import factories
from tests.unit.factories import HOST

SCHEMA_ID = HOST + PUBLISHED_PATH
SCHEMAS = Schemas.load(factories.read_schema)


def test_what_we_issue_follows_our_schema() -> None:
    SCHEMAS.validate(SCHEMA_ID, factories.credential())
    SCHEMAS.validate(SCHEMA_ID, factories.signed())


def test_our_schema_is_itself_a_schema_and_refers_to_nothing_else() -> None:
    schema = parse_object(SCHEMAS.published[PUBLISHED_PATH])

    jsonschema.Draft202012Validator.check_schema(schema)
    references = _members(schema, "$ref")
    assert references
    assert all(str(reference).startswith("#/$defs/") for reference in references)


def test_two_validators_agree_about_our_schema() -> None:
    other = jsonschema.Draft202012Validator(parse_object(SCHEMAS.published[PUBLISHED_PATH]))

    other.validate(factories.signed())
    for damage in DAMAGES.values():
        assert list(other.iter_errors(damaged(damage)))


def _set(path: str, value: JsonValue) -> Callable[[JsonObject], None]:
    def change(document: JsonObject) -> None:
        *steps, last = path.split("/")
        place: JsonValue = document
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else _object(place)[step]
        if isinstance(place, list):
            place[int(last)] = value
        else:
            _object(place)[last] = value

    return change


def _drop(name: str) -> Callable[[JsonObject], None]:
    def change(document: JsonObject) -> None:
        del document[name]

    return change


DAMAGES: dict[str, Callable[[JsonObject], None]] = {
    "no name": _drop("name"),
    "no status": _drop("credentialStatus"),
    "no subject": _drop("credentialSubject"),
    "another member": _set("honours", "summa"),
    "another context": _set("@context/1", "https://evil.example/context.json"),
    "another type": _set("type/1", "AchievementCredential"),
    "an address that is none": _set("id", "javascript:alert(1)"),
    "an address with a space": _set("id", "https://hub.example/a b"),
    "a local time": _set("validFrom", "2026-11-22T12:00:00"),
    "parts of a second": _set("validFrom", "2026-11-22T12:00:00.5Z"),
    "an issuer by name": _set("issuer", "did:web:hub.example"),
    "an issuer that is no did": _set("issuer/id", "https://hub.example"),
    "a number": _set("credentialSubject/result/0/value", 87.5),
    "credits": _set("credentialSubject/creditsEarned", 1.5),
    "a subject without a name": _set("credentialSubject/name", ""),
    "an open address": _set("credentialSubject/identifier/0/hashed", "yes"),
    "a short hash": _set("credentialSubject/identifier/0/identityHash", "sha256$00"),
    "an unknown type": _set("credentialSubject/achievement/achievementType", "Medal"),
    "a word too many": _set("credentialSubject/achievement/honours", "summa"),
    "tags twice": _set("credentialSubject/achievement/tag", ["a", "a"]),
    "evidence without words": _set("evidence/0", {"type": ["Evidence"], "name": "x"}),
    "an index as a number": _set("credentialStatus/statusListIndex", 5),
    "an index with a zero": _set("credentialStatus/statusListIndex", "05"),
    "another purpose": _set("credentialStatus/statusPurpose", "message"),
    "one proof as an object": _set("proof", {"type": "DataIntegrityProof"}),
    "a short digest": _set("credentialSchema/0/type", "1EdTechJsonSchemaValidator2019"),
}


def damaged(damage: Callable[[JsonObject], None]) -> JsonObject:
    document = deepcopy(factories.signed())
    damage(document)
    return document


@pytest.mark.parametrize("name", DAMAGES)
def test_what_does_not_follow_is_refused(name: str) -> None:
    with pytest.raises(SchemaError):
        SCHEMAS.validate(SCHEMA_ID, damaged(DAMAGES[name]))


def test_the_refusal_names_the_place_and_no_value() -> None:
    document = damaged(_set("credentialSubject/achievement/achievementType", "Medal"))

    with pytest.raises(SchemaError) as refused:
        SCHEMAS.validate(SCHEMA_ID, document)

    assert refused.value.path == "credentialSubject/achievement/achievementType"
    assert "Medal" not in str(refused.value)


def test_the_digest_decides_and_not_the_host() -> None:
    document = factories.credential()
    elsewhere = "https://other.example/x.json"
    document["credentialSchema"] = {
        "id": elsewhere,
        "type": "JsonSchema",
        "digestSRI": DIGEST_SRI,
    }

    with pytest.raises(SchemaError):
        SCHEMAS.validate(elsewhere, document)  # found, and an object is not our array


@pytest.mark.parametrize(
    "named",
    [
        None,
        "https://hub.example/schema",
        [],
        [{"id": SCHEMA_ID, "type": "JsonSchema"}],
        [{"id": SCHEMA_ID, "type": "JsonSchema", "digestSRI": "sha256-" + "A" * 43 + "="}],
        [{"id": "https://other.example", "type": "JsonSchema", "digestSRI": DIGEST_SRI}],
    ],
)
def test_a_schema_that_is_not_ours_is_not_known(named: JsonValue) -> None:
    document = factories.credential() | {"credentialSchema": named}

    with pytest.raises(SchemaNotKnownError):
        SCHEMAS.validate(SCHEMA_ID, document)


def test_t98_a_tampered_schema_is_refused_by_name() -> None:
    def read(name: str) -> bytes:
        data = bytearray(factories.read_schema(name))
        data[100] ^= 1
        return bytes(data)

    with pytest.raises(TamperedFileError) as refused:
        Schemas.load(read)
    assert refused.value.name == FILE_NAME


def _object(value: JsonValue) -> JsonObject:
    assert isinstance(value, dict)
    return value


def _members(value: JsonValue, name: str) -> list[JsonValue]:
    found: list[JsonValue] = []
    if isinstance(value, dict):
        found += [member for key, member in value.items() if key == name]
        for member in value.values():
            found += _members(member, name)
    elif isinstance(value, list):
        for item in value:
            found += _members(item, name)
    return found
