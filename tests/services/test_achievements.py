"""Publishing achievements: versions in a row, whoever else publishes one."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from secrets import token_bytes

import pytest

from credhub.bundled import read_schema_file
from credhub.credentials.achievement import Achievement
from credhub.credentials.document import VARYING
from credhub.credentials.draft import Evidence, Recipient, Result
from credhub.errors import (
    AchievementNotFoundError,
    ContendedError,
    DataLossError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
)
from credhub.jsontypes import JsonObject
from credhub.proofs import data_integrity
from credhub.proofs.contexts import Contexts
from credhub.proofs.ecdsa_sd_2023.grouping import LocalGrouping
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.proofs.shaped import ShapedCanonicalizer
from credhub.proofs.suites import issuing_suites
from credhub.services import achievements, reading
from credhub.services.resources import Resources
from tests.running import Interruption, Service, unique
from tests.services.ordering import definition, issue, once, publish


def test_a_version_is_published_and_in_the_ledger(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub, service_on_each.resources

    stored = publish(resources, hub.number)

    assert stored.version == 1
    published = achievements.definition_of(stored)
    address = achievements.address_of(hub, stored.achievement_id)
    assert published == definition(address, 1)
    with resources.store.read() as tx:
        entry = tx.ledger.entry(hub.number, stored.log, stored.seq)
    assert entry is not None
    assert address.encode() in entry.entry


def test_credentials_keep_the_version_that_they_were_issued_with(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    first = publish(resources, hub)
    made = issue(resources, hub, first.achievement_id)

    second = achievements.publish_version(
        resources, hub, first.achievement_id, definition, once(resources, hub)
    )

    later = issue(resources, hub, first.achievement_id)
    assert second.version == 2
    assert reading.by_id(resources, hub, made).credential.achievement_version == 1
    assert reading.by_id(resources, hub, later).credential.achievement_version == 2
    assert [one.version for one in achievements.versions(resources, second)] == [1, 2]
    assert achievements.by_address(resources, first.achievement_id.upper()) == second


def test_the_same_key_publishes_once(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    key = unique("key")

    def again(body: str) -> str:
        same = once(resources, hub, key=key, body={"name": body})
        return achievements.publish(resources, hub, definition, same).achievement_id

    assert again("a") == again("a")
    with pytest.raises(IdempotencyKeyReusedError):
        again("b")


def test_a_version_that_another_published_meanwhile_is_followed(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    first = publish(resources, hub).achievement_id

    def another() -> None:
        achievements.publish_version(resources, hub, first, definition, once(resources, hub))

    meanwhile = Interruption(another)

    def slow(address: str, version: int) -> Achievement:
        meanwhile()
        return definition(address, version)

    mine = achievements.publish_version(resources, hub, first, slow, once(resources, hub))

    assert mine.version == 3


def test_after_twenty_lost_races_the_caller_is_told_to_come_back(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    first = publish(resources, hub).achievement_id

    def always_late(address: str, version: int) -> Achievement:
        achievements.publish_version(resources, hub, first, definition, once(resources, hub))
        return definition(address, version)

    with pytest.raises(ContendedError):
        achievements.publish_version(resources, hub, first, always_late, once(resources, hub))


def test_an_achievement_of_another_hub_gets_no_version(service: Service) -> None:
    foreign = publish(service.resources, service.other.hub.number).achievement_id
    hub = service.one.hub.number

    with pytest.raises(AchievementNotFoundError):
        achievements.publish_version(
            service.resources, hub, foreign, definition, once(service.resources, hub)
        )


@pytest.mark.parametrize("code", ["", "nothing", "a" * 32, "!" * 32])
def test_an_address_that_is_none_leads_nowhere(service: Service, code: str) -> None:
    with pytest.raises(AchievementNotFoundError):
        achievements.by_address(service.resources, code)


def test_an_achievement_that_is_not_there_has_no_versions(service: Service) -> None:
    lost = replace(publish(service.resources, service.one.hub.number), achievement_id="gone")

    assert achievements.versions(service.resources, lost) == ()


def test_pages_are_in_order_and_complete(fresh_service: Service) -> None:
    hub, resources = fresh_service.one.hub.number, fresh_service.resources
    published = sorted(publish(resources, hub).achievement_id for _ in range(5))

    first = achievements.page(resources, hub, after="", limit=3)
    rest = achievements.page(resources, hub, after=first[-1].achievement_id, limit=3)

    assert [stored.achievement_id for stored in (*first, *rest)] == published
    assert achievements.page(resources, fresh_service.other.hub.number, after="", limit=3) == ()


class FullPath:
    """Another full path, and what was written by it."""

    def __init__(self, write: Callable[[JsonObject], bytes]) -> None:
        self._write = write
        self.written: list[JsonObject] = []

    def canonical(self, document: JsonObject) -> bytes:
        self.written.append(document)
        return self._write(document)


def with_full_path(service: Service, full: FullPath) -> Resources:
    shapes = ShapedCanonicalizer(full, {**VARYING, **data_integrity.VARYING})
    grouping = LocalGrouping(SafeCanonicalizer(Contexts.load(read_schema_file)))
    suites = issuing_suites(shapes, grouping, random=token_bytes)
    return service.with_resources(shapes=shapes, suites=suites)


def refuse(_: JsonObject) -> bytes:
    raise DataLossError("No context defines it.")


def differing() -> Callable[[JsonObject], bytes]:
    numbers = count()
    return lambda document: (
        "".join(f'<urn:a:{name}> <urn:b:c> "{value}" .\n' for name, value in texts(document))
        + f"<urn:z:z> <urn:b:c> <urn:d:{next(numbers)}> .\n"
    ).encode()


def texts(document: JsonObject) -> list[tuple[str, str]]:
    """List the texts of a document, with names in order."""
    found: list[tuple[str, str]] = []
    for name, value in document.items():
        if isinstance(value, str):
            found.append((name, value))
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                found += [(f"{name}{inner}", text) for inner, text in texts(item)]
    return found


@pytest.mark.parametrize("write", [refuse, differing()], ids=["refused", "other bytes"])
def test_an_achievement_that_could_not_be_signed_is_not_published(
    service: Service, write: Callable[[JsonObject], bytes]
) -> None:
    resources, hub = with_full_path(service, FullPath(write)), service.one.hub.number
    with resources.store.read() as tx:
        before = tx.achievements.page(hub, after="", limit=1000)

    with pytest.raises(InvalidClaimError, match="cannot be signed"):
        publish(resources, hub)

    with resources.store.read() as tx:
        assert tx.achievements.page(hub, after="", limit=1000) == before


def test_the_first_credentials_of_an_achievement_are_filled_into_its_shape(
    service: Service,
) -> None:
    full = FullPath(SafeCanonicalizer(Contexts.load(read_schema_file)).canonical)
    resources, hub = with_full_path(service, full), service.one.hub.number
    achievement = publish(resources, hub).achievement_id
    full.written.clear()

    person = Recipient(name='Zoë "Zo" Müller', email="zoe@mail.example", did="did:web:zoe.example")
    issue(resources, hub, achievement)
    issue(resources, hub, achievement, recipient=replace(person, did=None))
    issue(
        resources,
        hub,
        achievement,
        recipient=person,
        awarded_at=service.clock(),
        valid_until=service.clock().replace(year=2030),
        evidence=(Evidence(id="https://zoe.example/a.png?b=1", narrative="Two\nlines."),),
        results=(Result(value="1,0"),),
    )

    assert {str(document["type"]) for document in full.written} == {"DataIntegrityProof"}
