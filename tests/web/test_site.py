"""Every page answers, under a policy that runs nothing and loads nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from httpx2 import Response

from credhub.web.edge import SECURITY_HEADERS, SELF_CHECKING_POLICY
from credhub.web.site.pages import PAGE_SIZE
from tests.engines import SqliteDatabases
from tests.running import Service, code_of, issue, make_member, publish, running, unique
from tests.web.pages.dom import read
from tests.web.routes import Things, every_route

BROWSER = {"accept": "text/html"}
PAGES = ("/", "/docs", "/verify", "/hubs/{slug}", "/achievements/{code}", "/c/{code}")


@pytest.fixture(scope="module")
def things(service: Service) -> Things:
    return Things.of(service, service.one)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_under_the_policy(service: Service, things: Things, page: str) -> None:
    response = service.public().get(things.path(page), headers=BROWSER)

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(
        part.strip().split(" ", 1)
        for part in response.headers["content-security-policy"].split(";")
    )
    own = {"script-src": "'self'", "connect-src": "'self'"} if page == "/c/{code}" else {}
    assert policy == own | {
        "default-src": "'none'",
        "img-src": "'self'",
        "style-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    document = read(response.text)
    assert len(document.find("script")) == len(own.keys() & {"script-src"})
    assert document.find("h1")
    for element in document.walk():
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_what_is_ours_and_it_is_there(
    service: Service, things: Things, page: str
) -> None:
    document = read(service.public().get(things.path(page), headers=BROWSER).text)

    loaded = [link.attributes["href"] for link in document.find("link")]
    loaded += [image.attributes["src"] for image in document.find("img")]
    loaded += [script.attributes["src"] for script in document.find("script")]
    loaded += [block.attributes["data-verifier"] for block in document.with_class("own-check")]
    assert loaded
    for address in loaded:
        assert address.startswith("/"), address
        assert service.public().get(address).status_code == 200, address


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_ours_leads_somewhere(service: Service, things: Things, page: str) -> None:
    document = read(service.public().get(things.path(page), headers=BROWSER).text)

    for link in document.find("a"):
        address = link.attributes["href"].removeprefix(service.origin)
        if address.startswith("/"):
            answer = service.public().get(address)
            assert answer.status_code in {200, 303, 307}, address


# The page of a link takes the secret out of its address by a script of ours, and asks nobody.
LINK_POLICY = f"{SECURITY_HEADERS['content-security-policy']}; script-src 'self'"
OWN_POLICIES = {
    "/c/{code}": SELF_CHECKING_POLICY,
    "/claim": LINK_POLICY,
    "/claim/credential": LINK_POLICY,  # Without a link it asks for one.
}


def test_every_answer_carries_the_security_headers(service: Service, things: Things) -> None:
    for method, path in every_route(service):
        address = things.path(path) if path != "/static" else "/static/credhub.css"
        response = service.client().request(method, address)
        own = OWN_POLICIES.get(path.lower()) if method in {"GET", "HEAD"} else None
        policy = {"content-security-policy": own} if own else {}
        for name, value in {**SECURITY_HEADERS, **policy}.items():
            assert response.headers[name] == value, (path, name)
        assert "strict-transport-security" not in response.headers
        assert len(response.headers["x-request-id"]) == 32


POLICIES = {SECURITY_HEADERS["content-security-policy"], *OWN_POLICIES.values()}


def secured(response: Response) -> bool:
    """Say whether an answer has every header, and a policy that runs nothing that is in a page."""
    others = SECURITY_HEADERS.keys() - {"content-security-policy"}
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    return policy in POLICIES and all(
        response.headers[name] == SECURITY_HEADERS[name] for name in others
    )


def test_t52_whatever_the_answer_is_it_carries_the_security_headers(
    service: Service, things: Things
) -> None:
    statuses = set()
    client, public = service.client(), service.public()
    for method, path in every_route(service):
        address = things.path(path) if path != "/static" else "/static/credhub.css"
        nowhere = path.replace("{", "").replace("}", "")
        for response in (
            client.request(method, address, headers=BROWSER),
            client.request(method, address, content=b"{", headers={"content-type": "text/x"}),
            client.request(method, address, headers={"content-length": str(2**40)}),
            client.request(method, address, headers={"host": "elsewhere.example"}),
            client.request(method, address, headers=dict.fromkeys(map(str, range(200)), "x")),
            client.request(method, f"{address}?key=chk_x"),
            public.request(method, address),
            public.request(method, nowhere),
            public.request("OPTIONS", address),
            public.request("PATCH", address),
        ):
            assert secured(response), (method, path, response.status_code)
            statuses.add(response.status_code)
    for response in (public.get("/verify", params={"q": things.code}), public.get("/static/none")):
        assert secured(response)
        statuses.add(response.status_code)

    assert statuses >= {200, 303, 400, 401, 404, 405, 413, 415, 421, 422, 431}


def test_over_https_a_browser_is_told_to_stay_there(
    sqlite: SqliteDatabases, tmp_path: Path
) -> None:
    with sqlite.migrated() as url, running(url, tmp_path, base_url="https://hub.example") as secure:
        response = secure.public().get("/")
        issued = issue(secure.client())

    assert response.headers["strict-transport-security"] == "max-age=31536000"
    assert str(issued["url"]).startswith("https://hub.example/c/")


def test_the_api_documentation_is_of_this_api(service: Service) -> None:
    page = service.public().get("/docs").text
    document = service.public().get("/openapi.json").json()

    assert document == service.app.openapi()
    for path in document["paths"]:
        assert path in page


def test_a_hub_shows_its_achievements_and_its_log(service: Service, things: Things) -> None:
    page = read(service.public().get(f"/hubs/{things.slug}").text)

    assert service.one.hub.name in page.text
    assert f"127.0.0.1:8000/ledger/{things.slug}/2026" in page.text


def test_an_achievement_shows_every_version(service: Service) -> None:
    client = service.client()
    achievement = publish(client, validity="P2Y")
    client.post(
        f"/v1/achievements/{achievement}/versions",
        json={
            "name": "Solar installer, level 2",
            "description": "More.",
            "criteria": {"narrative": "More."},
            "achievementType": "Certificate",
        },
        headers={"idempotency-key": unique("key")},
    )

    page = read(service.public().get(f"/achievements/{achievement}").text)

    assert "Solar installer, level 2" in page.text
    assert page.text.count("Version") >= 2


@pytest.mark.parametrize(
    "path",
    ["/hubs/nowhere", "/achievements/nothing", "/c/nothing", "/nowhere", "/static/nothing.css"],
)
def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_software(
    service: Service, path: str
) -> None:
    page = service.public().get(path, headers=BROWSER)
    problem = service.public().get(path, headers={"accept": "application/json"})

    assert page.status_code == problem.status_code == 404
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert read(page.text).find("h1")
    assert problem.headers["content-type"] == "application/problem+json"


# The form


@pytest.fixture(scope="module")
def code(service: Service) -> str:
    return code_of(issue(service.client()))


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        " {code} ",
        "{CODE}",
        "{origin}/c/{code}",
        "{ORIGIN}/C/{CODE}",
        "127.0.0.1:8000/c/{code}",
        "{origin}/c/{code}/",
        "{origin}/c/{code}?format=pdf",
        "{origin}/c/{code}#abc",
    ],
)
def test_a_typed_address_leads_to_the_credential(service: Service, code: str, typed: str) -> None:
    query = typed.format(
        code=code, CODE=code.upper(), origin=service.origin, ORIGIN=service.origin.upper()
    )

    response = service.public().get("/verify", params={"q": query})

    assert response.status_code == 303
    assert response.headers["location"] == f"/c/{code}"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "nothing",
        "https://evil.example/c/{code}",
        "//evil.example/c/{code}",
        "{origin}",
        "{origin}/c/",
        "https://127.0.0.1:8000@evil.example/c/{code}",
        "https://[/c/{code}",
        "javascript:alert(1)",
        "https://credhub.ex\u0430mple/c/{code}",
        "{code}{code}",
        "/",
        "//",
        "x" * 5000,
        "<b>",
        "\\\\evil",
    ],
)
def test_t48_what_is_not_ours_is_not_followed(service: Service, code: str, typed: str) -> None:
    query = typed.format(code=code, origin=service.origin)

    response = service.public().get("/verify", params={"q": query[:1200]})

    assert response.status_code == 404
    assert "location" not in response.headers
    assert read(response.text).find("form")


def test_t52_nothing_in_an_address_redirects_elsewhere(service: Service, code: str) -> None:
    for name in ("next", "return", "url", "redirect", "continue"):
        for path in ("/", "/verify", f"/c/{code}", "/docs"):
            response = service.public().get(path, params={name: "//evil.example"})
            assert response.status_code == 200
            assert "evil.example" not in str(response.headers)


@pytest.mark.parametrize(
    ("data", "files"),
    [
        ({}, None),
        ({"credential": ""}, None),
        ({"credential": "not json"}, None),
        ({"credential": "[]"}, None),
        (None, {"file": ("x.json", b"")}),
        (None, {"file": ("x.pdf", b"hello")}),
        (None, {"other": ("x.json", b"{}")}),
    ],
)
def test_what_is_no_document_is_asked_for_again(
    service: Service, data: dict[str, str] | None, files: dict[str, tuple[str, bytes]] | None
) -> None:
    response = service.public().post("/verify", data=data, files=files)

    assert response.status_code == 400
    assert response.headers["cache-control"] == "no-store"
    assert read(response.text).find("form")


def test_a_file_that_holds_nothing_is_asked_for_again_with_the_reason(service: Service) -> None:
    response = service.public().post("/verify", files={"file": ("x.pdf", b"%PDF-1.7")})

    assert response.status_code == 422
    assert response.headers["cache-control"] == "no-store"
    assert "The PDF is damaged." in response.text
    assert read(response.text).find("form")


def test_a_document_may_be_pasted_or_chosen(service: Service, code: str) -> None:
    signed = service.public().get(f"/c/{code}?format=vc").content

    pasted = service.public().post(
        "/verify", data={"credential": signed.decode()}, files={"file": ("", b"")}
    )
    chosen = service.public().post(
        "/verify", data={"credential": " \n"}, files={"file": ("x.json", signed)}
    )

    assert "Amélie Dubois" in pasted.text
    assert "Amélie Dubois" in chosen.text


def test_an_achievement_describes_its_type_to_wallets(service: Service, things: Things) -> None:
    address = things.path("/achievements/{code}")

    answer = service.public().get(address, headers={"accept": "application/json"})

    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["vary"] == "Accept"
    assert answer.json()["vct"].endswith(address)
    page = service.public().get(address, headers={"accept": "*/*"})
    assert page.headers["content-type"].startswith("text/html")


def test_a_hub_shows_all_that_it_awards_a_page_at_a_time(service: Service) -> None:
    member = make_member(service.runtime, unique("hub"))
    client, public = service.client(member), service.public()
    published = [publish(client, name=f"Course {number}") for number in range(PAGE_SIZE + 1)]

    first = public.get(f"/hubs/{member.hub.slug}").text
    (more,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = public.get(more).text

    shown = [re.findall(r'href="/achievements/([^"]+)"', page) for page in (first, second)]
    assert [len(codes) for codes in shown] == [PAGE_SIZE, 1]
    assert sorted(shown[0] + shown[1]) == sorted(published)
    assert 'rel="next"' not in second
