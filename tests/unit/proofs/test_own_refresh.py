"""A credential that is refreshed from its own address describes itself in two places."""

from copy import deepcopy

import pytest

from credhub.errors import DataLossError
from credhub.jsontypes import JsonObject, JsonValue
from tests.unit import factories
from tests.unit.proofs.test_repeated_contexts import by_other_software, endorsed, endorsement

BADGE = factories.credential()
REFRESH = "1EdTechCredentialRefresh"
OWN: JsonObject = {"id": BADGE["id"], "type": REFRESH}


def canonical(document: JsonObject) -> bytes:
    return factories.canonicalizer().canonical(document)


def refreshed(service: JsonValue, **members: JsonValue) -> JsonObject:
    return deepcopy(BADGE) | {"refreshService": service} | members


@pytest.mark.parametrize("service", [OWN, [OWN], OWN | {"id": "https://hub.example/refresh"}])
def test_other_software_reads_the_same(service: JsonValue) -> None:
    assert canonical(refreshed(service)) == by_other_software(refreshed(service))


def test_so_it_does_where_an_endorsement_says_it_too() -> None:
    document = endorsed(endorsement() | {"refreshService": OWN}) | {"refreshService": OWN}

    assert canonical(document) == by_other_software(document)


@pytest.mark.parametrize(
    "service",
    [
        {"id": BADGE["id"]},
        {"id": BADGE["id"], "type": [REFRESH]},
        {"id": BADGE["id"], "type": "OpenBadgeCredential"},
        {"id": BADGE["id"], "type": [REFRESH, "OpenBadgeCredential"]},
        OWN | {"name": "Master of Science"},
        OWN | {"validUntil": "2099-01-01T00:00:00Z"},
    ],
)
def test_t03_nothing_of_the_credential_can_be_moved_there(service: JsonValue) -> None:
    with pytest.raises(DataLossError):
        canonical(refreshed(service))


@pytest.mark.parametrize(
    "kinds",
    [
        ["VerifiableCredential", "OpenBadgeCredential", REFRESH],
        ["OpenBadgeCredential", f"https://purl.imsglobal.org/spec/vc/ob/vocab.html#{REFRESH}"],
        [REFRESH],
        REFRESH,
    ],
)
def test_t03_the_type_of_the_service_cannot_be_moved_either(kinds: JsonValue) -> None:
    with pytest.raises(DataLossError):
        canonical(refreshed(OWN, type=kinds))


@pytest.mark.parametrize("member", ["evidence", "credentialStatus", "termsOfUse"])
def test_t03_no_other_member_may_say_so(member: str) -> None:
    with pytest.raises(DataLossError):
        canonical(deepcopy(BADGE) | {member: [OWN]})
