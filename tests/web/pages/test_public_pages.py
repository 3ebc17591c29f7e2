"""The pages of hubs, definitions and problems, the forms, and the documentation of the API."""

import json
from datetime import UTC, datetime

import pytest

from credhub.jsontypes import JsonObject, JsonValue
from credhub.web.pages.api_docs import OperationView, api_docs_view
from credhub.web.pages.api_schemas import MAX_DEPTH
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


def test_a_problem_page_names_the_code_and_the_detail() -> None:
    view = ProblemView(kind="generic", code="outcome-unknown", detail="The disk was busy.")

    page = read(render_problem(view))

    assert "Code: outcome-unknown" in page.text
    assert "The disk was busy." in page.text


def test_what_an_erased_page_says_depends_on_nothing_but_the_erasure() -> None:
    pages = {render_problem(ProblemView(kind="erased", detail=detail)) for detail in ("a", "b")}

    assert len(pages) == 1


def test_the_form_takes_a_file_or_a_text_and_a_link_or_a_code() -> None:
    page = read(PAGES["verify with a problem"]())

    (upload,) = page.find("form", method="post")
    assert upload.attributes["enctype"] == "multipart/form-data"
    assert upload.find("input", type="file", name="file")
    assert upload.find("textarea", name="credential")
    assert "neither a code nor an address" in page.find("section", role="alert")[0].text
    (lookup,) = page.find("form", method="get")
    assert lookup.find("input", name="q", value="abc")


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


def _operation(operation: JsonObject, **more: JsonValue) -> OperationView:
    openapi: JsonObject = {"paths": {"/v1/things/{id}": {"put": operation}}, **more}
    (resource,) = api_docs_view(openapi, base_url="https://learn.example.org/").resources
    (made,) = resource.operations
    return made


def test_an_example_uses_what_the_document_gives_and_makes_up_the_rest() -> None:
    schema: JsonObject = {
        "type": "object",
        "required": ["at", "many", "either", "name", "kind", "deep"],
        "properties": {
            "at": {"type": "string", "format": "date-time"},
            "many": {"type": "array", "items": {"type": "integer"}},
            "either": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
            "name": {"type": "string", "examples": ["Amina"]},
            "kind": {"enum": ["a", "b"]},
            "deep": {"$ref": "#/components/schemas/Deep"},
        },
    }
    deep: JsonObject = {
        "type": "object",
        "required": ["deep"],
        "properties": {"deep": {"$ref": "#/components/schemas/Deep"}},
    }
    made = _operation(
        {"requestBody": {"content": {"application/json": {"schema": schema}}}},
        components={"schemas": {"Deep": deep}},
    )

    assert made.example.startswith("curl -X PUT 'https://learn.example.org/v1/things/{id}'")
    body = json.loads(made.example.partition("-d '")[2].rstrip("'"))
    assert body.pop("deep")
    assert body == {
        "at": "2026-06-14T09:00:00Z",
        "many": [1],
        "either": True,
        "name": "Amina",
        "kind": "a",
    }
    assert max(field.name.count(".") for field in made.bodies[0].fields) < MAX_DEPTH + 2


def test_an_example_of_a_whole_body_is_kept() -> None:
    media: JsonObject = {"schema": {}, "example": {"rows": 2}}

    made = _operation({"requestBody": {"content": {"application/json": media}}})

    assert '"rows": 2' in made.example


def test_a_file_is_sent_as_it_is() -> None:
    made = _operation({"requestBody": {"content": {"text/csv": {}}}})

    assert made.example.endswith("-H 'Content-Type: text/csv' \\\n  --data-binary @FILE")


def test_headers_without_which_a_call_is_refused_are_in_the_example() -> None:
    parameters: list[JsonValue] = [
        {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {}},
        {"name": "X-Trace", "in": "header", "required": False, "schema": {}},
        {"name": "X-Needed", "in": "header", "required": True, "schema": {"const": "yes"}},
    ]

    made = _operation({"parameters": parameters})

    assert "Idempotency-Key" in made.example
    assert "X-Needed" in made.example
    assert "X-Trace" not in made.example
    assert made.parameters[2].type == "yes"


def test_a_reference_out_of_the_document_is_not_followed() -> None:
    body: JsonObject = {"$ref": "https://evil.example/schema.json"}

    assert _operation({"requestBody": body}).bodies == ()


def test_names_of_functions_become_sentences_and_broken_lines_are_joined() -> None:
    operation: JsonObject = {
        "summary": "List Api Keys",
        "description": "One line\nand ``another``.\n\nA paragraph:\n- item",
        "responses": {"200": {"description": "Successful Response"}},
    }

    made = _operation(operation)

    assert made.summary == "List API keys"
    assert made.description == ("One line and ", "another", ".\n\nA paragraph:\n- item")
    assert made.answers[0].description == ()


def test_an_empty_description_makes_an_empty_page() -> None:
    assert "API documentation" in read(render_docs({})).text
