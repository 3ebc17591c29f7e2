"""What an employer sees of a credential beside others: recommended, and in a presentation."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from credhub.jsontypes import JsonObject, JsonValue, canonical
from tests.browser import strangers
from tests.browser.conftest import DemoService
from tests.browser.looking import SIZES, choose, looking
from tests.browser.test_employer import issue
from tests.browser.test_every_verdict import NAME, looked_at, told
from tests.services.sinks import endorsement
from tests.unit import factories

pytestmark = pytest.mark.browser

every_size = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())


def endorsed(about: JsonValue) -> JsonObject:
    subject: JsonObject = {
        "id": about,
        "type": ["EndorsementSubject"],
        "endorsementComment": "We hire who has learned this.",
    }
    item = endorsement(strangers.ENDORSER.did, credentialSubject=subject)
    return factories.signed(item, signer=strangers.ENDORSER)


def praised(document: dict[str, Any]) -> None:
    """Enclose an endorsement of the issuer, and one of an award with the same identifier."""
    achievement = document["credentialSubject"]["achievement"]
    achievement["endorsement"] = [endorsed(achievement["id"])]
    document["issuer"]["endorsement"] = [endorsed(strangers.STRANGER.did)]


@every_size
def test_borrowed_praise_is_not_taken_for_praise(
    demo: DemoService, chromium: Browser, size: ViewportSize
) -> None:
    with looking(chromium, size, origin=demo.origin) as page:
        choose(page, demo.origin, canonical(strangers.credential(praised)))
        told(page, "unknownIssuer", strangers.UNKNOWN)
        section = page.locator(".endorsed")
        expect(section).to_contain_text("Harbour Works recommends the issuer.")
        expect(section).to_contain_text("an award with the same identifier. Nobody can say")
        expect(section.get_by_text("We hire who has learned this.")).to_have_count(1)
        looked_at(page, f"endorsed-{size['width']}", at=".endorsed")


@every_size
def test_a_presentation_that_nobody_signed_is_told(
    demo: DemoService, chromium: Browser, size: ViewportSize
) -> None:
    genuine = json.loads(json.dumps(issue(demo, NAME)["credential"]))
    presentation: JsonObject = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [genuine, strangers.credential(strangers.namesake)],
    }

    with looking(chromium, size, origin=demo.origin) as page:
        choose(page, demo.origin, canonical(presentation))
        told(page, "unknownIssuer", "Not all of it can be relied on")
        expect(page.get_by_text("Nobody signed this presentation.")).to_be_visible()
        looked_at(page, f"presentation-{size['width']}", at=".presented")
