"""Bundles are read strictly, and written so that signed bytes stay bytes."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import BundleError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.bundle import (
    MAX_BYTES,
    MAX_CREDENTIAL,
    MAX_KEY_CHANGES,
    MAX_RECEIPT,
    Bundle,
    StapledKey,
    StapledList,
    is_bundle,
)
from tests.damage import damaged_bytes

KEY = StapledKey(receipt="added", changes=("retired", "compromised"))
WHOLE = Bundle(
    credential='{"name": "Amélie"}',
    receipt="c2sp.org/tlog-proof@v1\n",
    key=KEY,
    did_document={"id": "did:web:hub.example"},
    status_list=StapledList(credential="{}", receipt="r", key=StapledKey(receipt="other")),
)
SMALL = Bundle(credential="{}", receipt="r", key=StapledKey(receipt="k"), did_document={})

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
KEYS = st.builds(StapledKey, receipt=TEXTS, changes=st.lists(TEXTS, max_size=3).map(tuple))
LISTS = st.builds(StapledList, credential=TEXTS, receipt=TEXTS, key=st.none() | KEYS)
BUNDLES = st.builds(
    Bundle,
    credential=TEXTS,
    receipt=TEXTS,
    key=KEYS,
    did_document=st.dictionaries(TEXTS, TEXTS, max_size=2),
    status_list=st.none() | LISTS,
)


def changed(change: Callable[[JsonObject], object]) -> bytes:
    document = json.loads(WHOLE.encode())
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize("bundle", [WHOLE, SMALL])
def test_a_bundle_is_read_as_it_was_written(bundle: Bundle) -> None:
    assert Bundle.parse(bundle.encode()) == bundle
    assert is_bundle(bundle.to_document())


def test_a_bundle_has_the_members_that_verifiers_know() -> None:
    assert WHOLE.to_document() == {
        "type": "CredhubBundle",
        "version": 1,
        "credential": '{"name": "Amélie"}',
        "receipt": "c2sp.org/tlog-proof@v1\n",
        "key": {"receipt": "added", "changes": ["retired", "compromised"]},
        "didDocument": {"id": "did:web:hub.example"},
        "statusList": {"credential": "{}", "receipt": "r", "key": {"receipt": "other"}},
    }
    assert set(SMALL.to_document()) == {
        "type",
        "version",
        "credential",
        "receipt",
        "key",
        "didDocument",
    }
    assert SMALL.key.to_document() == {"receipt": "k"}


@given(BUNDLES)
def test_every_bundle_is_read_as_it_was_written(bundle: Bundle) -> None:
    assert Bundle.parse(bundle.encode()) == bundle


@given(st.binary() | damaged_bytes(st.just(WHOLE.encode())))
def test_bytes_are_either_refused_or_read_exactly(data: bytes) -> None:
    try:
        bundle = Bundle.parse(data)
    except BundleError:
        return
    assert bundle.to_document() == json.loads(data)


def nested(name: str, *path: str) -> Callable[[JsonValue], Callable[[JsonObject], object]]:
    """Give what puts a value into a member."""

    def with_value(value: JsonValue) -> Callable[[JsonObject], object]:
        def change(document: JsonObject) -> object:
            inside = document
            for step in path:
                found = inside[step]
                assert isinstance(found, dict)
                inside = found
            inside[name] = value
            return None

        return change

    return with_value


@pytest.mark.parametrize(
    ("member", "longest"),
    [
        (nested("credential"), MAX_CREDENTIAL),
        (nested("receipt"), MAX_RECEIPT),
        (nested("credential", "statusList"), MAX_CREDENTIAL),
        (nested("receipt", "key"), MAX_RECEIPT),
        (nested("receipt", "statusList"), MAX_RECEIPT),
        (nested("receipt", "statusList", "key"), MAX_RECEIPT),
    ],
)
def test_texts_have_a_longest_length(
    member: Callable[[JsonValue], Callable[[JsonObject], object]], longest: int
) -> None:
    Bundle.parse(changed(member("x" * longest)))

    refused: list[JsonValue] = ["", "x" * (longest + 1), None, 1, ["x"], {}]
    for value in refused:
        with pytest.raises(BundleError):
            Bundle.parse(changed(member(value)))


@pytest.mark.parametrize("name", ["key", "didDocument", "statusList"])
@pytest.mark.parametrize("value", [None, [], "text", 1, [{}]])
def test_objects_are_objects(name: str, value: JsonValue) -> None:
    with pytest.raises(BundleError):
        Bundle.parse(changed(nested(name)(value)))


@pytest.mark.parametrize("value", [{}, "x", [1], [""], [None], ["x"] * (MAX_KEY_CHANGES + 1)])
def test_changes_of_a_key_are_a_short_list_of_texts(value: JsonValue) -> None:
    Bundle.parse(changed(nested("changes", "key")(["x"] * MAX_KEY_CHANGES)))

    with pytest.raises(BundleError):
        Bundle.parse(changed(nested("changes", "key")(value)))


@pytest.mark.parametrize("name", sorted(set(WHOLE.to_document()) - {"statusList"}))
def test_what_must_be_there_is_there(name: str) -> None:
    with pytest.raises(BundleError):
        Bundle.parse(changed(lambda document: document.pop(name)))


@pytest.mark.parametrize("path", [(), ("key",), ("statusList",), ("statusList", "key")])
def test_nothing_else_is_there(path: tuple[str, ...]) -> None:
    with pytest.raises(BundleError):
        Bundle.parse(changed(nested("more", *path)("x")))


@pytest.mark.parametrize("version", [0, 2, "1", None, True, 1.5])
def test_other_versions_are_refused(version: JsonValue) -> None:
    with pytest.raises(BundleError, match="version"):
        Bundle.parse(changed(nested("version")(version)))


@pytest.mark.parametrize("kind", ["", "Bundle", None, ["CredhubBundle"]])
def test_other_documents_are_refused(kind: JsonValue) -> None:
    with pytest.raises(BundleError, match="not a bundle"):
        Bundle.parse(changed(nested("type")(kind)))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"\xff", b"{", b'{"a":1,"a":2}', b"[" * 100, b'"CredhubBundle"']
)
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError, match="strict JSON"):
        Bundle.parse(data)


def test_a_file_that_is_too_large_is_refused() -> None:
    whole = WHOLE.encode()
    assert Bundle.parse(whole + b" " * (MAX_BYTES - len(whole))) == WHOLE

    with pytest.raises(BundleError, match="too large"):
        Bundle.parse(whole + b" " * (MAX_BYTES + 1 - len(whole)))
