"""The public list of a hub's partners."""

from dataclasses import replace
from datetime import timedelta

from credhub.jsontypes import parse_object
from credhub.ledger.note import VerifierKey
from credhub.ledger.receipt import Receipt, verify_receipt
from credhub.services import ledgers, partners
from credhub.services.partners import NewPartner
from credhub.verification.partner_list import PartnerList
from tests.running import Member, Service, make_member, unique

NORDIC = NewPartner(did="did:web:nordic.example", name="Nordic Coders")
COLLEGE = NewPartner(did="did:web:college.example", name="Riverside College")


def a_hub(service: Service) -> Member:
    return make_member(service.runtime, unique("hub"))


def test_the_list_of_a_hub_without_partners_is_empty(service: Service) -> None:
    hub = a_hub(service).hub

    answer = service.public().get(f"/hubs/{hub.slug}/partners")

    assert answer.status_code == 200
    assert answer.json() == {
        "type": "CredhubPartners",
        "did": hub.did,
        "version": 0,
        "endorsements": [],
    }


def test_the_list_holds_what_was_signed_with_its_proof(service: Service) -> None:
    hub = a_hub(service).hub
    made = partners.add(service.resources, hub, NORDIC)

    answer = service.public().get(f"/hubs/{hub.slug}/partners")

    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=60"
    (one,) = PartnerList.parse(answer.content, source="").endorsements
    assert one.credential.encode() == made.signed
    key = VerifierKey.parse(ledgers.newest_log(service.resources.store, hub).vkey)
    verify_receipt(Receipt.parse(one.receipt), digest=made.digest, keys=[key])


def test_an_endorsement_has_an_address_until_it_ends(service: Service) -> None:
    hub = a_hub(service).hub
    made = partners.add(service.resources, hub, NORDIC)
    address = str(parse_object(made.signed)["id"])

    there = service.public().get(address)
    partners.end(service.resources, hub, NORDIC.did)
    gone = service.public().get(address)
    never = service.public().get(f"{address}x")

    assert (there.content, there.headers["content-type"]) == (made.signed, "application/vc")
    assert (gone.status_code, gone.json()["code"]) == (410, "endorsement-gone")
    assert (never.status_code, never.json()["code"]) == (404, "endorsement-not-found")
    assert service.public().get("/hubs/nowhere/partners").status_code == 404
    assert service.public().get("/hubs/nowhere/partners/1").status_code == 404


def test_an_endorsement_is_not_at_the_address_of_another_hub(service: Service) -> None:
    made = partners.add(service.resources, a_hub(service).hub, NORDIC)

    path = f"/hubs/{a_hub(service).hub.slug}/partners/{made.stored.endorsement_id}"

    assert service.public().get(path).status_code == 404


def test_a_page_shows_whom_the_hub_vouches_for_and_how_long(fresh_service: Service) -> None:
    hub = fresh_service.one.hub
    page = f"/hubs/{hub.slug}"
    before = fresh_service.public().get(page).text
    soon = fresh_service.runtime.resources.clock() + timedelta(hours=1)
    made = partners.add(fresh_service.resources, hub, replace(NORDIC, until=soon, comment="Kind."))
    partners.add(fresh_service.resources, hub, COLLEGE)

    during = fresh_service.public().get(page).text
    fresh_service.clock.move(hours=2)
    after = fresh_service.public().get(page).text
    partners.end(fresh_service.resources, hub, COLLEGE.did)
    end = fresh_service.public().get(page).text

    assert "Whom it vouches for" not in before
    assert NORDIC.did in during
    assert "Kind." in during
    assert f"{page}/partners/{made.stored.endorsement_id}" in during
    assert (NORDIC.did in after, COLLEGE.did in after) == (False, True)
    assert "Whom it vouches for" not in end
