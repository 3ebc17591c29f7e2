import json
from itertools import pairwise

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import CanonicalizationError, MalformedJsonError
from credhub.jsontypes import MAX_DEPTH, JsonValue, canonical, digest, parse, parse_object
from tests import vectors

SAFE = 2**53 - 1

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
scalars = st.none() | st.booleans() | st.integers(-SAFE, SAFE) | texts
floats = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    scalars | floats,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"{}", {}),
        (b' [1, -2.5e3, "a", true, false, null] ', [1, -2500.0, "a", True, False, None]),
        (b"9007199254740991", SAFE),
        (b"-9007199254740991", -SAFE),
        (rb'"\ud83d\ude00 \u00e9"', "\U0001f600 é"),
        (rb'{"\ud83d\ude00": [{"a": "\u00e9", "n": 1}]}', {"\U0001f600": [{"a": "é", "n": 1}]}),
        ('"é中😀"'.encode(), "é中😀"),
        (rb'"\\ud800"', r"\ud800"),
    ],
)
def test_t18_plain_json_is_read(text: bytes, value: JsonValue) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b'{"a":1,"a":1}', id="duplicate"),
        pytest.param(b'{"a":{"b":1,"\\u0062":2}}', id="duplicate by escape"),
        pytest.param(b"NaN", id="nan"),
        pytest.param(b"[Infinity]", id="infinity"),
        pytest.param(b"-Infinity", id="negative infinity"),
        pytest.param(b"1e400", id="1e400"),
        pytest.param(b"[-1e400]", id="-1e400"),
        pytest.param(b"9007199254740992", id="2^53"),
        pytest.param(b"-9007199254740992", id="-2^53"),
        pytest.param(b"9007199254740993", id="2^53+1"),
        pytest.param(rb'"\ud800"', id="lone surrogate"),
        pytest.param(rb'{"\uDFFF":1}', id="lone surrogate in a name"),
        pytest.param(rb'"a\u0000b"', id="nul"),
        pytest.param(rb'{"\u0000":1}', id="nul in a name"),
        pytest.param(rb'[["\udc00\ud800"]]', id="surrogates in the wrong order"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param("{}".encode("utf-16"), id="utf-16"),
        pytest.param("{}".encode("utf-16-le"), id="utf-16 without mark"),
        pytest.param("{}".encode("utf-32-be"), id="utf-32"),
        pytest.param(b'"\xc0\xaf"', id="overlong"),
        pytest.param(b'"\xe0\x80\xaf"', id="overlong by three"),
        pytest.param(b'"\xed\xa0\x80"', id="surrogate in utf-8"),
        pytest.param(b'"\xf4\x90\x80\x80"', id="beyond unicode"),
        pytest.param(b'"\xff"', id="not utf-8"),
        pytest.param(b'"a\nb"', id="bare line break"),
        pytest.param(b"{'a':1}", id="single quotes"),
        pytest.param(b"[1,]", id="trailing comma"),
        pytest.param(b"[1] x", id="trailing text"),
        pytest.param(b"01", id="leading zero"),
        pytest.param(b"\xc2\xa0{}", id="other white space"),
        pytest.param(b"", id="empty"),
        pytest.param(b'"', id="unclosed"),
        pytest.param(b"]]]]", id="only closing"),
    ],
)
def test_t18_malformed_json_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedJsonError):
        parse(text)


def test_t11_depth_is_bounded_before_anything_is_read() -> None:
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        allowed = opening * MAX_DEPTH + b"1" + closing * MAX_DEPTH
        assert parse(allowed) is not None

        for depth in (MAX_DEPTH + 1, 5_000, 500_000):
            with pytest.raises(MalformedJsonError, match="nests"):
                parse(opening * depth + b"1" + closing * depth)


def test_t11_brackets_inside_strings_are_not_depth() -> None:
    assert parse(b'["' + b"[" * 5_000 + rb"\"[[[\\" + b'"]') == ["[" * 5_000 + '"[[[\\']


