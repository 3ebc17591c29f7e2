"""``/vcalm/credentials/issue``: what clients compose is recorded like all else."""

import pytest

from credhub.credentials.document import CONTEXTS
from credhub.jsontypes import JsonObject, JsonValue
from credhub.services.api_keys import Scope
from credhub.verification.report import Verdict
from tests.running import Service, publish, unique

V2 = "https://www.w3.org/ns/credentials/v2"
PLAIN: JsonObject = {
    "@context": [V2],
    "type": ["VerifiableCredential"],
    "name": "Library card",
    "credentialSubject": {"id": "did:example:subject"},
}
MODEL = "https://www.w3.org/TR/vc-data-model#"


def compose(service: Service, credential: JsonValue) -> tuple[int, JsonObject]:
    answer = service.client().post("/vcalm/credentials/issue", json={"credential": credential})
    document: JsonObject = answer.json()
    return answer.status_code, document


def composed(service: Service, **changes: JsonValue) -> JsonObject:
    status, answer = compose(service, PLAIN | changes)
    assert status == 201, answer
    signed = answer["verifiableCredential"]
    assert isinstance(signed, dict)
    return signed


def path_of(service: Service, signed: JsonObject) -> str:
    return str(signed["id"]).removeprefix(service.origin)


def report(service: Service, signed: JsonObject) -> JsonObject:
    answer = service.public().post("/v1/verify", json={"credential": signed})
    document: JsonObject = answer.json()
    return document


def test_what_a_client_composed_is_a_credential_of_the_hub(service: Service) -> None:
    signed = composed(service)

    assert signed["issuer"] == service.one.hub.did
    assert report(service, signed)["verdict"] == Verdict.VALID
    page = service.public().get(path_of(service, signed), headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "Library card" in page.text


def test_a_certificate_is_printed_for_achievements_alone(service: Service) -> None:
    path = path_of(service, composed(service))

    answer = service.public().get(f"{path}?format=pdf", headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (404, "no-certificate")
    page = service.public().get(path, headers={"accept": "text/html"})
    assert "format=pdf" not in page.text
    assert "format=vc" in page.text


def test_promise_1_what_was_composed_is_in_the_ledger(fresh_service: Service) -> None:
    before = fresh_service.resources.store
    signed = composed(fresh_service)
    composed(fresh_service, validFrom="2020-01-01T00:00:00Z")
    publish(fresh_service.client(), name=unique("Solar"))

    ledger = report(fresh_service, signed)["ledger"]

    assert isinstance(ledger, dict)
    assert isinstance(ledger["seq"], int)
    assert before is fresh_service.resources.store
    receipt = fresh_service.public().get(path_of(fresh_service, signed) + "/receipt")
    assert receipt.status_code == 200
    assert receipt.text.startswith("c2sp.org/tlog-proof")


def test_a_signature_that_was_not_recorded_is_not_accepted(service: Service) -> None:
    signed = composed(service)
    twin = signed | {"name": "Another card"}

    assert report(service, twin)["verdict"] == Verdict.INVALID


@pytest.mark.parametrize(
    "change",
    [
        {"id": "urn:uuid:1"},
        {"credentialStatus": {"type": "Other"}},
        {"proof": []},
        {"issuer": "did:example:other"},
        {"issuer": None},
        {"@context": ["https://www.w3.org/2018/credentials/v1"]},
        {"@context": ["https://evil.example/"]},
        {"type": ["VerifiableCredential", "NotDefined"]},
        {"credentialSubject": {}},
        {"credentialSubject": {"undefined": "value"}},
        {"validFrom": "yesterday"},
        {"relatedResource": [{"id": V2}]},
        {"evidence": {"type": "Evidence", "image": {"@id": 5}}},
    ],
)
def test_what_the_hub_cannot_stand_for_is_not_signed(service: Service, change: JsonObject) -> None:
    status, answer = compose(service, PLAIN | change)

    assert status == 400
    assert str(answer["type"]).startswith("https://")


@pytest.mark.parametrize("is_badge", [True, False])
@pytest.mark.parametrize("several", [True, False])
def test_an_achievement_of_the_hub_is_not_composed(
    service: Service, *, is_badge: bool, several: bool
) -> None:
    """A badge has one subject; whatever else names an achievement may have several."""
    achievement = publish(service.client(), name=unique("Solar"))

    def about(address: str) -> JsonObject:
        subject: JsonObject = {
            "type": ["AchievementSubject"],
            "achievement": {
                "id": address,
                "type": ["Achievement"],
                "name": "Solar",
                "description": "Puts up panels.",
                "criteria": {"narrative": "Put up a panel."},
            },
        }
        other: JsonObject = {"id": "did:example:subject"}
        kinds: list[JsonValue] = ["VerifiableCredential", "OpenBadgeCredential"]
        return PLAIN | {
            "@context": list(CONTEXTS),
            "type": kinds if is_badge else kinds[:1],
            "credentialSubject": [other, subject] if several else subject,
            "validFrom": "2020-01-01T00:00:00Z",
        }

    status, refused = compose(service, about(f"{service.origin}/achievements/{achievement}"))
    assert (status, refused["code"]) == (400, "not-ours-to-sign")
    accepted, _ = compose(service, about("https://school.example/achievements/1"))
    assert accepted == (400 if is_badge and several else 201)


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/vcalm/credentials/issue", Scope.ISSUE),
        ("/vcalm/credentials/status", Scope.REVOKE),
    ],
)
def test_t58_issuing_and_revoking_want_their_scopes(
    service: Service, path: str, scope: Scope
) -> None:
    client = service.public()
    assert client.post(path, json={}).status_code == 401
    client.headers["authorization"] = f"Bearer {service.key(*set(Scope) - {scope})}"
    assert client.post(path, json={}).status_code == 403
    client.headers["authorization"] = f"Bearer {service.key(scope)}"
    assert client.post(path, json={}).status_code == 400
