"""``/v1/verify/batch``: an employer with a key and many credentials."""

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject, canonical
from credhub.services.api_keys import Scope
from credhub.verification.trust_list import TrustList
from credhub.web.admission import MAX_BODY
from credhub.web.app import create_app
from tests.running import Service, issue
from tests.unit import factories
from tests.unit.factories import MemorySigner

BATCH = "/v1/verify/batch"


@pytest.fixture(scope="module")
def genuine(service: Service) -> JsonObject:
    document = issue(service.client())["credential"]
    assert isinstance(document, dict)
    return document


@pytest.fixture
def employer(service: Service) -> TestClient:
    """Somebody whose key can verify and do nothing else."""
    client = service.public()
    client.headers["authorization"] = f"Bearer {service.key(Scope.VERIFY)}"
    return client


def reports(client: TestClient, *credentials: object) -> list[dict[str, Any]]:
    response = client.post(BATCH, json={"credentials": credentials})
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    found: list[dict[str, Any]] = response.json()["reports"]
    return found


def test_each_has_a_report_in_order(employer: TestClient, genuine: JsonObject) -> None:
    forged = genuine | {"name": "Master of everything"}

    found = reports(employer, genuine, forged, canonical(genuine).decode(), "a.b.c", "{", {})

    assert [one["verdict"] for one in found] == [
        "valid",
        "invalid",
        "valid",
        "invalid",
        "invalid",
        "invalid",
    ]
    assert found[0]["credential"] == found[2]["credential"] == genuine
    assert (
        found[0]["checks"]
        == employer.post("/v1/verify", json={"credential": genuine}).json()["checks"]
    )


def test_a_thousand_are_verified_and_one_more_is_refused(
    employer: TestClient, genuine: JsonObject
) -> None:
    most = [*["a.b.c"] * 500, genuine, *["{}"] * 498, genuine]

    found = reports(employer, *most)
    refused = employer.post(BATCH, json={"credentials": [*most, genuine]})

    assert len(found) == 1000
    assert {n for n, one in enumerate(found) if one["verdict"] == "valid"} == {500, 999}
    assert (refused.status_code, refused.json()["code"]) == (422, "malformed-request")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"credentials": []},
        {"credentials": {}},
        {"credentials": "a.b.c"},
        {"credentials": [5]},
        {"credentials": [None]},
        {"credentials": [[]]},
        {"credentials": ["a.b.c"], "receipt": "x"},
    ],
    ids=range(8),
)
def test_what_is_no_list_of_credentials_is_refused(employer: TestClient, body: JsonObject) -> None:
    response = employer.post(BATCH, json=body)

    assert (response.status_code, response.json()["code"]) == (422, "malformed-request")


