"""The status list of the service for the W3C's test suites: named, served, and believed."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from credhub.errors import StatusNotReachedError
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import data_integrity
from credhub.runtime_offline import open_workshop
from credhub.services.workshop import DIDS, Workshop
from credhub.services.workshop_status import ISSUER, StatusDesk
from credhub.status import bitstring
from credhub.verification import published_lists
from credhub.web.vcalm import development
from tests.web.test_vcalm_development import BASE, PLAIN, V2, problem_types

LIST = f"{BASE}{development.STATUS_LIST}"
STATUS = "https://www.w3.org/ns/credentials/status-list#"


@pytest.fixture(scope="module")
def shop() -> Iterator[Workshop]:
    with open_workshop() as opened:
        yield opened


@pytest.fixture
def client(shop: Workshop) -> TestClient:
    return TestClient(development.create_app(shop, BASE), base_url=BASE)


def issued(client: TestClient, **changes: JsonValue) -> JsonObject:
    body = {"credential": {**PLAIN, "id": "urn:example:1", **changes}}
    answer = client.post("/with-status/credentials/issue", json=body)
    assert answer.status_code == 201, answer.text
    signed: JsonObject = answer.json()["verifiableCredential"]
    return signed


def place(signed: JsonObject) -> JsonObject:
    entry = signed["credentialStatus"]
    assert isinstance(entry, dict)
    return entry


def change(client: TestClient, credential_id: JsonValue, **more: JsonValue) -> int:
    entry: JsonObject = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    body: JsonObject = {"credentialId": credential_id, "credentialStatus": entry, "status": True}
    return client.post("/credentials/status", json=body | more).status_code


def verify(client: TestClient, signed: JsonObject) -> tuple[int, list[str]]:
    answer = client.post("/credentials/verify", json={"verifiableCredential": signed})
    return answer.status_code, problem_types(answer.json())


def bit(client: TestClient, signed: JsonObject) -> bool:
    document = client.get(development.STATUS_LIST).json()
    bits = bitstring.decode(document["credentialSubject"]["encodedList"])
    return bitstring.bit(bits, int(str(place(signed)["statusListIndex"])))


def test_a_credential_names_the_list_and_the_list_is_there(
    client: TestClient, shop: Workshop
) -> None:
    described = development.description(shop, BASE)
    assert described["statusList"] == LIST

    signed = issued(client)
    answer = client.get(development.STATUS_LIST)

    assert place(signed)["statusListCredential"] == LIST
    assert signed["issuer"] == shop.pens[ISSUER].issuer
    published = published_lists.prove(
        canonical(answer.json()),
        url=LIST,
        issuer_id=shop.pens[ISSUER].issuer,
        suites=shop.suites,
        dids=DIDS,
        now=datetime.now(UTC),
    )
    assert published.purposes == ("revocation",)
    assert (verify(client, signed), bit(client, signed)) == ((200, []), False)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/vc", "application/vc"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_the_list_is_json_for_whoever_knows_no_credentials(
    client: TestClient, accept: str, kind: str
) -> None:
    answer = client.get(development.STATUS_LIST, headers={"accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)


def test_what_is_revoked_is_not_verified_until_it_is_not(client: TestClient) -> None:
    signed, other = issued(client), issued(client, id="urn:example:2")

    assert change(client, "urn:example:1") == 200
    assert (verify(client, signed)[0], bit(client, signed)) == (400, True)
    assert (verify(client, other)[0], bit(client, other)) == (200, False)

    assert change(client, "urn:example:1", status=False) == 200
    assert (verify(client, signed)[0], bit(client, signed)) == (200, False)


def test_a_credential_of_version_1_1_gets_the_words_of_its_status(client: TestClient) -> None:
    first: JsonObject = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "issuanceDate": "2019-11-22T12:00:00Z",
    }

    signed = issued(client, **first)

    assert "https://www.w3.org/ns/credentials/status/v1" in canonical(signed).decode()
    assert verify(client, signed)[0] == 200


def test_other_changes_are_refused(client: TestClient) -> None:
    issued(client)
    suspension: JsonObject = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "suspension",
    }

    assert change(client, "urn:example:1", credentialStatus=suspension) == 400
    assert change(client, "urn:example:1", status="yes") == 400
    assert change(client, "urn:example:absent") == 404
    assert change(client, "urn:example:1") == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"credentialStatus": {"type": "BitstringStatusListEntry"}},
        {"issuer": "did:example:other"},
        {"statusEntry": {"type": "BitstringStatusListEntry", "statusListIndex": True}},
    ],
)
def test_what_is_not_signed_gets_no_place(client: TestClient, changes: JsonObject) -> None:
    answer = client.post("/with-status/credentials/issue", json={"credential": PLAIN | changes})

    assert answer.status_code == 400
    assert verify(client, issued(client))[0] == 200


def elsewhere(shop: Workshop, **changes: JsonValue) -> JsonObject:
    entry: JsonObject = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://lists.example/1",
    }
    pen = shop.pens[ISSUER]
    document: JsonObject = {
        **PLAIN,
        "@context": [V2],
        "issuer": pen.issuer,
        "credentialStatus": {**entry, **changes},
    }
    return data_integrity.sign(
        document,
        suite=pen.suite,
        signer=pen.signer,
        verification_method=pen.verification_method,
        created=shop.clock(),
    )


def test_nobody_is_asked_for_another_list(client: TestClient, shop: Workshop) -> None:
    assert verify(client, elsewhere(shop)) == (400, [f"{STATUS}STATUS_RETRIEVAL_ERROR"])
    assert verify(client, elsewhere(shop, statusListCredential=LIST)) == (200, [])


@pytest.mark.parametrize(
    "entry",
    [
        {
            "id": f"{LIST}#0",
            "type": "TokenStatusListEntry",
            "statusListIndex": "0",
            "statusListCredential": LIST,
        },
        {"type": "1EdTechRevocationList", "id": LIST},
    ],
)
def test_it_publishes_no_list_of_another_kind(shop: Workshop, entry: JsonObject) -> None:
    desk = StatusDesk(shop, LIST)

    with pytest.raises(StatusNotReachedError):
        desk.state_of({"credentialStatus": entry}, shop.pens[ISSUER].issuer)


def test_every_place_is_given_once(shop: Workshop) -> None:
    desk = StatusDesk(
        Workshop(
            pens=shop.pens,
            selective=shop.selective,
            suites=shop.suites,
            clock=shop.clock,
            random=_Drawing(3, 3, 4),
        ),
        LIST,
    )

    indexes = [place(desk.sign(PLAIN))["statusListIndex"] for _ in range(2)]

    assert indexes == ["3", "4"]


class _Drawing:
    """Randomness in which these indexes are drawn."""

    def __init__(self, *indexes: int) -> None:
        self._left = iter(indexes)

    def __call__(self, size: int) -> bytes:
        return next(self._left).to_bytes(4, "big") * (size // 4)
