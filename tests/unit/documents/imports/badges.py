"""Open Badges as other systems write them, of people who do not exist."""

from hashlib import md5, sha256
from typing import Any

from credhub.documents.imports.csv_export import Item
from credhub.documents.imports.known_names import KnownNames
from credhub.documents.imports.open_badges import OpenBadges
from credhub.documents.imports.outcome import OldCredential, PassedOver
from credhub.errors import RowFault
from tests.unit.documents.imports.exports import NOW

ISSUER = {"type": "Issuer", "id": "https://loom.example/", "name": "Loom School"}
BADGE: dict[str, Any] = {
    "type": "BadgeClass",
    "id": "https://loom.example/b/1",
    "name": "Weaving",
    "description": "Weaves.",
    "criteria": {"id": "https://loom.example/weaving", "narrative": "Wove a cloth."},
    "issuer": ISSUER,
}
NAMES = KnownNames([("Ana@mail.example", "Ana Lima"), ("bo@mail.example", "Bo Lund")])


def hashed(address: str, salt: str = "", algorithm: str = "sha256") -> dict[str, Any]:
    make = sha256 if algorithm == "sha256" else md5
    digest = make((address + salt).encode()).hexdigest()
    return {
        "type": "email",
        "hashed": True,
        "identity": f"{algorithm}${digest}",
        **({"salt": salt} if salt else {}),
    }


def assertion(**changes: object) -> dict[str, Any]:
    values: dict[str, Any] = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://loom.example/a/1",
        "recipient": {"type": "email", "hashed": False, "identity": "ana@mail.example"},
        "badge": BADGE,
        "issuedOn": "2019-05-03T10:00:00+00:00",
        "verification": {"type": "hosted"},
    }
    return {**values, **changes}


def credential(**changes: object) -> dict[str, Any]:
    values: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "id": "urn:uuid:0b4a4dcd-0bd2-4c8b-8a4f-2f3f8a0f0c11",
        "issuer": {"id": "https://loom.example/", "type": "Profile", "name": "Loom School"},
        "validFrom": "2021-05-03T10:00:00Z",
        "credentialSubject": subject(),
    }
    return {**values, **changes}


def subject(**changes: object) -> dict[str, Any]:
    values: dict[str, Any] = {
        "type": "AchievementSubject",
        "name": "Ana Lima",
        "achievement": {
            "id": "https://loom.example/b/1",
            "type": "Achievement",
            "name": "Weaving",
            "description": "Weaves.",
            "criteria": {"narrative": "Wove a cloth.", "id": "https://loom.example/weaving"},
        },
    }
    return {**values, **changes}


def read(*documents: Any, names: KnownNames = NAMES) -> list[Item]:  # noqa: ANN401 - JSON
    badges = OpenBadges(names, NOW)
    for number, document in enumerate(documents):
        badges.add(f"{number}.json", document)
    return [item for _, item in badges.items()]


def only(*documents: Any, names: KnownNames = NAMES) -> OldCredential:  # noqa: ANN401 - JSON
    (item,) = read(*documents, names=names)
    assert isinstance(item, OldCredential), item
    return item


def outcome(*documents: Any, names: KnownNames = NAMES) -> list[str]:  # noqa: ANN401 - JSON
    """Say in a word what became of each credential."""
    return [_word(item) for item in read(*documents, names=names)]


def _word(item: Item) -> str:
    match item:
        case OldCredential():
            return item.row.recipient.name
        case PassedOver():
            return item.why.value
        case RowFault():
            return f"{item.column}: {item.code}" if item.column else item.code
