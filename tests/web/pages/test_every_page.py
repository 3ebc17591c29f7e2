"""What holds for every page: well formed, named, in order, and alive under the strict CSP."""

import re
from itertools import pairwise

import pytest

from tests.web.pages.dom import Element, read
from tests.web.pages.gallery import PAGES

every_page = pytest.mark.parametrize("name", PAGES)

ALLOWED = frozenset(
    {
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "header",
        "nav",
        "main",
        "footer",
        "section",
        "article",
        "aside",
        "div",
        "span",
        "p",
        "a",
        "h1",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "bdi",
        "time",
        "strong",
        "code",
        "pre",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "form",
        "label",
        "input",
        "textarea",
        "button",
        "fieldset",
        "legend",
        "svg",
        "path",
        "circle",
        "rect",
    }
)


def _page(name: str) -> Element:
    return read(PAGES[name]())


@every_page
def test_t36_no_page_needs_what_the_csp_refuses(name: str) -> None:
    page = _page(name)

    assert {element.tag for element in page.walk()} - {"#root", "script"} <= ALLOWED
    for element in page.walk():
        assert not [a for a in element.attributes if a == "style" or a.startswith("on")]
        for value in element.attributes.values():
            assert not re.match(r"\s*(?:javascript|data|vbscript):", value, re.IGNORECASE)


@every_page
def test_only_a_page_that_checks_itself_or_opens_a_link_has_script_in_one_file_of_ours(
    name: str,
) -> None:
    page = _page(name)
    scripts = page.find("script")
    expected = page.find("section", id="own-check") + page.find("input", id="secret")

    assert len(scripts) == len(expected) <= 1
    for script in scripts:
        assert script.attributes["type"] == "module"
        assert re.fullmatch(
            r"/static/(?:check|claim)\.mjs\?v=[0-9a-f]{12}", script.attributes["src"]
        )
        assert script.children == []


@every_page
def test_no_page_loads_anything_from_another_site(name: str) -> None:
    page = _page(name)

    loaded = [link.attributes["href"] for link in page.find("link")]
    assert loaded
    assert all(re.fullmatch(r"/static/[a-z.]+\?v=[0-9a-f]{12}", address) for address in loaded)
    actions = {form.attributes["action"] for form in page.find("form")}
    assert all(re.fullmatch(r"/verify|/claim(?:/[a-z]+)?", action) for action in actions)
    sources = [e.tag for e in page.walk() if "src" in e.attributes or "srcset" in e.attributes]
    assert set(sources) <= {"script"}


@every_page
def test_every_link_stays_here_or_is_https_and_says_where_it_leads(name: str) -> None:
    page = _page(name)

    for link in page.find("a"):
        address = link.attributes["href"]
        own = address.startswith(("/", "#", "https://learn.example.org/"))
        assert own or address.startswith("https://")
        assert not address.startswith("//")
        assert own or link.attributes["rel"] == "noopener nofollow ugc"
        assert link.text


@every_page
def test_every_page_has_its_landmarks_and_one_first_heading(name: str) -> None:
    page = _page(name)

    assert [len(page.find(tag)) for tag in ("main", "footer", "h1", "title")] == [1, 1, 1, 1]
    assert page.find("html")[0].attributes == {"lang": "en", "dir": "ltr"}
    assert page.find("title")[0].text
    assert page.find("meta", name="robots", content="noindex")
    assert page.find("a", class_="skip")[0].attributes["href"] == "#content"


@every_page
def test_headings_go_down_one_level_at_a_time(name: str) -> None:
    levels = [int(e.tag[1]) for e in _page(name).walk() if re.fullmatch("h[1-6]", e.tag)]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@every_page
def test_ids_are_unique_and_every_reference_finds_one(name: str) -> None:
    page = _page(name)
    ids = [e.attributes["id"] for e in page.walk() if "id" in e.attributes]

    assert len(ids) == len(set(ids))
    for element in page.walk():
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            assert set(element.attributes.get(attribute, "").split()) <= set(ids)
    for link in page.find("a"):
        address = link.attributes["href"]
        assert not address.startswith("#") or address[1:] in ids


@every_page
def test_every_field_has_a_label_and_every_picture_a_name_or_none(name: str) -> None:
    page = _page(name)

    labelled = {label.attributes["for"] for label in page.find("label")}
    for entry in [*page.find("input"), *page.find("textarea")]:
        if entry.attributes.get("type") == "hidden":
            continue
        assert entry.attributes["id"] in labelled
    for picture in page.find("svg"):
        hidden = picture.attributes.get("aria-hidden") == "true"
        assert hidden or (picture.attributes["role"], bool(picture.attributes["aria-label"])) == (
            "img",
            True,
        )
