"""Files of names: one for each address."""

import pytest

from credhub.documents.imports.known_names import read_names
from credhub.errors import RowsError


def test_names_are_found_by_address_in_any_case() -> None:
    known = read_names(
        b"Name,E-mail\nAna Lima,Ana@mail.example\nBo Lund,\nAna Lima,ana@mail.example\n"
    )

    assert known.name_of("ANA@mail.example") == "Ana Lima"
    assert known.name_of("bo@mail.example") is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (b"name,email\nAna,a@x.example\nBo,A@x.example\n", ["names-differ"]),
        (b"name,email\nundefined,a@x.example\n", ["name-placeholder"]),
        (b"email\na@x.example\n", ["column-missing"]),
    ],
    ids=["two names", "placeholder", "no names"],
)
def test_an_address_has_one_name(text: bytes, codes: list[str]) -> None:
    with pytest.raises(RowsError) as refusal:
        read_names(text)

    assert [fault.code for fault in refusal.value.faults] == codes
