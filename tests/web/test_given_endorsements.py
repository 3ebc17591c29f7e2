"""What partners say of hubs and achievements: over the API, and on the pages of the public."""

import pytest

from credhub.jsontypes import JsonObject, canonical
from credhub.services import endorsements, partners
from credhub.services.partners import NewPartner
from tests.running import Member, Service, code_of, issue, make_member, post, publish, unique
from tests.services.sinks import endorsement
from tests.unit import factories
from tests.unit.factories import MemorySigner
from tests.web.pages.dom import Element, read

WELDERS = MemorySigner(71)
STRANGER = MemorySigner(72)
HTML = {"accept": "text/html"}
JSON = {"accept": "application/json"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</bdi></blockquote><h1>Valid</h1>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}",
)


class Place:
    """A hub with one partner, which has a key of its own and an account."""

    def __init__(self, service: Service, *, name: str = "Welders Ltd") -> None:
        self.service = service
        self.member: Member = make_member(service.runtime, unique("hub"))
        self.client = service.client(self.member)
        self.partner_id = str(self.add(WELDERS.did, name)["id"])
        self.achievement_id = publish(self.client)
        self.address = endorsements.endorsed_address(self.member.hub, self.achievement_id)
        self.page = f"/achievements/{self.achievement_id}"
        self.hub_page = f"/hubs/{self.member.hub.slug}"

    def add(self, did: str, name: str) -> JsonObject:
        return post(self.client, "/v1/partners", {"did": did, "name": name})

    def account(self) -> Member:
        body: JsonObject = {"label": "a", "scopes": ["endorse"], "partner": WELDERS.did}
        made = self.client.post("/v1/api-keys", json=body)
        assert made.status_code == 201, made.text
        assert made.json()["partner"] == WELDERS.did
        return Member(hub=self.member.hub, token=made.json()["key"])

    def signed(
        self, *, signer: MemorySigner = WELDERS, comment: str = "We hire them."
    ) -> JsonObject:
        subject: JsonObject = {
            "id": self.address,
            "type": ["EndorsementSubject"],
            "endorsementComment": comment,
        }
        identity = f"urn:example:{unique('endorsement')}"
        said = endorsement(signer.did, id=identity, credentialSubject=subject)
        return factories.signed(said, signer=signer)

    def give(self, *, signer: MemorySigner = WELDERS, comment: str = "We hire them.") -> JsonObject:
        document = self.signed(signer=signer, comment=comment)
        return post(self.client, "/v1/endorsements", {"credential": document})

    def confirm(self, comment: str = "We hire them.") -> JsonObject:
        said: JsonObject = {"endorsed": self.address, "comment": comment}
        client = self.service.client(self.account())
        return post(client, "/v1/endorsements", {"confirmation": said})

    def shown(self) -> str:
        return self.service.public().get(self.page, headers=HTML).text


def test_a_partner_is_added_listed_read_and_ended(service: Service) -> None:
    place = Place(service)
    path = f"/v1/partners/{place.partner_id}"

    listed = place.client.get("/v1/partners").json()
    read = place.client.get(path)
    public = service.public().get(read.json()["url"])
    ended = place.client.delete(path)

    assert [one["did"] for one in listed["items"]] == [WELDERS.did]
    assert read.json() == listed["items"][0]
    assert public.status_code == 200
    assert ended.status_code == 204
    assert place.client.get("/v1/partners").json()["items"] == []
    for again in (place.client.get(path), place.client.delete(path)):
        assert (again.status_code, again.json()["code"]) == (410, "endorsement-gone")
    never = place.client.get("/v1/partners/none")
    assert (never.status_code, never.json()["code"]) == (404, "endorsement-not-found")


def test_partners_come_in_parts(service: Service) -> None:
    place = Place(service)
    place.add("did:web:second.example", "Second")

    first = place.client.get("/v1/partners", params={"limit": 1}).json()
    more = {"limit": 1, "cursor": first["nextCursor"]}
    second = place.client.get("/v1/partners", params=more).json()

    names = [one["name"] for one in (*first["items"], *second["items"])]
    assert names == ["Welders Ltd", "Second"]


