"""T54: what the stylesheet promises by itself: contrast, own files only, one green verdict."""

import re
from importlib.resources import files

import pytest

from credhub.verification.report import Verdict

CSS = (files("credhub.web") / "static" / "credhub.css").read_text("utf-8")
_TOKEN = re.compile(r"(--[a-z-]+):\s*(#[0-9a-f]{6})\b")
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{(.*?)\n\}\n", re.DOTALL)
READABLE = 4.5
VISIBLE = 3.0


def _rules(css: str, selector: str) -> str:
    found = re.findall(rf"{re.escape(selector)} \{{(.*?)\}}", css, re.DOTALL)
    return " ".join(found)


def _tokens(scheme: str, verdict: Verdict | None = None) -> dict[str, str]:
    light = _DARK.sub("", CSS.split("@media print")[0])
    selectors = [":root"] + ([f".verdict-{verdict}"] if verdict else [])
    tokens: dict[str, str] = {}
    for selector in selectors:
        tokens |= dict(_TOKEN.findall(_rules(light, selector)))
        if scheme == "dark":
            for block in _DARK.findall(CSS):
                tokens |= dict(_TOKEN.findall(_rules(block, selector)))
    return tokens


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "link", "doubt", "bad"])
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_t54_words_are_readable_in_both_schemes(scheme: str, ink: str, ground: str) -> None:
    tokens = _tokens(scheme)

    assert _contrast(tokens[f"--{ink}"], tokens[f"--{ground}"]) >= READABLE


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("verdict", Verdict)
def test_t54_every_verdict_is_readable_on_its_band(scheme: str, verdict: Verdict) -> None:
    tokens = _tokens(scheme, verdict)

    assert _contrast(tokens["--band-ink"], tokens["--band"]) >= READABLE
    assert _contrast(tokens["--accent"], tokens["--sheet"]) >= VISIBLE
    assert _contrast(tokens["--good"], tokens["--sheet"]) >= VISIBLE
    assert _contrast(tokens["--focus"], tokens["--paper"]) >= VISIBLE


def test_t54_every_verdict_has_a_band_of_its_own() -> None:
    assert len({_tokens("light", verdict)["--band"] for verdict in Verdict}) == len(Verdict)


def test_only_valid_is_green() -> None:
    for scheme in ("light", "dark"):
        for verdict in Verdict:
            greens = {n for n, colour in _tokens(scheme, verdict).items() if _is_green(colour)}
            assert bool(greens) == (verdict is Verdict.VALID), (verdict, greens)


def _is_green(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return green > red + 16 and green > blue + 16


def test_the_stylesheet_loads_nothing_but_its_own_files() -> None:
    loaded = set(re.findall(r"url\(([^)]*)\)", CSS))

    assert loaded == {'"guilloche.svg"'}
    assert "@import" not in CSS
    assert "@font-face" not in CSS


def test_the_pictures_are_inert() -> None:
    folder = files("credhub.web") / "static"
    pictures = [item for item in folder.iterdir() if item.name.endswith(".svg")]

    assert pictures
    for picture in pictures:
        text = picture.read_text("utf-8")
        assert not re.search(r"<script|<foreignObject|\son\w+=|href|<!|&", text)