def test_t11_a_batch_may_be_larger_than_other_bodies(
    employer: TestClient, genuine: JsonObject
) -> None:
    spaced = canonical(genuine).decode() + " " * (MAX_BODY // 2)

    found = reports(employer, *[spaced] * 3)
    refused = employer.post(BATCH, json={"credentials": [spaced] * 30})

    assert [one["verdict"] for one in found] == ["valid"] * 3
    assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")


def test_t58_nothing_is_read_of_somebody_without_the_key(service: Service) -> None:

    for token, status in ((None, 401), ("chk_x", 401), (service.key(Scope.READ), 403)):
        client = service.public()
        if token is not None:
            client.headers["authorization"] = f"Bearer {token}"
        response = client.post(
            BATCH, content=b"not JSON", headers={"content-type": "application/json"}
        )
        assert response.status_code == status
    client = service.public()
    client.headers["authorization"] = f"Bearer {service.key(Scope.VERIFY)}"
    read = client.post(BATCH, content=b"not JSON", headers={"content-type": "application/json"})
    assert (read.status_code, read.json()["code"]) == (400, "malformed-json")


def limited(service: Service, **settings: int) -> TestClient:
    changed = service.runtime.settings.model_copy(update=settings)
    app = create_app(replace(service.runtime, settings=changed))
    return service.client(app=app)


def test_t50_credentials_are_counted_and_not_requests(service: Service) -> None:
    client = limited(service, batch_verifications_per_minute=5)

    def status(number: int) -> int:
        return client.post(BATCH, json={"credentials": ["a.b.c"] * number}).status_code

    assert [status(3), status(3), status(2), status(1)] == [200, 429, 200, 429]
    assert client.post("/v1/verify", json={"token": "a.b.c"}).status_code == 200


def test_t62_one_hub_does_not_use_up_what_another_may(service: Service) -> None:
    client = limited(service, batch_verifications_per_minute=1)
    other = service.client(service.other, app=client.app)  # type: ignore[arg-type]  # the one just made

    def status(who: TestClient) -> int:
        return who.post(BATCH, json={"credentials": ["a.b.c"]}).status_code

    assert [status(client), status(client), status(other)] == [200, 429, 200]


def test_few_batches_are_verified_at_once(service: Service) -> None:
    client = limited(service, threads=8)
    limits = client.app.state.limits  # type: ignore[attr-defined]  # the application's own

    def answer() -> tuple[int, str]:
        response = client.post(BATCH, json={"credentials": ["a.b.c"]})
        return response.status_code, response.json().get("code", "")

    with limits.one_batch():
        assert answer() == (503, "batch-busy")
    assert answer() == (200, "")


STRANGER = MemorySigner(77)


@pytest.fixture(scope="module")
def foreign() -> JsonObject:
    return of_a_stranger(STRANGER)


def of_a_stranger(signer: MemorySigner) -> JsonObject:
    unsigned = factories.credential(did=signer.did)
    ours = {"credentialStatus", "credentialSchema"}
    kept = {name: value for name, value in unsigned.items() if name not in ours}
    return factories.signed(kept, signer=signer)


def test_an_employer_sends_a_list_of_known_issuers(
    employer: TestClient, foreign: JsonObject
) -> None:
    def report_with(**listed: object) -> dict[str, Any]:
        answer = employer.post(BATCH, json={"credentials": [foreign], **listed})
        assert answer.status_code == 200, answer.text
        (report,) = answer.json()["reports"]
        return dict(report)

    known = report_with(registry={STRANGER.did: {"name": "Nordic Coders"}})
    over = {STRANGER.did: {"name": "Nordic Coders", "validUntil": "2020-01-01T00:00:00Z"}}

    assert known["verdict"] == "valid"
    assert (known["issuer"]["name"], known["issuer"]["source"]) == ("Nordic Coders", "registry")
    assert report_with()["verdict"] == "unknownIssuer", "the list was for one request"
    assert report_with(registry={})["verdict"] == "unknownIssuer"
    assert report_with(registry=over)["verdict"] == "unknownIssuer"
    other = {"did:web:nordic.example": {"name": str(foreign["issuer"]["name"])}}  # type: ignore[index, call-overload]  # an object
    assert code_of_trust(report_with(registry=other)) == "issuer-namesake"


def test_the_list_of_an_employer_comes_before_those_of_the_operator(
    service: Service, foreign: JsonObject
) -> None:
    """Each names one issuer that the other does not, and both name one, who is called twice."""
    other = MemorySigner(78)
    operators = TrustList.of_registry(
        {STRANGER.did: {"name": "As the operator says"}, other.did: {"name": "Others"}},
        source="operator",
    )
    resources = replace(service.runtime.resources, trust_lists=(operators,))
    client = service.public(app=create_app(replace(service.runtime, resources=resources)))
    client.headers["authorization"] = f"Bearer {service.key(Scope.VERIFY)}"
    own: JsonObject = {STRANGER.did: {"name": "As the employer says"}}

    def named(**listed: object) -> list[tuple[str, str]]:
        both = [foreign, of_a_stranger(other)]
        answer = client.post(BATCH, json={"credentials": both, **listed})
        issuers = (one["issuer"] for one in answer.json()["reports"])
        return [(issuer["name"], issuer["source"]) for issuer in issuers]

    assert named() == [("As the operator says", "operator"), ("Others", "operator")]
    assert named(registry=own) == [("As the employer says", "registry"), ("Others", "operator")]


def code_of_trust(report: dict[str, Any]) -> str:
    return str(next(one["code"] for one in report["checks"] if one["check"] == "trust"))


def test_the_list_of_an_employer_does_not_rename_a_hub(
    service: Service, employer: TestClient, genuine: JsonObject
) -> None:
    hub = service.one.hub

    answer = employer.post(
        BATCH, json={"credentials": [genuine], "registry": {hub.did: {"name": "Another"}}}
    )

    (report,) = answer.json()["reports"]
    assert (report["verdict"], report["issuer"]["name"]) == ("valid", hub.name)


@pytest.mark.parametrize(
    ("registry", "code"),
    [
        ([], "malformed-request"),
        ("https://list.example/", "malformed-request"),
        ({f"did:web:a{n}.example": {"name": "A"} for n in range(1001)}, "malformed-request"),
        ({"nobody": {"name": "A"}}, "malformed-trust-list"),
        ({"did:web:a.example": "A"}, "malformed-trust-list"),
        ({"did:web:a.example": {}}, "malformed-trust-list"),
        ({"did:web:a.example": {"name": "A", "url": "javascript:x"}}, "malformed-trust-list"),
        ({"did:web:a.example": {"name": "A", "validFrom": 1}}, "malformed-trust-list"),
    ],
    ids=range(8),
)
def test_what_is_no_list_of_issuers_is_refused(
    employer: TestClient, genuine: JsonObject, registry: object, code: str
) -> None:
    answer = employer.post(BATCH, json={"credentials": [genuine], "registry": registry})

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_thousand_issuers_may_be_listed(employer: TestClient, foreign: JsonObject) -> None:
    others = {f"did:web:a{n}.example": {"name": f"School {n}"} for n in range(999)}
    listed = others | {STRANGER.did: {"name": "Nordic Coders"}}

    answer = employer.post(BATCH, json={"credentials": [foreign], "registry": listed})

    assert answer.json()["reports"][0]["verdict"] == "valid"