def test_what_cannot_be_a_partner_says_why(service: Service) -> None:
    place = Place(service)

    def code_for(did: str, name: str = "X") -> tuple[int, str]:
        answer = place.client.post(
            "/v1/partners",
            json={"did": did, "name": name},
            headers={"idempotency-key": unique("k")},
        )
        return answer.status_code, answer.json()["code"]

    assert code_for(WELDERS.did) == (409, "partner-exists")
    assert code_for(place.member.hub.did) == (422, "invalid-claim")
    assert code_for("did:web:a.example", "\u202eevil") == (422, "invalid-claim")
    assert code_for("https://a.example") == (422, "malformed-request")


def test_t61_a_partner_is_added_once(service: Service) -> None:
    place = Place(service)
    body: JsonObject = {"did": "did:web:second.example", "name": "Second"}

    first = post(place.client, "/v1/partners", body, key="same")
    again = post(place.client, "/v1/partners", body, key="same")
    other = place.client.post(
        "/v1/partners", json=body | {"name": "Third"}, headers={"idempotency-key": "same"}
    )

    assert first == again
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


def test_what_a_partner_signed_is_on_the_pages_and_at_its_address(service: Service) -> None:
    place = Place(service)
    document = place.signed()
    made = post(place.client, "/v1/endorsements", {"credential": document})
    issued = issue(place.client, place.achievement_id)
    own = f"/c/{code_of(issued)}"

    served = service.public().get(str(made["url"]))
    report = service.public().get(own, headers=JSON).json()
    pages = (place.shown(), service.public().get(own, headers=HTML).text)

    assert (served.content, served.headers["content-type"]) == (
        canonical(document),
        "application/vc",
    )
    assert (made["how"], made["state"], made["version"]) == ("signed", "valid", 1)
    (said,) = report["partnerEndorsements"]
    assert said["partner"] == {"id": WELDERS.did, "name": "Welders Ltd"}
    assert report["verdict"] == "valid"
    for page in pages:
        assert "endorses this achievement with its own signature" in page
        assert f"<bdi>{WELDERS.did}</bdi>" in page
        assert "<bdi>We hire them.</bdi>" in page
        assert "did not sign" not in page


def test_what_an_account_confirmed_never_looks_signed(service: Service) -> None:
    place = Place(service)

    made = place.confirm()

    page = place.shown()
    served = service.public().get(str(made["url"]))
    assert made["how"] == "confirmed"
    assert "confirmed that it endorses this achievement through its account" in page
    assert "It did not sign this: the hub says so." in page
    assert "its own signature" not in page
    assert served.headers["content-type"] == "application/json"
    assert served.json()["type"] == "CredhubConfirmation"
    assert "proof" not in served.json()
    verified = service.public().post("/v1/verify", json={"credential": served.json()}).json()
    assert verified["verdict"] == "invalid"


def test_an_endorsement_of_the_hub_is_on_its_page(service: Service) -> None:
    place = Place(service)
    place.address = place.member.hub.did

    place.give()

    page = service.public().get(place.hub_page).text
    assert "endorses this hub with its own signature" in page
    assert "endorses this hub" not in place.shown()


def test_t02_an_endorsement_by_a_stranger_is_refused_by_its_code(service: Service) -> None:
    place = Place(service)
    body = {"credential": place.signed(signer=STRANGER)}

    refused = place.client.post(
        "/v1/endorsements", json=body, headers={"idempotency-key": unique("k")}
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "endorser-not-a-partner")
    place.add(STRANGER.did, "No stranger")
    post(place.client, "/v1/endorsements", body)


def test_what_does_not_count_any_more_says_so_without_its_words(service: Service) -> None:
    place = Place(service)
    place.give(comment="Dear words.")

    place.client.delete(f"/v1/partners/{place.partner_id}")

    page = place.shown()
    assert "is not a partner of this hub any more, does not count" in page
    assert "Dear words." not in page
    assert "Welders Ltd" not in page
    listed = place.client.get("/v1/endorsements").json()["items"]
    assert [one["state"] for one in listed] == ["notAPartner"]


@pytest.mark.parametrize("by_partner", [True, False])
def test_what_is_withdrawn_is_gone_from_the_pages(service: Service, *, by_partner: bool) -> None:
    place = Place(service)
    account = service.client(place.account())
    made = place.give()
    path = f"/v1/endorsements/{made['id']}"

    client = account if by_partner else place.client
    done = client.post(f"{path}/withdrawal", json={"reason": "A secret reason."})
    again = client.post(f"{path}/withdrawal", json={"reason": "A secret reason."})

    assert done.status_code == 201
    assert done.json()["withdrawnBy"] == ("partner" if by_partner else "hub")
    assert (again.status_code, again.json()["code"]) == (410, "endorsement-withdrawn")
    assert "What partners of the hub say" not in place.shown()
    public = service.public().get(str(made["url"]))
    assert (public.status_code, public.json()["code"]) == (410, "endorsement-withdrawn")
    assert "secret" not in public.text
    assert client.get(path).json()["reason"] == "A secret reason."


