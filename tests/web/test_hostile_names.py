"""T36 and T37 through the whole service: what a hub writes stays text on every page about it."""

import json

import pytest
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject
from credhub.web.edge import CONTENT_SECURITY_POLICY, SELF_CHECKING_POLICY
from credhub.web.pages.assets import asset
from tests.running import (
    Service,
    achievement_body,
    code_of,
    issue,
    issue_body,
    make_member,
    publish,
    unique,
)
from tests.web.pages.dom import Element, read, skeleton
from tests.web.pages.test_hostile_text import BAD_ADDRESSES, PAYLOADS

HARMLESS = "Solar installer"
SLUG = "names"
SAFE_LINK = "https://school.example/page"


@pytest.fixture(scope="module")
def hub_client(service: Service) -> TestClient:
    """A client of a hub whose page lists these tests' achievements alone."""
    return service.client(make_member(service.runtime, SLUG))


def pages_about(service: Service, issued: JsonObject, achievement: str) -> dict[str, Element]:
    client = service.public()
    found = {
        "permanent": client.get(f"/c/{code_of(issued)}", headers={"accept": "text/html"}),
        "achievement": client.get(f"/achievements/{achievement}"),
        "hub": client.get(f"/hubs/{SLUG}"),
        "uploaded": client.post("/verify", files={"file": ("x", _document(issued))}),
    }
    for name, page in found.items():
        assert page.status_code == 200, (name, page.text)
        own = SELF_CHECKING_POLICY if name == "permanent" else CONTENT_SECURITY_POLICY
        assert page.headers["content-security-policy"] == own
    return {name: read(page.text) for name, page in found.items()}


def _foreign_scripts(page: Element) -> list[Element]:
    own = {"type": "module", "src": asset("check.mjs")}
    return [one for one in page.find("script") if one.attributes != own or one.children]


def _document(issued: JsonObject) -> bytes:
    return json.dumps(issued["credential"]).encode()


def everything(client: TestClient, text: str) -> tuple[JsonObject, str] | None:
    """Put a text wherever a hub may; none when the service refuses it."""
    long = f"{text} "[:150]
    achievement = client.post(
        "/v1/achievements",
        json=achievement_body(
            name=long,
            description=text,
            criteria={"narrative": text},
            tag=[long],
            alignment=[{"targetName": long, "targetUrl": SAFE_LINK, "targetFramework": long}],
        ),
        headers={"idempotency-key": unique("key")},
    )
    if achievement.status_code == 422:
        assert achievement.json()["code"] == "invalid-claim"
        return None
    assert achievement.status_code == 201, achievement.text
    made = achievement.json()["id"]
    issued = issue(
        client,
        made,
        recipient={"name": long, "email": "a@mail.example"},
        evidence=[{"id": SAFE_LINK, "name": long, "description": text, "narrative": text}],
        results=[{"value": long}],
    )
    return issued, made


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t36_nothing_that_a_hub_writes_becomes_markup(
    service: Service, hub_client: TestClient, payload: str
) -> None:
    made = everything(hub_client, payload)
    if made is None:
        assert any(not character.isprintable() for character in payload)
        return
    harmless = everything(hub_client, HARMLESS)
    assert harmless is not None

    hostile, plain = pages_about(service, *made), pages_about(service, *harmless)

    shown = " ".join(payload.split())
    for name in ("permanent", "achievement", "uploaded"):
        assert skeleton(hostile[name]) == skeleton(plain[name]), name
        assert shown in hostile[name].text, name
    assert shown in hostile["hub"].text
    for name, page in hostile.items():
        assert _foreign_scripts(page) == [], name
        for element in page.walk():
            assert element.tag not in {"iframe", "svg:script", "base"}, name
            assert not [at for at in element.attributes if at.startswith("on")], name


def test_t36_a_hub_may_call_itself_what_it_likes_but_not_in_markup(service: Service) -> None:
    hostile = "</title><script>alert(1)</script>"
    member = make_member(service.runtime, "hostile", name=hostile, description=hostile)
    client = service.client(member)
    achievement = publish(client)
    issued = issue(client, achievement)

    for path in (
        "/hubs/hostile",
        "/",
        f"/achievements/{achievement}",
        f"/c/{code_of(issued)}",
    ):
        page = read(service.public().get(path, headers={"accept": "text/html"}).text)
        assert _foreign_scripts(page) == [], path
        assert hostile in page.text, path


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_t37_no_bad_address_becomes_a_link(
    service: Service, hub_client: TestClient, address: str
) -> None:
    client = hub_client
    body: dict[str, JsonObject] = {
        "criteria": achievement_body(criteria={"narrative": "x", "id": address}),
        "image": achievement_body(image={"id": address}),
        "alignment": achievement_body(alignment=[{"targetName": "x", "targetUrl": address}]),
    }
    for what, definition in body.items():
        response = client.post(
            "/v1/achievements", json=definition, headers={"idempotency-key": unique("key")}
        )
        if response.status_code == 422:
            continue
        achievement = response.json()["id"]
        issued = issue(client, achievement)
        for name, page in pages_about(service, issued, achievement).items():
            _no_link_to(page, address, (what, name))
    evidence = issue_body(publish(client), evidence=[{"id": address, "narrative": "x"}])
    response = client.post(
        "/v1/credentials", json=evidence, headers={"idempotency-key": unique("key")}
    )
    if response.status_code != 422:
        for name, page in pages_about(
            service, response.json(), str(evidence["achievement"])
        ).items():
            _no_link_to(page, address, ("evidence", name))


def _no_link_to(page: Element, address: str, where: object) -> None:
    for element in page.walk():
        for attribute in ("href", "src", "action", "formaction", "srcset"):
            assert element.attributes.get(attribute) != address, where
            assert "evil.example" not in element.attributes.get(attribute, ""), where


def test_t37_a_safe_address_becomes_a_link_that_tells_nobody(
    service: Service, hub_client: TestClient
) -> None:
    made = everything(hub_client, HARMLESS)
    assert made is not None

    page = pages_about(service, *made)["permanent"]

    links = [link for link in page.find("a") if link.attributes["href"] == SAFE_LINK]
    assert links
    for link in links:
        assert {"noopener", "nofollow"} <= set(link.attributes["rel"].split())


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x=1", "a\nb", "a\x1bb", "a\u202eb", "\u2066a"])
def test_t70_a_name_cannot_break_out_of_its_line(service: Service, name: str) -> None:
    body = issue_body(publish(service.client()), recipient={"name": name})

    response = service.client().post(
        "/v1/credentials", json=body, headers={"idempotency-key": unique("key")}
    )

    assert (response.status_code, response.json()["code"]) == (422, "invalid-claim")
    assert "set-cookie" not in response.headers
