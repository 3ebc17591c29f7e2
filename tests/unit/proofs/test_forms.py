"""The forms of credentials."""

import pytest

from credhub.proofs.data_integrity import TYPES
from credhub.proofs.forms import DEFAULT, TOKENS, Form
from credhub.proofs.suites import suites
from credhub.public_key import KeyType
from tests.unit import factories


@pytest.mark.parametrize("form", Form)
def test_each_form_has_a_media_type(form: Form) -> None:
    expected = f"application/{form.value}" if form in TOKENS else "application/vc"

    assert form.media_type == expected


def test_the_default_form_is_the_one_that_every_badge_reader_knows() -> None:
    assert (DEFAULT, DEFAULT.key_type) == ("eddsa-rdfc-2022", KeyType.ED25519)


def test_tokens_are_signed_with_a_key_that_every_library_knows() -> None:
    assert {form.key_type for form in TOKENS} == {KeyType.P256}


@pytest.mark.parametrize("form", sorted(set(Form) - TOKENS))
def test_a_form_with_a_proof_signs_with_a_key_of_its_cryptosuite(form: Form) -> None:
    known = suites(factories.canonicalizer())

    assert form not in known or form.key_type in known[form].key_types


def test_cryptosuites_are_found_by_their_names() -> None:
    known = suites(factories.canonicalizer())

    assert [suite.name for suite in known.values()] == list(known)
    assert set(known) - TYPES <= set(Form)
