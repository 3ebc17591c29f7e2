"""What anybody may read: DID documents, status lists, schemas, checkpoints."""

import json

import pytest

from credhub import jsontypes
from credhub.credentials.schema import PUBLISHED_PATH
from credhub.dids import did_web
from credhub.dids.document import DidDocument
from credhub.ledger.entry import Kind
from credhub.ledger.note import VerifierKey, open_note
from credhub.ledger.receipt import Receipt, open_receipt, verify_receipt
from credhub.proofs import data_integrity
from credhub.services import status_lists
from credhub.status import bitstring
from tests.running import Service, issue, publish


def test_a_did_leads_to_the_key_that_signs(service_on_each: Service) -> None:
    hub, client = service_on_each.one.hub, service_on_each.public()
    document = issue(service_on_each.client())["credential"]
    assert isinstance(document, dict)

    address = did_web.url_of("did:web:hub.example:hubs:riverside").replace(
        "https://hub.example", ""
    )
    response = client.get(address)

    assert response.headers["content-type"] == "application/did"
    did = DidDocument.from_document(
        jsontypes.parse_object(response.content), did=service_on_each.one.hub.did
    )
    suite = service_on_each.resources.suite
    chosen = data_integrity.issuer_proof(document, {suite.name: suite})
    key = did.assertion_key(chosen.verification_method)
    data_integrity.verify(document, chosen.proof, suite=suite, public_key=key.public_key)
    assert did.id == hub.did


def test_a_revocation_is_in_the_list_that_the_credential_names(service_on_each: Service) -> None:
    client = service_on_each.client()
    issued = issue(client)
    document = issued["credential"]
    assert isinstance(document, dict)
    entry = document["credentialStatus"]
    assert isinstance(entry, dict)
    path = str(entry["statusListCredential"]).removeprefix(service_on_each.origin)

    def is_set() -> bool:
        subject = client.get(path).json()["credentialSubject"]
        bits = bitstring.decode(subject["encodedList"], max_bytes=1 << 20)
        return bitstring.bit(bits, int(str(entry["statusListIndex"])))

    assert not is_set()
    response = client.post(f"/v1/credentials/{issued['id']}/revocation", json={"reason": "wrong"})
    assert response.status_code == 201
    assert client.get(f"/v1/credentials/{issued['id']}").json()["status"] == "revoked"
    status_lists.publish(service_on_each.resources, service_on_each.one.hub, 1)
    assert is_set()


@pytest.mark.parametrize("number", ["0", "-1", "2", "2147483648", "99999999999999999999"])
def test_a_list_that_is_not_there_is_not_found(service_on_each: Service, number: str) -> None:
    response = service_on_each.public().get(f"/hubs/riverside/status/{number}")

    if number == "2" and response.status_code == 200:
        return  # Another test filled the first list.
    assert response.status_code == 404


@pytest.mark.parametrize("number", ["one", "1e0", "0x1", "1x"])
def test_a_number_of_a_list_that_is_none_is_refused(service: Service, number: str) -> None:
    assert service.public().get(f"/hubs/riverside/status/{number}").status_code in {404, 422}


def test_the_schema_that_a_credential_names_is_served(service: Service) -> None:
    document = issue(service.client())["credential"]
    assert isinstance(document, dict)
    schemas = document["credentialSchema"]
    assert isinstance(schemas, list)
    assert isinstance(schemas[0], dict)
    path = str(schemas[0]["id"]).removeprefix(service.origin)

    response = service.public().get(path)

    assert path == PUBLISHED_PATH
    assert response.headers["content-type"] == "application/schema+json"
    assert json.loads(response.content)["$schema"].startswith("https://json-schema.org/")


def test_a_checkpoint_is_signed_by_the_listed_key_and_covers_a_receipt(
    service_on_each: Service,
) -> None:
    client = service_on_each.client()
    issued = issue(client)
    logs = {
        log["hub"]: log for log in client.get("/.well-known/credhub-ledger.json").json()["logs"]
    }
    log = logs["riverside"]
    key = VerifierKey.parse(log["vkey"])

    found = client.get("/ledger/riverside/checkpoint")
    note = client.get(found.headers["location"].removeprefix(service_on_each.origin))
    opened = open_note(note.text, [key])

    assert found.status_code == 307
    assert found.headers["location"] == f"{log['url']}/checkpoint"
    assert opened.text.startswith(log["origin"] + "\n")
    receipt = Receipt.parse(str(issued["receipt"]))
    document = issued["credential"]
    assert isinstance(document, dict)
    proved = verify_receipt(receipt, digest=jsontypes.digest(document), keys=[key])
    assert proved.index < int(opened.text.split("\n")[1])


def test_what_is_public_has_receipts(service_on_each: Service) -> None:
    client, hub = service_on_each.client(), service_on_each.one.hub
    code = publish(client)
    logs = client.get("/.well-known/credhub-ledger.json").json()["logs"]
    keys = [VerifierKey.parse(log["vkey"]) for log in logs if log["hub"] == hub.slug]

    paths = {
        "/hubs/riverside/status/1/receipt": Kind.STATUS_LIST,
        "/hubs/riverside/keys/key-1/receipt": Kind.KEY,
        "/hubs/riverside/keys/ledger-1/receipt": Kind.KEY,
        f"/achievements/{code}/receipt": Kind.DEFINITION,
    }
    for path, kind in paths.items():
        answer = client.get(path)
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.headers["cache-control"].startswith("public, max-age=")
        assert open_receipt(Receipt.parse(answer.text), keys).entry.kind is kind


def test_the_receipt_of_a_status_list_is_about_the_list_that_is_served(service: Service) -> None:
    client = service.public()
    logs = client.get("/.well-known/credhub-ledger.json").json()["logs"]
    document = jsontypes.parse_object(client.get("/hubs/riverside/status/1").content)
    receipt = Receipt.parse(client.get("/hubs/riverside/status/1/receipt").text)

    verify_receipt(
        receipt,
        digest=jsontypes.digest(document),
        keys=[VerifierKey.parse(log["vkey"]) for log in logs],
    )


@pytest.mark.parametrize(
    "path",
    [
        "/hubs/nowhere/did.json",
        "/hubs/nowhere/status/1/receipt",
        "/hubs/riverside/status/99/receipt",
        "/hubs/nowhere/keys/key-1/receipt",
        "/hubs/riverside/keys/key-99/receipt",
        "/achievements/nothing/receipt",
        "/hubs/nowhere/status/1",
        "/ledger/nowhere/checkpoint",
        "/ledger/riverside/1999/checkpoint",
        "/ledger/nowhere/2026/checkpoint",
        "/ledger/riverside/%2e%2e/checkpoint",
        "/hubs/RIVERSIDE/did.json",
    ],
)
def test_what_is_not_there_is_not_found(service_on_each: Service, path: str) -> None:
    assert service_on_each.public().get(path).status_code == 404


def test_public_documents_may_be_kept_for_a_while(service: Service) -> None:
    for path in ("/hubs/riverside/did.json", "/hubs/riverside/status/1", PUBLISHED_PATH):
        assert service.public().get(path).headers["cache-control"].startswith("public, max-age=")


def test_the_service_says_that_it_is_alive_and_ready(service_on_each: Service) -> None:
    assert service_on_each.public().get("/healthz").text == "ok\n"
    assert service_on_each.public().get("/readyz").text == "ready\n"
