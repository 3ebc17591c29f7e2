"""Whatever is changed in a signed document, its signature does not fit any more."""

from copy import deepcopy
from typing import TypeAlias

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from credhub.errors import CanonicalizationError, VerificationError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import (
    data_integrity,
    ecdsa_jcs_2019,
    ecdsa_rdfc_2019,
    eddsa_jcs_2022,
    eddsa_rdfc_2022,
)
from credhub.proofs.hashed import HashedSuite
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner

Path: TypeAlias = tuple[str | int, ...]

P256, P384 = EcMemorySigner(KeyType.P256), EcMemorySigner(KeyType.P384)
FORMS: dict[str, tuple[HashedSuite, Signer, str]] = {
    "eddsa-rdfc-2022": (
        eddsa_rdfc_2022.suite(factories.canonicalizer()),
        MemorySigner(),
        MemorySigner().method,
    ),
    "eddsa-jcs-2022": (eddsa_jcs_2022.suite(), MemorySigner(), MemorySigner().method),
    "ecdsa-rdfc-2019 P-256": (ecdsa_rdfc_2019.suite(factories.canonicalizer()), P256, P256.method),
    "ecdsa-rdfc-2019 P-384": (ecdsa_rdfc_2019.suite(factories.canonicalizer()), P384, P384.method),
    "ecdsa-jcs-2019 P-256": (ecdsa_jcs_2019.suite(), P256, P256.method),
    "ecdsa-jcs-2019 P-384": (ecdsa_jcs_2019.suite(), P384, P384.method),
}

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
scalars = (
    st.text(characters)
    | st.booleans()
    | st.none()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)


def signed(form: str) -> JsonObject:
    suite, signer, method = FORMS[form]
    document = deepcopy(factories.credential())
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    subject["creditsEarned"] = 7.5
    achievement["creditsAvailable"] = 12
    return data_integrity.sign(
        document, suite=suite, signer=signer, verification_method=method, created=NOON
    )


SIGNED = {form: signed(form) for form in FORMS}
every_form = pytest.mark.parametrize("form", FORMS)


def check(form: str, document: JsonObject) -> None:
    suite, signer, _ = FORMS[form]
    [known] = data_integrity.known_proofs(document, {suite.name: suite})
    data_integrity.verify(document, known.proof, suite=suite, public_key=key_of(signer))


def refused(form: str, document: JsonObject) -> bool:
    try:
        check(form, document)
    except (VerificationError, CanonicalizationError):
        return True
    return False


def paths(value: JsonValue, path: Path = ()) -> list[Path]:
    """List the places of all values, those of arrays and objects too."""
    match value:
        case dict():
            inner = [p for name, member in value.items() for p in paths(member, (*path, name))]
        case list():
            inner = [p for index, item in enumerate(value) for p in paths(item, (*path, index))]
        case _:
            inner = []
    return [path, *inner]


def covered(form: str) -> list[Path]:
    # RDF has the meaning of the contexts and not their names: one that gives no word its meaning
    # may go. Our ledger holds the whole text.
    all_paths = paths(SIGNED[form])[1:]
    return [path for path in all_paths if "jcs" in form or path[0] != "@context"]


def at(document: JsonObject, path: Path) -> JsonValue:
    place: JsonValue = document
    for step in path:
        place = place[step]  # type: ignore[index]  # the path is from the document
    return place


def put(document: JsonObject, path: Path, value: JsonValue) -> JsonObject:
    copy = deepcopy(document)
    place = at(copy, path[:-1])
    place[path[-1]] = value  # type: ignore[index]  # the path is from the document
    return copy


@every_form
def test_the_signed_document_itself_is_accepted(form: str) -> None:
    check(form, SIGNED[form])


@every_form
@settings(max_examples=60)
@given(data=st.data())
def test_t01_any_other_string_number_or_element_is_refused(form: str, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(covered(form)))
    old = at(SIGNED[form], path)
    new = data.draw(scalars)
    # JSON has no two numbers 1 and 1.0, and RDF no array of one beside its element.
    assume(old not in (new, [new]))

    assert refused(form, put(SIGNED[form], path, new))


@every_form
@settings(max_examples=30)
@given(data=st.data())
def test_t01_any_changed_character_is_refused(form: str, data: st.DataObject) -> None:
    strings = [path for path in covered(form) if isinstance(at(SIGNED[form], path), str)]
    path = data.draw(st.sampled_from(strings))
    old = str(at(SIGNED[form], path))
    index = data.draw(st.integers(0, len(old) - 1))
    character = data.draw(st.text(characters, max_size=1))
    new = old[:index] + character + old[index + 1 :]
    assume(new != old)

    assert refused(form, put(SIGNED[form], path, new))


@every_form
@settings(max_examples=30)
@given(data=st.data())
def test_t01_any_element_more_or_less_is_refused(form: str, data: st.DataObject) -> None:
    arrays = [path for path in covered(form) if isinstance(at(SIGNED[form], path), list)]
    path = data.draw(st.sampled_from(arrays))
    old = at(SIGNED[form], path)
    assert isinstance(old, list)
    index = data.draw(st.integers(0, len(old) - 1))
    new = data.draw(scalars.filter(lambda value: value is not None and value not in old))

    assert refused(form, put(SIGNED[form], path, [*old[:index], *old[index + 1 :]]))
    assert refused(form, put(SIGNED[form], path, [*old[:index], new, *old[index:]]))


@pytest.mark.parametrize("form", [form for form in FORMS if "jcs" in form])
def test_t01_the_order_of_an_array_is_signed_as_json(form: str) -> None:
    for path in paths(SIGNED[form])[1:]:
        old = at(SIGNED[form], path)
        if isinstance(old, list) and len(old) > 1:
            assert refused(form, put(SIGNED[form], path, list(reversed(old))))


@every_form
def test_t01_any_removed_member_is_refused(form: str) -> None:
    for path in covered(form):
        if isinstance(path[-1], str):
            copy = deepcopy(SIGNED[form])
            place = at(copy, path[:-1])
            assert isinstance(place, dict)
            del place[path[-1]]
            assert refused(form, copy), path