def test_t11_long_integers_are_refused_without_being_computed() -> None:
    for digits in (b"9" * 5_000, b"-" + b"9" * 5_000, b"1" * 1_000_000):
        with pytest.raises(MalformedJsonError, match="integer"):
            parse(digits)


def test_t11_the_depth_check_is_linear() -> None:
    # A pattern that goes back in this text would need hours, not milliseconds.
    for text in (b'"' + b'\\"' * 500_000, b'"' * 999_999, b'"\\' * 499_999 + b'"'):
        with pytest.raises(MalformedJsonError):
            parse(text)


def test_a_smaller_depth_can_be_asked_for() -> None:
    assert parse(b"[1]", max_depth=1) == [1]
    with pytest.raises(MalformedJsonError):
        parse(b"[[1]]", max_depth=1)


def test_only_an_object_is_an_object() -> None:
    assert parse_object(b'{"a":[]}') == {"a": []}
    for text in (b"[]", b'"a"', b"null"):
        with pytest.raises(MalformedJsonError, match="not an object"):
            parse_object(text)


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_text_is_either_refused_or_read_exactly(text: bytes) -> None:
    try:
        value = parse(text)
    except MalformedJsonError:
        return
    assert parse(json.dumps(value).encode()) == value


@given(values)
def test_canonical_bytes_are_those_of_rfc8785(value: JsonValue) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(values)
def test_canonical_bytes_read_back_as_the_same_value(value: JsonValue) -> None:
    again = parse(canonical(value), max_depth=100) if not _has_large_float(value) else value
    assert canonical(again) == canonical(value)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        [float("inf")],
        {"a": float("-inf")},
        2**53,
        [-(2**53)],
        "\ud800",
        {"\udfff": 1},
    ],
)
def test_what_has_no_canonical_form_is_refused(value: JsonValue) -> None:
    with pytest.raises(CanonicalizationError):
        canonical(value)


def test_a_value_nested_without_end_is_refused() -> None:
    value: JsonValue = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(CanonicalizationError):
        canonical(value)
    while isinstance(value, list) and value:
        value = value[0]  # freed one by one, else the interpreter frees it by recursion


def test_t19_close_numbers_have_different_canonical_bytes() -> None:
    numbers: list[JsonValue] = [0.1 + 0.2, 0.3, SAFE - 1, SAFE, 1.5, 1.25]
    forms = [canonical({"credit": number}) for number in numbers]

    assert len(set(forms)) == len(forms)
    assert canonical(1.0) == canonical(1) == b"1"


def test_members_are_sorted_by_utf16() -> None:
    names = ["\U0001f600", "\ufb33", "é", "a", "Z", "1", ""]
    written = canonical(dict.fromkeys(names, 1)).decode()

    order = [written.index(json.dumps(name, ensure_ascii=False)) for name in names]
    assert written.startswith('{"":1,"1":1,"Z":1,"a":1,"é":1,"\U0001f600":1,"\ufb33":1')
    assert all(left != right for left, right in pairwise(order))


def test_digest_is_the_hash_of_the_canonical_bytes() -> None:
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    assert digest({}).hex() == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_canonical_matches_the_jcs_vectors(name: str) -> None:
    value = json.loads(vectors.path(f"jcs/input/{name}.json").read_bytes())
    expected = bytes.fromhex(vectors.text(f"jcs/outhex/{name}.txt"))

    assert canonical(value) == expected
    assert expected == vectors.path(f"jcs/output/{name}.json").read_bytes()


def _has_large_float(value: JsonValue) -> bool:
    # RFC 8785 writes them without a fraction, and I-JSON does not read such integers back.
    match value:
        case float():
            return abs(value) > SAFE
        case list():
            return any(map(_has_large_float, value))
        case dict():
            return any(map(_has_large_float, value.values()))
        case _:
            return False
