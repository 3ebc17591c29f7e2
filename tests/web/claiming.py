"""Learners in tests: a credential with a link, and the browser of whoever opens it."""

import re
from dataclasses import dataclass, field

from httpx2 import Response
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject, JsonValue
from tests.running import Member, Service, code_of, issue, post

NAME = "Amélie Dubois"
EVIDENCE = "The logbook of Amélie"
RESULT = "87 of 100"
HTML = {"accept": "text/html"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A credential with a link to it."""

    issued: JsonObject
    link: str = field(repr=False)

    @property
    def credential_id(self) -> str:
        return str(self.issued["id"])

    @property
    def path(self) -> str:
        """The permanent address, without the host."""
        return f"/c/{code_of(self.issued)}"

    @property
    def secret(self) -> str:
        return self.link.rpartition("#")[2]


def offered(
    service: Service, member: Member | None = None, *, days: int = 30, **changes: JsonValue
) -> Offered:
    """Issue a credential and make a link to it."""
    client = service.client(member)
    about: JsonObject = {
        "evidence": [{"name": EVIDENCE, "narrative": EVIDENCE}],
        "results": [{"value": RESULT}],
    }
    achievement = changes.pop("achievement", None)
    issued = issue(client, None if achievement is None else str(achievement), **(about | changes))
    return Offered(issued=issued, link=new_link(client, str(issued["id"]), days=days))


def new_link(client: TestClient, credential_id: str, *, days: int = 30) -> str:
    """Make a link to a credential."""
    made = post(client, f"/v1/credentials/{credential_id}/claim-link", {"days": days})
    return str(made["url"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """A browser, which keeps a cookie and reads the forms of a page."""

    browser: TestClient

    def open(self, link: str) -> Response:
        """Open a link."""
        return self.browser.post("/claim", data={"secret": link})

    def page(self) -> Response:
        """Look at what was opened."""
        return self.browser.get("/claim/credential")

    def send(self, path: str, **fields: str) -> Response:
        """Send a form of the page."""
        return self.browser.post(path, data={"proof": self.proof(), **fields})

    def proof(self) -> str:
        """Read what every form of the page holds."""
        found = re.search(r'name="proof" value="([^"]+)"', self.page().text)
        assert found is not None
        return found[1]

    def shows(self, shown: str, until: str = "") -> None:
        """Choose what others see."""
        response = self.send("/claim/showing", shown=shown, until=until)
        assert response.status_code == 303, response.text


def learner_of(service: Service, given: Offered) -> Learner:
    """Open a link."""
    learner = Learner(browser=service.public())
    response = learner.open(given.link)
    assert response.status_code == 303, response.text
    return learner
