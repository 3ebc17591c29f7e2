"""Every form of a credential over HTTP: chosen by name or by media type, verified again."""

from collections.abc import Iterator
from io import BytesIO
from urllib.parse import quote

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject, parse_object
from credhub.proofs.forms import DEFAULT, TOKENS, Form
from credhub.services import choosing_forms, forms
from credhub.uploads import png, svg
from tests.engines import SqliteDatabases
from tests.running import Service, code_of, issue, running

FORMS = forms.OFFERED
SHOWN = tuple(form for form in FORMS if form is not Form.ECDSA_SD_2023)
"""A base proof is for the holder; what is derived from it has tests of its own."""


@pytest.fixture(scope="module")
def service(sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose first hub signs in every form."""
    with sqlite.migrated() as url, running(url, tmp_path_factory.mktemp("forms")) as made:
        choosing_forms.choose(made.resources, made.one.hub, FORMS)
        yield made


@pytest.fixture(scope="module")
def issued(service: Service) -> JsonObject:
    return issue(service.client())


@pytest.fixture(scope="module")
def plain(service: Service) -> JsonObject:
    """A credential in the default form alone."""
    return issue(service.client(service.other))


@pytest.fixture
def public(service: Service) -> TestClient:
    return service.public()


def signed(public: TestClient, issued: JsonObject, form: Form) -> bytes:
    return public.get(f"/c/{code_of(issued)}", params={"format": form.value}).content


def test_the_answer_names_every_form(issued: JsonObject) -> None:
    assert issued["forms"] == list(FORMS)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_chosen_by_its_name(public: TestClient, issued: JsonObject, form: Form) -> None:
    response = public.get(f"/c/{code_of(issued)}", params={"format": form.value})

    assert response.headers["content-type"] == form.media_type
    if form not in TOKENS:
        assert f'"cryptosuite":"{form.value}"'.encode() in response.content


@pytest.mark.parametrize("form", sorted(TOKENS & set(FORMS)))
def test_a_token_is_chosen_by_its_media_type(
    public: TestClient, issued: JsonObject, form: Form
) -> None:
    accept = {"accept": f"{form.media_type}, application/vc;q=0.5"}

    response = public.get(f"/c/{code_of(issued)}", headers=accept)

    assert response.headers["content-type"] == form.media_type


@pytest.mark.parametrize("form", sorted(TOKENS & set(FORMS)))
def test_a_plus_that_became_a_space_is_still_one(
    public: TestClient, issued: JsonObject, form: Form
) -> None:
    response = public.get(f"/c/{code_of(issued)}?format={form.value}")

    assert response.headers["content-type"] == form.media_type


def test_a_form_that_was_not_issued_is_not_acceptable(
    public: TestClient, plain: JsonObject
) -> None:
    code = code_of(plain)
    for response in (
        public.get(f"/c/{code}", headers={"accept": "application/vc+jwt"}),
        public.get(f"/c/{code}?format=vc%2Bjwt"),
        public.get(f"/c/{code}/receipt?form=vc%2Bjwt"),
        public.get(f"/c/{code}?format=bundle&form=ecdsa-jcs-2019"),
    ):
        assert response.status_code == 406, response.text
        assert response.json()["code"] == "form-not-issued"
        assert DEFAULT in response.json()["detail"]


def test_the_next_best_is_given_where_a_form_was_not_issued(
    public: TestClient, plain: JsonObject
) -> None:
    accept = {"accept": "application/vc+jwt, application/vc;q=0.5"}

    response = public.get(f"/c/{code_of(plain)}", headers=accept)

    assert response.headers["content-type"] == "application/vc"


def test_a_browser_still_gets_the_page(public: TestClient, issued: JsonObject) -> None:
    accept = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

    response = public.get(f"/c/{code_of(issued)}", headers=accept)

    assert response.headers["content-type"].startswith("text/html")
    for form in FORMS[1:]:
        assert f"?format={quote(form)}" in response.text


def test_a_page_offers_no_form_that_was_not_issued(public: TestClient, plain: JsonObject) -> None:
    assert "?format=eddsa-jcs-2022" not in public.get(f"/c/{code_of(plain)}").text


@pytest.mark.parametrize("form", FORMS)
def test_the_hub_reads_each_form(service: Service, issued: JsonObject, form: Form) -> None:
    client = service.client()
    path = f"/v1/credentials/{issued['id']}"

    by_name = client.get(path, params={"format": form.value})
    answer = client.get(path, params={"form": form.value}).json()

    assert by_name.headers["content-type"] == form.media_type
    if form in TOKENS:
        address = str(answer["credential"]["id"])
        assert address == f"data:{form.media_type},{by_name.text}"
    else:
        assert answer["credential"] == parse_object(by_name.content)
    assert client.get(f"{path}/receipt", params={"form": form.value}).text == answer["receipt"]


@pytest.mark.parametrize("form", SHOWN)
def test_each_form_is_verified_with_its_own_receipt(
    public: TestClient, issued: JsonObject, form: Form
) -> None:
    data = signed(public, issued, form)
    receipt = public.get(f"/c/{code_of(issued)}/receipt", params={"form": form.value}).text
    body: dict[str, object] = (
        {"token": data.decode()} if form in TOKENS else {"credential": parse_object(data)}
    )

    report = public.post("/v1/verify", json=body | {"receipt": receipt}).json()

    assert report["verdict"] == "valid", report
    assert f"\nindex {report['ledger']['seq']}\n" in receipt


@pytest.mark.parametrize("form", SHOWN)
def test_each_form_can_be_pasted_or_chosen_as_a_file(
    public: TestClient, issued: JsonObject, form: Form
) -> None:
    data = signed(public, issued, form)

    pasted = public.post("/verify", data={"credential": data.decode() + "\n"})
    chosen = public.post("/verify", files={"file": ("credential", data)})

    for page in (pasted, chosen):
        assert page.status_code == 200
        assert "Amélie Dubois" in page.text


@pytest.mark.parametrize("form", SHOWN)
def test_a_bundle_of_each_form_is_verified(
    public: TestClient, issued: JsonObject, form: Form
) -> None:
    asked = {"format": "bundle", "form": form.value}
    bundle = public.get(f"/c/{code_of(issued)}", params=asked).json()

    report = public.post("/v1/verify", json={"credential": bundle}).json()

    assert bundle["credential"].encode() == signed(public, issued, form)
    assert report["verdict"] == "valid", report


@pytest.mark.parametrize("kind", ["png", "svg"])
@pytest.mark.parametrize("form", SHOWN)
def test_a_badge_holds_the_credential_in_each_form(
    public: TestClient, issued: JsonObject, form: Form, kind: str
) -> None:
    asked = {"format": kind, "form": form.value}

    badge = public.get(f"/c/{code_of(issued)}", params=asked)

    named = f'attachment; filename="badge-{code_of(issued)[:8]}.{kind}"'
    assert badge.headers["content-disposition"] == named
    read = png.credential_in if kind == "png" else svg.credential_in
    found = read(badge.content)
    assert found is not None
    assert found.text.encode() == signed(public, issued, form)
    report = public.post("/v1/verify", files={"file": badge.content}).json()
    assert report["verdict"] == "valid", report


@pytest.mark.parametrize("form", SHOWN)
def test_a_certificate_is_made_of_each_form(
    public: TestClient, issued: JsonObject, form: Form
) -> None:
    asked = {"format": "pdf", "form": form.value}

    made = public.get(f"/c/{code_of(issued)}", params=asked)

    attached = PdfReader(BytesIO(made.content)).attachments
    assert [signed(public, issued, form)] in attached.values()
    report = public.post("/v1/verify", files={"file": made.content}).json()
    assert report["verdict"] == "valid", report


@pytest.mark.parametrize("body", [{}, {"token": "a.b.c", "credential": {}}, {"token": None}])
def test_a_request_says_one_thing(public: TestClient, body: object) -> None:
    assert public.post("/v1/verify", json=body).status_code == 422


@pytest.mark.parametrize("token", ["", "a.b.c", "eyJ.é", "~", "{}"])
def test_a_token_that_is_none_is_invalid(public: TestClient, token: str) -> None:
    response = public.post("/v1/verify", json={"token": token})

    assert response.status_code == 200
    assert response.json()["verdict"] == "invalid"
    assert response.json()["credential"] is None


def test_a_format_that_is_none_is_refused(public: TestClient, issued: JsonObject) -> None:
    assert public.get(f"/c/{code_of(issued)}?format=rot13").status_code == 422
