import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import PointerError
from credhub.jsontypes import JsonObject
from credhub.proofs.ecdsa_sd_2023.pointers import MAX_CHARACTERS, MAX_POINTERS, select, tokens
from tests.unit import factories

DOCUMENT: JsonObject = {
    "@context": ["https://one.example", "https://two.example"],
    "id": "urn:example:document",
    "type": ["First", "Second"],
    "plain": "text",
    "a/b": {"m~n": 1},
    "0": "a member whose name is a number",
    "nested": {"id": "urn:example:nested", "one": 1, "two": {"type": "Two", "three": None}},
    "items": [{"id": "urn:example:0", "x": 0, "y": 0}, "text", [1, 2, 3], {"type": "Item"}],
}
ALWAYS: JsonObject = {name: DOCUMENT[name] for name in ("@context", "id", "type")}


@pytest.mark.parametrize(
    ("pointers", "selected"),
    [
        ([], {}),
        (["/plain"], {"plain": "text"}),
        (["/id"], {}),
        (["/type/0"], {}),
        (["/@context/1"], {}),
        (["/0"], {"0": "a member whose name is a number"}),
        (["/a~1b/m~0n"], {"a/b": {"m~n": 1}}),
        (["/nested/one"], {"nested": {"id": "urn:example:nested", "one": 1}}),
        (
            ["/nested/two/three"],
            {"nested": {"id": "urn:example:nested", "two": {"type": "Two", "three": None}}},
        ),
        (["/nested/one", "/nested"], {"nested": DOCUMENT["nested"]}),
        (["/nested", "/nested/one"], {"nested": DOCUMENT["nested"]}),
        (["/items/1"], {"items": ["text"]}),
        (["/items/2/1", "/items/0/y"], {"items": [{"id": "urn:example:0", "y": 0}, [2]]}),
        (["/items/3/type", "/items/1"], {"items": ["text", {"type": "Item"}]}),
        (["/items"], {"items": DOCUMENT["items"]}),
    ],
)
def test_what_pointers_lead_to_is_selected(pointers: list[str], selected: JsonObject) -> None:
    assert select(DOCUMENT, pointers) == ALWAYS | selected


@pytest.mark.parametrize(
    "pointer",
    [
        "",
        "plain",
        "#/plain",
        "/missing",
        "/plain/0",
        "/nested/one/more",
        "/nested/two/three/more",
        "/items/4",
        "/items/-",
        "/items/-1",
        "/items/00",
        "/items/01",
        "/items/1e0",
        "/items/\u0660",
        "/items/99999999999999999999",
        "/items/",
        "/",
        "/a~b",
        "/a~1b/m~n",
        "/a~2b",
        "/nested/",
        "/" + "a" * MAX_CHARACTERS,
    ],
)
def test_a_pointer_that_leads_nowhere_is_refused(pointer: str) -> None:
    with pytest.raises(PointerError):
        select(DOCUMENT, [pointer])


def test_a_pointer_below_what_is_selected_already_is_followed_too() -> None:
    with pytest.raises(PointerError):
        select(DOCUMENT, ["/nested", "/nested/missing"])


def test_there_is_a_limit_to_pointers() -> None:
    select(DOCUMENT, ["/plain"] * MAX_POINTERS)

    with pytest.raises(PointerError):
        select(DOCUMENT, ["/plain"] * (MAX_POINTERS + 1))


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_every_name_can_be_pointed_to(names: list[str]) -> None:
    escaped = [name.replace("~", "~0").replace("/", "~1") for name in names]

    pointer = "/" + "/".join(escaped)

    if len(pointer) <= MAX_CHARACTERS:
        assert tokens(pointer) == names


def test_a_selection_is_a_part_of_the_document() -> None:
    document = factories.credential()

    assert select(document, [f"/{name}" for name in document]) == document
