"""Strategies that spoil a valid text or byte string in one place.

Random input almost never resembles what a parser reads, so parsers are tried with these as well.
"""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

_CHARACTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n \t0+=Aa\u2014\u0661")


@st.composite
def damaged_text(draw: DrawFn, valid: SearchStrategy[str]) -> str:
    """Replace a short piece of a valid text by another, which may be empty; or repeat it."""
    text = draw(valid)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 3)))
    piece = draw(st.text(_CHARACTERS, max_size=2) | st.just(text[start:end] * 2))
    return text[:start] + piece + text[end:]


@st.composite
def damaged_bytes(draw: DrawFn, valid: SearchStrategy[bytes]) -> bytes:
    """Replace a short piece of a valid byte string by another, which may be empty."""
    data = draw(valid)
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 3)))
    return data[:start] + draw(st.binary(max_size=2)) + data[end:]
