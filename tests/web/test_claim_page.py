"""The pages for learners: a link opens once, for one browser, and nothing is done without it."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import takewhile

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from credhub.config import Settings
from credhub.services import claims
from credhub.web.app import create_app
from tests.running import Service, issue, post
from tests.services.erasing import erase_learner_of
from tests.web.claiming import HTML, NAME, Learner, learner_of, new_link, offered
from tests.web.pages.dom import read
from tests.web.routes import rows_of


def limited(service: Service, settings: Settings) -> FastAPI:
    """Make an application of its own, with other limits."""
    return create_app(replace(service.runtime, settings=settings))


def test_a_link_opens_the_page_with_all_that_is_the_learner_s(service: Service) -> None:
    given = offered(service)

    learner = learner_of(service, given)

    page = learner.page()
    assert page.status_code == 200
    assert NAME in page.text
    assert str(given.issued["url"]) in page.text
    assert (page.headers["cache-control"], page.headers["x-robots-tag"]) == ("no-store", "noindex")
    assert page.headers["referrer-policy"] == "no-referrer"


def test_t72_looking_at_a_link_changes_nothing_and_says_nothing(service: Service) -> None:
    given = offered(service)
    before, scanner = rows_of(service), service.public()

    pages = {scanner.get(path).text for path in ("/claim", given.link, "/claim?x=1")}
    assert len(pages) == 1
    for method in ("GET", "HEAD", "OPTIONS"):
        for path in ("/claim", f"/claim/{given.secret}", "/claim/credential", "/claim/file"):
            assert "set-cookie" not in scanner.request(method, path).headers

    assert rows_of(service) == before
    assert learner_of(service, given).page().status_code == 200


def test_t72_a_link_opens_once(service: Service) -> None:
    given = offered(service)
    learner_of(service, given)

    second = Learner(browser=service.public())
    refused = second.open(given.link)

    assert refused.status_code == 404
    assert "set-cookie" not in refused.headers
    assert second.page().status_code == 403


def test_t72_of_browsers_that_open_a_link_at_once_exactly_one_does(
    service_on_each: Service,
) -> None:
    given = offered(service_on_each)
    learners = [Learner(browser=service_on_each.public()) for _ in range(9)]

    with ThreadPoolExecutor(9) as threads:
        answers = list(threads.map(lambda it: it.open(given.link).status_code, learners))

    assert sorted(answers) == [303] + [404] * 8
    seen = [learner.page().status_code for learner in learners]
    assert sorted(seen) == [200] + [403] * 8


def test_t72_unknown_used_ended_and_expired_links_are_answered_alike(
    fresh_service: Service,
) -> None:
    service = fresh_service
    used, ended, expired = offered(service), offered(service), offered(service, days=1)
    learner_of(service, used)
    service.client().delete(f"/v1/credentials/{ended.credential_id}/claim-link")
    service.clock.move(days=1)
    unknown = claims.written(service.one.hub.number, bytes(24))
    of_no_hub = claims.written(service.one.hub.number, bytes(24)).replace("AAAB", "____", 1)

    answers = set()
    for secret in (used.secret, ended.secret, expired.secret, unknown, of_no_hub):
        answer = Learner(browser=service.public()).open(secret)
        headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
        answers.add((answer.status_code, answer.text.replace(secret, "#"), str(headers)))

    assert len(answers) == 1
    assert service.public().post("/claim", data={"secret": "no link"}).status_code == 404


def test_a_visit_ends_after_an_hour(fresh_service: Service) -> None:
    learner = learner_of(fresh_service, offered(fresh_service))
    fresh_service.clock.move(minutes=59)
    assert learner.page().status_code == 200

    fresh_service.clock.move(minutes=1)

    assert learner.page().status_code == 403
    assert learner.browser.post("/claim/file", data={"file": "pdf"}).status_code == 403


def test_the_hub_ends_a_visit_with_its_link(service: Service) -> None:
    given = offered(service)
    learner = learner_of(service, given)
    path = f"/v1/credentials/{given.credential_id}/claim-link"

    assert service.client().delete(path).status_code == 204
    assert service.client().delete(path).status_code == 204

    assert learner.page().status_code == 403


def test_a_new_link_ends_the_one_before_it_and_its_visit(service: Service) -> None:
    given, unopened = offered(service), offered(service)
    learner = learner_of(service, given)

    new = new_link(service.client(), given.credential_id)
    newer = new_link(service.client(), unopened.credential_id)

    assert learner.page().status_code == 403
    assert Learner(browser=service.public()).open(new).status_code == 303
    assert Learner(browser=service.public()).open(unopened.link).status_code == 404
    assert Learner(browser=service.public()).open(newer).status_code == 303


def test_a_learner_can_leave(service: Service) -> None:
    learner = learner_of(service, offered(service))
    browser = service.public()
    browser.cookies.update(dict(learner.browser.cookies))

    left = learner.send("/claim/end")

    assert left.status_code == 200
    assert 'credhub-visit=""' in left.headers["set-cookie"]
    assert browser.get("/claim/credential").status_code == 403  # A kept cookie opens nothing.


def test_the_cookie_is_for_this_site_and_no_script(service: Service) -> None:
    answer = Learner(browser=service.public()).open(offered(service).link)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("credhub-visit=")
    assert {"HttpOnly", "SameSite=strict", "Path=/claim", "Max-Age=3600"} <= set(cookie.split("; "))


def test_the_cookie_of_https_is_of_this_host_alone(service: Service) -> None:
    app = create_app(service.runtime)
    settings = service.runtime.settings.model_copy(update={"base_url": "https://127.0.0.1:8000"})
    given = offered(service)
    # Everything but the address is of the running service.
    app.state.runtime = replace(service.runtime, settings=settings)

    answer = Learner(browser=service.public(app)).open(given.link)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-credhub-visit=")
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Secure"} <= set(cookie.split("; "))
    assert "domain" not in cookie.lower()


@pytest.mark.parametrize(
    ("file", "media_type", "start"),
    [
        ("pdf", "application/pdf", b"%PDF-"),
        ("badge", "image/png", b"\x89PNG"),
        ("credential", "application/vc", b"{"),
        ("bundle", "application/vnd.credhub.bundle+json", b"{"),
    ],
)
def test_every_file_can_be_taken(
    service: Service, file: str, media_type: str, start: bytes
) -> None:
    given = offered(service)
    learner = learner_of(service, given)
    claim = f"/v1/credentials/{given.credential_id}/claim"
    assert service.client().get(claim).json()["state"] == "opened"

    taken = learner.send("/claim/file", file=file)

    assert taken.status_code == 200
    assert taken.headers["content-type"] == media_type
    assert taken.headers["content-disposition"].startswith("attachment; ")
    assert taken.content.startswith(start)
    told = service.client().get(claim).json()
    assert (told["state"], told["claimedAt"] is None) == ("claimed", False)


def test_the_file_is_what_was_signed(service: Service) -> None:
    given = offered(service)
    signed = service.public().get(f"{given.path}?format=vc").content

    assert learner_of(service, given).send("/claim/file", file="credential").content == signed


def test_the_link_follows_a_correction(service: Service) -> None:
    given = offered(service)
    correction = f"/v1/credentials/{given.credential_id}/correction"
    body = {"reason": "Misspelt.", "recipient": {"name": "Amélie Martin"}}
    corrected = post(service.client(), correction, body)

    learner = learner_of(service, given)

    assert "Amélie Martin" in learner.page().text
    assert str(corrected["url"]) in learner.page().text
    claim = f"/v1/credentials/{corrected['id']}/claim"
    assert service.client().get(claim).json()["state"] == "opened"
    new = new_link(service.client(), str(corrected["id"]))
    assert learner.page().status_code == 403  # One link for the chain.
    assert Learner(browser=service.public()).open(new).status_code == 303


def test_a_revoked_credential_says_so_to_its_learner(service: Service) -> None:
    given = offered(service)
    revocation = f"/v1/credentials/{given.credential_id}/revocation"
    service.client().post(revocation, json={"reason": "An error."})

    page = learner_of(service, given).page()

    assert page.status_code == 200
    assert "verdict-revoked" in page.text


def test_an_erased_learner_finds_nothing(service: Service) -> None:
    given = offered(service)
    learner = learner_of(service, given)

    erase_learner_of(service, given.credential_id)

    assert learner.page().status_code == 410
    assert NAME not in learner.page().text
    client = service.client()
    path = f"/v1/credentials/{given.credential_id}/claim"
    assert client.get(path).status_code == 410
    made = client.post(f"{path}-link", json={}, headers={"idempotency-key": "after"})
    assert made.status_code == 410


def test_the_link_to_linkedin_says_what_linkedin_asks_for(service: Service) -> None:
    given = offered(service, validUntil="2029-01-31T00:00:00Z")

    page = read(learner_of(service, given).page().text)

    (link,) = [a for a in page.find("a") if "linkedin" in a.attributes["href"]]
    href = link.attributes["href"]
    assert href.startswith("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&")
    names = re.findall(r"[?&]([A-Za-z]+)=", href)
    assert names == [
        *("startTask", "name", "organizationName", "issueYear", "issueMonth"),
        *("expirationYear", "expirationMonth", "certUrl", "certId"),
    ]
    assert link.attributes["rel"] == "noopener nofollow ugc"


# Forms


PATHS = ("/claim/file", "/claim/showing", "/claim/request", "/claim/end")
FIELDS = {"file": "pdf", "shown": "nothing", "until": "", "kind": "erasure", "text": ""}
OF = {
    "/claim/file": ("file",),
    "/claim/showing": ("shown", "until"),
    "/claim/request": ("kind", "text"),
    "/claim/end": (),
}


@pytest.mark.parametrize("path", PATHS)
def test_t57_a_form_of_another_site_changes_nothing(service: Service, path: str) -> None:
    learner = learner_of(service, offered(service))
    proof, other = learner.proof(), learner_of(service, offered(service)).proof()
    good = {name: FIELDS[name] for name in OF[path]}
    before = rows_of(service)
    post = learner.browser.post

    for wrong in ("", other, proof[:-1], proof + "x"):
        assert post(path, data=good | {"proof": wrong}).status_code == 403, wrong
    assert post(path, data=good).status_code in {403, 415}  # Without a field there is no form.
    own = good | {"proof": proof}
    for site in ("cross-site", "same-site", "none"):
        assert post(path, data=own, headers={"sec-fetch-site": site}).status_code == 403
    assert post(path, json=own).status_code == 415
    assert post(path, data=own, files={"x": b""}).status_code == 415
    plain = "&".join(f"{name}={value}" for name, value in own.items())
    for media_type in ("text/plain", "application/json", ""):
        answer = post(path, content=plain, headers={"content-type": media_type})
        assert answer.status_code == 415
    assert post(path, data=own | {"next": "//evil.example"}).status_code == 400
    twice = {"content-type": "application/x-www-form-urlencoded"}
    assert post(path, content=f"{plain}&proof={proof}", headers=twice).status_code == 400

    assert rows_of(service) == before
    assert post(path, data=own, headers={"sec-fetch-site": "same-origin"}).status_code in {200, 303}


def test_t57_nobody_is_made_to_open_a_link_of_another(service: Service) -> None:
    given = offered(service)
    headers = {"sec-fetch-site": "cross-site"}

    refused = service.public().post("/claim", data={"secret": given.link}, headers=headers)

    assert refused.status_code == 403
    assert learner_of(service, given).page().status_code == 200


def test_t52_no_parameter_leads_elsewhere(service: Service) -> None:
    given = offered(service)
    learner = Learner(browser=service.public())
    evil = {"next": "//evil.example", "url": "https:evil.example", "return": "https://evil.example"}

    opened = learner.browser.post("/claim", params=evil, data={"secret": given.link})

    assert opened.headers["location"] == "/claim/credential"
    page = learner.browser.get("/claim/credential", params=evil)
    assert "evil" not in page.text + str(page.headers)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_t53_links_have_the_address_that_was_set(service: Service) -> None:
    issued = issue(service.client())
    path = f"/v1/credentials/{issued['id']}/claim-link"
    key = {"idempotency-key": "of-a-host", "x-forwarded-host": "evil.example"}

    made = service.client().post(path, json={}, headers=key)

    assert made.json()["url"].startswith(f"{service.origin}/claim#")
    refused = service.client().post(path, json={}, headers=key | {"host": "evil.example"})
    assert refused.status_code == 421


@pytest.mark.parametrize(
    "fields",
    [
        {"shown": "all"},
        {"shown": ""},
        {},
        {"shown": "everything", "file": "pdf"},
    ],
)
def test_a_choice_that_is_none_is_refused(service: Service, fields: dict[str, str]) -> None:
    learner = learner_of(service, offered(service))

    assert learner.send("/claim/showing", **fields).status_code == 400
    learner.shows("everything")


@pytest.mark.parametrize(
    ("shown", "until"),
    [
        ("everything", "2026-11-21"),
        ("everything", "2226-11-21"),
        ("everything", "9999-12-31"),
        ("everything", "tomorrow"),
        ("everything", "2026-02-30"),
        ("nothing", "2026-12-24"),
    ],
)
def test_a_last_day_that_cannot_be_is_refused_and_shown_again(
    service: Service, shown: str, until: str
) -> None:
    given = offered(service)
    learner = learner_of(service, given)

    refused = learner.send("/claim/showing", shown=shown, until=until)

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert f'value="{until}"' in refused.text
    assert service.public().get(given.path, headers=HTML).status_code == 200
    learner.shows("everything", "2026-12-24")
    assert 'value="2026-12-24"' in learner.page().text


def test_t36_what_a_learner_types_stays_text(service: Service) -> None:
    learner = learner_of(service, offered(service))
    typed = '"><script>alert(1)</script>' + "x" * 1000

    page = learner.send("/claim/request", kind="correction", text=typed)

    assert page.status_code == 422
    assert read(page.text).find("script") == []
    assert "&lt;script&gt;" in page.text
    link_page = learner.open('"><script>alert(1)</script>')
    assert len(read(link_page.text).find("script")) == 1  # The one of the page itself.


def test_t36_what_a_hub_wrote_stays_text_on_the_page_of_the_learner(service: Service) -> None:
    name = "<img src=x onerror=alert(1)>"

    page = learner_of(service, offered(service, recipient={"name": name})).page()

    assert read(page.text).find("img") == []
    assert "&lt;img src=x" in page.text


def test_t37_no_address_of_a_document_leads_into_a_script(service: Service) -> None:
    # Evidence with such an address is refused when it is issued; so is its link where it is shown.
    page = read(learner_of(service, offered(service)).page().text)

    for link in page.find("a"):
        assert re.match(r"(?:https:|/|#|http://127\.0\.0\.1:8000/)", link.attributes["href"])


# Limits and logs


def test_t74_a_client_that_guesses_links_is_stopped(service: Service) -> None:
    settings = service.runtime.settings.model_copy(update={"unknown_codes_per_minute": 3})
    given, guesser = offered(service), service.public(limited(service, settings))

    answers = [guesser.post("/claim", data={"secret": "A" * 36}).status_code for _ in range(5)]

    assert answers == [404, 404, 404, 429, 429]
    assert guesser.post("/claim", data={"secret": given.secret}).status_code == 429
    assert learner_of(service, given).page().status_code == 200


def test_t74_one_link_is_tried_a_few_times_whoever_tries(service: Service) -> None:
    given = offered(service)
    learner_of(service, given)
    again = Learner(browser=service.public())

    answers = [again.open(given.link).status_code for _ in range(10)]

    assert answers == [404] * 9 + [429]
    assert learner_of(service, offered(service)).page().status_code == 200


def test_t74_a_client_tries_so_many_links_in_a_minute(service: Service) -> None:
    settings = service.runtime.settings.model_copy(update={"claims_per_minute": 2})
    client = service.public(limited(service, settings))
    links = [offered(service).link for _ in range(3)]

    answers = [client.post("/claim/again", data={"secret": link}) for link in links]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_visit_has_so_many_steps_in_a_minute(service: Service) -> None:
    learner = learner_of(service, offered(service))

    def page_of_a_visit(_: int) -> int:
        return learner.page().status_code

    served = list(takewhile(lambda status: status == 200, map(page_of_a_visit, range(300))))

    # A machine that is slow has begun the next minute meanwhile.
    assert 60 <= len(served) < 300
    assert learner.page().status_code == 429


def test_t95_no_log_has_a_secret_or_a_name(service: Service) -> None:
    with capture_logs() as logged:
        given = offered(service)
        learner = learner_of(service, given)
        learner.send("/claim/request", kind="correction", text="Call me Quetzal.")
        learner.send("/claim/file", file="pdf")
        learner.open(given.link)

    said = str(logged)
    assert "/claim/request" in said
    for secret in (given.secret, NAME, "Quetzal", *learner.browser.cookies.values()):
        assert secret not in said


def test_t95_what_is_kept_has_no_secret_in_it(service: Service) -> None:
    given = offered(service)
    learner = learner_of(service, given)
    learner.send("/claim/request", kind="correction", text="Call me Quetzal.")

    rows = str(rows_of(service))

    for secret in (given.secret, "Quetzal", *learner.browser.cookies.values()):
        assert secret not in rows


def test_a_form_that_is_too_large_is_not_read(service: Service) -> None:
    learner = learner_of(service, offered(service))

    text = "x" * (16 * 1024)
    refused = learner.send("/claim/request", kind="correction", text=text)

    assert refused.status_code == 413
