"""Files of names: one for each address, and who is behind a hash."""

import tracemalloc
from hashlib import sha256

import pytest

from credhub.documents.imports import known_names
from credhub.documents.imports.known_names import KnownNames, read_names
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


def test_a_salt_that_comes_again_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_names, "MAX_HASHES", 1)
    known = KnownNames([("ana@mail.example", "Ana Lima")])
    hashed = f"sha256${sha256(b'ana@mail.examplesalt').hexdigest()}"

    assert [known.address_of(hashed, "salt") for _ in range(2)] == ["ana@mail.example"] * 2


def test_t68_hashes_of_salts_that_are_all_different_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_names, "MAX_REMEMBERED", 200)
    known = KnownNames((f"{number}@mail.example", "Ana Lima") for number in range(100))
    known.address_of("sha256$0", "first")

    tracemalloc.start()
    try:
        for salt in range(100):
            known.address_of("sha256$0", str(salt))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < 400 * 300