def test_t55_an_account_sees_and_does_nothing_but_its_own(service: Service) -> None:
    place = Place(service)
    place.add(STRANGER.did, "Another")
    theirs = place.give(signer=STRANGER)
    mine = place.give()
    account = service.client(place.account())

    listed = account.get("/v1/endorsements").json()["items"]

    assert [one["id"] for one in listed] == [mine["id"]]
    path = f"/v1/endorsements/{theirs['id']}"
    assert account.get(path).status_code == 404
    assert account.post(f"{path}/withdrawal", json={"reason": "x"}).status_code == 404
    for closed in ("/v1/partners", "/v1/credentials", "/v1/api-keys", "/v1/achievements"):
        assert account.get(closed).status_code == 403


def test_t56_an_account_cannot_say_whose_it_is(service: Service) -> None:
    place = Place(service)
    account = service.client(place.account())
    said: JsonObject = {"endorsed": place.address, "partner": STRANGER.did}

    refused = account.post(
        "/v1/endorsements",
        json={"confirmation": said},
        headers={"idempotency-key": unique("k")},
    )

    assert refused.status_code == 422


def test_only_an_account_confirms(service: Service) -> None:
    place = Place(service)

    refused = place.client.post(
        "/v1/endorsements",
        json={"confirmation": {"endorsed": place.address}},
        headers={"idempotency-key": unique("k")},
    )

    assert (refused.status_code, refused.json()["code"]) == (403, "not-an-account")


def test_exactly_one_way_is_taken(service: Service) -> None:
    place = Place(service)

    for body in ({}, {"credential": place.signed(), "token": "x"}):
        refused = place.client.post(
            "/v1/endorsements", json=body, headers={"idempotency-key": unique("k")}
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "malformed-request")


@pytest.mark.parametrize("text", HOSTILE)
def test_t36_hostile_words_add_nothing_to_a_page(service: Service, text: str) -> None:
    tame, place = Place(service), Place(service, name=text)
    tame.confirm("Tame.")
    place.confirm(text)

    hostile, plain = read(place.shown()), read(tame.shown())

    assert tags_of(hostile) == tags_of(plain)
    assert text in hostile.text


def tags_of(page: Element) -> list[tuple[str, list[str]]]:
    """Give every element with the names of its attributes: two pages have other addresses."""
    return [(one.tag, sorted(one.attributes)) for one in page.walk()]


def test_t70_a_comment_cannot_begin_a_header(service: Service) -> None:
    place = Place(service)

    refused = place.client.post(
        "/v1/endorsements",
        json={"credential": place.signed(comment="a\r\nSet-Cookie: b=c")},
        headers={"idempotency-key": unique("k")},
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-claim")
    assert "set-cookie" not in refused.headers
    assert place.give(comment="two\nlines")["state"] == "valid"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://evil.example/"])
def test_t37_an_address_in_a_comment_is_no_link(service: Service, address: str) -> None:
    place = Place(service)

    place.confirm(address)

    page = read(place.shown())
    assert address in page.text
    assert all(address not in link.attributes.get("href", "") for link in page.find("a"))


def test_t51_a_comment_that_turns_what_follows_is_refused(service: Service) -> None:
    place = Place(service)

    refused = place.client.post(
        "/v1/endorsements",
        json={"credential": place.signed(comment="\u202eevil")},
        headers={"idempotency-key": unique("k")},
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-claim")
    assert place.give(comment="\u0628\u062e\u064a\u0631")["state"] == "valid"


def test_an_endorsement_is_not_at_the_address_of_another_hub(service: Service) -> None:
    place, other = Place(service), Place(service)
    made = place.give()

    path = f"{other.hub_page}/endorsements/{made['id']}"

    assert service.public().get(path).status_code == 404


def test_a_partner_that_is_added_at_the_command_line_counts_too(service: Service) -> None:
    place = Place(service)
    new = NewPartner(did=STRANGER.did, name="S")
    partners.add(service.resources, place.member.hub, new)

    assert place.give(signer=STRANGER)["state"] == "valid"
