"""The pages of hubs, definitions and problems, the forms, and the documentation of the API."""

from datetime import UTC, datetime

import pytest

from credhub.web.pages.api_docs import api_docs_view
from credhub.web.pages.public_views import ProblemView, VersionView
from credhub.web.pages.rendering import render_docs, render_problem
from tests.web.pages import samples
from tests.web.pages.dom import read
from tests.web.pages.gallery import PAGES, definition_page, hub_page
from tests.web.pages.openapi_sample import OPENAPI


def test_t89_a_hub_page_shows_the_whole_identifier() -> None:
    page = read(hub_page())

    assert samples.DID in page.text
    assert page.find("h1")[0].text == "Riverside Makers Hub"


def test_a_hub_page_names_its_awards_and_its_ledger() -> None:
    page = read(hub_page())

    assert page.find("a", href="/achievements/aaaa")
    assert page.find("a", href="/ledger/riverside/2026/checkpoint")
    assert "1482" in page.text
    assert "o+2+k" in page.text


@pytest.mark.parametrize(
    ("validity", "words"),
    [
        ("P2Y", "2 years"),
        ("P1Y6M", "1 year, 6 months"),
        ("P1M", "1 month"),
        ("P30D", "30 days"),
        (None, "Without end"),
        ("soon", "Without end"),
    ],
)
def test_a_definition_says_how_long_it_stays_in_force(validity: str | None, words: str) -> None:
    assert f"Stays in force {words}" in read(definition_page(validity)).text


def test_a_definition_shows_its_digest_and_its_place_in_the_ledger() -> None:
    page = read(definition_page())

    assert bytes(range(32)).hex() in page.text
    assert "2026 · 8" in page.text
    assert page.find("a", href="/hubs/riverside")


def test_a_version_needs_a_whole_digest() -> None:
    at = datetime(2026, 2, 3, tzinfo=UTC)

    with pytest.raises(ValueError, match="32 bytes"):
        VersionView(version=1, published_at=at, digest=b"short", log="2026", seq=1)


def test_every_problem_has_words_and_a_picture_of_its_own() -> None:
    kinds = ("not-found", "erased", "rate-limited", "generic")
    pages = [read(render_problem(ProblemView(kind=kind))) for kind in kinds]

    assert len({page.find("h1")[0].text for page in pages}) == len(kinds)
    assert all(page.find("a", href="/verify") for page in pages)
    assert not [page for page in pages if "Code:" in page.text]


def test_a_problem_page_names_the_code() -> None:
    page = read(render_problem(ProblemView(kind="generic", code="outcome-unknown")))

    assert "Code: outcome-unknown" in page.text


def test_the_form_takes_a_file_or_a_text_and_a_link_or_a_code() -> None:
    page = read(PAGES["verify with a problem"]())

    (upload,) = page.find("form", method="post")
    assert upload.attributes["enctype"] == "multipart/form-data"
    assert upload.find("input", type="file", name="file")
    assert upload.find("textarea", name="credential")
    (lookup,) = page.find("form", method="get")
    assert lookup.find("input", name="q", value="abc")
    assert page.find("section", role="alert")


def test_the_documentation_shows_every_operation_with_its_fields_and_problems() -> None:
    page = read(render_docs(OPENAPI))

    for text in (
        "POST /v1/credentials",
        "Idempotency-Key header",
        "recipient.name",
        "evidence[].narrative",
        "string (date) or null",
        "active | revoked | suspended",
        "idempotency-conflict",
        "erased",
        "Needs an API key",
        "No key needed",
    ):
        assert text in page.text


def test_the_examples_can_be_pasted_into_a_shell() -> None:
    operations = [o for r in api_docs_view(OPENAPI).resources for o in r.operations]
    issue = next(o for o in operations if o.path == "/v1/credentials" and o.method == "POST")

    assert issue.example.startswith(
        "curl -X POST https://learn.example.org/v1/credentials \\\n"
        '  -H "Authorization: Bearer $CREDHUB_KEY" \\\n'
        "  -H 'Idempotency-Key: 2026-cohort-3-amina' \\\n"
    )
    assert '"name": "Amina Yusuf Warsame"' in issue.example


def test_an_empty_description_makes_an_empty_page() -> None:
    assert "API documentation" in read(render_docs({})).text
