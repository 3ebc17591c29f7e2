"""``/vcalm/credentials/status``: revoking for good, suspending, and lifting."""

from collections.abc import Callable

import pytest

from credhub import jsontypes
from credhub.jsontypes import JsonObject, JsonValue
from credhub.services import status_lists
from credhub.status import bitstring
from credhub.status.document import StatusList
from credhub.verification.report import Verdict
from tests.running import Service, issue, make_member, publish, unique
from tests.services.erasing import erase_learner_of

COMPOSED: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"id": "did:example:subject"},
}


def composed(service: Service) -> JsonObject:
    answer = service.client().post("/vcalm/credentials/issue", json={"credential": COMPOSED})
    signed: JsonObject = answer.json()["verifiableCredential"]
    return signed


def badge(service: Service, *, suspendable: bool = True) -> JsonObject:
    client = service.client()
    achievement = publish(client, name=unique("Solar"), suspendable=suspendable)
    signed = issue(client, achievement)["credential"]
    assert isinstance(signed, dict)
    return signed


def change(
    service: Service, signed: JsonObject, purpose: str, **more: JsonValue
) -> tuple[int, JsonObject]:
    place: JsonObject = {"type": "BitstringStatusListEntry", "statusPurpose": purpose}
    body: JsonObject = {"credentialId": signed["id"], "credentialStatus": place}
    answer = service.client().post("/vcalm/credentials/status", json=body | more)
    document: JsonObject = answer.json()
    return answer.status_code, document


def verdict(service: Service, signed: JsonObject) -> JsonValue:
    report: JsonObject = service.public().post("/v1/verify", json={"credential": signed}).json()
    return report["verdict"]


def places(signed: JsonObject) -> dict[str, JsonObject]:
    entries = signed["credentialStatus"]
    listed = entries if isinstance(entries, list) else [entries]
    return {str(one["statusPurpose"]): one for one in listed if isinstance(one, dict)}


@pytest.mark.parametrize("make", [composed, badge])
def test_a_credential_can_be_revoked_and_stays_revoked(
    service: Service, make: Callable[[Service], JsonObject]
) -> None:
    signed = make(service)
    assert verdict(service, signed) == Verdict.VALID

    assert change(service, signed, "revocation", status=True) == (200, {})
    assert change(service, signed, "revocation", status=True) == (200, {})
    assert verdict(service, signed) == Verdict.REVOKED

    status, problem = change(service, signed, "revocation", status=False)
    assert (status, problem["code"]) == (400, "malformed-vcalm-request")
    assert verdict(service, signed) == Verdict.REVOKED


def test_a_suspendable_credential_is_suspended_and_stands_again(service: Service) -> None:
    signed = badge(service)

    for _ in range(2):
        assert change(service, signed, "suspension", status=True) == (200, {})
        assert verdict(service, signed) == Verdict.SUSPENDED
    for _ in range(2):
        assert change(service, signed, "suspension", status=False) == (200, {})
        assert verdict(service, signed) == Verdict.VALID


def test_what_is_suspended_here_is_in_the_published_list(fresh_service: Service) -> None:
    signed = badge(fresh_service)
    place = places(signed)["suspension"]
    hub, resources = fresh_service.one.hub, fresh_service.resources

    assert change(fresh_service, signed, "suspension", status=True)[0] == 200

    number = int(str(place["statusListCredential"]).rpartition("/")[2])
    status_lists.publish(resources, hub, number)
    published = jsontypes.parse_object(status_lists.newest(resources, hub, number).document)
    bits = bitstring.decode(StatusList.from_document(published).encoded)
    assert bitstring.bit(bits, int(str(place["statusListIndex"])))
    assert sum(map(int.bit_count, bits)) == 1


@pytest.mark.parametrize("status", [True, False])
def test_what_cannot_be_suspended_is_refused_with_the_reason(
    service: Service, *, status: bool
) -> None:
    for signed in (composed(service), badge(service, suspendable=False)):
        answer, problem = change(service, signed, "suspension", status=status)

        assert answer == 400
        assert problem["code"] == ("not-suspendable" if status else "not-suspended")
        assert problem["type"] == f"/problems/{problem['code']}"
        assert verdict(service, signed) == Verdict.VALID


@pytest.mark.parametrize("status", [True, False])
def test_nothing_suspends_or_lifts_what_is_revoked(service: Service, *, status: bool) -> None:
    signed = badge(service)
    assert change(service, signed, "revocation", status=True)[0] == 200

    answer, problem = change(service, signed, "suspension", status=status)

    assert (answer, problem["code"]) == (400, "already-revoked")
    assert verdict(service, signed) == Verdict.REVOKED


@pytest.mark.parametrize(
    "more",
    [
        {"status": "1"},
        {"status": None},
        {"credentialStatus": "revocation"},
        {"credentialStatus": {"statusPurpose": "revocation"}},
        {"credentialStatus": {"type": "Other", "statusPurpose": "revocation"}},
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "refresh"}},
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": []}},
        {"credentialStatus": {"type": ["BitstringStatusListEntry"], "statusPurpose": "revocation"}},
        {"credentialStatus": {"type": {}, "statusPurpose": "revocation"}},
        {
            "credentialStatus": {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "more": 1,
            }
        },
        {"credentialId": 5},
        {"indexAllocator": "https://hub.example/allocator"},
    ],
)
def test_nothing_else_is_done_to_a_status(service: Service, more: JsonObject) -> None:
    signed = badge(service)

    asked: dict[str, JsonValue] = {"status": True, **more}
    assert change(service, signed, "revocation", **asked)[0] == 400
    assert verdict(service, signed) == Verdict.VALID


def test_a_place_that_is_named_must_be_that_of_the_credential(service: Service) -> None:
    signed, other = badge(service), badge(service)
    own = places(signed)["suspension"]
    wrong = [
        places(other)["suspension"],
        own | {"statusListIndex": int(str(own["statusListIndex"]))},
        own | {"statusListCredential": places(signed)["revocation"]["statusListCredential"]},
        own | {"statusPurpose": "revocation"},
    ]
    for place in wrong:
        answer, problem = change(service, signed, "suspension", status=True, credentialStatus=place)
        assert (answer, problem["code"]) == (400, "malformed-vcalm-request")
    assert verdict(service, signed) == Verdict.VALID

    assert change(service, signed, "suspension", status=True, credentialStatus=own)[0] == 200
    assert verdict(service, signed) == Verdict.SUSPENDED


def test_t60_a_hub_changes_its_own_alone(fresh_service: Service) -> None:
    signed = badge(fresh_service)
    other = fresh_service.client(make_member(fresh_service.runtime, unique("other")))
    for purpose in ("revocation", "suspension"):
        place = {"type": "BitstringStatusListEntry", "statusPurpose": purpose}
        body = {"credentialId": signed["id"], "credentialStatus": place, "status": True}
        assert other.post("/vcalm/credentials/status", json=body).status_code == 404

    for address in ("https://elsewhere.example/c/x", "", f"{signed['id']}x"):
        elsewhere = signed | {"id": address}
        assert change(fresh_service, elsewhere, "revocation", status=True)[0] == 404
    assert verdict(fresh_service, signed) == Verdict.VALID


def test_the_status_of_what_was_erased_is_gone(service: Service) -> None:
    client = service.client()
    issued = issue(client, publish(client, name=unique("Solar"), suspendable=True))
    erase_learner_of(service, str(issued["id"]))
    signed = issued["credential"]
    assert isinstance(signed, dict)

    for purpose in ("revocation", "suspension"):
        status, problem = change(service, signed, purpose, status=True)
        assert (status, problem["code"]) == (410, "credential-erased")
