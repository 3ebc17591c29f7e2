"""Endorsements inside credentials of ours: a stranger may have written them."""

from credhub.jsontypes import JsonObject, JsonValue
from tests.running import Service
from tests.services.sinks import endorsement
from tests.unit import factories
from tests.unit.factories import MemorySigner
from tests.web.test_vcalm_issuing import composed, path_of, report

PARTNER = MemorySigner(91)
ACHIEVEMENT = "https://school.example/achievements/1"


def endorsed_badge(service: Service, endorsed: JsonValue = ACHIEVEMENT) -> JsonObject:
    about: JsonObject = {"id": endorsed, "type": ["EndorsementSubject"]}
    item = factories.signed(endorsement(PARTNER.did, credentialSubject=about), signer=PARTNER)
    achievement: JsonObject = {
        "id": ACHIEVEMENT,
        "type": ["Achievement"],
        "name": "Solar installer",
        "description": "Installs solar panels.",
        "criteria": {"narrative": "Install one."},
        "endorsement": [item],
    }
    badge: JsonObject = {
        "@context": factories.credential()["@context"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {"type": ["AchievementSubject"], "achievement": achievement},
    }
    return composed(service, **badge)


def test_an_endorsement_in_a_credential_of_ours_is_judged_at_both_doors(service: Service) -> None:
    signed = endorsed_badge(service)

    sent_in = report(service, signed)
    at_home = service.public().get(path_of(service, signed), headers={"accept": "application/json"})
    page = service.public().get(path_of(service, signed), headers={"accept": "text/html"})

    assert sent_in["verdict"] == at_home.json()["verdict"] == "valid"
    assert sent_in["endorsements"] == at_home.json()["endorsements"]
    (found,) = at_home.json()["endorsements"]
    assert (found["endorsed"], found["verdict"]) == ("achievement", "unknownIssuer")
    assert found["issuer"]["id"] == PARTNER.did
    assert "Who recommends it" in page.text
    assert "They are not shown." in page.text


def test_an_endorsement_of_something_else_is_called_that(service: Service) -> None:
    signed = endorsed_badge(service, "https://school.example/achievements/2")

    endorsements = report(service, signed)["endorsements"]
    assert isinstance(endorsements, list)
    (found,) = endorsements

    assert isinstance(found, dict)
    assert found["code"] == "endorses-another"
